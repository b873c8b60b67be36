import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { attend, deliveriesOf, newest } from '../../../test/support/attention.ts';
import { followInbox, readInbox } from '../../../test/support/inbox.ts';
import type { Person, TaskRow } from '../../../test/support/world.ts';

const selection = 'changed changeId counts { unread unseen snoozed done total }';
const update = `mutation ($input: UpdateNotificationsInput!) { updateNotifications(input: $input) { ${selection} } }`;
const undo = `mutation ($input: UndoInput!) { undo(input: $input) { ${selection} } }`;
const deleteTask = 'mutation ($input: DeleteTaskInput!) { deleteTask(input: $input) { eventCursor } }';
const deleteProject = 'mutation ($input: DeleteProjectInput!) { deleteProject(input: $input) { eventCursor } }';

/** Somebody with tasks of theirs, each commented on by the project's owner; being added is out of the way. */
async function threads(app: TestApp, titles: readonly string[] = ['Weld', 'Paint']) {
  const { owner, members, project } = await app.world.project({ members: 1, name: 'Apollo' });
  const [member] = members as [Person];
  const tasks: TaskRow[] = [];
  for (const title of titles) {
    const task = await app.world.task({ project, by: member, title });
    app.clock.advance('1s');
    await app.world.comment({ task, by: owner });
    tasks.push(task);
  }
  await app.settled();
  await act(app, member, { filter: { reasons: ['ADDED'] }, action: 'DONE' });
  const rowOf = async ({ id }: { id: string }) => {
    const { nodes } = await readInbox(app, member);
    const row = nodes.find(({ threadKey }) => threadKey === `task:${id}`);
    if (!row) throw new Error('no row');
    return row;
  };
  return { owner, member, project, tasks: tasks as [TaskRow, TaskRow], rowOf };
}

async function act(app: TestApp, person: Person, input: object) {
  return (await app.ask(person, update, { input })).updateNotifications;
}

async function refusal(app: TestApp, person: Person, document: string, input: object) {
  const { errors } = await app.graphql(person, document, { input });
  return errors?.[0] && { code: errors[0].extensions?.code, field: errors[0].extensions?.field };
}

test('what is done is out of the counts, and comes back when more happens', async () => {
  await using app = await startApp();
  const { owner, member, tasks, rowOf } = await threads(app);
  const row = await rowOf(tasks[0]);
  const device = await followInbox(app, member);
  const done = await act(app, member, { ids: [row.id], action: 'DONE' });
  expect(done).toMatchObject({ changed: 1, counts: { unread: 1, done: 2, total: 3 } });
  const { data } = await device.next('NotificationsChanged');
  expect(data.inbox).toMatchObject({ action: 'DONE', changeId: done.changeId, notifications: [{ state: 'DONE' }] });
  expect(await act(app, member, { ids: [row.id], action: 'DONE' })).toMatchObject({ changed: 0, changeId: null });

  await app.world.comment({ task: tasks[0], by: owner });
  await app.settled();
  expect(await rowOf(tasks[0])).toMatchObject({ state: 'UNREAD', count: 1, readAt: null });
  // Taken out by hand, it is read still; marked unread, it is no longer done.
  await act(app, member, { ids: [row.id], action: 'DONE' });
  await act(app, member, { ids: [row.id], action: 'UNDONE' });
  expect(await rowOf(tasks[0])).toMatchObject({ state: 'READ' });
  await act(app, member, { ids: [row.id], action: 'DONE' });
  await act(app, member, { ids: [row.id], action: 'UNREAD' });
  expect(await rowOf(tasks[0])).toMatchObject({ state: 'UNREAD' });
});

