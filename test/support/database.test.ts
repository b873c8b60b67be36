import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from './database.ts';
import { withClient } from './databases.ts';

test('each test database is migrated, empty and its own', async () => {
  await using first = await createTestDatabase();
  await using second = await createTestDatabase();
  const workspaces = async (url: string) =>
    withClient(url, async (client) => {
      const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM "Workspace"');
      return rows[0]?.count;
    });
  await withClient(first.url, (client) =>
    client.query('INSERT INTO "Workspace" (id, slug, name) VALUES (gen_random_uuid(), $1, $1)', ['one']),
  );
  expect(await workspaces(first.url)).toBe(1);
  expect(await workspaces(second.url)).toBe(0);
});

test('a test database can be disposed while something is still connected to it', async () => {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  const errors: string[] = [];
  client.on('error', (error) => errors.push(error.message));
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
  await client.connect();
  await database[Symbol.asyncDispose]();
  await ended;
  expect(errors).not.toEqual([]);
});
