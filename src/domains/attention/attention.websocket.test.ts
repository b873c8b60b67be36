import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { attend, attentionOf, deliveriesOf, device, newest } from '../../../test/support/attention.ts';
import { administrator, backEnd, commandsOf, run } from '../../../test/support/commands.ts';
import { setViewing } from '../../../test/support/presence.ts';
import type { Person } from '../../../test/support/world.ts';
import { branches as decisions } from './decide.ts';
import { lookAtAttention } from './release.ts';
import { weekdays } from './settings.ts';

// A Wednesday.
const wednesday = new Date('2026-11-04T09:00:00Z');

let app: TestApp;
let other: TestApp;
beforeAll(async () => {
  app = await startApp({ startsAt: wednesday });
  other = await startApp({ with: app });
});
afterAll(async () => {
  await other?.[Symbol.asyncDispose]();
  await app?.[Symbol.asyncDispose]();
});

/** Moves on to the next time the clock shows this hour, in UTC. */
function until(time: `${number}:${number}`): void {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const now = app.clock.now();
  const then = new Date(now);
  then.setUTCHours(hours, minutes, 0, 0);
  if (then <= now) then.setUTCDate(then.getUTCDate() + 1);
  app.clock.advance(then.getTime() - now.getTime());
}

/** Each test begins at 10:00 of a working day, at which no preset holds anything but until its next batch. */
beforeEach(() => {
  do until('10:00');
  while ([0, 6].includes(app.clock.now().getUTCDay()));
});

/** A time of the present day of the clock, in UTC. */
const today = (time: string) => `${app.clock.now().toISOString().slice(0, 10)}T${time}:00.000Z`;

/** Somebody with a task of theirs in a project, and a colleague who can comment on it. */
async function scene(settings?: object) {
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [person] = members as [Person];
  const task = await app.world.task({ project, by: person });
  // That they were added is told before they choose anything.
  await app.settled();
  if (settings) await attend(app, person, 'updateAttention', settings);
  const comment = (text = 'A word', more: object = {}) => app.world.comment({ task, by: owner, text, ...more });
  await app.settled();
  return { owner, person, project, task, comment, place: { kind: 'PROJECT', id: project.id } };
}

/** Holds an advisory lock, in a transaction of the test's own, until it is let go. */
async function holdLock(name: string): Promise<() => Promise<void>> {
  const [locked, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const holding = app.services.database.begin(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
    locked.resolve();
    await opened.promise;
  });
  await Promise.race([locked.promise, holding]);
  return () => {
    opened.resolve();
    return holding;
  };
}

test('the digest goes out as the server says until somebody chooses their own time', async () => {
  const person = await app.world.person({ email: 'ada@example.com' });
  const fields = 'digest { cadence enabled time weekday nextAt }';
  const digestOf = async () => (await app.ask(person, `{ attention { ${fields} } }`)).attention.digest;
  expect(await digestOf()).toMatchObject({
    cadence: 'DAILY',
    enabled: true,
    time: '08:00',
    weekday: 'MONDAY',
    nextAt: expect.any(String),
  });
  const choose = (digest: object) => attend(app, person, 'updateAttention', { digest }, `attention { ${fields} }`);
  await attend(app, person, 'updateAttention', { timeZone: 'America/St_Johns' });
  await choose({ cadence: 'WEEKLY', weekday: 'SUNDAY' });
  const { attention } = await choose({ time: '18:30' });
  expect(attention.digest).toMatchObject({ cadence: 'WEEKLY', time: '18:30', weekday: 'SUNDAY' });
  const next = new Date(attention.digest.nextAt);
  expect(next.toLocaleDateString('en-GB', { timeZone: 'America/St_Johns', weekday: 'long' })).toBe('Sunday');
  expect((await choose({ cadence: 'OFF' })).attention.digest).toMatchObject({
    cadence: 'OFF',
    enabled: false,
    nextAt: null,
  });
  for (const wrong of [{ time: '8:00' }, { time: '24:00' }]) {
    await expect(choose(wrong)).rejects.toThrow('VALIDATION_ERROR');
  }
});

describe('whoever has chosen nothing', () => {
  test('is alerted of everything at once, and every decision says why', async () => {
    const { person, comment } = await scene();
    const phone = await device(app, person);
    await comment();
    expect((await phone.next('NotificationUpserted')).value.alert).toBe(true);
    expect(await attentionOf(app, person)).toMatchObject({ preset: 'INSTANT', chosen: false, state: 'OPEN', held: 0 });
    const { notifications } = await app.ask(
      person,
      '{ notifications { nodes { why { channel state decision sentence } } } }',
    );
    expect(notifications.nodes[0].why).toMatchObject([
      { channel: 'INBOX', state: 'SENT', decision: 'SENT' },
      { channel: 'ALERT', state: 'SENT', sentence: 'The alert came at once: nothing held it.' },
      { channel: 'EMAIL', state: 'SKIPPED', sentence: 'The e-mail was left out: you get no digest by e-mail.' },
    ]);
  });
});

