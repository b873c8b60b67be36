import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { attend } from '../../../test/support/attention.ts';
import { countsOf, followInbox, type InboxChange, readInbox, takeUntil, viewOf } from '../../../test/support/inbox.ts';
import type { Delivery } from '../../../test/support/subscription.ts';
import type { Person, TaskRow } from '../../../test/support/world.ts';
import { decodeCursor } from '../../events/cursor.ts';
import { topicKey } from '../../events/topic.ts';
import { newId } from '../../platform/ids.ts';

const read = 'mutation ($input: MarkNotificationReadInput!) { markNotificationRead(input: $input) { eventCursor } }';
const readAll =
  'mutation ($input: MarkAllNotificationsReadInput!) { markAllNotificationsRead(input: $input) { eventCursor } }';
const update =
  'mutation ($input: UpdateNotificationsInput!) { updateNotifications(input: $input) { eventCursor changeId } }';
const undo = 'mutation ($input: UndoInput!) { undo(input: $input) { changed } }';
const assign = 'mutation ($input: AssignTaskInput!) { assignTask(input: $input) { eventCursor } }';

/** A person with tasks of theirs, on which the two others can comment. */
async function commentedOn(app: TestApp, taskCount: number) {
  const { owner, members, project } = await app.world.project({ members: 2 });
  const [member, other] = members as [Person, Person];
  const tasks: TaskRow[] = [];
  for (let n = 0; n < taskCount; n++) tasks.push(await app.world.task({ project, by: member }));
  // Every event of their topic is a change of the inbox then.
  await attend(app, member, 'updateAttention', { celebrations: 'OFF' });
  await app.settled();
  return { owner, other, member, project, tasks };
}

const seqOf = (cursor: string) => decodeCursor(cursor).seq;
const reaches = (cursor: string) => (delivery: Delivery<{ inbox: InboxChange }>) =>
  seqOf(delivery.data.inbox.cursor) >= seqOf(cursor);

/** Both as a client sees them: the counts, and what is known of every notification. */
const comparable = ({ notifications, counts }: ReturnType<typeof viewOf>) => ({
  counts,
  notifications: Object.fromEntries(notifications),
});

test('what happens to an inbox reaches every device of the person at once, and nobody else', async () => {
  await using app = await startApp();
  const { owner, other, member, tasks } = await commentedOn(app, 1);
  const [task] = tasks as [TaskRow];
  const devices = [await followInbox(app, member), await followInbox(app, member)];
  const stranger = await followInbox(app, other);
  await app.world.comment({ task, by: owner });
  for (const device of devices) {
    const { data, cursor, extensions } = await device.next('NotificationUpserted');
    expect(data.inbox).toMatchObject({
      alert: true,
      counts: { unread: 2, unseen: 2, total: 2 },
      notification: {
        type: 'TASK_COMMENTED',
        reason: 'COMMENTED',
        count: 1,
        title: `${owner.name} commented on ${task.title}`,
      },
    });
    expect(extensions?.topic).toBe(topicKey('user', member.id));
    expect(data.inbox.cursor).toBe(cursor);
  }
  const { nodes } = await readInbox(app, member);
  await app.ask(member, read, { input: { id: nodes[0]?.id } });
  for (const device of devices) {
    const { data } = await device.next('NotificationsChanged');
    expect(data.inbox).toMatchObject({ ids: [nodes[0]?.id], all: false, action: 'READ', counts: { unread: 1 } });
  }
  // The fence: what concerns the stranger is the first thing they hear.
  await app.world.comment({ task, by: owner, mentions: [other] });
  const { data } = await stranger.next();
  expect(data.inbox).toMatchObject({ notification: { reason: 'MENTIONED', count: 1 }, counts: { total: 2 } });
});

test('a replay alerts nobody: not of history, not of what was seen meanwhile', async () => {
  await using app = await startApp();
  const { owner, member, tasks } = await commentedOn(app, 2);
  const [first, second] = tasks as [TaskRow, TaskRow];
  const { headCursor } = await readInbox(app, member);
  let asked = 0;
  const alerts = async () => {
    const { headCursor: end } = await readInbox(app, member);
    const socket = await app.socket(member);
    // Another document each time: replays of one document share a rendering for two seconds.
    const document = `subscription ($after: Cursor) { inbox(after: $after) {
      id cursor time${++asked}: at ... on NotificationUpserted { alert } } }`;
    const stream = await socket.subscribe(document, { after: headCursor });
    const changes = await takeUntil(stream, reaches(end));
    return changes.flatMap((change) => ('alert' in change ? [change.alert] : []));
  };
  await app.world.comment({ task: first, by: owner });
  await app.world.comment({ task: second, by: owner });
  await app.settled();
  expect(await alerts()).toEqual([true, true]);
  const { nodes } = await readInbox(app, member);
  const seen = nodes.find(({ threadKey }) => threadKey === `task:${first.id}`);
  await app.ask(member, update, { input: { ids: [seen?.id], action: 'SEEN' } });
  expect(await alerts()).toEqual([false, true]);
  app.clock.advance('61s');
  expect(await alerts()).toEqual([false, false]);
});