test('what is snoozed stays away until its time, and comes back unread, on top, with one alert for all', async () => {
  await using app = await startApp();
  await using second = await startApp({ with: app });
  const { owner, member, tasks, rowOf } = await threads(app);
  const until = new Date(app.clock.now().getTime() + 20 * 60_000);
  const ids = [(await rowOf(tasks[0])).id, (await rowOf(tasks[1])).id];
  expect((await act(app, member, { ids, action: 'SNOOZE', until })).counts).toMatchObject({ unread: 0, snoozed: 2 });
  // More of what concerns everybody grows it where it is.
  const device = await followInbox(second, member);
  await app.world.comment({ task: tasks[0], by: owner });
  expect((await device.next('NotificationUpserted')).data.inbox).toMatchObject({
    alert: false,
    notification: { state: 'SNOOZED', count: 2 },
    counts: { unread: 0 },
  });
  expect(await newest(app, member)).toMatchObject({ state: 'SKIPPED', decision: 'SNOOZED' });

  app.clock.advance('19m');
  app.clock.advance('2m');
  const woken = [(await device.next('NotificationUpserted')).data, (await device.next('NotificationUpserted')).data];
  expect(woken.map(({ inbox }) => 'alert' in inbox && inbox.alert).sort()).toEqual([false, true]);
  const { nodes, counts } = await readInbox(app, member);
  expect(counts).toMatchObject({ unread: 2, snoozed: 0 });
  const [first, next] = nodes;
  expect([first?.id, next?.id].sort()).toEqual(ids.sort());
  expect(first).toMatchObject({ state: 'UNREAD', seenAt: null, updatedAt: app.clock.now().toISOString() });
});

test('however many come back together, they come in short transactions, and one alerts', async () => {
  await using app = await startApp();
  const { member, project, tasks, rowOf } = await threads(app);
  const { database } = app.services;
  const { id } = await rowOf(tasks[0]);
  await database.query(
    `INSERT INTO "Notification" (id, "userId", "threadKey", topic, type, "eventId", reason, "updatedAt")
     SELECT gen_random_uuid(), "userId", 'task:' || gen_random_uuid(), topic, type, "eventId", reason, "updatedAt"
     FROM "Notification", generate_series(1, 1200) WHERE id = $1`,
    [id],
  );
  const until = new Date(app.clock.now().getTime() + 60_000);
  const filter = { topics: [project.id], states: ['UNREAD'] };
  expect(await act(app, member, { filter, action: 'SNOOZE', until })).toMatchObject({ changed: 1_202 });
  app.clock.advance('2m');
  await expect.poll(async () => (await readInbox(app, member, { first: 1 })).counts.unread).toBe(1_202);
  const [told] = await database.query(
    `SELECT sum(told)::int AS told, max(told)::int AS together, sum(alerts)::int AS alerts FROM (
       SELECT count(*) AS told, count(*) FILTER (WHERE data->>'alert' = 'true') AS alerts FROM event
       WHERE topic = $1 AND kind = 'NotificationUpserted' AND at >= $2 GROUP BY xmin::text) AS round`,
    [`user:${member.id}`, until],
  );
  expect(told).toEqual({ told: 1_202, together: 500, alerts: 1 });
});

test('a mention, or the person, brings back what is snoozed; in focus it comes back without an alert', async () => {
  await using app = await startApp();
  const { owner, member, tasks, rowOf } = await threads(app);
  const { id } = await rowOf(tasks[0]);
  const snooze = (minutes: number) =>
    act(app, member, { ids: [id], action: 'SNOOZE', until: new Date(app.clock.now().getTime() + minutes * 60_000) });
  await snooze(60);
  await app.world.comment({ task: tasks[0], by: owner, mentions: [member] });
  await app.settled();
  expect(await rowOf(tasks[0])).toMatchObject({ state: 'UNREAD', reason: 'MENTIONED', snoozedUntil: null });
  expect(await newest(app, member)).toMatchObject({ state: 'SENT' });

  await snooze(60);
  await act(app, member, { ids: [id], action: 'UNSNOOZE' });
  expect(await rowOf(tasks[0])).toMatchObject({ state: 'UNREAD' });

  await snooze(10);
  await attend(app, member, 'startFocus', { minutes: 30 });
  const device = await followInbox(app, member);
  app.clock.advance('11m');
  expect((await device.next('NotificationUpserted')).data.inbox).toMatchObject({
    alert: false,
    notification: { state: 'UNREAD' },
  });
});

test('SNOOZE wants a time to come, MAX_SNOOZE_DAYS ahead at most, and nothing else does', async () => {
  await using app = await startApp({ config: { MAX_SNOOZE_DAYS: '2' } });
  const { member } = await threads(app, ['Weld']);
  const ahead = (ms: number) => new Date(app.clock.now().getTime() + ms);
  const wrong = { code: 'VALIDATION_ERROR', field: 'until' };
  const refused = (input: object) => refusal(app, member, update, { filter: {}, ...input });
  expect(await refused({ action: 'SNOOZE' })).toEqual(wrong);
  expect(await refused({ action: 'SNOOZE', until: ahead(0) })).toEqual(wrong);
  expect(await refused({ action: 'SNOOZE', until: ahead(2 * 86_400_000 + 1) })).toEqual(wrong);
  expect(await refused({ action: 'READ', until: ahead(1_000) })).toEqual(wrong);
  expect((await readInbox(app, member)).counts).toMatchObject({ unread: 1, snoozed: 0 });
  expect(await act(app, member, { filter: {}, action: 'SNOOZE', until: ahead(2 * 86_400_000) })).toMatchObject({
    changed: 2,
  });
});