/** Brings each branch about, and answers the person of whom the newest delivery is looked at. */
const branches: Record<string, () => Promise<Person>> = {
  async MANDATORY() {
    const { person, comment } = await scene({ preset: 'CALM' });
    const admin = await administrator(app);
    const rule = { channel: 'ALERT', value: 'ON', workspace: true, mandatory: true, eventType: 'TASK_COMMENTED' };
    const set = await attend(app, admin, 'setRule', rule, 'rule { id }');
    await comment();
    await app.settled();
    await attend(app, admin, 'resetRules', { ids: [set.rule.id], workspace: true }, 'rules { id }');
    return person;
  },
  async MUTED() {
    const { person, comment, place } = await scene();
    await attend(
      app,
      person,
      'follow',
      { topic: place, level: 'MUTED', until: new Date('2027-01-01T00:00:00Z') },
      'topicId',
    );
    await comment();
    return person;
  },
  async NOT_FOLLOWED() {
    const { person, comment, place } = await scene();
    await attend(app, person, 'unfollow', { topic: place }, 'topicId');
    await comment();
    return person;
  },
  async RULE() {
    const { person, comment, place } = await scene();
    const rule = { channel: 'ALERT', value: 'OFF', reason: 'COMMENTED', topic: place };
    await attend(app, person, 'setRule', rule, 'rule { id }');
    await comment();
    return person;
  },
  async INBOX_OFF() {
    const { person, comment } = await scene();
    await attend(
      app,
      person,
      'setRule',
      { channel: 'INBOX', value: 'OFF', eventType: 'TASK_COMMENTED' },
      'rule { id }',
    );
    await comment();
    return person;
  },
  async LOOKING() {
    const { owner, members, conversation } = await app.world.conversation({ members: 1 });
    const [person] = members as [Person];
    const topic = { kind: 'CONVERSATION', id: conversation.id };
    const { errors } = await app.graphql(person, setViewing, { input: { topic, viewing: true } });
    expect(errors).toBeUndefined();
    await app.world.message({ conversation, by: owner });
    return person;
  },
  async HAS_READ() {
    const { owner, members, conversation } = await app.world.conversation({ members: 1 });
    const [person] = members as [Person];
    await app.settled();
    // Who tells of the conversation passes it over while they read it.
    const letGo = await holdLock(`notifications conversation:${conversation.id}`);
    await app.world.message({ conversation, by: owner });
    await run(app, person, 'markConversationRead', { conversationId: conversation.id });
    await letGo();
    return person;
  },
  async SNOOZED() {
    const { person, comment } = await scene();
    await comment();
    await app.settled();
    const until = new Date(app.clock.now().getTime() + 3_600_000);
    await app.ask(
      person,
      'mutation ($input: UpdateNotificationsInput!) { updateNotifications(input: $input) { changed } }',
      { input: { filter: { types: ['TASK_COMMENTED'] }, action: 'SNOOZE', until } },
    );
    await comment();
    return person;
  },
  async CRITICAL() {
    const { person, place } = await scene({ preset: 'CALM' });
    const shop = await backEnd(app);
    const event = { topic: place, name: 'PumpStopped', recipients: [person.id] };
    await shop.publish({ ...event, critical: true });
    await app.settled();
    const alert = await newest(app, person);
    // The same without the word waits.
    await shop.publish(event);
    expect(await newest(app, person)).toMatchObject({ state: 'HELD', decision: 'BATCH' });
    expect(alert).toMatchObject({ state: 'SENT', decision: 'CRITICAL' });
    await shop.publish({ ...event, critical: true });
    return person;
  },
  async PAUSED() {
    const { person, comment } = await scene();
    await attend(app, person, 'pauseAlerts');
    await comment();
    return person;
  },
  async BREAK_THROUGH() {
    const { person, comment } = await scene({ preset: 'BALANCED' });
    await comment('Look', { mentions: [person] });
    return person;
  },
  async FOCUS() {
    const { person, comment } = await scene();
    await attend(app, person, 'startFocus', { minutes: 50 });
    await comment();
    return person;
  },
  async FOCUS_ALLOWED() {
    const { person, comment, place } = await scene({ preset: 'CALM' });
    await attend(app, person, 'startFocus', { minutes: 50, allowTopics: [place] });
    await comment();
    return person;
  },
  async QUIET() {
    const { person, comment } = await scene({ preset: 'BALANCED' });
    until('22:15');
    await comment();
    return person;
  },
  async BATCH() {
    const { person, comment } = await scene({ preset: 'CALM' });
    await comment();
    return person;
  },
  async SENT() {
    const { person, comment } = await scene();
    await comment();
    return person;
  },
};

/** What other tests bring about. */
const elsewhere = {
  NO_ACCESS: 'NO_ACCESS, OWN_ACT and NOT_CONCERNED …, below',
  OWN_ACT: 'the same',
  NOT_CONCERNED: 'the same',
  NO_DIGEST: 'whoever has chosen nothing …, above',
  DIGEST: 'what is unread is mailed once at its time …, in digest.test.ts',
} as const;

