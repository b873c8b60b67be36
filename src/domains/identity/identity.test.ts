import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import type { Person } from '../../../test/support/world.ts';
import { newId } from '../../platform/ids.ts';
import { activeAmong, requirePerson } from './access.ts';

const usersDocument = `query ($search: String, $deactivated: Boolean, $first: Int, $after: String) {
  users(search: $search, deactivated: $deactivated, first: $first, after: $after) {
    nodes { name externalId } pageInfo { hasNextPage endCursor }
  }
}`;

async function names(app: TestApp, viewer: Person, variables: Record<string, unknown> = {}): Promise<string[]> {
  const { users } = await app.ask(viewer, usersDocument, variables);
  return users.nodes.map(({ name }: { name: string }) => name);
}

/** One of the mutations about a person. */
function manage(app: TestApp, viewer: Person, name: string, input: Record<string, unknown>) {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const selection = 'user { id role deactivatedAt } eventCursor';
  return app.graphql(viewer, `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} } }`, { input });
}

/** Kinds in the log of somebody's own topic. */
async function kindsOf(app: TestApp, { id }: Person): Promise<string[]> {
  return (await app.services.eventLog.after(`user:${id}`, 0)).map(({ kind }) => kind);
}

test('me and session say who asks, and from where', async () => {
  await using app = await startApp();
  const { owner } = await app.world.project();
  await app.world.project({ owner });
  const { me, session } = await app.ask(
    owner,
    `{
      me { id name role workspace { id slug } }
      session { id userId topicCount connectedAt serverTime instanceId tokenExpiresAt transport ip userAgent }
    }`,
  );
  expect(me).toEqual({ id: owner.id, name: owner.name, role: 'MEMBER', workspace: owner.workspace });
  const now = app.clock.now();
  expect(session).toMatchObject({
    userId: owner.id,
    topicCount: 2,
    serverTime: now.toISOString(),
    instanceId: app.services.instanceId,
    tokenExpiresAt: new Date(Math.floor(now.getTime() / 1000) * 1000 + 3_600_000).toISOString(),
    transport: 'HTTP',
  });
  expect(session.ip).toContain('127.0.0.1');
});

test('ping answers with pong and the clock of the server', async () => {
  await using app = await startApp();
  const { ping } = await app.ask(await app.world.person(), '{ ping { event timestamp instanceId } }');
  expect(ping).toEqual({ event: 'pong', timestamp: app.clock.now().getTime(), instanceId: app.services.instanceId });
});

test.each([
  '{ me { id } }',
  '{ session { id } }',
  '{ ping { event } }',
  '{ users { nodes { id } } }',
  '{ node(id: "x") { id } }',
])('without a token nothing is answered: %s', async (document) => {
  await using app = await startApp();
  const { errors } = await app.graphql(undefined, document);
  expect(errors).toMatchObject([{ message: 'Missing authentication token', extensions: { code: 'UNAUTHORIZED' } }]);
});

test('users lists the active people of the own workspace by name, page by page', async () => {
  await using app = await startApp();
  const viewer = await app.world.person({ name: 'Carla' });
  for (const name of ['Bruno', 'Alma', 'Dana']) await app.world.person({ name });
  await app.world.person({ name: 'Stranger', workspace: await app.world.newWorkspace() });
  expect(await names(app, viewer)).toEqual(['Alma', 'Bruno', 'Carla', 'Dana']);
  const { users } = await app.ask(viewer, usersDocument, { first: 3 });
  expect(users.pageInfo.hasNextPage).toBe(true);
  expect(await names(app, viewer, { first: 3, after: users.pageInfo.endCursor })).toEqual(['Dana']);
});

test('search finds part of a name or externalId in any case, and takes wildcards as they are', async () => {
  await using app = await startApp();
  const viewer = await app.world.person({ name: 'Alma Ruiz', externalId: 'e-1' });
  await app.world.person({ name: '100% Bot', externalId: 'bot_one' });
  await app.world.person({ name: 'Back\\slash', externalId: 'botXone' });
  expect(await names(app, viewer, { search: 'ruIZ' })).toEqual(['Alma Ruiz']);
  expect(await names(app, viewer, { search: 'BOT_' })).toEqual(['100% Bot']);
  expect(await names(app, viewer, { search: '%' })).toEqual(['100% Bot']);
  expect(await names(app, viewer, { search: '\\' })).toEqual(['Back\\slash']);
  expect(await names(app, viewer, { search: ' ' })).toHaveLength(3);
  expect(await names(app, viewer, { search: "'; DROP TABLE" })).toEqual([]);
  for (const search of ['x'.repeat(101), 'nul\0']) {
    const { errors } = await app.graphql(viewer, usersDocument, { search });
    expect(errors).toMatchObject([{ extensions: { code: 'VALIDATION_ERROR', field: 'search' } }]);
  }
});

