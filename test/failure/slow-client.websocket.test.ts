import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { decodeCursor } from '../../src/events/cursor.ts';
import { startApp, type TestApp } from '../support/app.ts';
import type { Person } from '../support/world.ts';

const updateTask = 'mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { task { version } } }';
const small = 'subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { __typename } }';
/** A stream of its own for each name: nothing of it is shared with the others. */
const heavy = (name: string) =>
  `subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { __typename task { ${name}: description } } }`;

const megabyte = 2 ** 20;
const limits = { TEXT_MAX_CHARS: '60000', OUTBOX_LIMIT_BYTES: '262144' };

async function heavyTask(app: TestApp) {
  const { owner, project, members } = await app.world.project({ members: 1 });
  const [neighbour = owner] = members;
  const task = await app.world.task({ project, by: owner, input: { description: 'd'.repeat(50_000) } });
  const update = (version: number) =>
    app.ask(owner, updateTask, { input: { taskId: task.id, title: `Version ${version}` } });
  return { owner, project, neighbour, update };
}

async function heavyStreams(app: TestApp, person: Person, project: { id: string }, count: number) {
  const socket = await app.socket(person);
  const streams = await Promise.all(
    Array.from({ length: count }, (_, index) => socket.subscribe(heavy(`text${index}`), { projectId: project.id })),
  );
  return { socket, streams };
}

/** What this process holds after everything that can be freed was freed; buffers are freed some turns after their owner. */
async function usedBytes(): Promise<number> {
  if (!gc) throw new Error('vitest.config.ts starts the workers with --expose-gc');
  let used = Number.POSITIVE_INFINITY;
  for (let falling = true; falling; ) {
    gc();
    await nextTurn();
    gc();
    const { heapUsed, external } = process.memoryUsage();
    falling = heapUsed + external < used - megabyte / 4;
    used = Math.min(used, heapUsed + external);
  }
  return used;
}

test('a client that stops reading costs bounded memory, harms nobody, and gets everything when it reads again', async () => {
  await using app = await startApp({ config: limits });
  const { owner, project, neighbour, update } = await heavyTask(app);
  const { socket, streams } = await heavyStreams(app, owner, project, 30);
  const watching = await (await app.socket(neighbour)).subscribe(small, { projectId: project.id });
  // Everything is loaded and compiled before it is measured.
  for (let version = 0; version < 5; version++) await update(version);
  for (const stream of [...streams, watching]) await stream.take(5);
  const before = await usedBytes();

  socket.pause();
  const events = 100;
  const delays: number[] = [];
  for (let version = 0; version < events; version++) {
    await update(version + 5);
    const answeredAtMs = performance.now();
    delays.push((await watching.next('TaskUpdated')).arrivedAtMs - answeredAtMs);
  }
  // 150 MB were due to the one that does not read. Some of it waits in the kernel, in front of the client.
  const grown = (await usedBytes()) - before;
  expect(grown / megabyte).toBeLessThan(40);
  delays.sort((a, b) => a - b);
  expect(delays[events / 2]).toBeLessThan(100);

  socket.resume();
  for (const stream of streams) {
    const seen = await stream.take(events, 20_000);
    const numbers = seen.map(({ cursor }) => decodeCursor(cursor ?? '').seq);
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
  }
}, 60_000);