describe('every branch of a decision', () => {
  test('is brought about by one of these tests, or by one that is named', () => {
    const brought = [...Object.keys(branches), ...Object.keys(elsewhere)];
    expect(brought.toSorted()).toEqual(Object.keys(decisions).sort());
  });

  test.each(Object.keys(branches))('%s is brought about through the API, and says why in words', async (branch) => {
    const person = await branches[branch]?.();
    if (!person) throw new Error('no such branch');
    const { state, decision, sentence } = await newest(app, person);
    expect(decision).toBe(branch);
    // On which day it is depends on the tests before.
    expect(`${state}: ${sentence.replaceAll(/\w+day \d+ \w+/g, '<day>')}`).toMatchSnapshot();
  });

  test('NO_ACCESS, OWN_ACT and NOT_CONCERNED are said of whom nothing was decided about, to themselves and to admins', async () => {
    const { owner, person, project, task, comment } = await scene();
    const added = await comment();
    await app.settled();
    const { eventId } = await newest(app, person);
    const admin = await administrator(app);
    const reader = await app.world.member({ project, by: owner });
    await app.world.member({ project, by: owner, person: admin });
    const stranger = await app.world.person();
    const asking = `query ($eventId: ID!, $userId: ID) { explain(eventId: $eventId, userId: $userId) {
      concerned event { type } deliveries { channel decision sentence } } }`;
    const said = async (by: Person, about?: Person) => {
      const { explain } = await app.ask(by, asking, { eventId, userId: about?.id });
      return explain.deliveries.find(({ channel }: { channel: string }) => channel === 'ALERT');
    };
    expect((await said(owner)).sentence).toBe('The alert was left out: you did it yourself.');
    expect((await said(reader)).decision).toBe('NOT_CONCERNED');
    expect((await said(admin, stranger)).decision).toBe('NO_ACCESS');
    expect((await said(admin, person)).decision).toBe('SENT');
    const refused = async (by: Person, variables: object) =>
      (await app.graphql(by, asking, variables as never)).errors?.[0]?.extensions?.code;
    expect(await refused(stranger, { eventId })).toBe('NOT_FOUND');
    expect(await refused(reader, { eventId, userId: person.id })).toBe('FORBIDDEN');
    expect(await refused(reader, { eventId: added.id })).toBe('NOT_FOUND');
    expect(await refused(reader, { eventId: task.id })).toBe('NOT_FOUND');
    // Neither people of other workspaces nor what is no event for them, nor what guests do not hear of.
    const foreign = await app.world.person({ workspace: await app.world.newWorkspace() });
    expect(await refused(admin, { eventId, userId: foreign.id })).toBe('NOT_FOUND');
    expect(await refused(admin, { eventId, userId: 'nobody' })).toBe('NOT_FOUND');
    const guest = await app.world.member({ project, by: owner, role: 'GUEST' });
    await run(app, person, 'startTimer', { taskId: task.id });
    const log = await app.services.eventLog.after(`project:${project.id}`, 0);
    const started = log.at(-1)?.id ?? '';
    expect(await refused(guest, { eventId: started })).toBe('NOT_FOUND');
    expect(await refused(owner, { eventId: started })).toBeUndefined();
    const own = await app.services.eventLog.after(`user:${person.id}`, 0);
    expect(await refused(person, { eventId: own.at(-1)?.id ?? '' })).toBe('NOT_FOUND');
  });
});

