// What every question needs: PostgreSQL, Redis, a world, tokens, and processes full of clients.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { databaseUrlOf, withClient } from '../../test/support/databases.ts';
import { startServices } from '../../test/support/services.ts';
import { type Child, startChild } from './ipc.ts';
import type { World, WorldSize } from './world.ts';

const secret = 'a secret of the bench, 32 characters or more';

export interface Stage extends AsyncDisposable {
  /** Starts another Belfry on the stage's database and Redis; it ends with the stage. */
  belfry(env?: Record<string, string>): Promise<Child>;
  /** The same from another check-out, named by BENCH_OTHER: before and after a change, in one run. */
  other(): Promise<Child>;
  /** Starts a peer; with `database` it may ask the stage's. */
  peer(file: string, database?: boolean): Promise<Child>;
  /** Writes the world through a Belfry that is not measured, and which publishes afterwards. */
  world(size: WorldSize): Promise<World>;
  /** The Belfry that commits what is published. */
  readonly writer: Child;
  /** Processes full of clients. */
  readonly workers: readonly Child[];
  /** Starts a process that sends commands. */
  loader(): Promise<Child>;
  /** Starts a process full of clients that are cut. */
  dropClients(): Promise<Child>;
  /** A token of `owner` or `person-<n>`, valid for a day. */
  token(externalId: string): string;
  /** Rows of the stage's database. */
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Tells on the terminal how far it is. */
  progress(text: string): void;
}

export async function setStage({ workers = Math.min(3, availableParallelism()) } = {}): Promise<Stage> {
  await using opened = new AsyncDisposableStack();
  const progress = (text: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
    else console.error(text);
  };
  progress('starting PostgreSQL and Redis …');
  const services = opened.use(await startServices());
  // However the bench ends: neither PostgreSQL nor Redis stays behind.
  process.once('exit', services.kill);
  opened.defer(() => void process.off('exit', services.kill));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const database = `belfry_bench_${process.pid}`;
  await withClient(services.databaseUrl, (client) => client.query(`CREATE DATABASE ${database}`));
  opened.defer(() =>
    withClient(
      services.databaseUrl,
      async (client) => void (await client.query(`DROP DATABASE ${database} WITH (FORCE)`)),
    ),
  );
  const databaseUrl = databaseUrlOf(services.databaseUrl, database);
  // One connection for all: a new one for each question, asked every millisecond, took as much as what was measured.
  const asking = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  opened.defer(() => asking.end());
  const environment = {
    DATABASE_URL: databaseUrl,
    REDIS_URL: services.redisUrl,
    REDIS_PREFIX: `${database}:`,
    JWT_SECRET: secret,
  };
  let owner: AsyncDisposableStack = opened;
  const start = (file: string | URL, env: Record<string, string>, flags: readonly string[] = []): Child =>
    owner.use(startChild(new URL(file, benchDirectory), { env, execArgv: ['--expose-gc', ...flags] }));

  const belfry = (env: Record<string, string> = {}): Promise<Child> => belfryFrom(benchDirectory, env);
  async function belfryFrom(directory: URL, env: Record<string, string>): Promise<Child> {
    const ownEnvironment = {
      ...environment,
      PORT: '0',
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'error',
      WS_MAX_CONNECTIONS_PER_USER: '100000',
      ...env,
    };
    const child = start(new URL('belfry-server.ts', directory), ownEnvironment, flagsOfStart(directory));
    await child.call('port');
    return child;
  }

  const writer = await belfry();
  const crowd = Array.from({ length: workers }, () => start('clients.ts', {}));
  let workspace = '';
  const closing = opened.move();
  owner = closing;
  return {
    belfry,
    async other() {
      const directory = process.env.BENCH_OTHER;
      if (!directory) throw new Error('BENCH_OTHER names no other check-out');
      return belfryFrom(pathToFileURL(`${resolve(directory)}/bench/`), {});
    },
    async peer(file, withDatabase = false) {
      const { DATABASE_URL, ...others } = environment;
      const child = start(file, withDatabase ? { ...others, DATABASE_URL } : others);
      await child.call('port');
      return child;
    },
    writer,
    async world(size) {
      progress(`writing ${size.people} people and ${size.projects} projects …`);
      const world = await writer.call<World>('world', size);
      workspace = world.workspace;
      return world;
    },
    workers: crowd,
    dropClients: async () => start('drop-clients.ts', {}),
    loader: async () => start('http-load.ts', {}),
    token: (externalId) => sign({ sub: externalId, workspace }),
    query: async (text, values) => (await asking.query(text, values)).rows,
    progress,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

const benchDirectory = new URL('../', import.meta.url);

/** What `npm start` gives Node in the check-out of a bench directory. */
function flagsOfStart(directory: URL): string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', directory), 'utf8'));
  return scripts.start.split(' ').filter((word: string) => word.startsWith('--'));
}

function sign(claims: Record<string, unknown>): string {
  const seconds = Math.floor(Date.now() / 1_000);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...claims, iat: seconds, exp: seconds + 86_400 })}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}
