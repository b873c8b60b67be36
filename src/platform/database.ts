import { AsyncLocalStorage } from 'node:async_hooks';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { type Prisma, PrismaClient } from '../generated/prisma/client.ts';
import type { Config } from './config.ts';
import { StartupError } from './errors.ts';
import { lockDirectory } from './lock.ts';
import type { Log } from './log.ts';
import { migrate } from './migrate.ts';
import { pglitePool } from './pglite.ts';
import { type Prepared, queryOf } from './prepared.ts';
import { keepTidy } from './tidy.ts';
import { HoldingPrismaPg, holdConnection, type LastStatement, type TransactionConnection } from './transactions.ts';

export type { LastStatement };

/**
 * The outer client: reads, and single writes that need no event. Every call throws inside `begin`. It has no
 * `$transaction`: the only way to begin one is `begin`.
 */
export type Db = Omit<PrismaClient, '$transaction' | '$extends' | '$on' | '$disconnect'>;

/** The client inside `begin`; its calls belong to the transaction. */
export type TxClient = Prisma.TransactionClient;

/** An open database, migrated. Disposing it waits for running queries and closes everything it opened. */
export interface Database extends AsyncDisposable {
  readonly engine: 'postgresql' | 'pglite';
  readonly db: Db;
  /** One statement outside any transaction; `int8` comes as a number. Rejects inside `begin`. */
  query<Row extends object>(sql: string | Prepared, values?: unknown[]): Promise<Row[]>;
  /**
   * Runs one transaction, READ COMMITTED, and commits when `run` resolves. It waits at most 10 s for a connection
   * and lasts at most 10 s. Errors are Prisma's own, also those raised at commit; nothing is tried again. `last` is
   * asked once `run` has resolved, for a statement to send together with COMMIT.
   */
  begin<T>(run: (client: TxClient) => Promise<T>, last?: () => LastStatement | undefined): Promise<T>;
}

const migrations = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
const transactionMs = 10_000;
const largestExact = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Opens PostgreSQL where `config.databaseUrl` is set, else the embedded database in `config.dataDir`
 * (`memory://`: nothing is written), and applies the migrations.
 * @throws StartupError when it cannot be reached, is in use, or a migration fails.
 */