describe('what is held', () => {
  test('waits for the end of a focus, is counted and shown, and is told as one', async () => {
    const { person, comment, task } = await scene();
    const phone = await device(other, person);
    await attend(app, person, 'startFocus', { minutes: 50 });
    expect((await phone.next('AttentionChanged')).value).toMatchObject({
      change: 'FOCUS_STARTED',
      attention: { state: 'FOCUS' },
    });
    await comment('One');
    await comment('Two');
    expect((await phone.next('NotificationUpserted')).value.alert).toBe(false);
    expect((await phone.next('NotificationUpserted')).value.alert).toBe(false);
    await app.settled();
    expect(await attentionOf(app, person)).toMatchObject({ held: 2, nextReleaseAt: today('10:50') });
    app.clock.advance('48m');
    expect((await phone.next('AttentionChanged')).value.change).toBe('FOCUS_ENDING');
    app.clock.advance('2m');
    expect((await phone.next('AttentionChanged')).value.change).toBe('FOCUS_ENDED');
    const { value } = await phone.next('BatchReleased');
    expect(value).toMatchObject({ count: 2, cause: 'FOCUS_ENDED', alert: true });
    expect(value.summary).toMatch(/^While you were away: 2 updates, in .+\.$/);
    expect(value.notifications[0].title).toContain(task.title);
    expect((await deliveriesOf(app, person)).slice(0, 2).map(({ state }) => state)).toEqual(['RELEASED', 'RELEASED']);
    expect(await attentionOf(app, person)).toMatchObject({ held: 0, nextReleaseAt: null, state: 'OPEN' });
    await comment('Three');
    expect((await phone.next('NotificationUpserted')).value.alert).toBe(true);
  });

  test('a release that would fall into quiet time moves on to its end', async () => {
    const days = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];
    const { person, comment } = await scene({ quietWindows: [{ days, from: '10:30', to: '12:00' }] });
    const phone = await device(app, person);
    await attend(app, person, 'startFocus', { minutes: 60, headsUpMinutes: 0 });
    await comment();
    expect(await newest(app, person)).toMatchObject({ decision: 'FOCUS', dueAt: today('12:00') });
    until('11:00');
    await phone.next('AttentionChanged');
    expect((await phone.next('AttentionChanged')).value.change).toBe('FOCUS_ENDED');
    until('12:00');
    expect((await phone.next('BatchReleased')).value).toMatchObject({ count: 1 });
    expect(phone.waiting.map(({ value }) => value.__typename)).not.toContain('BatchReleased');
  });

  test('of a batch is told at its time, by one of two servers, or when somebody asks for it', async () => {
    const { person, comment } = await scene({ preset: 'CALM' });
    const phone = await device(other, person);
    await comment('One');
    expect(await newest(app, person)).toMatchObject({ decision: 'BATCH', state: 'HELD', dueAt: today('13:00') });
    until('13:00');
    expect((await phone.next('BatchReleased')).value).toMatchObject({ count: 1, cause: 'BATCH_TIME' });
    await comment('Two');
    await app.settled();
    expect(await attend(app, person, 'releaseHeld')).toMatchObject({ released: 1, attention: { held: 0 } });
    expect((await phone.next('BatchReleased')).value).toMatchObject({ count: 1, cause: 'ASKED' });
    expect(await attend(app, person, 'releaseHeld')).toMatchObject({ released: 0 });
    until('16:30');
    await comment('Three');
    await phone.next('NotificationUpserted');
    await phone.next('NotificationUpserted');
    await phone.next('NotificationUpserted');
    expect(phone.waiting.map(({ value }) => value.__typename)).not.toContain('BatchReleased');
  });

  test('is decided again when settings, rules or follows change, and dropped for a reason', async () => {
    const { person, comment, place } = await scene({ preset: 'CALM' });
    await comment('One');
    await app.settled();
    expect((await attend(app, person, 'updateAttention', { batchTimes: ['10:30'] })).attention).toMatchObject({
      held: 1,
      nextReleaseAt: today('10:30'),
    });
    await attend(app, person, 'follow', { topic: place, level: 'MUTED' }, 'topicId');
    expect(await newest(app, person)).toMatchObject({
      state: 'CANCELLED',
      sentence:
        'The alert waited because alerts are gathered for your batch times, and was dropped: you muted the place.',
    });
    await attend(app, person, 'follow', { topic: place, level: 'ALL' }, 'topicId');
    await comment('Two');
    await app.settled();
    expect(await attend(app, person, 'updateAttention', { preset: 'INSTANT' })).toMatchObject({ released: 1 });
    expect(await newest(app, person)).toMatchObject({ state: 'RELEASED' });
  });

  test('is not told to somebody who lost access meanwhile', async () => {
    const { owner, person, project, comment } = await scene({ preset: 'CALM' });
    await comment();
    await app.settled();
    await commandsOf(app, owner, project).remove(person);
    until('13:00');
    await expect.poll(async () => (await newest(app, person)).state).toBe('CANCELLED');
    expect((await newest(app, person)).sentence).toMatch(/dropped: you lost access to the place\.$/);
  });

  test('waits through a pause without end, and what then waits for a batch is not lost by resuming', async () => {
    const { person, comment } = await scene({ preset: 'CALM' });
    await attend(app, person, 'pauseAlerts');
    await comment();
    expect(await newest(app, person)).toMatchObject({ decision: 'PAUSED', dueAt: null });
    expect(await attentionOf(app, person)).toMatchObject({ state: 'PAUSED', stateUntil: null, held: 1 });
    until('13:00');
    expect(await attend(app, person, 'resumeAlerts')).toMatchObject({ attention: { state: 'OPEN', held: 1 } });
    expect(await newest(app, person)).toMatchObject({ decision: 'BATCH', state: 'HELD', dueAt: today('16:30') });
  });

  test('is told at once when a task is finished or a timer stopped, but in a focus', async () => {
    const { person, task, comment } = await scene({ preset: 'CALM' });
    const phone = await device(app, person);
    await comment('One');
    await app.settled();
    await run(app, person, 'updateTask', { taskId: task.id, status: 'DONE' });
    expect((await phone.next('BatchReleased')).value).toMatchObject({ count: 1, cause: 'TASK_DONE' });
    await run(app, person, 'startTimer', { taskId: task.id });
    await comment('Two');
    await app.settled();
    await run(app, person, 'stopTimer', {});
    expect((await phone.next('BatchReleased')).value).toMatchObject({ count: 1, cause: 'TIMER_STOPPED' });
  });

  test('is dropped when what it speaks of is read first, and seeing acknowledges what was told', async () => {
    const { person, comment } = await scene({ preset: 'CALM' });
    await comment();
    await app.settled();
    const { notifications } = await app.ask(person, '{ notifications { nodes { id count } } }');
    const seen = { ids: [notifications.nodes[0].id], action: 'SEEN' };
    const seenAt = async () =>
      (await app.ask(person, '{ notifications { nodes { why { channel seenAt } } } }')).notifications.nodes[0].why;
    expect(await seenAt()).toContainEqual({ channel: 'ALERT', seenAt: null });
    await run(app, person, 'updateNotifications', seen);
    expect(await seenAt()).toContainEqual({ channel: 'ALERT', seenAt: app.clock.now().toISOString() });
    expect(await attentionOf(app, person)).toMatchObject({ held: 1 });
    await run(app, person, 'markAllNotificationsRead', {});
    expect(await attentionOf(app, person)).toMatchObject({ held: 0, nextReleaseAt: null });
    expect((await newest(app, person)).sentence).toMatch(/dropped: you read it first\.$/);
  });

  test('for a batch is not told early by what comes due in between', async () => {
    const { person, task, comment } = await scene({ preset: 'CALM' });
    const phone = await device(app, person);
    await comment('One');
    await app.settled();
    await run(app, person, 'updateTask', { taskId: task.id, status: 'DONE' });
    await phone.next('BatchReleased');
    await comment('Two');
    await app.settled();
    await attend(app, person, 'pauseAlerts', { until: new Date(app.clock.now().getTime() + 60_000) });
    expect(await newest(app, person)).toMatchObject({ decision: 'PAUSED', dueAt: today('10:01') });
    app.clock.advance('61s');
    let change = '';
    while (change !== 'RESUMED') change = (await phone.next('AttentionChanged')).value.change;
    expect(await newest(app, person)).toMatchObject({ decision: 'BATCH', state: 'HELD', dueAt: today('13:00') });
    expect(phone.waiting.map(({ value }) => value.__typename)).not.toContain('BatchReleased');
  });

  test('cannot be stuck when a focus is ended just before it is written', async () => {
    const { person, comment } = await scene();
    await attend(app, person, 'startFocus', { minutes: 120 });
    await Promise.all([
      ...Array.from({ length: 6 }, (_, nth) => comment(`Comment ${nth}`)),
      attend(app, person, 'endFocus'),
      other.settled(),
    ]);
    await app.settled();
    await other.settled();
    expect(await attentionOf(app, person)).toMatchObject({ held: 0, state: 'OPEN' });
    const states = (await deliveriesOf(app, person)).slice(0, 6).map(({ state }) => state);
    expect(states.every((state) => state === 'SENT' || state === 'RELEASED')).toBe(true);
  });

  test('comes through within a day’s budget, which begins anew with the person’s own day', async () => {
    const { person, comment } = await scene({
      preset: 'CALM',
      timeZone: 'Asia/Kolkata',
      quietWindows: [],
      breakThrough: { reasons: ['MENTIONED'], perDay: 2 },
    });
    const mention = async () => {
      await comment('Look', { mentions: [person] });
      return (await newest(app, person)).decision;
    };
    expect([await mention(), await mention(), await mention()]).toEqual(['BREAK_THROUGH', 'BREAK_THROUGH', 'BATCH']);
    expect((await newest(app, person)).sentence).toMatch(/what may come through in a day had come/);
    expect((await attentionOf(app, person)).breakThrough.usedToday).toBe(2);
    // Midnight in Kolkata is 18:30 in UTC.
    until('18:29');
    expect(await mention()).toBe('BATCH');
    until('18:31');
    expect(await mention()).toBe('BREAK_THROUGH');
  });
});

