import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../test/support/database.ts';
import { withClient } from '../../test/support/databases.ts';
import { loadConfig } from './config.ts';
import { type Database, openDatabase } from './database.ts';
import { StartupError } from './errors.ts';

const silent = pino({ level: 'silent' });
const guard = 'the outer client was used inside a transaction';

const engines: Record<Database['engine'], () => Promise<AsyncDisposable & { database: Database; url?: string }>> = {
  async pglite() {
    const database = await openDatabase(loadConfig({ NODE_ENV: 'test', DATA_DIR: 'memory://' }), silent);
    return { database, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
  },
  async postgresql() {
    const empty = await createTestDatabase();
    const database = await openDatabase(loadConfig({ NODE_ENV: 'test', DATABASE_URL: empty.url }), silent);
    return {
      database,
      url: empty.url,
      async [Symbol.asyncDispose]() {
        await database[Symbol.asyncDispose]();
        await empty[Symbol.asyncDispose]();
      },
    };
  },
};

describe.each(Object.keys(engines) as Database['engine'][])('the database on %s', (engine) => {
  it('is migrated, in UTC, and READ COMMITTED', async () => {
    await using opened = await engines[engine]();
    const { database } = opened;
    expect(database.engine).toBe(engine);
    expect(await database.query('SELECT count(*) > 0 AS migrated FROM _prisma_migrations')).toEqual([
      { migrated: true },
    ]);
    const settings =
      "SELECT current_setting('transaction_isolation') AS isolation, current_setting('TimeZone') AS zone";
    expect(await database.begin((client) => client.$queryRawUnsafe(settings))).toEqual([
      { isolation: 'read committed', zone: 'UTC' },
    ]);
  });

  it('gives int8 as a number, and an error beyond what a number holds, without changing pg for others', async () => {
    await using opened = await engines[engine]();
    const { database } = opened;
    expect(await database.query('SELECT 9007199254740991::int8 AS n, $1::int8 AS m', [-5])).toEqual([
      { n: 9007199254740991, m: -5 },
    ]);
    await expect(database.query('SELECT 9007199254740992::int8 AS n')).rejects.toThrow(RangeError);
    expect(await database.db.$queryRaw`SELECT 5::int8 AS n`).toEqual([{ n: 5n }]);
    expect(pg.types.getTypeParser(20)('5')).toBe('5');
  });

  it('means the same moment through Prisma and through query', async () => {
    await using opened = await engines[engine]();
    const { database } = opened;
    await database.query('CREATE TABLE moments (at timestamptz)');
    const at = new Date('2026-03-29T01:30:00.123Z');
    await database.db.$executeRaw`INSERT INTO moments VALUES (${at})`;
    await database.query('INSERT INTO moments VALUES ($1)', [at]);
    const expected = [{ at }, { at }];
    expect(await database.query('SELECT at FROM moments')).toEqual(expected);
    expect(await database.db.$queryRaw`SELECT at FROM moments`).toEqual(expected);
  });

  it.each<[string, (database: Database) => Promise<unknown>]>([
    ['a call of a model', ({ db }) => db.workspace.findMany()],
    ['$queryRaw', ({ db }) => db.$queryRaw`SELECT 1`],
    ['$executeRawUnsafe', ({ db }) => db.$executeRawUnsafe('SELECT 1')],
    ['query', ({ query }) => query('SELECT 1')],
    ['begin', ({ begin }) => begin(async () => 1)],
    [
      'a call of a model after a wait',
      async ({ db }) => {
        await new Promise(setImmediate);
        return db.workspace.count();
      },
    ],
  ])('refuses %s of the outer client inside a transaction, at once', async (_name, use) => {
    await using opened = await engines[engine]();
    const { database } = opened;
    await expect(database.begin(() => use(database))).rejects.toThrow(guard);
    // The transaction's connection is free again, and outside the same call is fine.
    await use(database);
  });

  it('has no transaction of the outer client, inside or outside', async () => {
    await using opened = await engines[engine]();
    const { db } = opened.database;
    expect(() => (db as unknown as { $transaction(run: unknown): unknown }).$transaction(async () => 1)).toThrow(
      /begun with begin\(\)/,
    );
  });

  it('allows what a transaction started to use the outer client once it is over', async () => {
    await using opened = await engines[engine]();
    const { database } = opened;
    const over = Promise.withResolvers<void>();
    let started: Promise<unknown> = Promise.resolve();
    await database.begin(async (client) => {
      started = over.promise.then(() => database.query('SELECT 1 AS one'));
      await client.$queryRaw`SELECT 1`;
    });
    over.resolve();
    expect(await started).toEqual([{ one: 1 }]);
  });

  it('commits what a transaction did, and nothing of one that throws or fails at commit', async () => {
    await using opened = await engines[engine]();
    const { database } = opened;
    await database.query('CREATE TABLE t (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)');
    expect(await database.begin(async (client) => client.$executeRaw`INSERT INTO t VALUES (1)`)).toBe(1);
    const mine = new Error('mine');
    await expect(
      database.begin(async (client) => {
        await client.$executeRaw`INSERT INTO t VALUES (2)`;
        throw mine;
      }),
    ).rejects.toBe(mine);
    await expect(database.begin((client) => client.$executeRaw`INSERT INTO t VALUES (1)`)).rejects.toThrow();
    expect(await database.query('SELECT id FROM t')).toEqual([{ id: 1 }]);
  });

  it('sends a last statement together with COMMIT, and keeps nothing when it fails', async () => {
    await using opened = await engines[engine]();
    const { database } = opened;
    await database.query('CREATE TABLE t (id int PRIMARY KEY)');
    const heard: object[] = [];
    const inserting = (id: number) => ({
      ...{ name: 'insert-t', text: 'INSERT INTO t VALUES ($1) RETURNING id', values: [id] },
      answered: (rows: readonly object[]) => void heard.push(...rows),
    });
    const insert = (id: number, last: number) =>
      database.begin(
        (client) => client.$executeRaw`INSERT INTO t VALUES (${id})`,
        () => inserting(last),
      );
    expect(await insert(1, 2)).toBe(1);
    await expect(insert(3, 2)).rejects.toThrow('UniqueConstraintViolation');
    expect(await insert(4, 5)).toBe(1);
    expect(heard).toEqual([{ id: 2 }, { id: 5 }]);
    expect(await database.query('SELECT id FROM t ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }, { id: 4 }, { id: 5 }]);
  });

  it('serves transactions and queries of many callers at once', async () => {
    await using opened = await engines[engine]();
    const { database } = opened;
    await database.query('CREATE TABLE t (id int)');
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        i % 2 === 0
          ? database.begin((client) => client.$executeRaw`INSERT INTO t VALUES (${i})`)
          : database.query('SELECT count(*) FROM t'),
      ),
    );
    expect(await database.query('SELECT count(*) AS n FROM t')).toEqual([{ n: 20 }]);
  });
});

describe('PostgreSQL', () => {
  it('may cut every connection, idle and in a transaction, and serves the next caller', async () => {
    await using opened = await engines.postgresql();
    const { database, url = '' } = opened;
    const cutAll = () =>
      withClient(url, (client) =>
        client.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'belfry' AND datname = current_database()",
        ),
      );
    await Promise.all(Array.from({ length: 5 }, () => database.query('SELECT 1')));
    const interrupted = database.begin(async (client) => {
      await client.$queryRaw`SELECT 1`;
      await cutAll();
      await client.$queryRaw`SELECT 1`;
    });
    await expect(interrupted).rejects.toThrow();
    // A connection whose end has not been noticed yet may still be handed out once.
    await expect.poll(() => database.query('SELECT 1 AS one').catch(() => undefined)).toEqual([{ one: 1 }]);
    await expect
      .poll(() => database.begin((client) => client.$queryRaw`SELECT 1 AS one`).catch(() => undefined))
      .toEqual([{ one: 1 }]);
  });

  it('that is not there is told in one sentence without its password', async () => {
    const opening = openDatabase(
      loadConfig({ NODE_ENV: 'test', DATABASE_URL: 'postgresql://app:hunter2@127.0.0.1:1/app' }),
      silent,
    );
    const error: unknown = await opening.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StartupError);
    expect(String(error)).toBe(
      'StartupError: The database at 127.0.0.1:1 cannot be used: connect ECONNREFUSED 127.0.0.1:1.',
    );
  });
});

describe('the embedded database', () => {
  it('keeps its data from one start to the next, and admits one at a time', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'belfry-database-'));
    const config = loadConfig({ NODE_ENV: 'test', DATA_DIR: path.join(directory, 'data') });
    try {
      {
        await using first = await openDatabase(config, silent);
        await first.query('CREATE TABLE kept AS SELECT 7 AS id');
        await expect(openDatabase(config, silent)).rejects.toThrow(/is in use by this process already/);
      }
      await using second = await openDatabase(config, silent);
      expect(await second.query('SELECT id FROM kept')).toEqual([{ id: 7 }]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