test('a retried SNOOZE is answered as the first was, also when its time is over', async () => {
  await using app = await startApp();
  const { member } = await threads(app, ['Weld']);
  const until = new Date(app.clock.now().getTime() + 60_000);
  const input = { filter: {}, action: 'SNOOZE', until, idempotencyKey: 'once' };
  const first = await act(app, member, input);
  app.clock.advance('2m');
  const { changed, changeId } = await act(app, member, input);
  expect({ changed, changeId }).toEqual({ changed: 2, changeId: first.changeId });
});

test('a change is taken back within ten seconds, on any device, but for what more happened to', async () => {
  await using app = await startApp();
  const { owner, member, tasks, rowOf } = await threads(app);
  const before = await readInbox(app, member);
  const { changeId } = await act(app, member, { filter: { not: [{ states: ['DONE'] }] }, action: 'DONE' });
  app.clock.advance('9s');
  await app.world.comment({ task: tasks[1], by: owner });
  await app.settled();
  const device = await followInbox(app, member);
  const { undo: undone } = await app.ask(member, undo, { input: { changeId } });
  expect(undone).toMatchObject({ changed: 1, changeId: null, counts: { unread: 2, done: 1 } });
  expect((await device.next()).data.inbox).toMatchObject({ action: 'UNDO', notifications: [{ state: 'UNREAD' }] });
  expect(await rowOf(tasks[0])).toEqual(before.nodes.find(({ threadKey }) => threadKey === `task:${tasks[0].id}`));
  expect(await rowOf(tasks[1])).toMatchObject({ state: 'UNREAD', count: 1 });

  const conflict = { code: 'CONFLICT', field: 'changeId' };
  expect(await refusal(app, member, undo, { changeId })).toEqual(conflict);
  const late = await act(app, member, { filter: {}, action: 'READ' });
  app.clock.advance('10s');
  expect(await refusal(app, member, undo, { changeId: late.changeId })).toEqual(conflict);
  const own = await act(app, member, { filter: {}, action: 'UNREAD' });
  expect(await refusal(app, owner, undo, { changeId: own.changeId })).toEqual(conflict);
  expect(await refusal(app, member, undo, { changeId: 'no id' })).toEqual(conflict);
});

test('an alert that waits is dropped with what is done, and waits again when that is taken back', async () => {
  await using app = await startApp();
  const { owner, member, tasks, rowOf } = await threads(app);
  await attend(app, member, 'startFocus', { minutes: 30 });
  await app.world.comment({ task: tasks[0], by: owner });
  expect(await newest(app, member)).toMatchObject({ state: 'HELD' });
  const { changeId } = await act(app, member, { ids: [(await rowOf(tasks[0])).id], action: 'DONE' });
  expect(await newest(app, member)).toMatchObject({
    state: 'CANCELLED',
    sentence: expect.stringContaining('you were done with it first'),
  });
  await app.ask(member, undo, { input: { changeId } });
  expect(await newest(app, member)).toMatchObject({ state: 'HELD' });
  app.clock.advance('31m');
  await expect.poll(async () => (await newest(app, member)).state).toBe('RELEASED');
});

test('what is about a deleted task or project expires: not counted, not told, and not read as new', async () => {
  await using app = await startApp();
  const { owner, member, project, tasks, rowOf } = await threads(app);
  await attend(app, member, 'startFocus', { minutes: 30 });
  await app.world.comment({ task: tasks[0], by: owner });
  await app.settled();
  const device = await followInbox(app, member);
  await app.ask(owner, deleteTask, { input: { taskId: tasks[0].id } });
  const { data } = await device.next('NotificationsChanged');
  expect(data.inbox).toMatchObject({ action: 'EXPIRE', changeId: null, counts: { unread: 1, total: 3 } });
  expect(await rowOf(tasks[0])).toMatchObject({ state: 'EXPIRED' });
  expect(await newest(app, member)).toMatchObject({
    state: 'CANCELLED',
    sentence: expect.stringContaining('what it was about is gone'),
  });
  await app.ask(owner, deleteProject, { input: { projectId: project.id } });
  await device.next('NotificationsChanged');
  const { nodes, counts } = await readInbox(app, member);
  expect(counts).toMatchObject({ unread: 0, unseen: 0, total: 3 });
  expect(new Set(nodes.map(({ state }) => state))).toEqual(new Set(['EXPIRED']));
  const { changed } = await act(app, member, {
    filter: {},
    action: 'SNOOZE',
    until: new Date(app.clock.now().getTime() + 60_000),
  });
  expect(changed).toBe(0);
  expect((await deliveriesOf(app, member)).filter(({ state }) => state === 'HELD')).toEqual([]);
});