test('with more than a hundred changed at once the client is told to load again', async () => {
  await using app = await startApp();
  const member = await app.world.person();
  const rows = Array.from({ length: 101 }, (_, n) => ({
    id: newId(),
    userId: member.id,
    threadKey: `task:${n}`,
    topic: topicKey('project', newId()),
    type: 'TaskCommented',
    eventId: newId(),
    reason: 'COMMENTED',
  }));
  await app.services.database.db.notification.createMany({ data: rows });
  const stream = await followInbox(app, member);
  await app.ask(member, update, { input: { ids: rows.slice(0, 100).map(({ id }) => id), action: 'SEEN' } });
  await app.ask(member, readAll, { input: {} });
  const [seen, all] = await stream.take(2);
  const listed = rows.slice(0, 100).map(({ id }) => id);
  expect(seen?.data.inbox).toMatchObject({
    ids: listed,
    all: false,
    action: 'SEEN',
    counts: { unread: 101, total: 101 },
  });
  expect(all?.data.inbox).toMatchObject({
    ids: [],
    all: true,
    action: 'READ',
    counts: { unread: 0, unseen: 0, total: 101 },
  });
});

test('the cursor of another person, or of a project, opens no inbox', async () => {
  await using app = await startApp();
  const { owner, member } = await commentedOn(app, 1);
  const foreign = (await readInbox(app, owner)).headCursor;
  const socket = await app.socket(member);
  for (const after of [foreign, 'nonsense']) {
    const stream = await socket.subscribe('subscription ($after: Cursor) { inbox(after: $after) { id } }', { after });
    expect((await stream.error()).extensions?.code).toBe('VALIDATION_ERROR');
  }
});

test('list, then inbox from its headCursor: exact under writers that never pause', { timeout: 90_000 }, async () => {
  await using app = await startApp();
  await using second = await startApp({ with: app });
  const { owner, other, member, project } = await commentedOn(app, 0);
  let writing = true;
  // A thread of its own each time, never touched again: nothing later makes up for an event that was missed.
  const write = async (server: TestApp, by: Person) => {
    for (let n = 0; n < 45; n++) {
      await server.world.task({ project, by, assignee: member });
      if (n % 10 !== 9) continue;
      const action = n % 20 === 9 ? 'READ' : 'SEEN';
      await server.ask(member, update, { input: { filter: { unreadOnly: true }, action } });
    }
  };
  const written = Promise.all([write(app, owner), write(second, other)]).finally(() => {
    writing = false;
  });

  const clients = [];
  while (writing) {
    const server = clients.length % 2 ? app : second;
    const page = await readInbox(server, member);
    const stream = await followInbox(server, member, page.headCursor);
    clients.push({ view: viewOf(page), from: page.headCursor, stream });
  }
  await written;
  await app.settled();

  const fresh = await readInbox(app, member);
  expect(fresh.nodes).toHaveLength(91);
  expect(fresh.counts).toEqual(countsOf(fresh.nodes));
  for (const { view, from, stream } of clients) {
    const length = seqOf(fresh.headCursor) - seqOf(from);
    const changes = length > 0 ? await takeUntil(stream, reaches(fresh.headCursor)) : [];
    const numbers = changes.map(({ cursor }) => seqOf(cursor));
    expect(numbers).toEqual(Array.from({ length }, (_, index) => seqOf(from) + 1 + index));
    for (const change of changes) view.apply(change);
    expect(comparable(view)).toEqual(comparable(viewOf(fresh)));
  }
});

test('all read before a cursor, while others write: nothing newer is ever marked, and the log tells the whole truth', async () => {
  await using app = await startApp();
  const { owner, other, member, tasks } = await commentedOn(app, 3);
  const start = await readInbox(app, member);
  let writing = true;
  const write = async (by: Person) => {
    for (let n = 0; writing; n++) await app.world.comment({ task: tasks[n % tasks.length] as TaskRow, by });
  };
  const writers = [write(owner), write(other)];
  const marked: { before: string; event: string }[] = [];
  for (let n = 0; n < 25; n++) {
    const { headCursor: before } = await readInbox(app, member);
    // Two devices at once, so that they also meet each other.
    const answers = await Promise.all([0, 1].map(() => app.ask(member, readAll, { input: { before } })));
    for (const { markAllNotificationsRead } of answers) {
      if (markAllNotificationsRead.eventCursor) marked.push({ before, event: markAllNotificationsRead.eventCursor });
    }
  }
  writing = false;
  await Promise.all(writers);
  await app.settled();

  const fresh = await readInbox(app, member);
  expect(fresh.counts).toEqual(countsOf(fresh.nodes));
  const stream = await followInbox(app, member, start.headCursor);
  const changes = await takeUntil(stream, reaches(fresh.headCursor));
  const view = viewOf(start);
  for (const change of changes) view.apply(change);
  expect(comparable(view)).toEqual(comparable(viewOf(fresh)));

  const log = await app.services.eventLog.after(topicKey('user', member.id), 0);
  expect(marked.length).toBeGreaterThan(0);
  for (const { before, event } of marked) {
    const changed = log.find(({ seq }) => seq === seqOf(event));
    for (const id of (changed?.data.ids ?? []) as string[]) {
      const newest = log.findLast(({ seq, data }) => seq < seqOf(event) && data.notificationId === id);
      expect(newest?.seq ?? 0).toBeLessThanOrEqual(seqOf(before));
    }
  }
});