test('the time zone of the browser is taken once, from who has none, and what is held is decided again', async () => {
  const { person, comment } = await scene();
  const connect = async (timeZone: unknown) => {
    const authToken = await app.token(person, { exp: app.clock.now().getTime() / 1_000 + 3_600 });
    (await app.socket(person, { connectionParams: { authToken, timeZone } })).close();
  };
  for (const wrong of ['Middle/Earth', '', 7, 'x'.repeat(65)]) await connect(wrong);
  expect(await attentionOf(app, person)).toMatchObject({ timeZone: 'UTC', chosen: false });
  // 10:00 in UTC, and 15:30 in Kolkata.
  await attend(app, person, 'updateAttention', {
    quietWindows: [{ days: weekdays, from: '15:00', to: '16:00' }],
    batchTimes: ['23:00'],
  });
  await comment();
  expect(await newest(app, person)).toMatchObject({ decision: 'BATCH', dueAt: today('23:00') });
  await connect('Asia/Kolkata');
  expect(await attentionOf(app, person)).toMatchObject({ timeZone: 'Asia/Kolkata' });
  await expect.poll(() => newest(app, person)).toMatchObject({ decision: 'QUIET', dueAt: today('10:30') });
  await connect('Europe/Warsaw');
  expect(await attentionOf(app, person)).toMatchObject({ timeZone: 'Asia/Kolkata' });
});

test('a browser that brings its time zone holds nothing that a decision made again waits for', async () => {
  const { person } = await scene({ batchTimes: ['23:00'] });
  const { database } = app.services;
  const rulesWork = () =>
    database.query('SELECT 1 FROM due_work WHERE kind = $1 AND key = $2', ['attention.rules', person.id]);
  // After a change of a rule of the workspace, in a minute.
  await database.query('INSERT INTO due_work (id, kind, key, due_at) VALUES (gen_random_uuid(), $1, $2, $3)', [
    'attention.rules',
    person.id,
    new Date(app.clock.now().getTime() + 60_000),
  ]);
  // The browser's stops where it says that all is to be decided again.
  await database.query(`
    CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_advisory_xact_lock(hashtextextended('a browser', 0)); RETURN NEW; END $$;
    CREATE TRIGGER wait BEFORE INSERT ON due_work FOR EACH ROW WHEN (NEW.key = '${person.id}') EXECUTE FUNCTION wait()`);
  const letGo = await holdLock('a browser');
  const authToken = await app.token(person, { exp: app.clock.now().getTime() / 1_000 + 3_600 });
  const connected = app.socket(person, { connectionParams: { authToken, timeZone: 'Asia/Kolkata' } });
  const waiting = `SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database
    WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted`;
  await expect.poll(() => database.query(waiting)).toHaveLength(1);
  app.clock.advance('61s');
  await expect.poll(rulesWork).toEqual([]);
  await letGo();
  (await connected).close();
  await database.query('DROP FUNCTION wait() CASCADE');
  expect(await attentionOf(app, person)).toMatchObject({ timeZone: 'Asia/Kolkata' });
  await expect.poll(rulesWork).toEqual([]);
});