test('a client that does not read for LAG_CLOSE_MS is closed, and resumes from its cursor', async () => {
  await using app = await startApp({
    config: { ...limits, LAG_CLOSE_MS: '500', WS_PING_INTERVAL_MS: '500', WS_PING_TIMEOUT_MS: '60000' },
  });
  const { owner, project, neighbour, update } = await heavyTask(app);
  const { socket, streams } = await heavyStreams(app, owner, project, 30);
  const watching = await (await app.socket(neighbour)).subscribe(small, { projectId: project.id });
  socket.pause();
  const events = 40;
  for (let version = 0; version < events; version++) await update(version);
  await watching.take(events);
  // The neighbour's membership of the topic is all that is left.
  await expect.poll(() => app.hub.sizes.members, { timeout: 10_000 }).toBe(1);

  socket.resume();
  const { code } = await socket.closed();
  // 1006 when the close frame stood behind what was never read.
  expect([1013, 1006]).toContain(code);
  const [stream] = streams;
  const before = stream?.waiting.map(({ cursor }) => decodeCursor(cursor ?? '').seq) ?? [];
  const again = await app.socket(owner);
  const resumed = await again.subscribe(small, { projectId: project.id }, { after: stream?.cursor ?? '' });
  const rest = await resumed.take(events - before.length);
  const numbers = [...before, ...rest.map(({ cursor }) => decodeCursor(cursor ?? '').seq)];
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
  expect(numbers).toHaveLength(events);
}, 60_000);

test('a client that asks and asks without reading the answers is not read any further', async () => {
  await using app = await startApp({ config: limits });
  const { owner, project, neighbour } = await heavyTask(app);
  const watching = await (await app.socket(neighbour)).subscribe(small, { projectId: project.id });
  const socket = await app.socket(owner);
  socket.pause();
  const pings = 400;
  for (let index = 0; index < pings; index++) socket.send({ type: 'ping', payload: { text: 'x'.repeat(100_000) } });
  const sentBytes = pings * 100_000;
  // The neighbour's event comes after the server has had its turn with the pings.
  for (let round = 0; round < 3; round++) {
    await app.world.task({ project, by: owner });
    await watching.next('TaskCreated');
  }
  const unread = socket.unsentBytes;
  // What is gone is in the kernel's buffers and, bounded, in the server.
  expect(unread).toBeGreaterThan(sentBytes / 3);
  await app.world.task({ project, by: owner });
  await watching.next('TaskCreated');
  expect(socket.unsentBytes).toBe(unread);

  socket.resume();
  for (let index = 0; index < pings; index++) await socket.message('pong');
  expect(socket.unsentBytes).toBe(0);
}, 60_000);

test('queries whose results are not read are executed up to a bound, and refused beyond it', async () => {
  await using app = await startApp({ config: limits });
  const { owner, project, neighbour } = await heavyTask(app);
  const watching = await (await app.socket(neighbour)).subscribe(small, { projectId: project.id });
  const socket = await app.socket(owner);
  const query = 'query ($projectId: ID!) { tasks(projectId: $projectId, first: 1) { nodes { description } } }';
  await (await socket.subscribe(query, { projectId: project.id })).next();
  const before = await usedBytes();
  socket.pause();
  const asked: Awaited<ReturnType<typeof socket.subscribe>>[] = [];
  for (let round = 0; round < 30; round++) {
    for (let index = 0; index < 40; index++) {
      asked.push(await socket.subscribe(query, { projectId: project.id }, { waits: false }));
    }
    await app.world.task({ project, by: owner });
    await watching.next('TaskCreated');
  }
  // 60 MB of results were asked for.
  expect(((await usedBytes()) - before) / megabyte).toBeLessThan(20);
  socket.resume();
  for (const operation of asked) await expect.poll(() => operation.ended, { timeout: 20_000 }).toBe(true);
}, 60_000);

test('what was rendered for a moment is not kept for good', async () => {
  await using app = await startApp({ config: limits });
  const { owner, project, update } = await heavyTask(app);
  const { socket, streams } = await heavyStreams(app, owner, project, 40);
  await update(0);
  for (const stream of streams) await stream.next();
  const before = await usedBytes();
  const events = 100;
  for (let version = 1; version <= events; version++) {
    await update(version);
    for (const stream of streams) await stream.next();
    // Of the raw frames this client keeps.
    (socket.frames as string[]).length = 0;
  }
  // 200 MB were rendered, each for 40 groups of one member.
  await expect
    .poll(async () => ((await usedBytes()) - before) / megabyte, { timeout: 10_000, interval: 500 })
    .toBeLessThan(20);
}, 60_000);
