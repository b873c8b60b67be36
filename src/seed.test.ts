import { expect, test } from 'vitest';
import { createTestDatabase } from '../test/support/database.ts';
import { request } from '../test/support/request.ts';
import { createApp } from './app.ts';
import { createWorkspace } from './domains/identity/workspace.ts';
import type { Services } from './graphql/context.ts';
import { loadConfig } from './platform/config.ts';
import { createLog } from './platform/log.ts';
import { type SeededPerson, seed } from './seed.ts';

const log = createLog({ logLevel: 'silent', debug: undefined });

/** A server in development that has been seeded. */
async function startSeeded(databaseUrl: string, variables: Record<string, string> = {}) {
  const config = loadConfig({
    PORT: '0',
    DATA_DIR: 'memory:seed',
    DATABASE_URL: databaseUrl,
    CONSOLE: 'off',
    ...variables,
  });
  let people: SeededPerson[] = [];
  const prepare = async (services: Services) => {
    people = await seed(services);
  };
  const app = await createApp(config, { log, prepare });
  return { app, people, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

test('an empty database in development gets a small world, once, and every start gets tokens', async () => {
  await using database = await createTestDatabase();
  const counts: unknown[] = [];
  for (let start = 0; start < 2; start++) {
    await using seeded = await startSeeded(database.url);
    const { db } = seeded.app.services.database;
    counts.push([
      await db.user.count(),
      await db.project.count(),
      await db.task.count(),
      await db.comment.count(),
      await db.offer.count(),
      await db.conversation.count(),
      await db.message.count(),
      await db.reaction.count(),
    ]);
    const pages = await db.topic.findMany({ where: { kind: 'CONTENT' }, orderBy: { id: 'asc' } });
    expect(pages.map(({ externalId, open }) => [externalId, open])).toEqual([
      ['article-123', true],
      ['blog-456', false],
    ]);
    expect(await db.timeEntry.count({ where: { stoppedAt: null } })).toBe(1);
    expect(seeded.people.map(({ externalId, role }) => `${externalId} ${role}`)).toEqual([
      'ada ADMIN',
      'grace MEMBER',
      'linus MEMBER',
      'margaret MEMBER',
      'tomas GUEST',
      'build-bot BOT',
    ]);
    for (const { externalId, token } of seeded.people) {
      const headers = { authorization: `Bearer ${token}` };
      const { data } = await request(`${seeded.app.url}/graphql`, '{ me { externalId } session { topicCount } }', {
        headers,
      });
      expect(data).toMatchObject({ me: { externalId } });
      expect(data.session.topicCount).toBeGreaterThan(0);
    }
  }
  expect(counts[0]).toEqual([6, 2, 12, 8, 1, 3, 6, 1]);
  expect(counts[1]).toEqual(counts[0]);
});

test('the seeded people have notifications waiting', async () => {
  await using database = await createTestDatabase();
  await using seeded = await startSeeded(database.url);
  await seeded.app.settled();
  const linus = await seeded.app.services.database.db.user.findFirstOrThrow({ where: { externalId: 'linus' } });
  expect(await seeded.app.services.database.db.notification.count({ where: { userId: linus.id } })).toBeGreaterThan(2);
});

test('two servers that start at once on an empty database make one world', async () => {
  await using database = await createTestDatabase();
  const [one, two] = await Promise.all([startSeeded(database.url), startSeeded(database.url)]);
  await using _one = one;
  await using _two = two;
  expect(await one.app.services.database.db.workspace.count()).toBe(1);
  expect(await one.app.services.database.db.user.count()).toBe(6);
});

test('a database with another workspace is left alone', async () => {
  await using database = await createTestDatabase();
  {
    await using bare = await startSeeded(database.url, { NODE_ENV: 'test' });
    expect(bare.people).toEqual([]);
    await createWorkspace(bare.app.services, { slug: 'own', admin: 'owner' });
  }
  await using seeded = await startSeeded(database.url);
  expect(seeded.people).toEqual([]);
  expect(await seeded.app.services.database.db.user.count()).toBe(1);
});

test('production is never seeded', async () => {
  await using database = await createTestDatabase();
  const variables = { NODE_ENV: 'production', JWT_SECRET: 'x'.repeat(32), HOST: '127.0.0.1' };
  await using seeded = await startSeeded(database.url, variables);
  expect(seeded.people).toEqual([]);
  expect(await seeded.app.services.database.db.workspace.count()).toBe(0);
});
