import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import type { Person } from '../../../test/support/world.ts';
import { newId } from '../../platform/ids.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(async () => app[Symbol.asyncDispose]());

const entry = 'timeEntry { id task { id } user { id } startedAt stoppedAt durationMs }';
const documents = {
  startTimer: `mutation ($input: StartTimerInput!) { startTimer(input: $input) { ${entry} stopped { id durationMs } eventCursor } }`,
  stopTimer: `mutation ($input: StopTimerInput!) { stopTimer(input: $input) { ${entry} eventCursor } }`,
};

/** Runs a command: what it answers, or the code and the sentence of the refusal. */
async function run(person: Person, command: keyof typeof documents, input: Record<string, unknown>, on = app) {
  const { data, errors } = await on.graphql(person, documents[command], { input });
  return errors ? { code: errors[0]?.extensions?.code, message: errors[0]?.message } : data[command];
}

/** The project's facts about timers, oldest first. */
async function facts(project: { id: string }, on = app) {
  const events = await on.services.eventLog.after(`project:${project.id}`, 0);
  return events.filter(({ kind }) => kind.startsWith('Time')).map(({ kind, data }) => ({ kind, ...data }));
}

const runningTimer = async (person: Person) => (await app.ask(person, '{ runningTimer { id } }')).runningTimer;
const noSuchEntry = { code: 'NOT_FOUND', message: 'No such time entry, or no access to it.' };

describe('startTimer', () => {
  test('runs until it is stopped, and appends both facts', async () => {
    const { owner, project } = await app.world.project();
    const task = await app.world.task({ project, by: owner });
    const startedAt = app.clock.now().toISOString();
    const started = await run(owner, 'startTimer', { taskId: task.id });
    const { id } = started.timeEntry;
    const running = { id, task: { id: task.id }, user: { id: owner.id }, startedAt, stoppedAt: null, durationMs: null };
    expect(started).toEqual({ timeEntry: running, stopped: null, eventCursor: expect.any(String) });
    expect(await runningTimer(owner)).toEqual({ id });

    app.clock.advance('90s');
    const stopped = await run(owner, 'stopTimer', {});
    expect(stopped.timeEntry).toEqual({ ...running, stoppedAt: app.clock.now().toISOString(), durationMs: 90_000 });
    expect(await runningTimer(owner)).toBeNull();
    expect(await facts(project)).toEqual([
      { kind: 'TimeStarted', taskId: task.id, entryId: id },
      { kind: 'TimeStopped', taskId: task.id, entryId: id },
    ]);
  });

  test('stops the one that runs elsewhere, in another project too', async () => {
    const { owner, project } = await app.world.project();
    const other = await app.world.project({ owner });
    const [here, there] = [
      await app.world.task({ project, by: owner }),
      await app.world.task({ project: other.project, by: owner }),
    ];
    const first = await run(owner, 'startTimer', { taskId: here.id });
    app.clock.advance('2s');
    const second = await run(owner, 'startTimer', { taskId: there.id });
    expect(second.stopped).toEqual({ id: first.timeEntry.id, durationMs: 2000 });
    expect((await facts(project)).map(({ kind }) => kind)).toEqual(['TimeStarted', 'TimeStopped']);
    expect((await facts(other.project)).map(({ kind }) => kind)).toEqual(['TimeStarted']);
  });

  test('on the same task the timer goes on', async () => {
    const { owner, project } = await app.world.project();
    const task = await app.world.task({ project, by: owner });
    const first = await run(owner, 'startTimer', { taskId: task.id });
    const again = await run(owner, 'startTimer', { taskId: task.id });
    expect(again).toEqual({ timeEntry: first.timeEntry, stopped: null, eventCursor: null });
    expect(await facts(project)).toHaveLength(1);
  });

  test.each(['postgresql', 'pglite'] as const)(
    'twenty starts at once leave one timer, and the facts tell it in order: %s',
    async (engine) => {
      await using own = await startApp({ engine });
      const { owner, project } = await own.world.project();
      const tasks = await Promise.all(Array.from({ length: 4 }, () => own.world.task({ project, by: owner })));
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, nth) => run(owner, 'startTimer', { taskId: tasks[nth % 4]?.id }, own)),
      );
      expect(answers.filter(({ code }) => code)).toEqual([]);
      const running = await own.services.database.db.timeEntry.findMany({
        where: { userId: owner.id, stoppedAt: null },
      });
      expect(running).toHaveLength(1);
      // Each start but the first is preceded by the stop of what ran.
      let current: unknown = null;
      for (const fact of await facts(project, own)) {
        const { kind, entryId } = fact as unknown as { kind: string; entryId: string };
        if (kind === 'TimeStarted') expect(current).toBeNull();
        else expect(entryId).toBe(current);
        current = kind === 'TimeStarted' ? entryId : null;
      }
      expect(current).toBe(running[0]?.id);
    },
  );

  test('is allowed to members and refused to guests and strangers', async () => {
    const { owner, members, project } = await app.world.project({ members: ['GUEST', 'MEMBER'] });
    const [guest, member] = members as [Person, Person];
    const { id: taskId } = await app.world.task({ project, by: owner });
    expect(await run(guest, 'startTimer', { taskId })).toEqual({
      code: 'FORBIDDEN',
      message: 'You may not track time in this project.',
    });
    const noSuchTask = { code: 'NOT_FOUND', message: 'No such task, or no access to it.' };
    expect(await run(await app.world.person(), 'startTimer', { taskId })).toEqual(noSuchTask);
    expect(await run(member, 'startTimer', { taskId: newId() })).toEqual(noSuchTask);
    expect(await facts(project)).toEqual([]);
    expect(await run(member, 'startTimer', { taskId })).toMatchObject({ timeEntry: { user: { id: member.id } } });
  });
});