test('a mail address is for its owner and ADMINs: null with an error for everybody else', async () => {
  await using app = await startApp();
  const person = await app.world.person({ email: 'person@example.com' });
  const admin = await app.world.person({ role: 'ADMIN' });
  const colleague = await app.world.person();
  const read = (viewer: Person) =>
    app.graphql(viewer, 'query ($id: ID!) { node(id: $id) { ... on User { name email } } }', { id: person.id });
  expect((await read(person)).data.node.email).toBe('person@example.com');
  expect((await read(admin)).data.node.email).toBe('person@example.com');
  const denied = await read(colleague);
  expect(denied.data.node).toEqual({ name: person.name, email: null });
  expect(denied.errors).toMatchObject([{ path: ['node', 'email'], extensions: { code: 'FORBIDDEN' } }]);
  expect(JSON.stringify(denied)).not.toContain('person@example.com');
});

test('node finds what the viewer may read, and nothing of others', async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  const task = await app.world.task({ project, by: owner });
  const comment = await app.world.comment({ task, by: owner });
  const colleague = await app.world.person();
  const stranger = await app.world.person({ workspace: await app.world.newWorkspace() });
  const typeFor = async (viewer: Person, id: string) =>
    (await app.ask(viewer, 'query ($id: ID!) { node(id: $id) { __typename id } }', { id })).node;
  const objects = { User: owner.id, Project: project.id, Task: task.id, Comment: comment.id };
  for (const [type, id] of Object.entries(objects)) {
    expect(await typeFor(owner, id)).toEqual({ __typename: type, id });
    expect(await typeFor(stranger, id)).toBeNull();
  }
  expect(await typeFor(colleague, owner.id)).toMatchObject({ __typename: 'User' });
  expect(await typeFor(colleague, project.id)).toBeNull();
  expect(await typeFor(colleague, task.id)).toBeNull();
  for (const id of [newId(), 'garbage', '', task.id.toUpperCase()]) expect(await typeFor(owner, id)).toBeNull();
});

test('a deactivated person is refused from the next request on, and leaves the list', async () => {
  await using app = await startApp();
  const admin = await app.world.person({ role: 'ADMIN', name: 'Admin' });
  const person = await app.world.person({ name: 'Person' });
  const token = await app.token(person);
  const { data, errors } = await manage(app, admin, 'deactivateUser', { userId: person.id });
  expect(errors).toBeUndefined();
  expect(data.deactivateUser.user.deactivatedAt).toBe(app.clock.now().toISOString());
  expect(await kindsOf(app, person)).toEqual(['UserDeactivated']);
  const refused = await app.graphql(person, '{ me { id } }');
  expect(refused).toMatchObject({ status: 401, errors: [{ message: 'Invalid authentication token' }] });
  expect(await names(app, admin)).toEqual(['Admin']);
  expect(await names(app, admin, { deactivated: true })).toEqual(['Person']);

  await manage(app, admin, 'reactivateUser', { userId: person.id });
  expect(await kindsOf(app, person)).toEqual(['UserDeactivated', 'UserReactivated']);
  const again = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ me { id } }' }),
  });
  expect(await again.json()).toMatchObject({ data: { me: { id: person.id } } });
});

test('what is already so changes nothing and appends nothing', async () => {
  await using app = await startApp();
  const admin = await app.world.person({ role: 'ADMIN' });
  const person = await app.world.person();
  for (const [name, input] of [
    ['reactivateUser', {}],
    ['setWorkspaceRole', { role: 'MEMBER' }],
  ] as const) {
    const { data } = await manage(app, admin, name, { userId: person.id, ...input });
    expect(data[name].eventCursor).toBeNull();
  }
  await manage(app, admin, 'deactivateUser', { userId: person.id });
  const { data } = await manage(app, admin, 'deactivateUser', { userId: person.id });
  expect(data.deactivateUser.eventCursor).toBeNull();
  expect(await kindsOf(app, person)).toEqual(['UserDeactivated']);
});

