// Access is asked, rows are read, access is asked again: here the removal falls between the first two.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import type { Person } from '../../../test/support/world.ts';
import { type Context, requestContext } from '../../graphql/context.ts';
import { newId } from '../../platform/ids.ts';
import { textOf } from '../../platform/prepared.ts';
import { activity } from './activity.ts';
import { sync } from './sync.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(async () => app[Symbol.asyncDispose]());

/** A request of `person` in which `meanwhile` happens once, just before the log is read. */
function contextWith({ id, workspace }: Person, meanwhile: () => Promise<unknown>): Context {
  const { database } = app.services;
  let pending: (() => Promise<unknown>) | undefined = meanwhile;
  const query: typeof database.query = async (sql, values) => {
    if (/ event WHERE /.test(textOf(sql))) {
      const run = pending;
      pending = undefined;
      await run?.();
    }
    return database.query(sql, values);
  };
  const session = {
    id: newId(),
    transport: 'http',
    connectedAt: new Date(),
    tokenExpiresAt: undefined,
    ip: undefined,
    userAgent: undefined,
  } as const;
  return requestContext(
    { ...app.services, database: { ...database, query } },
    { viewer: { userId: id, workspaceId: workspace.id, workspaceRole: 'MEMBER', session }, correlationId: newId() },
  );
}

/** A member who is removed, whereupon something happens, while they read. */
async function scene() {
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [person] = members as [Person];
  const context = contextWith(person, async () => {
    const input = { topicId: project.id, userId: person.id };
    await app.ask(owner, 'mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { topicId } }', {
      input,
    });
    await app.world.task({ project, by: owner, title: 'secret' });
  });
  const [head] = await app.services.eventLog.heads([`project:${project.id}`]);
  return { context, project, head };
}

const page = { limit: 20, inverted: false };

test('activity of the topic is refused', async () => {
  const { context, project } = await scene();
  await expect(activity(context, { topics: [{ kind: 'PROJECT', id: project.id }] }, page)).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
});

test('activity of everything leaves the topic out', async () => {
  const { context } = await scene();
  expect(await activity(context, {}, page)).toEqual([]);
});

test.each(['PROJECT', 'USER'] as const)('sync of a %s topic answers AccessLost and no cursor', async (kind) => {
  const { context, project, head } = await scene();
  expect(head?.seq).toBe(2);
  const topics = [kind === 'USER' ? { kind } : { kind, id: project.id }];
  const { items, cursors } = await sync(context, { topics, since: [] });
  expect(items).toEqual([{ kind: 'AccessLost', topic: `project:${project.id}` }]);
  expect(cursors.filter(({ topic }) => topic.startsWith('project:'))).toEqual([]);
});
