import { z } from 'zod';

/** What `NODE_ENV` says. `test` is development without the noise. */
export type Mode = 'development' | 'production' | 'test';

/** How the text of a variable becomes a value, and the words for what is expected. */
export interface Kind<T> {
  readonly expected: string;
  readonly schema: z.ZodType<T, string>;
}

/** One row of the table of variables. */
export interface Variable<T> {
  readonly name: string;
  /** Other names whose lists are added to this one's. */
  readonly aliases?: readonly string[];
  readonly kind: Kind<T>;
  /** The value where the variable is absent or empty. */
  readonly defaultFor: (mode: Mode) => T;
  /** One sentence for docs/configuration.md. */
  readonly description: string;
  /** `true`: never shown; `'url'`: shown without its password. Neither is quoted in an error. */
  readonly secret?: boolean | 'url';
}

type Rest = Pick<Variable<unknown>, 'aliases' | 'secret'>;

/** A default of {@link perMode}: on, but for production. */
export const unlessProduction = (mode: Mode): boolean => mode !== 'production';

/** A variable with the same default in every mode. */
export function variable<T>(name: string, kind: Kind<T>, value: T, description: string, rest: Rest = {}): Variable<T> {
  return { name, kind, defaultFor: () => value, description, ...rest };
}

/** A variable whose default depends on the mode. */
export function perMode<T>(
  name: string,
  kind: Kind<T>,
  defaultFor: (mode: Mode) => T,
  description: string,
  rest: Rest = {},
): Variable<T> {
  return { name, kind, defaultFor, description, ...rest };
}

/** A variable that may be absent; the value is then `undefined`. */
export function optional<T>(
  name: string,
  kind: Kind<T>,
  description: string,
  rest: Rest = {},
): Variable<T | undefined> {
  return { name, kind, defaultFor: () => undefined, description, ...rest };
}

/** A whole number within bounds, both included. */
export function integer(min: number, max: number, what = 'a whole number'): Kind<number> {
  return {
    expected: `${what} from ${min} to ${max}`,
    schema: z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max)),
  };
}

export const milliseconds = integer(1, 2 ** 31 - 1, 'milliseconds, a whole number');
export const bytes = integer(1024, 2 ** 30, 'bytes, a whole number');
export const count = integer(1, 1_000_000);

/** A part of a whole. */
export const fraction: Kind<number> = {
  expected: 'a number from 0 to 1',
  schema: z
    .string()
    .regex(/^\d*\.?\d+$/)
    .transform(Number)
    .pipe(z.number().min(0).max(1)),
};

/** `true` or `false`, also spelt 1/0, yes/no, on/off, in any case. */
export const flag: Kind<boolean> = { expected: 'true or false', schema: z.stringbool() };

/** One of a few words. */
export function oneOf<const Word extends string>(...words: Word[]): Kind<Word> {
  return { expected: `one of ${words.join(', ')}`, schema: z.enum(words) };
}

/** Text that passes a test. */
export function text(expected: string, pattern: RegExp = /./): Kind<string> {
  return { expected, schema: z.string().regex(pattern) };
}

/** A time zone that this machine's tables know, by its IANA name. */
export const timeZone: Kind<string> = {
  expected: 'an IANA time zone such as Europe/Warsaw',
  schema: z.string().refine((name) => {
    try {
      return !/^[+-]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions() !== undefined;
    } catch {
      return false;
    }
  }),
};

/** A URL with one of the given protocols (without colon) and a host. */
export function url(...protocols: string[]): Kind<string> {
  return {
    expected: `a URL that begins with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
    schema: z.string().refine((value) => {
      const parsed = URL.parse(value);
      return parsed !== null && protocols.includes(parsed.protocol.slice(0, -1)) && value.includes('://');
    }),
  };
}

/** Words separated by commas; empty ones are dropped, doubled ones kept once. */
export const list: Kind<readonly string[]> = {
  expected: 'words separated by commas',
  schema: z.string().transform(split).pipe(z.array(z.string()).min(1)),
};

// A host, or a host below `*.`; the port may be `*`.
const originPattern = /^https?:\/\/(\*\.)?[^\s/*?#@]+?(:\*)?$/;

/** Origins separated by commas: `*`, `https://app.example.com`, `https://*.example.com`, `http://localhost:*`. A path is cut off. */
export const origins: Kind<readonly string[]> = {
  expected: 'origins separated by commas, such as https://app.example.com or http://localhost:*',
  schema: z
    .string()
    .transform((value) => [...new Set(split(value).map(toOrigin))])
    .pipe(z.array(z.union([z.literal('*'), z.string().regex(originPattern)]))),
};

function toOrigin(item: string): string {
  const withoutPath = item.toLowerCase().replace(/^(https?:\/\/[^/]+)\/.*$/, '$1');
  // Browsers leave the default port out of `Origin`.
  return withoutPath.replace(/^(http:\/\/.+):80$|^(https:\/\/.+):443$/, '$1$2');
}

function split(value: string): string[] {
  return [
    ...new Set(
      value
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    ),
  ];
}
