import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { decodeCursor } from '../../src/events/cursor.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { arrivedBefore } from '../support/fence.ts';
import { startOwnRedis } from '../support/process.ts';
import type { Person } from '../support/world.ts';

const stream = 'subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { __typename id } }';
const updateTask = 'mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { task { version } } }';

async function twoServers(config: Record<string, string>) {
  await using opened = new AsyncDisposableStack();
  const redis = opened.use(await startOwnRedis());
  const app = opened.use(await startApp({ config: { REDIS_URL: redis.url, ...config } }));
  const other = opened.use(await startApp({ with: app }));
  const { owner, project } = await app.world.project();
  const taskIds = [await app.world.task({ project, by: owner }), await app.world.task({ project, by: owner })].map(
    ({ id }) => id,
  );
  const resources = opened.move();
  return {
    redis,
    app,
    other,
    owner,
    project,
    taskIds,
    watch: async (server: TestApp) => (await server.socket(owner)).subscribe(stream, { projectId: project.id }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Commands without a pause until `stop`, which answers how many there were. */
function keepWriting(server: TestApp, by: Person, taskId: string) {
  let count = 0;
  let stopped = false;
  const writing = (async () => {
    while (!stopped) await server.ask(by, updateTask, { input: { taskId, title: `Version ${++count}` } });
  })();
  return async () => {
    stopped = true;
    await writing;
    return count;
  };
}

function expectWithoutHole(deliveries: readonly { cursor?: string }[]): void {
  const numbers = deliveries.map(({ cursor }) => decodeCursor(cursor ?? '').seq);
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
}

test('Redis gone for fifteen seconds and back again: nothing lost, nothing doubled, and new streams start meanwhile', async () => {
  await using scene = await twoServers({ LOG_POLL_MS: '200' });
  const { redis, app, other, owner, project, taskIds, watch } = scene;
  const streams = [await watch(app), await watch(other)];
  const writers = [keepWriting(app, owner, taskIds[0] ?? ''), keepWriting(other, owner, taskIds[1] ?? '')];
  await Promise.all(streams.map((each) => each.next('TaskUpdated')));

  await redis.stop();
  const awaySinceMs = performance.now();
  const late = [await watch(app), await watch(other)];
  await Promise.all(late.map((each) => each.next('TaskUpdated')));
  expect(performance.now() - awaySinceMs).toBeLessThan(5_000);
  // How long it is away, not a wait for something: every retry of the connections fails in between.
  await sleep(15_000 - (performance.now() - awaySinceMs));
  await redis.start();
  const counts = await Promise.all(writers.map((stop) => stop()));

  const total = counts.reduce((sum, count) => sum + count, 0);
  expect(total).toBeGreaterThan(10);
  await app.world.task({ project, by: owner });
  const seen = await Promise.all([...streams, ...late].map((each) => arrivedBefore(each, 'TaskCreated')));
  for (const deliveries of seen) expectWithoutHole(deliveries);
  // Those that were there from the beginning took one each above.
  for (const deliveries of seen.slice(0, 2)) expect(deliveries).toHaveLength(total - 1);
}, 90_000);

test('what was committed while Redis was away arrives when it is back, without waiting for the sweep', async () => {
  await using scene = await twoServers({ LOG_POLL_MS: '600000' });
  const { redis, app, other, owner, taskIds, watch } = scene;
  const there = await watch(other);
  await redis.stop();
  for (let version = 1; version <= 5; version++) {
    await app.ask(owner, updateTask, { input: { taskId: taskIds[0], title: `Version ${version}` } });
  }
  expect(there.waiting).toEqual([]);
  await redis.start();
  const backAtMs = performance.now();
  await there.take(5);
  expect(performance.now() - backAtMs).toBeLessThan(5_000);
  // And the bell rings again, in both directions.
  const here = await watch(app);
  for (const [server, seen] of [
    [app, there],
    [other, here],
  ] as const) {
    await expect
      .poll(
        async () => {
          await server.ask(owner, updateTask, { input: { taskId: taskIds[1], title: `At ${performance.now()}` } });
          return seen.waiting.length;
        },
        { timeout: 5_000, interval: 100 },
      )
      .toBeGreaterThan(0);
  }
}, 60_000);

test('a server starts while Redis is away, and hears of the others once it is there', async () => {
  await using redis = await startOwnRedis();
  await using app = await startApp({ config: { REDIS_URL: redis.url, LOG_POLL_MS: '100' } });
  const { owner, project } = await app.world.project();
  await redis.stop();
  await using late = await startApp({ with: app });
  const seen = await (await late.socket(owner)).subscribe(stream, { projectId: project.id });
  await app.world.task({ project, by: owner });
  await seen.next('TaskCreated');
  await redis.start();
  await app.world.task({ project, by: owner });
  await seen.next('TaskCreated');
}, 60_000);
