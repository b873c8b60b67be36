import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseError, type Pool, type PoolClient } from 'pg';
import { StartupError } from './errors.ts';
import type { Log } from './log.ts';

// The key of Prisma's own schema engine: `prisma migrate deploy` and a starting server wait for each other.
const prismaLock = 72707369;
// Several servers starting at once apply them one after the other; longer than this and something is stuck.
const lockTimeoutMs = 30_000;

// As Prisma makes it, so that `prisma migrate deploy` and `status` stay usable.
const createTable = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL, "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(), "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`;

interface Recorded {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
  logs: string | null;
}

/**
 * Applies the migrations of `directory` that the database does not have, in the order of their names, each in
 * one transaction with its record in `_prisma_migrations`, and returns the names of those applied now.
 * Migrations the database has and this release does not are left alone: the previous release must be able to
 * restart during a rolling deploy.
 * @throws StartupError when one fails, failed earlier under Prisma, was edited after it was applied, or another process holds the lock.
 */
export async function migrate(pool: Pool, directory: string, log: Log): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const client = await pool.connect();
  try {
    await lock(client);
    await client.query(createTable);
    const recorded = await readRecorded(client);
    for (const name of recorded.keys()) {
      if (!names.includes(name)) log.warn({ migration: name }, 'the database has a migration of a newer release');
    }
    const applied: string[] = [];
    for (const name of names) {
      const sql = await readFile(path.join(directory, name, 'migration.sql'), 'utf8');
      const checksum = recorded.get(name);
      if (checksum !== undefined) {
        requireUnedited(name, sql, checksum);
        continue;
      }
      await apply(client, name, sql);
      log.info({ migration: name }, 'migration applied');
      applied.push(name);
    }
    return applied;
  } finally {
    // Drops the lock and every SET a migration made, before the connection serves anything else.
    const clean = await client.query('DISCARD ALL').then(
      () => true,
      () => false,
    );
    client.release(!clean);
  }
}

async function lock(client: PoolClient): Promise<void> {
  // A migration may run for longer than a statement of the server ever should.
  await client.query(`SET statement_timeout = 0; SET lock_timeout = ${lockTimeoutMs}`);
  try {
    await client.query('SELECT pg_advisory_lock($1)', [prismaLock]);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== '55P03') throw error;
    throw new StartupError(
      `Another process has been migrating the database for more than ${lockTimeoutMs / 1000} seconds.`,
      { cause: error },
    );
  }
  await client.query('SET lock_timeout = 0');
}

async function readRecorded(client: PoolClient): Promise<Map<string, string>> {
  const { rows } = await client.query<Recorded>(
    'SELECT migration_name, checksum, finished_at, logs FROM "_prisma_migrations" WHERE rolled_back_at IS NULL',
  );
  const failed = rows.find((row) => row.finished_at === null);
  if (failed) {
    throw new StartupError(
      `Migration ${failed.migration_name} failed earlier; repair the database, then run: npx prisma migrate resolve --rolled-back ${failed.migration_name}`,
    );
  }
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

function requireUnedited(name: string, sql: string, checksum: string): void {
  // A checkout on another system may have changed the ends of lines, which changes nothing.
  const spellings = [sql, sql.replace(/\r\n/g, '\n'), sql.replace(/\r?\n/g, '\r\n')];
  if (spellings.some((spelling) => sha256(spelling) === checksum)) return;
  throw new StartupError(
    `Migration ${name} was edited after it was applied; restore the file and put the change into a new migration.`,
  );
}

async function apply(client: PoolClient, name: string, sql: string): Promise<void> {
  const startedAt = new Date();
  try {
    await client.query('BEGIN');
    await client.query(sql);
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, $4, clock_timestamp(), 1)`,
      [randomUUID(), sha256(sql), name, startedAt],
    );
    await client.query('COMMIT');
  } catch (error) {
    // Without a connection there is nothing to roll back: the server has done so.
    await client.query('ROLLBACK').catch(() => undefined);
    if (!(error instanceof DatabaseError)) throw error;
    const line = error.position ? ` at line ${sql.slice(0, Number(error.position)).split('\n').length}` : '';
    throw new StartupError(
      `Migration ${name} failed${line}: ${error.message} [${error.code}]; nothing of it was applied.`,
      { cause: error },
    );
  }
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