test('alerts that were told are counted, by what let them through or had held them', async () => {
  const { person, comment } = await scene();
  const told = async (decision: string) => {
    // Whichever server told it.
    const pages = await Promise.all([app, other].map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
    const line = new RegExp(`alerts_released_total\\{decision="${decision}"\\} (\\d+)`);
    return pages.reduce((sum, page) => sum + Number(line.exec(page)?.[1] ?? 0), 0);
  };
  const [sent, focus] = [await told('SENT'), await told('FOCUS')];
  await comment();
  await app.settled();
  expect(await told('SENT')).toBe(sent + 1);
  await attend(app, person, 'startFocus', { minutes: 30 });
  await comment();
  await app.settled();
  await attend(app, person, 'endFocus');
  expect(await told('FOCUS')).toBe(focus + 1);
});

describe('rules', () => {
  test('effective says which won over which; the person’s own beats the workspace’s, a mandatory one beats both', async () => {
    const { person, place } = await scene();
    const admin = await administrator(app);
    const set = (by: Person, rule: object) =>
      attend(app, by, 'setRule', { channel: 'ALERT', ...rule }, 'rule { id owner }');
    const asking = `query ($topic: TopicRef) { effective(channel: ALERT, topic: $topic, reason: COMMENTED, eventType: TASK_COMMENTED) {
      value rule { id } over { id } sentence } }`;
    const holds = async () => (await app.ask(person, asking, { topic: place })).effective;
    expect(await holds()).toEqual({
      value: 'ON',
      rule: null,
      over: [],
      sentence: 'No rule fits; the default is ON.',
    });
    const ofAll = (await set(admin, { value: 'BATCH', workspace: true, reason: 'COMMENTED' })).rule;
    const broad = (await set(person, { value: 'OFF' })).rule;
    const place1 = (await set(person, { value: 'ON', topic: place })).rule;
    const narrow = (await set(person, { value: 'BATCH', topic: place, reason: 'COMMENTED' })).rule;
    expect(await holds()).toEqual({
      value: 'BATCH',
      rule: { id: narrow.id },
      over: [{ id: place1.id }, { id: broad.id }, { id: ofAll.id }],
      sentence: 'Your rule for the reason COMMENTED and this place says BATCH, over 3 other rules.',
    });
    const must = (await set(admin, { value: 'ON', workspace: true, mandatory: true })).rule;
    expect(await holds()).toMatchObject({
      rule: { id: must.id },
      sentence: 'A rule of the workspace for everything says ON, and nobody can choose otherwise, over 4 other rules.',
    });
    await attend(app, admin, 'resetRules', { workspace: true, ids: [must.id, ofAll.id] }, 'rules { id }');
    expect((await attend(app, person, 'resetRules', {}, 'rules { id }')).rules).toEqual([]);
    expect((await holds()).value).toBe('ON');
  });

  test.each([
    ['a value that the channel does not have', { channel: 'EMAIL', value: 'BATCH' }, 'VALIDATION_ERROR'],
    ['a moment that is past', { channel: 'ALERT', value: 'OFF', until: '2020-01-01T00:00:00Z' }, 'VALIDATION_ERROR'],
    ['a mandatory rule of one’s own', { channel: 'ALERT', value: 'OFF', mandatory: true }, 'VALIDATION_ERROR'],
    ['a kind nobody is told of', { channel: 'ALERT', value: 'OFF', eventType: 'TIME_STARTED' }, 'VALIDATION_ERROR'],
    ['a rule of the workspace', { channel: 'ALERT', value: 'OFF', workspace: true }, 'FORBIDDEN'],
    ['a place that is not theirs', { channel: 'ALERT', value: 'OFF', topic: 'foreign' }, 'FORBIDDEN'],
  ])('of a MEMBER refuse %s', async (_what, rule, code) => {
    const person = await app.world.person();
    const { project } = await app.world.project();
    const topic = 'topic' in rule ? { topic: { kind: 'PROJECT', id: project.id } } : {};
    const document = 'mutation ($input: SetRuleInput!) { setRule(input: $input) { rule { id } } }';
    const { errors } = await app.graphql(person, document, { input: { ...rule, ...topic } } as never);
    expect(errors?.[0]?.extensions?.code).toBe(code);
    expect((await app.ask(person, '{ rules { owner } }')).rules).toEqual([]);
  });

  test('are no more than ATTENTION_MAX_RULES, but one can be changed then', async () => {
    await using strict = await startApp({ with: app, config: { ATTENTION_MAX_RULES: '2' } });
    const person = await app.world.person();
    const document = 'mutation ($input: SetRuleInput!) { setRule(input: $input) { rule { value } } }';
    const set = async (input: object) => (await strict.graphql(person, document, { input } as never)).errors?.[0];
    expect(await set({ channel: 'ALERT', value: 'OFF' })).toBeUndefined();
    expect(await set({ channel: 'INBOX', value: 'OFF' })).toBeUndefined();
    expect((await set({ channel: 'EMAIL', value: 'OFF' }))?.extensions?.code).toBe('VALIDATION_ERROR');
    expect(await set({ channel: 'ALERT', value: 'BATCH' })).toBeUndefined();
    expect((await app.ask(person, '{ rules { channel value } }')).rules).toHaveLength(2);
  });
});

test('a retry with the same idempotencyKey answers the same', async () => {
  const { person, place } = await scene();
  const admin = await administrator(app);
  const twice = async (by: Person, name: string, input: object, selection: string) => {
    const once = () => attend(app, by, name, { ...input, idempotencyKey: name }, selection);
    const first = await once();
    expect(await once()).toEqual(first);
    return first;
  };
  const followed = await twice(person, 'follow', { topic: place, level: 'ALL' }, 'topicId follow { level }');
  expect(followed).toEqual({ topicId: place.id, follow: { level: 'ALL' } });
  expect((await twice(person, 'setRule', { channel: 'ALERT', value: 'OFF' }, 'rule { id value }')).rule.value).toBe(
    'OFF',
  );
  const ofAll = { channel: 'ALERT', value: 'ON', workspace: true, reason: 'RATED' };
  const { rule } = await twice(admin, 'setRule', ofAll, 'rule { id owner }');
  expect(rule.owner).toBe('WORKSPACE');
  await attend(app, admin, 'resetRules', { workspace: true, ids: [rule.id] }, 'rules { id }');
});

test('what changes nothing is no choice', async () => {
  const person = await app.world.person();
  for (const name of ['endFocus', 'resumeAlerts', 'updateAttention', 'releaseHeld']) {
    expect(await attend(app, person, name, {}, 'eventCursor attention { chosen version }')).toEqual({
      eventCursor: null,
      attention: { chosen: false, version: 0 },
    });
  }
});

describe('follows', () => {
  test('come of what one does, never against what one chose, and ALL is told of everything', async () => {
    const { owner, person, project, task, comment, place } = await scene();
    const reader = await app.world.member({ project, by: owner });
    const follows = async (by: Person) => {
      const { follows } = await app.ask(by, '{ follows { nodes { topicId level explicit } } }');
      return follows.nodes;
    };
    expect(await follows(reader)).toEqual([{ topicId: project.id, level: 'PARTICIPATING', explicit: false }]);
    await comment();
    expect((await deliveriesOf(app, reader)).filter(({ reason }) => reason !== 'ADDED')).toEqual([]);
    await attend(app, reader, 'follow', { topic: place, level: 'ALL' }, 'topicId');
    await comment();
    expect(await newest(app, reader)).toMatchObject({ reason: 'FOLLOWING', state: 'SENT' });
    const titleOf = async (by: Person) => {
      const { notifications } = await app.ask(by, '{ notifications { nodes { title subject { __typename } } } }');
      return notifications.nodes.find((node: { subject: { __typename: string } }) => node.subject.__typename === 'Task')
        .title;
    };
    expect(await titleOf(reader)).toBe(`${owner.name} commented on ${task.title}`);
    await run(app, owner, 'assignTask', { taskId: task.id, assigneeId: person.id });
    await app.settled();
    expect(await titleOf(reader)).toBe(`${owner.name} assigned ${task.title}`);
    expect(await titleOf(person)).toBe(`${owner.name} assigned ${task.title} to you`);
    // What speaks of nobody but whom it names is told to nobody else.
    const edited = await comment();
    const heard = (await deliveriesOf(app, reader)).length;
    await run(app, owner, 'editComment', { commentId: edited.id, text: 'Mended' });
    expect(await deliveriesOf(app, reader)).toHaveLength(heard);
    await attend(app, reader, 'unfollow', { topic: place }, 'topicId');
    await comment();
    expect(await deliveriesOf(app, reader)).toHaveLength(heard);
    await comment('Look', { mentions: [reader] });
    expect(await newest(app, reader)).toMatchObject({ reason: 'MENTIONED', state: 'SENT' });
    expect(await follows(reader)).toEqual([{ topicId: project.id, level: 'NONE', explicit: true }]);
    expect((await follows(person))[0]).toMatchObject({ topicId: project.id });
  });
});

test('whoever follows ALL of a place is told of everything there but noise, and nobody else is, at no cost', async () => {
  const { owner, person, project, task, place } = await scene();
  const commands = commandsOf(app, owner, project);
  const follower = await app.world.member({ project, by: owner });
  const { database } = app.services;
  const told = async (by: Person) => {
    await app.settled();
    const { notifications } = await app.ask(by, '{ notifications(first: 1) { nodes { title reason type } } }');
    return notifications.nodes[0];
  };
  const page = await app.world.content({ owner, published: false });
  await run(app, owner, 'addMember', { topicId: page.content.id, userId: follower.id, role: 'MEMBER' });
  await app.settled();
  await run(app, follower, 'markAllNotificationsRead', {});
  const before = await told(follower);
  // Not even work is made of what nobody wants.
  const tasks = `project:${project.id}`;
  await database.query(`CREATE TABLE made AS SELECT topic, seq FROM todo WHERE false`);
  await database.query(`
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO made VALUES (NEW.topic, NEW.seq); RETURN NULL; END $$;
    CREATE TRIGGER note AFTER INSERT ON todo FOR EACH ROW EXECUTE FUNCTION note()`);
  await commands.updateTask(task, { title: 'Weld' });
  expect(await database.query('SELECT FROM made WHERE topic = $1', [tasks])).toEqual([]);
  expect(await told(follower)).toEqual(before);

  for (const topic of [place, { kind: 'CONTENT', id: page.content.id }]) {
    await attend(app, follower, 'follow', { topic, level: 'ALL' }, 'topicId');
  }
  const says = async (type: string, title: string) => {
    expect(await told(follower)).toEqual({ type, reason: 'FOLLOWING', title });
    // So that the next is the newest.
    app.clock.advance('1s');
  };
  app.clock.advance('1s');
  await app.world.task({ project, by: owner, title: 'Paint' });
  await says('TASK_CREATED', `${owner.name} created Paint`);
  expect(await database.query('SELECT FROM made WHERE topic = $1', [tasks])).toHaveLength(1);
  await commands.updateTask(task, { title: 'Weld it' });
  await says('TASK_UPDATED', `${owner.name} changed Weld it`);
  await commands.updateTask(task, { status: 'DONE' });
  await says('TASK_UPDATED', `${owner.name} finished Weld it`);
  const { name } = await app.ask(owner, `{ project(id: "${project.id}") { name } }`).then((data) => data.project);
  const guest = await app.world.member({ project, by: owner });
  await says('MEMBER_ADDED', `${owner.name} added somebody to ${name}`);
  await commands.changeRole(guest, 'GUEST');
  await says('MEMBER_ROLE_CHANGED', `${owner.name} changed what somebody may do in ${name}`);
  await commands.remove(guest);
  await says('MEMBER_REMOVED', `${owner.name} removed somebody from ${name}`);
  await run(app, person, 'removeMember', { topicId: project.id, userId: person.id });
  await says('MEMBER_REMOVED', `${person.name} left ${name}`);
  await run(app, owner, 'updateProject', { projectId: project.id, name: 'Gemini' });
  await says('PROJECT_UPDATED', `${owner.name} changed Gemini`);
  await run(app, owner, 'updateContent', { contentId: page.content.id, title: 'News' });
  await says('CONTENT_UPDATED', `${owner.name} changed News`);
  await run(app, owner, 'publishContent', { contentId: page.content.id });
  await says('CONTENT_PUBLISHED', `${owner.name} published News`);
  await run(app, owner, 'unpublishContent', { contentId: page.content.id });
  await says('CONTENT_UNPUBLISHED', `${owner.name} made News a draft again`);

  // Noise: the text while it is being written, timers, and what was said and taken back.
  const heard = (await deliveriesOf(app, follower)).length;
  await run(app, owner, 'updateContent', { contentId: page.content.id, body: 'Word by word' });
  await run(app, owner, 'startTimer', { taskId: task.id });
  await run(app, owner, 'stopTimer', {});
  expect(await deliveriesOf(app, follower)).toHaveLength(heard);
  await database.query('DROP FUNCTION note() CASCADE; DROP TABLE made');
});

test.each([
  [{ timeZone: 'Mars/Olympus' }, 'timeZone'],
  [{ timeZone: '+02:00' }, 'timeZone'],
  [{ batchTimes: ['24:00'] }, 'batchTimes.0'],
  [{ quietWindows: [{ days: [], from: '22:00', to: '07:00' }] }, 'quietWindows.0.days'],
  [{ breakThrough: { reasons: [], perDay: 101 } }, 'breakThrough.perDay'],
])('settings refuse %j', async (input, field) => {
  const person = await app.world.person();
  const document = 'mutation ($input: UpdateAttentionInput!) { updateAttention(input: $input) { released } }';
  const { errors } = await app.graphql(person, document, { input } as never);
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION_ERROR', field });
  expect((await attentionOf(app, person)).chosen).toBe(false);
});

test('deliveries go with EVENT_RETENTION_DAYS, but for those that are held', async () => {
  const { person, comment } = await scene();
  await comment('One');
  await app.settled();
  await attend(app, person, 'pauseAlerts');
  await comment('Two');
  expect((await deliveriesOf(app, person)).map(({ state }) => state)).toEqual(['HELD', 'SENT', 'SENT']);
  app.clock.advance('31d');
  await expect.poll(async () => (await deliveriesOf(app, person)).map(({ state }) => state)).toEqual(['HELD']);
});

type Step = PromiseWithResolvers<void>;
type Four = [Step, Step, Step, Step];

test('what a rule of the workspace holds while earlier alerts are released is not forgotten, of who has chosen nothing', async () => {
  await using app = await startApp({ startsAt: new Date('2026-11-04T10:00:00Z') });
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [person] = members as [Person];
  const task = await app.world.task({ project, by: person });
  const rule = { channel: 'ALERT', value: 'BATCH', workspace: true, reason: 'COMMENTED' };
  await attend(app, await administrator(app), 'setRule', rule, 'rule { id }');
  await app.world.comment({ task, by: owner });
  await app.settled();
  expect(await newest(app, person)).toMatchObject({ state: 'HELD', dueAt: '2026-11-04T13:00:00.000Z' });

  // The clock's work of a server that is slow to commit.
  const [held, due, looked, commit] = Array.from({ length: 4 }, () => Promise.withResolvers<void>()) as Four;
  const releasing = app.services.transaction({ actorId: null, correlationId: null }, async (tx) => {
    const work = { kind: 'attention', key: person.id };
    await tx.$executeRaw`SELECT 1 FROM due_work WHERE kind = ${work.kind} AND key = ${work.key} FOR UPDATE`;
    held.resolve();
    await due.promise;
    const look = lookAtAttention(app.services);
    expect(await look(tx, { ...work, dueAt: app.clock.now(), data: {}, attempts: 0 })).toBeNull();
    looked.resolve();
    await commit.promise;
    await tx.dueWork.deleteMany({ where: work });
  });
  await held.promise;
  app.clock.advance('181m');
  due.resolve();
  await looked.promise;
  await app.world.comment({ task, by: owner });
  const isWaiting = async () => {
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return (await app.services.database.query(waiting)).length > 0;
  };
  await Promise.any([app.settled(), expect.poll(isWaiting).toBe(true)]);
  commit.resolve();
  await releasing;
  await app.settled();
  expect(await newest(app, person)).toMatchObject({ state: 'HELD', dueAt: '2026-11-04T17:00:00.000Z' });
  app.clock.advance('4h');
  await expect.poll(() => newest(app, person)).toMatchObject({ state: 'RELEASED' });
});
