import { describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { attend, attentionOf, deliveriesOf, newest } from '../../../test/support/attention.ts';
import { readInbox } from '../../../test/support/inbox.ts';
import type { Person } from '../../../test/support/world.ts';
import { append } from '../../events/append.ts';
import { topicKey } from '../../events/topic.ts';
import { reminderEvents } from './events.ts';

const update = 'mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { task { id } } }';
const own = `subscription { events(topics: [{ kind: USER }], types: [TASK_DUE_SOON]) {
  __typename ... on TaskDueSoon { minutes projectId dueTask { id title project { id } } } } }`;

/** Somebody with a task that is due in so many minutes, and what their device is told of due times. */
async function dueIn(app: TestApp, minutes: number) {
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [member] = members as [Person];
  const task = await app.world.task({ project, by: owner, assignee: member, title: 'Weld' });
  const dueAt = (after: number) => new Date(app.clock.now().getTime() + after * 60_000);
  await app.ask(owner, update, { input: { taskId: task.id, dueAt: dueAt(minutes) } });
  const authToken = await app.token(member, { exp: app.clock.now().getTime() / 1_000 + 14 * 24 * 3_600 });
  const socket = await app.socket(member, { connectionParams: { authToken } });
  const device = await socket.subscribe(own);
  await device.next('Checkpoint');
  return { owner, member, project, task, dueAt, socket, device };
}

test('whoever has a task is told an hour before it is due, in the stream and in the inbox', async () => {
  await using app = await startApp();
  await using second = await startApp({ with: app });
  const { member, project, task, device } = await dueIn(app, 90);
  app.clock.advance('29m');
  await second.settled();
  app.clock.advance('1m');
  expect((await device.next()).data.events).toEqual({
    __typename: 'TaskDueSoon',
    minutes: 60,
    projectId: project.id,
    dueTask: { id: task.id, title: 'Weld', project: { id: project.id } },
  });
  await app.settled();
  const [row] = (await readInbox(app, member)).nodes;
  expect(row).toMatchObject({ type: 'TASK_DUE_SOON', reason: 'DUE_SOON', title: 'Weld is due soon' });
  expect(row).toMatchObject({ threadKey: `task:${task.id}`, topic: { id: project.id } });
  expect(await newest(app, member)).toMatchObject({ state: 'SENT', reason: 'DUE_SOON' });
});

test('reminders come when each person chose, follow the due time, and none comes twice', async () => {
  await using app = await startApp();
  const { owner, member, task, dueAt, device } = await dueIn(app, 50);
  // The hour before has passed already; two hours before the new time is still to come.
  await attend(app, member, 'updateAttention', { remindMinutes: [10, 120, 10] }, 'attention { remindMinutes }');
  await app.ask(owner, update, { input: { taskId: task.id, dueAt: dueAt(180) } });
  app.clock.advance('60m');
  expect((await device.next()).data.events).toMatchObject({ minutes: 120 });
  // Something about it changes at this very moment: what was told is not told again.
  await app.ask(owner, update, { input: { taskId: task.id, status: 'IN_PROGRESS' } });
  app.clock.advance('109m');
  await app.settled();
  app.clock.advance('1m');
  expect((await device.next()).data.events).toMatchObject({ minutes: 10 });
  await attend(app, member, 'updateAttention', { remindMinutes: [] }, 'attention { remindMinutes }');
  await app.ask(owner, update, { input: { taskId: task.id, dueAt: dueAt(180) } });
  await attend(app, member, 'updateAttention', { remindMinutes: [30] }, 'attention { remindMinutes }');
  app.clock.advance('150m');
  expect((await device.next()).data.events).toMatchObject({ minutes: 30 });
});

test('a reminder that could not be told at its time is told when it is tried again', async () => {
  await using app = await startApp();
  const { member, task, device } = await dueIn(app, 90);
  const { database } = app.services;
  await database.query(`ALTER TABLE event ADD CONSTRAINT broken CHECK (kind <> 'TaskDueSoon')`);
  app.clock.advance('30m');
  const attempts = () => database.query('SELECT attempts FROM due_work WHERE key = $1 AND attempts > 0', [member.id]);
  await expect.poll(attempts).toHaveLength(1);
  await database.query('ALTER TABLE event DROP CONSTRAINT broken');
  app.clock.advance('1m');
  expect((await device.next()).data.events).toMatchObject({ minutes: 60, dueTask: { id: task.id } });
});

test('nobody is reminded of what is done, deleted, given away or in a place they left', async () => {
  await using app = await startApp();
  const { owner, member, project, task: finished, dueAt, device } = await dueIn(app, 90);
  const task = (title: string) => app.world.task({ project, by: owner, assignee: member, title });
  const [deleted, given, kept] = [await task('Deleted'), await task('Given'), await task('Kept')];
  for (const { id: taskId } of [deleted, given, kept]) {
    await app.ask(owner, update, { input: { taskId, dueAt: dueAt(90) } });
  }
  await app.ask(owner, update, { input: { taskId: finished.id, status: 'DONE' } });
  const run = (name: string, input: object) => {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    return app.ask(owner, `mutation ($input: ${type}!) { ${name}(input: $input) { eventCursor } }`, { input });
  };
  await run('deleteTask', { taskId: deleted.id });
  await run('assignTask', { taskId: given.id, assigneeId: owner.id });
  app.clock.advance('30m');
  expect((await device.next()).data.events).toMatchObject({ dueTask: { id: kept.id } });
  await expect.poll(async () => (await deliveriesOf(app, owner))[0]?.reason).toBe('DUE_SOON');

  const doomed = await app.world.project({ owner });
  const lost = await app.world.task({ project: doomed.project, by: owner, assignee: owner, title: 'Lost' });
  await app.ask(owner, update, { input: { taskId: lost.id, dueAt: dueAt(90) } });
  await run('deleteProject', { projectId: doomed.project.id });
  app.clock.advance('31m');
  await expect
    .poll(() =>
      app.services.database.query('SELECT 1 FROM due_work WHERE key = $1 AND due_at <= $2', [
        owner.id,
        app.clock.now(),
      ]),
    )
    .toEqual([]);
  expect((await deliveriesOf(app, owner)).filter(({ reason }) => reason === 'DUE_SOON')).toHaveLength(1);

  // Its words are not shown to who was removed, not in a replay either.
  await run('removeMember', { topicId: project.id, userId: member.id });
  const replay = await app.graphql(
    member,
    `{ activity(topics: [{ kind: USER }], types: [TASK_DUE_SOON]) { nodes {
      ... on TaskDueSoon { minutes dueTask { title } } } } }`,
  );
  expect(replay).toMatchObject({ data: { activity: { nodes: [{ minutes: 60, dueTask: null }] } } });
});

test('a reminder that the end of its task overtakes is in no inbox', async () => {
  await using app = await startApp();
  const { owner, member, project, task } = await dueIn(app, 90);
  await app.ask(owner, 'mutation ($input: DeleteTaskInput!) { deleteTask(input: $input) { eventCursor } }', {
    input: { taskId: task.id },
  });
  await app.settled();
  const { counts } = await readInbox(app, member);
  await app.services.transaction({ actorId: null, correlationId: null }, async (tx) => {
    const reminder = { dueTaskId: task.id, projectId: project.id, minutes: 60 };
    append(tx, topicKey('user', member.id), reminderEvents.TaskDueSoon, reminder);
  });
  await app.settled();
  expect((await readInbox(app, member)).counts).toEqual(counts);
});

test('reminders are from a minute to four weeks before, at most five', async () => {
  await using app = await startApp();
  const person = await app.world.person();
  for (const remindMinutes of [[0], [28 * 24 * 60 + 1], [1, 2, 3, 4, 5, 6]]) {
    const { errors } = await app.graphql(
      person,
      'mutation ($input: UpdateAttentionInput!) { updateAttention(input: $input) { released } }',
      { input: { remindMinutes } },
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect(String(errors?.[0]?.extensions?.field)).toMatch(/^remindMinutes/);
  }
});

describe('a reminder that waits', () => {
  /** One that waits for a batch, of a task that is due in an hour. */
  async function heldReminder(app: TestApp) {
    const scene = await dueIn(app, 90);
    await attend(app, scene.member, 'updateAttention', { batchTimes: ['23:59'] });
    app.clock.advance('30m');
    await scene.device.next();
    expect(await newest(app, scene.member)).toMatchObject({ state: 'HELD', reason: 'DUE_SOON' });
    const change = (input: object) => app.ask(scene.owner, update, { input: { taskId: scene.task.id, ...input } });
    return { ...scene, change };
  }

  const morning = new Date('2026-11-04T09:00:00Z');
  const held = async (app: TestApp, person: Person) => (await attentionOf(app, person, 'held')).held;

  test('is dropped as soon as its task is finished, moved, given away or deleted, and says so', async () => {
    await using app = await startApp({ startsAt: morning });
    const { owner, member, change, dueAt, task } = await heldReminder(app);
    const dropped = async (why: string) => {
      await expect.poll(() => held(app, member)).toBe(0);
      expect(await newest(app, member)).toMatchObject({
        state: 'CANCELLED',
        sentence: `The alert waited because alerts are gathered for your batch times, and was dropped: ${why}.`,
      });
    };
    await change({ title: 'Weld it' });
    // Earlier it is due soon all the more.
    await change({ dueAt: dueAt(45) });
    expect(await held(app, member)).toBe(1);
    await change({ dueAt: dueAt(180) });
    await dropped('what it was about is due at another time');
    app.clock.advance('120m');
    await expect.poll(() => held(app, member)).toBe(1);
    await change({ status: 'DONE' });
    await dropped('what it was about is done');
    await change({ status: 'TODO', dueAt: dueAt(90) });
    app.clock.advance('30m');
    await expect.poll(() => held(app, member)).toBe(1);
    const run = (name: string, input: object) =>
      app.ask(
        owner,
        `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { eventCursor } }`,
        { input },
      );
    await run('assignTask', { taskId: task.id, assigneeId: owner.id });
    await dropped('what it was about is not yours any more');
    await run('assignTask', { taskId: task.id, assigneeId: member.id });
    await change({ dueAt: dueAt(90) });
    app.clock.advance('30m');
    await expect.poll(() => held(app, member)).toBe(1);
    await run('deleteTask', { taskId: task.id });
    await dropped('what it was about is gone');
  });

  test('is not told when its task has ended while it was being held', async () => {
    await using app = await startApp({ startsAt: morning });
    const { member, task } = await heldReminder(app);
    const { database } = app.services;
    // Whoever finished it did so between the question whether it is open and the row that waits.
    await database.query(`UPDATE "Task" SET status = 'DONE' WHERE id = $1`, [task.id]);
    expect(await attend(app, member, 'releaseHeld')).toMatchObject({ released: 0, attention: { held: 0 } });
    expect((await newest(app, member)).sentence).toMatch(/dropped: what it was about is done\.$/);
  });

  test('is neither told nor mailed when its row has expired', async () => {
    await using app = await startApp({ startsAt: morning });
    const { member } = await heldReminder(app);
    await app.services.database.query(`UPDATE "Notification" SET "expiredAt" = now() WHERE reason = 'DUE_SOON'`);
    app.clock.advance('15h');
    await expect.poll(async () => (await newest(app, member)).state).toBe('CANCELLED');
    expect((await newest(app, member)).sentence).toMatch(/dropped: what it was about is gone\.$/);
  });
});
