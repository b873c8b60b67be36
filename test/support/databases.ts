// Databases on the run's PostgreSQL. Apart from database.ts, because the run's setup must not need the code under test.
import pg from 'pg';

/** The same server and account, another database. */
export function databaseUrlOf(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs with a connection of its own and closes it. */
export async function withClient<T>(url: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

/** Drops a database, also from under open connections; nothing happens when there is none of this name. */
export async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

/** Drops what a run left on the server: the template, and whatever a killed test had no chance to drop. */
export async function dropRunDatabases(adminUrl: string, runId: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [`belfry_${runId}_`],
    );
    for (const { datname } of rows) await dropDatabase(client, datname);
  });
}
