import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { attend } from '../../../test/support/attention.ts';
import { followInbox, readInbox } from '../../../test/support/inbox.ts';
import type { Person } from '../../../test/support/world.ts';
import { newId } from '../../platform/ids.ts';

const update =
  'mutation ($input: UpdateNotificationsInput!) { updateNotifications(input: $input) { changed changeId counts { unread unseen snoozed done total } } }';
const undo =
  'mutation ($input: UndoInput!) { undo(input: $input) { changed counts { unread unseen snoozed done total } } }';

/** Somebody in focus with 35 unread rows, an alert held of each, where ten are changed in a transaction. */
async function crowded() {
  const app = await startApp({ config: { BULK_CHANGE_ROWS: '10' } });
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [member] = members as [Person];
  await app.settled();
  await act(app, member, { filter: {}, action: 'READ' });
  await attend(app, member, 'startFocus', { minutes: 30 });
  const task = await app.world.task({ project, by: member, title: 'Weld' });
  await app.world.comment({ task, by: owner });
  await app.settled();
  const { database } = app.services;
  const copies = Array.from({ length: 34 }, newId);
  await database.query(
    `INSERT INTO "Notification" (id, "userId", "threadKey", topic, type, "eventId", reason, "updatedAt")
     SELECT c, "userId", 'task:' || c, topic, type, "eventId", reason, "updatedAt" FROM "Notification", unnest($1::uuid[]) c
     WHERE "threadKey" = $2`,
    [copies, `task:${task.id}`],
  );
  await database.query(
    `INSERT INTO "Delivery" (id, "userId", "eventId", channel, state, "notificationId", topic, type, reason, decision, "dueAt")
     SELECT gen_random_uuid(), "userId", gen_random_uuid(), channel, state, c, topic, type, reason, decision, "dueAt"
     FROM "Delivery", unnest($1::uuid[]) c WHERE channel = 'ALERT' AND state = 'HELD'`,
    [copies],
  );
  const heldAlerts = async () => {
    const [row] = await database.query<{ held: number }>(
      `SELECT count(*)::int AS held FROM "Delivery" WHERE channel = 'ALERT' AND state = 'HELD' AND "userId" = $1`,
      [member.id],
    );
    return row?.held;
  };
  return { app, owner, member, project, task, heldAlerts, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

async function act(app: TestApp, person: Person, input: object) {
  return (await app.ask(person, update, { input })).updateNotifications;
}

/** Lets no row beyond the 15th be changed, as if the database failed there, until disposed. */
async function failing({ app, member }: { app: TestApp; member: Person }) {
  const { database } = app.services;
  await database.query(`
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the disk is full'; END $$;
    CREATE TRIGGER fail BEFORE UPDATE ON "Notification" FOR EACH ROW WHEN (NEW.id = '${(await idsOf(app, member))[15]}')
    EXECUTE FUNCTION fail()`);
  return { [Symbol.asyncDispose]: async () => void (await database.query('DROP FUNCTION fail() CASCADE')) };
}

/** Of what is unread, in the order in which it is changed. */
async function idsOf(app: TestApp, { id }: Person): Promise<string[]> {
  const rows = await app.services.database.query<{ id: string }>(
    'SELECT id FROM "Notification" WHERE "userId" = $1 AND "readAt" IS NULL ORDER BY id',
    [id],
  );
  return rows.map((row) => row.id);
}

/** A READ of everything that the database stops after the first ten. */
async function halfRead(parts: { app: TestApp; member: Person }, input: object = {}) {
  const { app, member } = parts;
  const device = await followInbox(app, member);
  await using _failing = await failing(parts);
  const { errors } = await app.graphql(member, update, { input: { filter: {}, action: 'READ', ...input } });
  expect(errors?.[0]?.extensions?.code).toBe('INTERNAL_ERROR');
  const { inbox } = (await device.next('NotificationsChanged')).data;
  expect(inbox).toMatchObject({ action: 'READ', counts: { unread: 25 } });
  return { changeId: 'changeId' in inbox ? inbox.changeId : null };
}

test('one call changes all, in transactions of BULK_CHANGE_ROWS, and undo takes all of it back', async () => {
  await using parts = await crowded();
  const { app, member, heldAlerts } = parts;
  const device = await followInbox(app, member);
  const done = await act(app, member, { filter: { states: ['UNREAD'] }, action: 'DONE' });
  expect(done).toMatchObject({ changed: 35, counts: { unread: 0, unseen: 0, done: 35, total: 36 } });
  for (const left of [25, 15, 5, 0]) {
    const { inbox } = (await device.next('NotificationsChanged')).data;
    expect(inbox).toMatchObject({ action: 'DONE', changeId: done.changeId, counts: { unread: expect.any(Number) } });
    expect(inbox.counts.unread).toBeLessThanOrEqual(left);
  }
  const steps = await app.services.database.query(
    'SELECT count(*)::int AS rows FROM "Notification" WHERE "changeId" = $1 GROUP BY xmin::text ORDER BY 1 DESC',
    [done.changeId],
  );
  expect(steps).toEqual([{ rows: 10 }, { rows: 10 }, { rows: 10 }, { rows: 5 }]);
  expect(await heldAlerts()).toBe(0);

  const { undo: undone } = await app.ask(member, undo, { input: { changeId: done.changeId } });
  expect(undone).toEqual({ changed: 35, counts: { unread: 35, unseen: 35, snoozed: 0, done: 0, total: 36 } });
  expect(await heldAlerts()).toBe(35);
  const again = await app.graphql(member, undo, { input: { changeId: done.changeId } });
  expect(again.errors?.[0]?.extensions?.code).toBe('CONFLICT');
});

test('whoever clears an inbox in several steps is told so once, at the end', async () => {
  await using parts = await crowded();
  const { app, member } = parts;
  await attend(app, member, 'endFocus', {});
  await app.ask(member, update, { input: { filter: {}, action: 'READ' } });
  const achieved = () =>
    app.services.database.query(`SELECT data->>'achievement' AS achieved FROM event WHERE topic = $1 AND kind = $2`, [
      `user:${member.id}`,
      'AchievementEarned',
    ]);
  await expect.poll(achieved).toEqual([{ achieved: 'INBOX_CLEARED' }]);
});

test('what a server left undone is finished by due work, but for what more happened to', async () => {
  await using parts = await crowded();
  const { app, owner, member, project } = parts;
  const task = await app.world.task({ project, by: member, title: 'Paint' });
  app.clock.advance('1s');
  await app.world.comment({ task, by: owner });
  await app.settled();
  const { database } = app.services;
  await using _failing = await failing(parts);
  await app.graphql(member, update, { input: { filter: {}, action: 'READ' } });
  // The newest row, among the last that are looked at.
  await app.world.comment({ task, by: owner });
  await app.settled();
  await database.query('DROP TRIGGER fail ON "Notification"');
  app.clock.advance('61s');
  await expect.poll(async () => (await readInbox(app, member)).counts.unread).toBe(1);
  const { nodes } = await readInbox(app, member, { filter: { states: ['UNREAD'] } });
  expect(nodes).toMatchObject([{ threadKey: `task:${task.id}`, count: 2 }]);
  await expect.poll(() => database.db.bulkChange.count()).toBe(0);
});

test('a retry finishes what its first try began, and is answered as that would have been', async () => {
  await using parts = await crowded();
  const { app, member } = parts;
  const input = { filter: {}, action: 'READ', idempotencyKey: 'once' };
  const { changeId } = await halfRead(parts, input);
  expect(await act(app, member, input)).toMatchObject({ changed: 35, changeId, counts: { unread: 0 } });
});

test('undo stops what still goes on of a change, and takes back what was done of it', async () => {
  await using parts = await crowded();
  const { app, member, heldAlerts } = parts;
  const { changeId } = await halfRead(parts);
  expect(await heldAlerts()).toBe(25);
  const { undo: undone } = await app.ask(member, undo, { input: { changeId } });
  expect(undone).toMatchObject({ changed: 10, counts: { unread: 35 } });
  app.clock.advance('61s');
  expect(await app.services.database.db.bulkChange.count()).toBe(0);
  expect((await readInbox(app, member)).counts).toMatchObject({ unread: 35 });
  expect(await heldAlerts()).toBe(35);
});

test('changes of many are done one after the other, from whatever device', async () => {
  await using parts = await crowded();
  const { app, member } = parts;
  await using second = await startApp({ with: app });
  await halfRead(parts);
  expect(await act(second, member, { filter: {}, action: 'UNREAD' })).toMatchObject({
    changed: 36,
    counts: { unread: 36 },
  });
  await Promise.all([
    act(app, member, { filter: {}, action: 'DONE' }),
    act(second, member, { filter: {}, action: 'DONE' }),
    act(second, member, { filter: {}, action: 'READ' }),
  ]);
  expect((await readInbox(app, member)).counts).toMatchObject({ unread: 0, done: 36 });
});