const simpleActions = ['READ', 'UNREAD', 'SEEN', 'DONE', 'UNDONE', 'UNSNOOZE'] as const;

type Step =
  | { do: 'comment' | 'mention' | 'assign'; by: 0 | 1; task: number }
  | { do: (typeof simpleActions)[number]; which: number[] }
  | { do: 'SNOOZE'; which: number[]; seconds: number }
  | { do: 'readAll'; before: boolean }
  | { do: 'undo'; nth: number }
  | { do: 'later'; seconds: number };

const which = fc.array(fc.nat(5), { minLength: 1, maxLength: 3 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constantFrom('comment' as const, 'mention' as const, 'assign' as const),
      by: fc.constantFrom(0 as const, 1 as const),
      task: fc.nat(2),
    }),
    fc.record({ do: fc.constantFrom(...simpleActions), which }),
    fc.record({ do: fc.constant('SNOOZE' as const), which, seconds: fc.integer({ min: 2, max: 20 }) }),
    fc.record({ do: fc.constant('readAll' as const), before: fc.boolean() }),
    fc.record({ do: fc.constant('undo' as const), nth: fc.nat(3) }),
    fc.record({ do: fc.constant('later' as const), seconds: fc.nat(12) }),
  ),
  { minLength: 1, maxLength: 20 },
);

test('three devices on two servers, whatever is done on them: each ends with what a fresh client loads', {
  timeout: 90_000,
}, async () => {
  await using app = await startApp();
  await using second = await startApp({ with: app });
  const servers = [app, second, app] as const;
  const { owner, other, member, tasks } = await commentedOn(app, 3);
  const others = [owner, other] as const;

  /** Does a step on a device, the n-th, and keeps what can be taken back. */
  const take = async (step: Step, n: number, changeIds: string[]): Promise<void> => {
    const server = servers[n % servers.length] as TestApp;
    switch (step.do) {
      case 'comment':
      case 'mention': {
        const mentions = step.do === 'mention' ? [member] : [];
        await server.world.comment({ task: tasks[step.task] as TaskRow, by: others[step.by], mentions });
        return;
      }
      case 'assign': {
        const by = others[step.by];
        // Taken away first: giving somebody what they have changes nothing.
        for (const assigneeId of [null, member.id])
          await server.ask(by, assign, { input: { taskId: tasks[step.task]?.id, assigneeId } });
        return;
      }
      case 'readAll': {
        const before = step.before ? (await readInbox(server, member)).headCursor : null;
        await server.ask(member, readAll, { input: { before } });
        return;
      }
      case 'undo': {
        const changeId = changeIds.at(-1 - step.nth) ?? newId();
        const { errors } = await server.graphql(member, undo, { input: { changeId } });
        if (errors) expect(errors[0]?.extensions?.code).toBe('CONFLICT');
        return;
      }
      case 'later': {
        app.clock.advance(`${step.seconds}s`);
        return;
      }
      default: {
        const { nodes } = await readInbox(server, member);
        const ids = step.which.map((at) => nodes[at % nodes.length]?.id);
        const until = step.do === 'SNOOZE' ? new Date(app.clock.now().getTime() + step.seconds * 1_000) : undefined;
        const { updateNotifications } = await server.ask(member, update, { input: { ids, action: step.do, until } });
        if (updateNotifications.changeId) changeIds.push(updateNotifications.changeId);
      }
    }
  };

  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (all, settles) => {
      const stale = await readInbox(app, member);
      const streams = await Promise.all(servers.map((server) => followInbox(server, member, stale.headCursor)));
      const changeIds: string[] = [];
      for (const [n, step] of all.entries()) {
        app.clock.advance('1s');
        await take(step, n, changeIds);
        // Without it the consumer runs behind, and meets the person's own commands.
        if (settles) await app.settled();
      }
      await app.settled();
      // Whatever was snoozed comes back.
      app.clock.advance('30s');
      await expect.poll(async () => (await readInbox(app, member)).counts.snoozed).toBe(0);
      const fresh = await readInbox(app, member);
      expect(fresh.counts).toEqual(countsOf(fresh.nodes));
      for (const stream of streams) {
        const view = viewOf(stale);
        if (fresh.headCursor !== stale.headCursor) {
          for (const change of await takeUntil(stream, reaches(fresh.headCursor))) view.apply(change);
        }
        stream.complete();
        expect(comparable(view)).toEqual(comparable(viewOf(fresh)));
      }
    }),
    { numRuns: 15 },
  );
});
