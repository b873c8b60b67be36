import process from 'node:process';
import { StartupError } from './errors.ts';
import type { Mode, Variable } from './variable.ts';
import { variables } from './variables.ts';

type Key = keyof typeof variables;
type Values = { readonly [K in Key]: ReturnType<(typeof variables)[K]['defaultFor']> };

/** The configuration: one frozen value per row of `variables.ts`, in its unit; `undefined` where an optional one is absent. */
export type Config = Omit<Values, 'publicUrl'> & { readonly publicUrl: string };

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with the variables, all of it at once: one problem per line of the message. */
export class ConfigError extends StartupError {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** The variables of this process. The only place where they are read; `main` and the scripts hand them to `loadConfig`. */
export function environment(): Environment {
  return process.env;
}

/**
 * Reads the configuration. A variable that is absent, empty or blank has its default.
 * @throws ConfigError that names every variable at fault.
 */
export function loadConfig(env: Environment): Config {
  const problems: string[] = [];
  const modeVariable: Variable<Mode> = variables.mode;
  const mode = read(modeVariable, env, 'development', []);
  const entries = (Object.keys(variables) as Key[]).map((key) => [
    key,
    read<unknown>(variables[key], env, mode, problems),
  ]);
  // The table gives each key the type its kind parses to; Object.fromEntries cannot say so.
  const values = Object.fromEntries(entries) as Values;
  problems.push(...contradictions(values));
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze({
    ...values,
    // The same number twice is one listener, not a port already taken.
    websocketPort: values.websocketPort === values.port && values.port !== 0 ? undefined : values.websocketPort,
    publicUrl: (values.publicUrl ?? `http://localhost:${values.port}`).replace(/\/+$/, ''),
  });
}

function read<T>(variable: Variable<T>, env: Environment, mode: Mode, problems: string[]): T {
  const given = [variable.name, ...(variable.aliases ?? [])].filter((name) => env[name]?.trim());
  if (given.length === 0) return Object.freeze(variable.defaultFor(mode));
  for (const name of given) {
    const value = env[name]?.trim() ?? '';
    if (variable.kind.schema.safeParse(value).success) continue;
    const shown = variable.secret ? 'malformed (not shown)' : JSON.stringify(value);
    problems.push(`${name} is ${shown}; expected ${variable.kind.expected}.`);
  }
  const parsed = variable.kind.schema.safeParse(given.map((name) => env[name]?.trim()).join(','));
  return Object.freeze(parsed.success ? parsed.data : variable.defaultFor(mode));
}

function contradictions(values: Values): string[] {
  const problems: string[] = [];
  if (values.wsPingTimeoutMs <= values.wsPingIntervalMs) {
    problems.push(
      `WS_PING_TIMEOUT_MS is ${values.wsPingTimeoutMs}; expected more than WS_PING_INTERVAL_MS (${values.wsPingIntervalMs}), or every idle socket is closed.`,
    );
  }
  // Prisma's own URLs carry it; pg would ignore it and put the tables into another schema than asked for.
  const schema = values.databaseUrl && URL.parse(values.databaseUrl)?.searchParams.get('schema');
  if (schema && schema !== 'public') {
    problems.push(`DATABASE_URL asks for schema=${schema}; expected the schema public, in a database of its own.`);
  }
  if (values.smtpUrl !== undefined && values.mailFrom === undefined) {
    problems.push('MAIL_FROM is not set; expected the sender of mail where SMTP_URL is set.');
  }
  if (values.mode !== 'production') return problems;
  if (values.jwtSecret === undefined && values.jwksUrl === undefined) {
    problems.push('JWT_SECRET and JWKS_URL are not set; expected one of them in production.');
  }
  if (values.jwtSecret !== undefined && values.jwtSecret.length < 32) {
    problems.push(`JWT_SECRET has ${values.jwtSecret.length} characters; expected at least 32 in production.`);
  }
  if (values.rateLimits === 'off') problems.push('RATE_LIMITS is "off"; expected "on" in production.');
  return problems;
}

/** One row of docs/configuration.md. */
export interface ConfigRow {
  name: string;
  aliases: readonly string[];
  expected: string;
  /** As text; empty means "not set". */
  defaults: { development: string; production: string };
  description: string;
  secret: boolean;
}

/** The table of variables, for docs/configuration.md. */
export function describeConfig(): ConfigRow[] {
  return Object.values(variables).map((variable: Variable<unknown>) => ({
    name: variable.name,
    aliases: variable.aliases ?? [],
    expected: variable.kind.expected,
    defaults: {
      development: shown(variable.defaultFor('development')),
      production: shown(variable.defaultFor('production')),
    },
    description: variable.description,
    secret: Boolean(variable.secret),
  }));
}

/** The values in effect by variable name, as text, without secrets; an empty text means "not set". */
export function redactedConfig(config: Config): Record<string, string> {
  return Object.fromEntries(
    (Object.keys(variables) as Key[]).map((key) => {
      const { name, secret }: Variable<unknown> = variables[key];
      const value = shown(config[key]);
      if (value === '' || !secret) return [name, value];
      return [name, secret === 'url' ? withoutPassword(value) : '(set, not shown)'];
    }),
  );
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : value === undefined ? '' : String(value);
}

function withoutPassword(value: string): string {
  const parsed = URL.parse(value);
  if (parsed === null) return '(set, not shown)';
  if (parsed.password) parsed.password = '***';
  for (const key of parsed.searchParams.keys())
    if (/pass|token|secret|key/i.test(key)) parsed.searchParams.set(key, '***');
  return parsed.href;
}
