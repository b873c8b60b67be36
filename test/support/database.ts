import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { pino } from 'pino';
import { inject } from 'vitest';
import { migrate } from '../../src/platform/migrate.ts';
import { databaseUrlOf, dropDatabase, withClient } from './databases.ts';

/** A migrated, empty database of one's own. Disposing it drops it, also from under open connections. */
export interface TestDatabase extends AsyncDisposable {
  url: string;
}

const migrations = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
let made = 0;

/** A new database with every migration applied, copied from a template that the run's first caller makes. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const adminUrl = inject('databaseUrl');
  const runId = inject('runId');
  const name = `belfry_${runId}_${process.pid}_${++made}`;
  const template = `belfry_${runId}_template`;
  await withClient(adminUrl, async (client) => {
    // Test files run in several processes: the first makes the template, the others wait for it here.
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [template]);
    try {
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
      if (!rowCount) await createTemplate(client, adminUrl, template);
      // Copied under the lock too: PostgreSQL refuses to copy a database that someone is connected to.
      await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    } finally {
      await client.query('SELECT pg_advisory_unlock(hashtext($1))', [template]);
    }
  });
  return {
    url: databaseUrlOf(adminUrl, name),
    [Symbol.asyncDispose]: () => withClient(adminUrl, async (client) => dropDatabase(client, name)),
  };
}

async function createTemplate(client: pg.Client, adminUrl: string, template: string): Promise<void> {
  await client.query(`CREATE DATABASE ${template}`);
  const pool = new pg.Pool({ connectionString: databaseUrlOf(adminUrl, template), max: 1 });
  try {
    await migrate(pool, migrations, pino({ level: 'warn' }));
    await pool.end();
  } catch (error) {
    await pool.end();
    // Half migrated it must not be taken for the template by the next caller.
    await dropDatabase(client, template);
    throw error;
  }
}