test('filters by state, by what they leave out, and by words', async () => {
  await using app = await startApp();
  const { owner, member, project, tasks, rowOf } = await threads(app, ['Weld 100% of the hull', 'Paint the hull']);
  const titles = async (filter: object) => {
    const { nodes } = await readInbox(app, member, { filter });
    return nodes.map(({ threadKey }) =>
      threadKey === `task:${tasks[0].id}` ? 'weld' : threadKey === `task:${tasks[1].id}` ? 'paint' : 'added',
    );
  };
  await act(app, member, { ids: [(await rowOf(tasks[1])).id], action: 'READ' });
  expect(await titles({ states: ['UNREAD'] })).toEqual(['weld']);
  expect(await titles({ states: ['READ', 'DONE'] })).toEqual(['paint', 'added']);
  expect(await titles({ states: [] })).toEqual([]);
  expect(await titles({ not: [{ states: ['DONE'] }] })).toEqual(['paint', 'weld']);
  expect(await titles({ not: [{ states: ['READ'] }, { reasons: ['ADDED'] }] })).toEqual(['weld']);
  expect(await titles({ not: [{ states: ['READ'], reasons: ['ADDED'] }] })).toEqual(['paint', 'weld', 'added']);
  expect(await titles({ not: [{}] })).toEqual([]);
  expect(await titles({ search: 'HULL' })).toEqual(['paint', 'weld']);
  expect(await titles({ search: ` ${owner.name.split(' ')[0]} weld ` })).toEqual(['weld']);
  expect(await titles({ search: 'apollo' })).toEqual(['paint', 'weld', 'added']);
  expect(await titles({ search: '100%' })).toEqual(['weld']);
  expect(await titles({ search: '%' })).toEqual(['weld']);
  expect(await titles({ search: 'hull', not: [{ search: 'paint' }] })).toEqual(['weld']);
  expect(await titles({ search: 'nowhere' })).toEqual([]);

  const refused = async (filter: object) => {
    const { errors } = await app.graphql(
      member,
      'query ($filter: NotificationFilter) { notifications(filter: $filter) { nodes { id } } }',
      { filter },
    );
    return errors?.[0]?.extensions?.field;
  };
  expect(await refused({ search: ' ' })).toBe('filter.search');
  expect(await refused({ search: 'a\0b' })).toBe('filter.search');
  expect(await refused({ search: 'x'.repeat(101) })).toBe('filter.search');
  expect(await refused({ search: 'x '.repeat(11) })).toBe('filter.search');
  expect(await refused({ not: Array.from({ length: 11 }, () => ({})) })).toBe('filter.not');
  const hundredOne = Array.from({ length: 101 }, () => 'x');
  expect(await refused({ topics: hundredOne })).toBe('filter.topics');
  expect(await refused({ states: Array.from({ length: 101 }, () => 'READ') })).toBe('filter.states');
  expect(await refused({ not: [{ topics: hundredOne }] })).toBe('filter.not.0.topics');
  expect(await refused({ not: [{ search: 'mast' }, { search: ' ' }] })).toBe('filter.not.1.search');
  // The same path where the filter is part of an input.
  const excluding = { filter: { not: Array.from({ length: 11 }, () => ({})) }, action: 'READ' };
  expect(await refusal(app, member, update, excluding)).toEqual({ code: 'VALIDATION_ERROR', field: 'filter.not' });

  // What can no longer be read is not found by its words.
  await app.ask(owner, 'mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { eventCursor } }', {
    input: { topicId: project.id, userId: member.id },
  });
  await app.settled();
  expect(await titles({ search: 'hull' })).toEqual([]);
});