export async function openDatabase(config: Config, log: Log): Promise<Database> {
  await using opened = new AsyncDisposableStack();
  const engine = config.databaseUrl === undefined ? 'pglite' : 'postgresql';
  const pool =
    config.databaseUrl === undefined
      ? await openEmbedded(config, opened)
      : connect(config.databaseUrl, config.databasePoolSize);
  opened.defer(() => pool.end());
  // A connection lost while idle is replaced by the next query; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection was lost'));
  await requireReachable(pool, config);
  await migrate(pool, migrations, log);
  if (engine === 'pglite') opened.use(await keepTidy(pool, log));

  const base = new PrismaClient({
    adapter: new HoldingPrismaPg(pool, {
      onConnectionError: (error) => log.warn({ err: error }, 'a database connection was lost during a transaction'),
    }),
    transactionOptions: { maxWait: transactionMs, timeout: transactionMs },
  });
  opened.defer(() => base.$disconnect());
  const closing = opened.move();
  return { engine, ...guarded(base, pool), [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

const outerQueries = new WeakMap<object, Database['query']>();
/** Of transactions; beside their clients, which are proxies that take no properties. */
const connections = new WeakMap<object, TransactionConnection>();

/**
 * One statement of the outer client or, in its order, of a transaction; `int8` comes as a number. Not through Prisma,
 * whose raw query costs 0.75 ms of CPU where pg's own costs 0.19 (2026-11-25): for what every command does. Rejects
 * with pg's own errors, and where the transaction is over.
 */
export async function statement<Row extends object>(
  client: Db | TxClient,
  sql: string | Prepared,
  values: unknown[] = [],
): Promise<Row[]> {
  const outer = outerQueries.get(client);
  if (outer) return outer<Row>(sql, values);
  const connection = connections.get(client)?.connection;
  if (!connection) throw new Error('the transaction is over, or was not begun with begin()');
  const { rows } = await connection.query<Row>(queryOf(sql, values));
  return rows;
}

// The embedded database has one connection: awaiting the outer client inside a transaction would wait for
// itself until the transaction times out. On PostgreSQL it would work, outside the transaction, which is worse.
function guarded(base: PrismaClient, pool: pg.Pool): Pick<Database, 'db' | 'query' | 'begin'> {
  // An object, not a flag: what was started inside and outlives the transaction (a reader, a timer) is outside again.
  const inside = new AsyncLocalStorage<{ running: boolean }>();
  const requireOutside = () => {
    if (inside.getStore()?.running) throw new Error('the outer client was used inside a transaction');
  };
  const extended = base.$extends({
    client: {
      // Without it a transaction of the outer client, begun inside another, waits for the only connection first.
      $transaction: (): never => {
        throw new Error('a transaction is begun with begin(), not with $transaction of the outer client');
      },
    },
    query: {
      $allOperations({ args, query }) {
        requireOutside();
        return query(args);
      },
    },
  });
  // Prisma gives every extended client types of its own; one that only watches its queries keeps the shape.
  const db = extended as unknown as Db;
  const query = async <Row extends object>(sql: string | Prepared, values: unknown[] = []): Promise<Row[]> => {
    requireOutside();
    const { rows } = await pool.query<Row>(queryOf(sql, values));
    return rows;
  };
  outerQueries.set(db, query);
  return {
    db,
    query,
    async begin(run, last) {
      requireOutside();
      const transaction = { running: true };
      const held: TransactionConnection = { connection: undefined, last };
      try {
        // No isolation level here: it would cost a round trip; the session's default says READ COMMITTED.
        // `await run`: Prisma's promises begin when they are awaited, and one that `run` returns must do so in here.
        return await holdConnection(held, () =>
          base.$transaction((client) => {
            connections.set(client, held);
            return inside.run(transaction, async () => await run(client));
          }),
        );
      } finally {
        transaction.running = false;
      }
    },
  };
}

// Only for this pool: Prisma's adapter brings parsers of its own with each query, and other users of pg keep theirs.
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    Number(oid) === pg.types.builtins.INT8 && format !== 'binary' ? safeInteger : pg.types.getTypeParser(oid, format),
};

function safeInteger(text: string): number {
  const exact = BigInt(text);
  if (exact > largestExact || exact < -largestExact)
    throw new RangeError(`${text} is beyond the whole numbers of JavaScript`);
  return Number(exact);
}

// UTC, because Prisma's adapter writes timestamps without an offset and drops the offset when it reads them.
const sessionDefaults = '-c TimeZone=UTC -c default_transaction_isolation=read\\ committed';

function connect(connectionString: string, size: number): pg.Pool {
  return new pg.Pool({
    connectionString,
    max: size,
    types,
    // Statements of a transaction that do not wait for each other share a round trip.
    pipeline: true,
    options: sessionDefaults,
    application_name: 'belfry',
    keepAlive: true,
    connectionTimeoutMillis: transactionMs,
    // Nothing the server does takes that long; a statement that does is stuck and holds rows others wait for.
    statement_timeout: 30_000,
    // Later than Prisma's own timeout: only for a process that froze inside a transaction.
    idle_in_transaction_session_timeout: transactionMs + 5_000,
  });
}

async function openEmbedded(config: Config, opened: AsyncDisposableStack): Promise<pg.Pool> {
  const inMemory = config.dataDir.startsWith('memory:');
  if (!inMemory) opened.use(lockDirectory(config.dataDir));
  const server = await PGlite.create(inMemory ? 'memory://' : path.join(config.dataDir, 'database'));
  opened.defer(() => server.close());
  return pglitePool(server, { types, pipeline: true });
}

async function requireReachable(pool: pg.Pool, config: Config): Promise<void> {
  try {
    await pool.query('SELECT 1');
  } catch (error) {
    const target = config.databaseUrl ? URL.parse(config.databaseUrl)?.host || 'DATABASE_URL' : config.dataDir;
    const why =
      error instanceof Error ? error.message || ('code' in error ? String(error.code) : error.name) : String(error);
    throw new StartupError(`The database at ${target} cannot be used: ${why}.`, { cause: error });
  }
}