describe('stopTimer', () => {
  test('stopping what has stopped, or nothing, changes nothing', async () => {
    const { owner, project } = await app.world.project();
    const task = await app.world.task({ project, by: owner });
    expect(await run(owner, 'stopTimer', {})).toEqual({ timeEntry: null, eventCursor: null });
    const { timeEntry } = await run(owner, 'startTimer', { taskId: task.id });
    const stopped = await run(owner, 'stopTimer', { id: timeEntry.id });
    app.clock.advance('1m');
    expect(await run(owner, 'stopTimer', { id: timeEntry.id })).toEqual({ ...stopped, eventCursor: null });
    expect(await facts(project)).toHaveLength(2);
  });

  test("somebody else's entry is none", async () => {
    const { owner, members, project } = await app.world.project({ members: 1 });
    const task = await app.world.task({ project, by: owner });
    const { timeEntry } = await run(owner, 'startTimer', { taskId: task.id });
    expect(await run(members[0] as Person, 'stopTimer', { id: timeEntry.id })).toEqual(noSuchEntry);
    expect(await run(owner, 'stopTimer', { id: newId() })).toEqual(noSuchEntry);
    expect(await run(owner, 'stopTimer', { id: 'x' })).toEqual(noSuchEntry);
    expect(await runningTimer(owner)).toEqual({ id: timeEntry.id });
  });

  test('who has become a guest stops their timer, and no longer reads it', async () => {
    const { owner, members, project } = await app.world.project({ members: 1 });
    const [member] = members as [Person];
    const task = await app.world.task({ project, by: owner });
    const { timeEntry } = await run(member, 'startTimer', { taskId: task.id });
    await app.services.database.db.membership.updateMany({
      where: { topicId: project.id, userId: member.id },
      data: { role: 'GUEST' },
    });
    const { data, errors } = await app.graphql(member, documents.stopTimer, { input: {} });
    expect(data.stopTimer).toEqual({ timeEntry: null, eventCursor: expect.any(String) });
    expect(errors).toMatchObject([{ path: ['stopTimer', 'timeEntry'], extensions: { code: 'FORBIDDEN' } }]);
    expect(await app.services.database.db.timeEntry.count({ where: { id: timeEntry.id, stoppedAt: null } })).toBe(0);
  });
});

test('entries are found by their id by those who may read times', async () => {
  const { owner, members, project } = await app.world.project({ members: ['GUEST', 'MEMBER'] });
  const [guest, member] = members as [Person, Person];
  const task = await app.world.task({ project, by: owner });
  const { timeEntry } = await run(owner, 'startTimer', { taskId: task.id });
  const document = 'query ($id: ID!) { node(id: $id) { id ... on TimeEntry { user { id } } } }';
  const node = { id: timeEntry.id, user: { id: owner.id } };
  expect(await app.ask(member, document, { id: timeEntry.id })).toEqual({ node });
  expect(await app.ask(guest, document, { id: timeEntry.id })).toEqual({ node: null });
  expect(await app.ask(await app.world.person(), document, { id: timeEntry.id })).toEqual({ node: null });
});
