import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { pino } from 'pino';
import { describe, expect, inject, it } from 'vitest';
import { databaseUrlOf, dropDatabase, withClient } from '../../test/support/databases.ts';
import { migrate } from './migrate.ts';
import { pglitePool } from './pglite.ts';

const silent = pino({ level: 'silent' });
let made = 0;

/** An empty database, and a pool on it. */
const engines: Record<string, () => Promise<AsyncDisposable & { pool: pg.Pool }>> = {
  async pglite() {
    const server = await PGlite.create('memory://');
    const pool = pglitePool(server, {});
    return {
      pool,
      async [Symbol.asyncDispose]() {
        await pool.end();
        await server.close();
      },
    };
  },
  async postgresql() {
    const adminUrl = inject('databaseUrl');
    const name = `belfry_${inject('runId')}_migrate_${process.pid}_${++made}`;
    await withClient(adminUrl, (client) => client.query(`CREATE DATABASE ${name}`));
    const pool = new pg.Pool({ connectionString: databaseUrlOf(adminUrl, name), max: 4 });
    return {
      pool,
      async [Symbol.asyncDispose]() {
        await pool.end();
        await withClient(adminUrl, (client) => dropDatabase(client, name));
      },
    };
  },
};

async function directoryOf(files: Record<string, string>) {
  const made = await mkdtemp(path.join(os.tmpdir(), 'belfry-migrations-'));
  const write = async (name: string, sql: string) => {
    await mkdir(path.join(made, name), { recursive: true });
    await writeFile(path.join(made, name, 'migration.sql'), sql);
  };
  for (const [name, sql] of Object.entries(files)) await write(name, sql);
  return { path: made, write, [Symbol.asyncDispose]: () => rm(made, { recursive: true }) };
}

const two = {
  '2_b': 'ALTER TABLE a ADD COLUMN b int;\n',
  '1_a': 'CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\n',
};

describe.each(Object.keys(engines))('migrating %s', (engine) => {
  const open = () => (engines[engine] as () => Promise<AsyncDisposable & { pool: pg.Pool }>)();

  it('applies what is missing, in order, once, and records it as Prisma does', async () => {
    await using database = await open();
    await using directory = await directoryOf(two);
    await directory.write('3_c', 'SELECT 1');
    expect(await migrate(database.pool, directory.path, silent)).toEqual(['1_a', '2_b', '3_c']);
    expect(await migrate(database.pool, directory.path, silent)).toEqual([]);
    const { rows } = await database.pool.query('SELECT * FROM _prisma_migrations ORDER BY migration_name');
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
      applied_steps_count: 1,
      rolled_back_at: null,
      logs: null,
    });
    expect(rows[0].finished_at).toBeInstanceOf(Date);
  });

  it('applies nothing of a migration that fails, says where, and can go on once it is corrected', async () => {
    await using database = await open();
    await using directory = await directoryOf({ ...two, '2_b': 'CREATE TABLE half (id int);\nSELECT nonsense;\n' });
    await expect(migrate(database.pool, directory.path, silent)).rejects.toThrow(
      'Migration 2_b failed at line 2: column "nonsense" does not exist [42703]; nothing of it was applied.',
    );
    expect((await database.pool.query("SELECT to_regclass('half') AS half")).rows).toEqual([{ half: null }]);
    await directory.write('2_b', 'CREATE TABLE half (id int);');
    expect(await migrate(database.pool, directory.path, silent)).toEqual(['2_b']);
  });

  it('applies nothing of a migration whose commit fails', async () => {
    await using database = await open();
    await using directory = await directoryOf({
      '1_a': 'CREATE TABLE a (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED); INSERT INTO a VALUES (1), (1);',
    });
    await expect(migrate(database.pool, directory.path, silent)).rejects.toThrow(/^Migration 1_a failed: .* \[23505\]/);
    expect((await database.pool.query('SELECT count(*)::int AS n FROM _prisma_migrations')).rows).toEqual([{ n: 0 }]);
  });

  it('refuses one that was edited after it was applied, but not one whose line ends changed', async () => {
    await using database = await open();
    await using directory = await directoryOf(two);
    await migrate(database.pool, directory.path, silent);
    await directory.write('1_a', two['1_a'].replaceAll('\n', '\r\n'));
    expect(await migrate(database.pool, directory.path, silent)).toEqual([]);
    await directory.write('1_a', `${two['1_a']}-- a thought\n`);
    await expect(migrate(database.pool, directory.path, silent)).rejects.toThrow(
      'Migration 1_a was edited after it was applied',
    );
  });

  it('lets the previous release start on the database of a newer one', async () => {
    await using database = await open();
    await using newer = await directoryOf(two);
    await using older = await directoryOf({ '1_a': two['1_a'] });
    await migrate(database.pool, newer.path, silent);
    expect(await migrate(database.pool, older.path, silent)).toEqual([]);
  });

  it('names the way out of a migration that failed earlier under Prisma', async () => {
    await using database = await open();
    await using directory = await directoryOf(two);
    await migrate(database.pool, directory.path, silent);
    await database.pool.query("UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '2_b'");
    await expect(migrate(database.pool, directory.path, silent)).rejects.toThrow(
      /npx prisma migrate resolve --rolled-back 2_b$/,
    );
  });

  it('leaves no setting of a migration on the connection', async () => {
    await using database = await open();
    await using directory = await directoryOf({
      '1_a': "SET application_name = 'left'; SET search_path = pg_catalog;",
    });
    await expect(migrate(database.pool, directory.path, silent)).rejects.toThrow(/_prisma_migrations/);
    await directory.write('1_a', "SET application_name = 'left';");
    await migrate(database.pool, directory.path, silent);
    const { rows } = await database.pool.query("SELECT current_setting('application_name') AS name");
    expect(rows[0].name).not.toBe('left');
  });
});

describe('several servers that start at once', () => {
  it('apply each migration once', async () => {
    await using database = await (engines.postgresql as () => Promise<AsyncDisposable & { pool: pg.Pool }>)();
    await using directory = await directoryOf(two);
    const applied = await Promise.all(Array.from({ length: 4 }, () => migrate(database.pool, directory.path, silent)));
    expect(applied.flat().sort()).toEqual(['1_a', '2_b']);
  });
});
