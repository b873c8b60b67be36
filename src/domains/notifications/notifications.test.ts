import { describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { readInbox } from '../../../test/support/inbox.ts';
import type { Person, TaskRow } from '../../../test/support/world.ts';
import { decodeCursor, encodeCursor } from '../../events/cursor.ts';
import { type EventKind, eventRegistry } from '../../events/define.ts';
import { reasons } from '../../events/reasons.ts';
import { topicKey } from '../../events/topic.ts';
import { newId } from '../../platform/ids.ts';
import { events } from '../catalogue.ts';
import { taskEvents } from '../tasks/events.ts';

const read =
  'mutation ($input: MarkNotificationReadInput!) { markNotificationRead(input: $input) { eventCursor notification { id readAt seenAt } counts { unread unseen total } } }';
const readAll =
  'mutation ($input: MarkAllNotificationsReadInput!) { markAllNotificationsRead(input: $input) { eventCursor changed counts { unread unseen total } } }';
const update =
  'mutation ($input: UpdateNotificationsInput!) { updateNotifications(input: $input) { eventCursor changed counts { unread unseen total } } }';

/** Somebody with three tasks of theirs, each commented on by the project's owner: three notifications. */
async function threeThreads(app: TestApp) {
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [member] = members as [Person];
  // Being added to the project is one of its own: read, it is out of the way.
  await app.settled();
  await app.ask(member, readAll, { input: {} });
  const tasks: TaskRow[] = [];
  for (const title of ['One', 'Two', 'Three']) {
    const task = await app.world.task({ project, by: member, title });
    app.clock.advance('1s');
    await app.world.comment({ task, by: owner });
    tasks.push(task);
  }
  await app.settled();
  return { owner, member, project, tasks };
}

async function codeOf(answer: ReturnType<TestApp['graphql']>) {
  const { errors } = await answer;
  return (
    errors?.[0] && { code: errors[0].extensions?.code, message: errors[0].message, field: errors[0].extensions?.field }
  );
}

describe.each(['postgresql', 'pglite'] as const)('on %s', (engine) => {
  // The embedded database takes 17 s for it where the machine has ten times the work it can do.
  test('fifty comments make one notification that counts fifty', { timeout: 90_000 }, async () => {
    await using app = await startApp({ engine });
    const { owner, members, project } = await app.world.project({ members: 2 });
    const [member, other] = members as [Person, Person];
    const task = await app.world.task({ project, by: member, title: 'Fix the login' });
    const before = await readInbox(app, member);
    for (let n = 0; n < 49; n++) await app.world.comment({ task, by: owner });
    app.clock.advance('5s');
    await app.world.comment({ task, by: other });
    await app.settled();

    const { nodes, counts } = await readInbox(app, member);
    expect(before.nodes.map(({ type }) => type)).toEqual(['MEMBER_ADDED']);
    expect(counts).toMatchObject({ unread: 2, unseen: 2, total: 2 });
    expect(nodes[0]).toMatchObject({
      type: 'TASK_COMMENTED',
      reason: 'COMMENTED',
      threadKey: `task:${task.id}`,
      count: 50,
      title: '2 people commented on Fix the login',
      actors: [{ id: other.id }, { id: owner.id }],
      topic: { id: project.id },
      subject: { __typename: 'Task', id: task.id },
      readAt: null,
      seenAt: null,
      updatedAt: app.clock.now().toISOString(),
    });
    // Who comments is told of the comments of others, never of their own: five seconds ago nobody else had.
    const told = await Promise.all([owner, other].map(async (person) => (await readInbox(app, person)).nodes));
    expect(told.map((list) => list.filter(({ type }) => type === 'TASK_COMMENTED').map(({ count }) => count))).toEqual([
      [1],
      [],
    ]);
  });
});

test('every reason a declaration can give is a reason of notifications', () => {
  const declared = [...events.values()].flatMap(({ kind, notify }) =>
    (notify?.reasons ?? []).map((reason) => [kind, reason]),
  );
  expect(declared).toEqual(
    expect.arrayContaining([
      ['MemberAdded', 'ADDED'],
      ['TaskAssigned', 'ASSIGNED'],
      ['TaskCommented', 'MENTIONED'],
      ['TaskCommented', 'COMMENTED'],
      ['CommentEdited', 'MENTIONED'],
    ]),
  );
  for (const [, reason] of declared) expect(Object.keys(reasons)).toContain(reason);
});

test('a declaration either makes rows or lets them expire: one that says both is refused when the server starts', () => {
  const { TaskAssigned, TaskDeleted } = taskEvents;
  const { expires } = TaskDeleted as EventKind;
  expect(() => eventRegistry({ TaskAssigned } as never, { TaskDeleted } as never)).not.toThrow();
  expect(() => eventRegistry({ TaskAssigned: { ...TaskAssigned, expires } as never })).toThrow(
    'the declaration of TaskAssigned says both',
  );
  // Whatever the declarations of today say.
  for (const { notify, expires } of events.values()) expect(notify && expires).toBeUndefined();
});

test('being added, given a task and mentioned become notifications with their type, reason and words', async () => {
  await using app = await startApp();
  const { owner, members, project } = await app.world.project({ members: 1, name: 'Apollo' });
  const [member] = members as [Person];
  const assigned = await app.world.task({ project, by: owner, title: 'Weld' });
  await app.ask(owner, 'mutation ($input: AssignTaskInput!) { assignTask(input: $input) { eventCursor } }', {
    input: { taskId: assigned.id, assigneeId: member.id },
  });
  const mentioned = await app.world.task({ project, by: owner, title: 'Paint' });
  await app.world.comment({ task: mentioned, by: owner, mentions: [member] });
  await app.settled();
  const { nodes } = await readInbox(app, member);
  expect(nodes.map(({ type, reason, title }) => [type, reason, title])).toEqual(
    expect.arrayContaining([
      ['MEMBER_ADDED', 'ADDED', `${owner.name} added you to Apollo`],
      ['TASK_ASSIGNED', 'ASSIGNED', `${owner.name} assigned Weld to you`],
      ['TASK_COMMENTED', 'MENTIONED', `${owner.name} mentioned you on Paint`],
    ]),
  );
  expect(nodes).toHaveLength(3);
});

test('whoever did something else before is not counted among those who commented', async () => {
  await using app = await startApp();
  const { owner, members, project } = await app.world.project({ members: 3 });
  const [reader, first, second] = members as [Person, Person, Person];
  const task = await app.world.task({ project, by: owner, title: 'Weld' });
  const title = async () => {
    await app.settled();
    const { nodes } = await readInbox(app, reader);
    const row = nodes.find(({ threadKey }) => threadKey === `task:${task.id}`);
    return { title: row?.title, count: row?.count, actors: row?.actors.length };
  };
  const follow = 'mutation ($input: FollowInput!) { follow(input: $input) { topicId } }';
  await app.ask(reader, follow, { input: { topic: { kind: 'PROJECT', id: project.id }, level: 'ALL' } });
  const assign = 'mutation ($input: AssignTaskInput!) { assignTask(input: $input) { eventCursor } }';
  await app.ask(owner, assign, { input: { taskId: task.id, assigneeId: first.id } });
  expect(await title()).toEqual({ title: `${owner.name} assigned Weld`, count: 1, actors: 1 });
  // From here on comments are for them too.
  await app.world.comment({ task, by: reader });
  await app.world.comment({ task, by: first });
  expect(await title()).toEqual({ title: `${first.name} commented on Weld`, count: 2, actors: 2 });
  await app.world.comment({ task, by: first });
  expect(await title()).toEqual({ title: `${first.name} commented on Weld`, count: 3, actors: 2 });
  await app.world.comment({ task, by: second });
  expect(await title()).toEqual({ title: '2 people commented on Weld', count: 4, actors: 3 });
  await app.world.comment({ task, by: owner });
  expect(await title()).toEqual({ title: '3 people commented on Weld', count: 5, actors: 3 });
});

test('a mention stays the reason under later comments until it is read, and the words stay true', async () => {
  await using app = await startApp();
  const { owner, members, project } = await app.world.project({ members: 2 });
  const [member, other] = members as [Person, Person];
  const task = await app.world.task({ project, by: member, title: 'Paint' });
  const thread = async () => {
    await app.settled();
    const { nodes } = await readInbox(app, member);
    const found = nodes.find(({ threadKey }) => threadKey === `task:${task.id}`);
    return found && { id: found.id, reason: found.reason, title: found.title, count: found.count };
  };
  await app.world.comment({ task, by: other });
  await app.world.comment({ task, by: owner, mentions: [member] });
  expect(await thread()).toMatchObject({
    reason: 'MENTIONED',
    count: 2,
    title: `${owner.name} mentioned you on Paint`,
  });
  await app.world.comment({ task, by: other });
  const mixed = await thread();
  expect(mixed).toMatchObject({ reason: 'MENTIONED', count: 3, title: `${other.name} commented on Paint` });
  await app.ask(member, read, { input: { id: mixed?.id } });
  await app.world.comment({ task, by: other });
  expect(await thread()).toMatchObject({
    id: mixed?.id,
    reason: 'COMMENTED',
    count: 1,
    title: `${other.name} commented on Paint`,
  });
});

test('who lost access keeps the notification, without a word of what it was about', async () => {
  await using app = await startApp();
  const { owner, members, project } = await app.world.project({ members: 1, name: 'Apollo' });
  const [member] = members as [Person];
  const task = await app.world.task({ project, by: member, title: 'Weld the hull' });
  await app.world.comment({ task, by: owner });
  await app.settled();
  await app.ask(owner, 'mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { eventCursor } }', {
    input: { topicId: project.id, userId: member.id },
  });
  const inbox = await readInbox(app, member);
  expect(inbox.counts.total).toBe(2);
  for (const node of inbox.nodes) expect(node).toMatchObject({ topic: null, event: null, subject: null });
  expect(JSON.stringify(inbox)).not.toMatch(/Weld|hull|Apollo/);

  await app.ask(owner, 'mutation ($input: AddMemberInput!) { addMember(input: $input) { eventCursor } }', {
    input: { topicId: project.id, userId: member.id },
  });
  expect(JSON.stringify(await readInbox(app, member))).toContain('Weld the hull');
});

test('read, unread and seen change what they say, and saying it again changes nothing', async () => {
  await using app = await startApp();
  const { member } = await threeThreads(app);
  const [first, second] = (await readInbox(app, member)).nodes;
  const ids = [first?.id, second?.id];
  const did = async (document: string, input: object) => Object.values(await app.ask(member, document, { input }))[0];

  expect(await did(update, { ids, action: 'SEEN' })).toMatchObject({
    changed: 2,
    counts: { unread: 3, unseen: 1, total: 4 },
  });
  expect(await did(update, { ids, action: 'SEEN' })).toMatchObject({ changed: 0, eventCursor: null });
  expect(await did(read, { id: first?.id })).toMatchObject({
    eventCursor: expect.any(String),
    notification: { id: first?.id, readAt: app.clock.now().toISOString() },
    counts: { unread: 2, unseen: 1, total: 4 },
  });
  expect(await did(read, { id: first?.id })).toMatchObject({ eventCursor: null });
  expect(await did(update, { ids, action: 'READ' })).toMatchObject({
    changed: 1,
    counts: { unread: 1, unseen: 1, total: 4 },
  });
  expect(await did(update, { ids, action: 'UNREAD' })).toMatchObject({
    changed: 2,
    counts: { unread: 3, unseen: 1, total: 4 },
  });
  const filter = { types: ['TASK_COMMENTED'], unreadOnly: true };
  expect(await did(update, { filter, action: 'READ' })).toMatchObject({
    changed: 3,
    counts: { unread: 0, unseen: 0, total: 4 },
  });
});

test('all read before a cursor leaves what was added after it', async () => {
  await using app = await startApp();
  const { owner, member, tasks, project } = await threeThreads(app);
  const { headCursor } = await readInbox(app, member);
  const [grown] = tasks as [TaskRow, TaskRow, TaskRow];
  await app.world.comment({ task: grown, by: owner });
  const late = await app.world.task({ project, by: member });
  await app.world.comment({ task: late, by: owner });
  await app.settled();

  const answer = await app.ask(member, readAll, { input: { before: headCursor } });
  expect(answer.markAllNotificationsRead).toMatchObject({ changed: 2, counts: { unread: 2, total: 5 } });
  const unread = await readInbox(app, member, { filter: { unreadOnly: true } });
  expect(unread.nodes.map(({ threadKey }) => threadKey).sort()).toEqual([`task:${grown.id}`, `task:${late.id}`].sort());
  const all = await app.ask(member, readAll, { input: {} });
  expect(all.markAllNotificationsRead).toMatchObject({ changed: 2, counts: { unread: 0, unseen: 0, total: 5 } });
});

test('cursors for all read that are none, of another topic or of another history are refused', async () => {
  await using app = await startApp();
  const { member, owner, project } = await threeThreads(app);
  const { headCursor, counts } = await readInbox(app, member);
  const { seq } = decodeCursor(headCursor);
  const topic = topicKey('user', member.id);
  const refused = (before: string) => codeOf(app.graphql(member, readAll, { input: { before } }));
  const invalid = { code: 'VALIDATION_ERROR', message: 'before is not a cursor of your inbox.', field: 'before' };

  expect(await refused('nonsense')).toEqual(invalid);
  expect(await refused((await readInbox(app, owner)).headCursor)).toEqual(invalid);
  expect(await refused(encodeCursor({ topic: topicKey('project', project.id), seq: 1, eventId: newId() }))).toEqual(
    invalid,
  );
  expect(await refused(encodeCursor({ topic, seq, eventId: newId() }))).toMatchObject({ code: 'CURSOR_EXPIRED' });
  expect(await refused(encodeCursor({ topic, seq: seq + 9, eventId: newId() }))).toMatchObject({
    code: 'CURSOR_EXPIRED',
  });
  expect((await readInbox(app, member)).counts).toEqual(counts);
});

test('nobody reads or changes the notification of another person, nor learns that it exists', async () => {
  await using app = await startApp();
  const { owner, member } = await threeThreads(app);
  const stranger = await app.world.person({ workspace: await app.world.newWorkspace() });
  const [own] = (await readInbox(app, member)).nodes;
  const one = 'query ($id: ID!) { notification(id: $id) { id } }';
  const node = 'query ($id: ID!) { node(id: $id) { __typename id } }';
  expect(await app.ask(member, one, { id: own?.id })).toEqual({ notification: { id: own?.id } });
  expect(await app.ask(member, node, { id: own?.id })).toEqual({ node: { __typename: 'Notification', id: own?.id } });

  for (const person of [owner, stranger]) {
    for (const id of [own?.id, newId(), 'no id']) {
      const missing = { code: 'NOT_FOUND', message: 'No such notification.' };
      expect(await codeOf(app.graphql(person, one, { id }))).toMatchObject(missing);
      expect(await codeOf(app.graphql(person, read, { input: { id } }))).toMatchObject(missing);
      expect(await codeOf(app.graphql(person, update, { input: { ids: [id], action: 'READ' } }))).toMatchObject(
        missing,
      );
      expect(await app.ask(person, node, { id })).toEqual({ node: null });
    }
    await app.ask(person, readAll, { input: {} });
    await app.ask(person, update, { input: { filter: {}, action: 'SEEN' } });
  }
  // One that is not theirs in the list: nothing of it happens.
  const [ownersOwn] = (await readInbox(app, owner)).nodes;
  expect(ownersOwn).toBeUndefined();
  const mixed = { input: { ids: [own?.id, newId()], action: 'READ' } };
  expect(await codeOf(app.graphql(member, update, mixed))).toMatchObject({ code: 'NOT_FOUND' });
  expect((await readInbox(app, member)).counts).toMatchObject({ unread: 3, unseen: 3, total: 4 });
  expect(await codeOf(app.graphql(undefined, one, { id: own?.id }))).toMatchObject({
    code: expect.stringMatching(/UNAUTHORIZED|FORBIDDEN/),
  });
});

test('an update names either ids or a filter, a hundred ids at most', async () => {
  await using app = await startApp();
  const member = await app.world.person();
  const refused = (input: object) => codeOf(app.graphql(member, update, { input: { action: 'READ', ...input } }));
  expect(await refused({})).toMatchObject({ code: 'VALIDATION_ERROR', field: 'ids' });
  expect(await refused({ ids: [newId()], filter: {} })).toMatchObject({ code: 'VALIDATION_ERROR', field: 'ids' });
  expect(await refused({ ids: [] })).toMatchObject({ code: 'VALIDATION_ERROR', field: 'ids' });
  const many = Array.from({ length: 101 }, newId);
  expect(await refused({ ids: many })).toMatchObject({ code: 'VALIDATION_ERROR', field: 'ids' });
  expect(await refused({ filter: { topics: many } })).toMatchObject({
    code: 'VALIDATION_ERROR',
    field: 'filter.topics',
  });
});

test('a filter narrows the list and leaves the counts', async () => {
  await using app = await startApp();
  const { owner, member, project } = await threeThreads(app);
  const other = await app.world.project({ owner, externalId: 'other-project' });
  await app.world.member({ project: other.project, by: owner, person: member });
  await app.settled();
  const types = async (filter: object) => {
    const { nodes, counts } = await readInbox(app, member, { filter });
    expect(counts).toMatchObject({ unread: 4, unseen: 4, total: 5 });
    return nodes.map(({ type }) => type);
  };
  const three = ['TASK_COMMENTED', 'TASK_COMMENTED', 'TASK_COMMENTED'];
  expect(await types({ unreadOnly: true })).toEqual(['MEMBER_ADDED', ...three]);
  expect(await types({ types: ['TASK_COMMENTED'] })).toEqual(three);
  expect(await types({ reasons: ['ADDED'] })).toHaveLength(2);
  expect(await types({ topics: [project.id] })).toEqual([...three, 'MEMBER_ADDED']);
  expect(await types({ topics: ['other-project'] })).toEqual(['MEMBER_ADDED']);
  expect(await types({ topics: ['unknown', newId()] })).toEqual([]);
  expect(await types({ types: [] })).toEqual([]);
});

test('the list is paged both ways, newest first, ties and all', async () => {
  await using app = await startApp();
  const person = await app.world.person();
  const now = app.clock.now().getTime();
  // Two of each moment: the id decides.
  const rows = Array.from({ length: 10 }, (_, n) => ({
    id: newId(),
    userId: person.id,
    threadKey: `task:${n}`,
    topic: topicKey('project', newId()),
    type: 'TaskCommented',
    eventId: newId(),
    reason: 'COMMENTED',
    actorIds: [],
    updatedAt: new Date(now + Math.floor(n / 2)),
  }));
  await app.services.database.db.notification.createMany({ data: rows });
  const expected = rows.map(({ id }) => id).reverse();
  const ids = (inbox: { nodes: { id: string }[] }) => inbox.nodes.map(({ id }) => id);

  const forwards: string[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const page = await readInbox(app, person, { first: 3, after });
    expect(page.edges.at(-1)?.cursor).toBe(page.pageInfo.endCursor);
    expect(page.pageInfo.hasPreviousPage).toBe(forwards.length > 0);
    forwards.push(...ids(page));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  }
  expect(forwards).toEqual(expected);

  const backwards: string[] = [];
  for (let before: string | null | undefined; before !== null; ) {
    const page = await readInbox(app, person, { last: 4, before });
    expect(page.pageInfo.hasNextPage).toBe(backwards.length > 0);
    backwards.unshift(...ids(page));
    before = page.pageInfo.hasPreviousPage ? page.pageInfo.startCursor : null;
  }
  expect(backwards).toEqual(expected);
  expect(ids(await readInbox(app, person, { first: 0 }))).toEqual([]);

  const refused = (variables: object) =>
    codeOf(
      app.graphql(
        person,
        'query ($first: Int, $last: Int, $after: String, $before: String) { notifications(first: $first, last: $last, after: $after, before: $before) { nodes { id } } }',
        { ...variables },
      ),
    );
  const invalid = (field: string) => ({ code: 'VALIDATION_ERROR', field });
  for (const after of ['', 'garbage', 'AAAA', '💥', forwards[0]])
    expect(await refused({ after })).toMatchObject(invalid('after'));
  expect(await refused({ before: 'x' })).toMatchObject(invalid('before'));
  expect(await refused({ first: -1 })).toMatchObject(invalid('first'));
  expect(await refused({ first: 1, last: 1 })).toMatchObject(invalid('last'));
});