test('a role in the workspace counts from the next request on', async () => {
  await using app = await startApp();
  const admin = await app.world.person({ role: 'ADMIN' });
  const person = await app.world.person();
  const { data } = await manage(app, admin, 'setWorkspaceRole', { userId: person.id, role: 'ADMIN' });
  expect(data.setWorkspaceRole.user.role).toBe('ADMIN');
  const [event] = await app.services.eventLog.after(`user:${person.id}`, 0);
  expect(event).toMatchObject({
    kind: 'WorkspaceRoleChanged',
    actorId: admin.id,
    data: { userId: person.id, from: 'MEMBER', to: 'ADMIN' },
  });
  const { errors } = await manage(app, person, 'setWorkspaceRole', { userId: admin.id, role: 'GUEST' });
  expect(errors).toBeUndefined();
});

test('only ADMINs manage people, and only those of their workspace', async () => {
  await using app = await startApp();
  const admin = await app.world.person({ role: 'ADMIN' });
  const person = await app.world.person();
  const stranger = await app.world.person({ workspace: await app.world.newWorkspace() });
  const attempts = { deactivateUser: {}, reactivateUser: {}, setWorkspaceRole: { role: 'GUEST' } };
  for (const [name, input] of Object.entries(attempts)) {
    for (const role of ['MEMBER', 'GUEST', 'BOT'] as const) {
      const viewer = await app.world.person({ role });
      const { errors } = await manage(app, viewer, name, { userId: person.id, ...input });
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
    for (const userId of [stranger.id, newId(), 'garbage']) {
      const { errors } = await manage(app, admin, name, { userId, ...input });
      expect(errors).toMatchObject([{ message: 'No such person.', extensions: { code: 'NOT_FOUND' } }]);
    }
  }
  const { errors } = await app.graphql(person, usersDocument, { deactivated: true });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect(await kindsOf(app, person)).toEqual([]);
  expect(await kindsOf(app, stranger)).toEqual([]);
});

test('nobody deactivates themselves, and the last ADMIN stays', async () => {
  await using app = await startApp();
  const admin = await app.world.person({ role: 'ADMIN' });
  const gone = await app.world.person({ role: 'ADMIN' });
  await manage(app, admin, 'deactivateUser', { userId: gone.id });
  for (const [name, input] of [
    ['deactivateUser', {}],
    ['setWorkspaceRole', { role: 'MEMBER' }],
  ] as const) {
    const { errors } = await manage(app, admin, name, { userId: admin.id, ...input });
    expect(errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
  }
  expect(await kindsOf(app, admin)).toEqual([]);
});

test('two ADMINs who demote each other at the same moment leave one', async () => {
  await using app = await startApp();
  for (let round = 0; round < 5; round++) {
    const workspace = await app.world.newWorkspace();
    const one = await app.world.person({ role: 'ADMIN', workspace });
    const two = await app.world.person({ role: 'ADMIN', workspace });
    await Promise.all([
      manage(app, one, 'setWorkspaceRole', { userId: two.id, role: 'MEMBER' }),
      manage(app, two, 'deactivateUser', { userId: one.id }),
    ]);
    const left = { workspaceId: workspace.id, role: 'ADMIN', deactivatedAt: null } as const;
    expect(await app.services.database.db.user.count({ where: left })).toBe(1);
  }
});

test('a repeated idempotency key answers the same and does nothing twice', async () => {
  await using app = await startApp();
  const admin = await app.world.person({ role: 'ADMIN' });
  const person = await app.world.person();
  const input = { userId: person.id, role: 'GUEST', idempotencyKey: 'once' };
  const answers = await Promise.all([1, 2, 3].map(() => manage(app, admin, 'setWorkspaceRole', input)));
  expect(new Set(answers.map(({ data }) => data.setWorkspaceRole.eventCursor)).size).toBe(1);
  expect(await kindsOf(app, person)).toEqual(['WorkspaceRoleChanged']);
});

test('requirePerson and activeAmong know the active people of one workspace only', async () => {
  await using app = await startApp();
  const { db } = app.services.database;
  const [one, two, gone] = [await app.world.person(), await app.world.person(), await app.world.person()];
  const stranger = await app.world.person({ workspace: await app.world.newWorkspace() });
  await db.user.update({ where: { id: gone.id }, data: { deactivatedAt: app.clock.now() } });
  const { id: workspaceId } = one.workspace;
  const asked = [two.id, gone.id, stranger.id, newId(), 'garbage', one.id, two.id];
  expect(await activeAmong(db, workspaceId, asked)).toEqual([two.id, one.id]);
  expect(await activeAmong(db, workspaceId, [])).toEqual([]);
  expect((await requirePerson(db, workspaceId, one.id)).name).toBe(one.name);
  for (const id of [gone.id, stranger.id, newId(), 'garbage']) {
    await expect(requirePerson(db, workspaceId, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
});
