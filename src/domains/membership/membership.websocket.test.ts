import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { arrivedBefore } from '../../../test/support/fence.ts';
import { verifyEvents } from '../../../test/support/verifyEvents.ts';
import type { Person } from '../../../test/support/world.ts';
import { newId } from '../../platform/ids.ts';

let app: TestApp;
/** A second server on the same database and Redis. */
let other: TestApp;
beforeAll(async () => {
  app = await startApp();
  other = await startApp({ with: app });
});
afterAll(async () => {
  await other[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
});

const eventsDocument = `subscription ($topics: [TopicRef!]!, $types: [EventType!], $after: [Cursor!]) {
  events(topics: $topics, types: $types, after: $after) {
    __typename
    ... on Event { id cursor actor { id } home: topic { id kind } }
    ... on Checkpoint { cursors { topic cursor } }
    ... on AccessLost { lost: topic }
    ... on MemberAdded { user { id name } role }
    ... on MemberRemoved { user { id } }
    ... on MemberRoleChanged { user { id } role }
    ... on ProjectUpdated { project { id name } changes { field from to } }
    ... on ProjectDeleted { project { id deleted } }
  }
}`;
const everything = [{ kind: 'USER' }];
const only = ({ id }: { id: string }) => [{ kind: 'PROJECT', id }];

/** Runs a mutation with these input fields. */
function run(person: Person, command: string, input: Record<string, unknown>) {
  const type = `${command[0]?.toUpperCase()}${command.slice(1)}Input!`;
  return app.ask(person, `mutation ($input: ${type}) { ${command}(input: $input) { eventCursor } }`, { input });
}

/** A stream over topics, on either server, with its opening Checkpoint taken. */
async function follow(server: TestApp, person: Person, variables: Record<string, unknown>) {
  const socket = await server.socket(person);
  const stream = await socket.subscribe(eventsDocument, variables);
  const { value } = await stream.next('Checkpoint');
  return Object.assign(stream, { opened: value as { cursors: { topic: string; cursor: string }[] } });
}

describe('events', () => {
  test('tell members of additions, roles and removals, and the removed person only of the loss', async () => {
    const { owner, members, project } = await app.world.project({ members: 1 });
    const [staying] = members as [Person];
    const watched = await follow(other, staying, { topics: only(project) });
    const person = await app.world.member({ project, by: owner });
    const theirs = await follow(other, person, { topics: only(project) });
    await run(owner, 'changeMemberRole', { topicId: project.id, userId: person.id, role: 'GUEST' });
    // Read in one page with the removal it would not be theirs any more.
    expect((await theirs.next()).value).toMatchObject({ __typename: 'MemberRoleChanged', role: 'GUEST' });
    await run(owner, 'removeMember', { topicId: project.id, userId: person.id });
    const fence = () => app.world.task({ project, by: owner });
    const seen = (await arrivedBefore(watched, 'TaskCreated', fence)).map(({ value }) => value);
    expect(seen).toMatchObject([
      {
        __typename: 'MemberAdded',
        actor: { id: owner.id },
        user: { id: person.id, name: person.name },
        role: 'MEMBER',
      },
      { __typename: 'MemberRoleChanged', user: { id: person.id }, role: 'GUEST' },
      { __typename: 'MemberRemoved', actor: { id: owner.id }, user: { id: person.id } },
    ]);
    expect((await theirs.next()).value).toEqual({ __typename: 'AccessLost', lost: project.id });
    await theirs.completed();
    expect(theirs.waiting).toEqual([]);
  });

  test('of everything gain what one joins or creates, and lose what one leaves, on every server', async () => {
    const person = await app.world.person();
    const { owner, project } = await app.world.project();
    const stream = await follow(other, person, { topics: everything });
    expect(stream.opened.cursors.map(({ topic }) => topic)).toEqual([person.id]);

    await app.world.member({ project, by: owner, person });
    const gained = (await stream.next('Checkpoint')).value as { cursors: { topic: string }[] };
    expect(gained.cursors.map(({ topic }) => topic).sort()).toEqual([person.id, project.id].sort());
    expect((await stream.next()).value).toMatchObject({
      __typename: 'MemberAdded',
      home: { id: project.id, kind: 'PROJECT' },
    });

    const own = await app.world.project({ owner: person });
    await stream.next('Checkpoint');
    expect((await stream.next()).value).toMatchObject({ __typename: 'ProjectCreated', home: { id: own.project.id } });

    await run(owner, 'removeMember', { topicId: project.id, userId: person.id });
    await run(owner, 'updateProject', { projectId: project.id, name: 'Secret' });
    expect((await stream.next()).value).toEqual({ __typename: 'AccessLost', lost: project.id });
    await run(person, 'updateProject', { projectId: own.project.id, name: 'Mine' });
    expect((await stream.next()).value).toMatchObject({ __typename: 'ProjectUpdated', project: { name: 'Mine' } });
  });

  test('go on behind their cursors after a break: what was missed, and what was lost', async () => {
    const person = await app.world.person();
    const kept = await app.world.project({ owner: person });
    const { owner, project } = await app.world.project();
    await app.world.member({ project, by: owner, person });
    const before = await follow(app, person, { topics: everything });
    const after = before.opened.cursors.map(({ cursor }) => cursor);
    before.complete();

    await run(person, 'updateProject', { projectId: kept.project.id, name: 'Renamed' });
    await run(owner, 'removeMember', { topicId: project.id, userId: person.id });
    await run(owner, 'updateProject', { projectId: project.id, name: 'Secret' });
    const later = await app.world.project();
    await app.world.member({ project: later.project, by: later.owner, person });

    const stream = await follow(other, person, { topics: everything, after });
    const seen = (await stream.take(3)).map(({ value }) => value);
    expect(seen).toContainEqual({ __typename: 'AccessLost', lost: project.id });
    expect(seen).toContainEqual(
      expect.objectContaining({ __typename: 'ProjectUpdated', project: { id: kept.project.id, name: 'Renamed' } }),
    );
    expect(seen).toContainEqual(
      expect.objectContaining({ __typename: 'MemberAdded', home: { id: later.project.id, kind: 'PROJECT' } }),
    );
    expect(JSON.stringify(seen)).not.toContain('Secret');
  });

  test('of a deleted project end with its deletion', async () => {
    const { owner, members, project } = await app.world.project({ members: 1 });
    const stream = await follow(other, members[0] as Person, { topics: only(project) });
    await run(owner, 'deleteProject', { projectId: project.id });
    expect((await stream.next()).value).toMatchObject({
      __typename: 'ProjectDeleted',
      project: { id: project.id, deleted: true },
    });
    await stream.completed();
  });

  test('show only the types asked for', async () => {
    const { owner, project } = await app.world.project();
    const stream = await follow(app, owner, { topics: only(project), types: ['PROJECT_UPDATED'] });
    await app.world.task({ project, by: owner });
    const fence = () => run(owner, 'updateProject', { projectId: project.id, name: 'Fence' });
    expect(await arrivedBefore(stream, 'ProjectUpdated', fence)).toEqual([]);
  });

  test.each([
    ['a private project', async () => (await app.world.project()).project.id],
    [
      'a project of another workspace',
      async () => (await app.world.project({ workspace: await app.world.newWorkspace() })).project.id,
    ],
    ['no project', async () => newId()],
    ['no id', async () => 'x'],
  ])('are refused for %s, in the same words, and the socket stays', async (_what, topic) => {
    const person = await app.world.person({ role: 'ADMIN' });
    const socket = await app.socket(person);
    const stream = await socket.subscribe(eventsDocument, { topics: [{ kind: 'PROJECT', id: await topic() }] });
    expect(await stream.error()).toMatchObject({
      message: 'No such project, or no access to it.',
      extensions: { code: 'FORBIDDEN' },
    });
    expect(await socket.ping()).toBeDefined();
  });

  test.each([
    ['topics', { topics: [] }],
    ['topics', { topics: Array(101).fill({ kind: 'USER' }) }],
    ['topics.0.id', { topics: [{ kind: 'PROJECT' }] }],
  ])('check %s', async (field, variables) => {
    const socket = await app.socket(await app.world.person());
    const stream = await socket.subscribe(eventsDocument, variables);
    expect((await stream.error()).extensions).toMatchObject({ code: 'VALIDATION_ERROR', field });
  });
});

type Membership = { __typename: string; role: string; user: { id: string } };

test('projects and members as a client keeps them follow from their events', async () => {
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [member] = members as [Person];
  const [added, passing] = [await app.world.person(), await app.world.person()];
  const events = await verifyEvents(app, {
    person: member,
    topic: { kind: 'PROJECT', id: project.id },
    query: `query ($id: ID!) {
      project(id: $id) { id name description version updatedAt headCursor members { nodes { role user { id name } } } }
    }`,
    variables: { id: project.id },
    says: '... on MemberAdded { role } ... on MemberRoleChanged { role }',
    reduce: (state, event) => {
      const { nodes } = (state.project as { members: { nodes: Membership[] } }).members;
      const { user, role } = event as { user?: { id: string }; role?: string };
      const at = nodes.findIndex((node) => node.user.id === user?.id);
      if (event.__typename === 'MemberRemoved' && at >= 0) nodes.splice(at, 1);
      const shown = nodes[at];
      if (user && role && shown) shown.role = role;
      if (event.__typename === 'MemberAdded' && user && role && !shown) {
        nodes.push({ __typename: 'Membership', role, user });
      }
      nodes.sort((a, b) => (a.user.id < b.user.id ? -1 : 1));
    },
    act: [
      () => run(owner, 'updateProject', { projectId: project.id, name: 'House', description: 'Big' }),
      () => run(owner, 'addMember', { topicId: project.id, userId: added.id, role: 'GUEST' }),
      () => run(owner, 'changeMemberRole', { topicId: project.id, userId: added.id, role: 'MEMBER' }),
      () => run(owner, 'updateProject', { projectId: project.id, description: null }),
      () => run(owner, 'addMember', { topicId: project.id, userId: passing.id }),
      () => run(passing, 'leaveTopic', { topicId: project.id }),
      () => run(owner, 'removeMember', { topicId: project.id, userId: added.id }),
      () => run(owner, 'changeMemberRole', { topicId: project.id, userId: member.id, role: 'ADMIN' }),
    ],
    resumeOn: other,
  });
  expect(events.map(({ __typename }) => __typename)).toEqual([
    'ProjectUpdated',
    'MemberAdded',
    'MemberRoleChanged',
    'ProjectUpdated',
    'MemberAdded',
    'MemberRemoved',
    'MemberRemoved',
    'MemberRoleChanged',
  ]);
});
