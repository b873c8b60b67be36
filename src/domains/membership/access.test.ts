import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import type { Person } from '../../../test/support/world.ts';
import type { TopicKey } from '../../events/topic.ts';
import type { Viewer } from '../../graphql/context.ts';
import { newId } from '../../platform/ids.ts';
import { createTopicAccess, rolesOf, topicMembers } from './access.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(async () => app[Symbol.asyncDispose]());

function viewerOf({ id, workspace }: Person): Viewer {
  const session = {
    id,
    transport: 'http',
    connectedAt: new Date(),
    tokenExpiresAt: undefined,
    ip: undefined,
    userAgent: undefined,
  } as const;
  return { userId: id, workspaceId: workspace.id, workspaceRole: 'MEMBER', session };
}

async function deactivate(person: Person): Promise<void> {
  await app.services.database.db.user.update({ where: { id: person.id }, data: { deactivatedAt: new Date() } });
}

/** Counts the statements of what it is handed. */
function counting(database: TestApp['services']['database']) {
  let statements = 0;
  return {
    get statements() {
      return statements;
    },
    query: <Row extends object>(text: string, values?: unknown[]) => {
      statements++;
      return database.query<Row>(text, values);
    },
  };
}

const nil = '00000000-0000-0000-0000-000000000000';

describe('enter', () => {
  test('reads role, head, newest access change and join position of each topic, in order', async () => {
    const { owner, project } = await app.world.project({ externalId: 'shed' });
    const person = await app.world.member({ project, by: owner });
    await app.world.task({ project, by: owner });
    // Being told of it is an event of the person's own topic too.
    await app.settled();
    const access = createTopicAccess(app.services.database);
    const entries = await access.enter(viewerOf(person), [
      { kind: 'project', id: 'shed' },
      { kind: 'user', id: person.id },
      { kind: 'project', id: 'other' },
      { kind: 'conversation', id: project.id },
      { kind: 'user', id: owner.id },
    ]);
    const topic: TopicKey = `project:${project.id}`;
    const [head, own] = await app.services.eventLog.heads([topic, `user:${person.id}`]);
    const none = { role: null, workspaceRole: 'MEMBER', accessSeq: 0, joinedSeq: 0 };
    const closed = (key: TopicKey) => ({ ...none, topic: key, head: { topic: key, seq: 0 } });
    expect(entries).toEqual([
      { topic, role: 'MEMBER', workspaceRole: 'MEMBER', head: { ...head, seq: 3 }, accessSeq: 2, joinedSeq: 2 },
      { topic: `user:${person.id}`, role: 'OWNER', workspaceRole: 'MEMBER', head: own, accessSeq: 1, joinedSeq: 0 },
      closed(`project:${nil}`),
      closed(`conversation:${project.id}`),
      closed(`user:${owner.id}`),
    ]);
  });

  test('asks once for all who come in the same turn', async () => {
    const { owner, members, project } = await app.world.project({ members: 3 });
    const database = counting(app.services.database);
    const access = createTopicAccess(database);
    const asked = [{ kind: 'project', id: project.id } as const];
    const entries = await Promise.all([owner, ...members].map((person) => access.enter(viewerOf(person), asked)));
    expect(entries.map(([entry]) => entry?.role)).toEqual(['OWNER', 'MEMBER', 'MEMBER', 'MEMBER']);
    expect(database.statements).toBe(1);
    await Promise.all([owner, ...members].map((person) => access.enterEverything(viewerOf(person))));
    expect(database.statements).toBe(2);
  });

  test('gives nobody anything after deactivation, deletion, or in another workspace', async () => {
    const { owner, members, project } = await app.world.project({ members: 1, externalId: 'closing' });
    const [person] = members as [Person];
    const access = createTopicAccess(app.services.database);
    const asked = [
      { kind: 'project', id: project.id },
      { kind: 'user', id: undefined },
    ] as const;
    const roles = async (viewer: Viewer) => (await access.enter(viewer, asked)).map(({ role }) => role);
    expect(await roles(viewerOf(person))).toEqual(['MEMBER', 'OWNER']);
    expect(await roles({ ...viewerOf(person), workspaceId: newId() })).toEqual([null, null]);
    await deactivate(person);
    expect(await roles(viewerOf(person))).toEqual([null, null]);
    expect(await access.enterEverything(viewerOf(person))).toEqual([]);
    await app.services.database.db.topic.update({ where: { id: project.id }, data: { deletedAt: new Date() } });
    expect(await roles(viewerOf(owner))).toEqual([null, 'OWNER']);
    expect((await access.enterEverything(viewerOf(owner))).map(({ topic }) => topic)).toEqual([`user:${owner.id}`]);
  });

  test('somebody who was removed and added again joined at the newer place', async () => {
    const { owner, members, project } = await app.world.project({ members: 1 });
    const [person] = members as [Person];
    const input = { topicId: project.id, userId: person.id };
    await app.ask(owner, 'mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { topicId } }', {
      input,
    });
    await app.world.member({ project, by: owner, person });
    const [, entry] = await createTopicAccess(app.services.database).enterEverything(viewerOf(person));
    expect(entry).toMatchObject({ topic: `project:${project.id}`, joinedSeq: 4, accessSeq: 4 });
  });
});

test('rolesOf leaves out what one may not read', async () => {
  const { owner, members, project } = await app.world.project({ members: ['GUEST'] });
  const [guest] = members as [Person];
  const topics: TopicKey[] = [`project:${project.id}`, `user:${guest.id}`, `user:${owner.id}`, `project:${newId()}`];
  const roles = await rolesOf(app.services.database.db, viewerOf(guest), topics);
  expect([...roles]).toEqual([
    [`project:${project.id}`, 'GUEST'],
    [`user:${guest.id}`, 'OWNER'],
  ]);
  expect(await rolesOf(app.services.database.db, viewerOf(guest), [])).toEqual(new Map());
});

test('topicMembers names the active members; of a personal topic its person, of a deleted one nobody', async () => {
  const { owner, members, project } = await app.world.project({ members: 2 });
  const [first, second] = members as [Person, Person];
  const { db } = app.services.database;
  expect(await topicMembers(db, project.id)).toEqual([owner, first, second].map(({ id }) => id).sort());
  await deactivate(second);
  expect(await topicMembers(db, project.id)).toEqual([owner, first].map(({ id }) => id).sort());
  expect(await topicMembers(db, first.id)).toEqual([first.id]);
  await db.topic.update({ where: { id: project.id }, data: { deletedAt: new Date() } });
  expect(await topicMembers(db, project.id)).toEqual([]);
});
