import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { attend } from '../../../test/support/attention.ts';
import type { Person, TaskRow } from '../../../test/support/world.ts';

const achievements = `subscription { events(topics: [{ kind: USER }], types: [ACHIEVEMENT_EARNED, TASK_DUE_SOON]) {
  ... on AchievementEarned { achievement style finishedTask { title } finishedProject { name } }
  ... on TaskDueSoon { minutes } } }`;

/** Somebody with tasks, and what their device is told to celebrate. */
async function atWork(app: TestApp, titles: readonly string[]) {
  const { owner, members, project } = await app.world.project({ members: 1, name: 'Apollo' });
  const [member] = members as [Person];
  const tasks: TaskRow[] = [];
  for (const title of titles) tasks.push(await app.world.task({ project, by: owner, title }));
  const authToken = await app.token(member, { exp: app.clock.now().getTime() / 1_000 + 24 * 3_600 });
  const device = await (await app.socket(member, { connectionParams: { authToken } })).subscribe(achievements);
  // Its Checkpoint.
  await device.next();
  const finish = (nth: number) =>
    app.ask(member, 'mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { eventCursor } }', {
      input: { taskId: tasks[nth]?.id, status: 'DONE' },
    });
  const clear = async () => {
    await app.settled();
    await app.ask(member, 'mutation { markAllNotificationsRead(input: {}) { changed } }');
  };
  /** Waits until what was finished has been judged. */
  const judged = () =>
    expect
      .poll(() => app.services.database.query("SELECT 1 FROM due_work WHERE kind = 'attention.celebration'"))
      .toEqual([]);
  return { owner, member, project, tasks, device, finish, clear, judged };
}

test('a finished task, a finished project and a clear inbox are celebrated, once in ten minutes', async () => {
  await using app = await startApp();
  const { device, finish, clear, judged } = await atWork(app, ['Weld', 'Paint', 'Sail']);
  await finish(0);
  expect((await device.next()).data.events).toEqual({
    ...{ achievement: 'TASK_DONE', style: 'SUBTLE', finishedTask: { title: 'Weld' }, finishedProject: null },
  });
  app.clock.advance('599s');
  await finish(1);
  await judged();
  app.clock.advance('1s');
  await clear();
  expect((await device.next()).data.events).toMatchObject({ achievement: 'INBOX_CLEARED', finishedTask: null });
  app.clock.advance('10m');
  await finish(2);
  expect((await device.next()).data.events).toMatchObject({
    ...{ achievement: 'PROJECT_DONE', finishedTask: null, finishedProject: { name: 'Apollo' } },
  });
});

test('two people who finish the last two tasks at once, on two servers, finish the project once', async () => {
  await using app = await startApp({ config: { CELEBRATION_INTERVAL_MS: '1' } });
  await using second = await startApp({ with: app });
  const { owner, members, project } = await app.world.project({ members: 1, name: 'Apollo' });
  const [member] = members as [Person];
  const finish = (on: TestApp, by: Person, taskId: string) =>
    on.ask(by, 'mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { eventCursor } }', {
      input: { taskId, status: 'DONE' },
    });
  const rounds = 8;
  for (let round = 1; round <= rounds; round++) {
    const [one, other] = [await app.world.task({ project, by: owner }), await app.world.task({ project, by: owner })];
    app.clock.advance('1m');
    await Promise.all([finish(app, owner, one.id), finish(second, member, other.id)]);
    await expect
      .poll(() =>
        app.services.database.query(
          `SELECT data->>'achievement' AS achieved, count(*)::int AS times FROM event WHERE kind = 'AchievementEarned'
           GROUP BY 1 ORDER BY 1`,
        ),
      )
      .toEqual([
        { achieved: 'PROJECT_DONE', times: round },
        { achieved: 'TASK_DONE', times: round },
      ]);
  }
});

test('nothing is celebrated in focus, in a pause or for who wants none', async () => {
  await using app = await startApp();
  const { member, device, finish, judged } = await atWork(app, ['One', 'Two', 'Three', 'Four', 'Five']);
  const quiet = async (nth: number) => {
    await finish(nth);
    await judged();
  };
  await attend(app, member, 'startFocus', { minutes: 30 });
  await quiet(0);
  await attend(app, member, 'endFocus');
  await attend(app, member, 'pauseAlerts');
  await quiet(1);
  await attend(app, member, 'resumeAlerts');
  await attend(app, member, 'updateAttention', { celebrations: 'OFF' });
  await quiet(2);
  await attend(app, member, 'updateAttention', { celebrations: 'FULL' });
  await finish(3);
  expect((await device.next()).data.events).toMatchObject({ style: 'FULL', finishedTask: { title: 'Four' } });
});

test('CELEBRATION_INTERVAL_MS says how seldom', async () => {
  await using app = await startApp({ config: { CELEBRATION_INTERVAL_MS: '1000' } });
  const { device, finish } = await atWork(app, ['One', 'Two', 'Three']);
  await finish(0);
  await device.next();
  app.clock.advance('1s');
  await finish(1);
  expect((await device.next()).data.events).toMatchObject({ finishedTask: { title: 'Two' } });
});
