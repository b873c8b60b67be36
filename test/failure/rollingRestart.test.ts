import { expect, test } from 'vitest';
import { decodeCursor } from '../../src/events/cursor.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type ServerProcess, startServerProcess } from '../support/process.ts';
import { openSocket } from '../support/socket.ts';
import type { Person } from '../support/world.ts';

const stream = `subscription ($projectId: ID!, $after: Cursor) {
  taskUpdated(projectId: $projectId, after: $after) { __typename } }`;
const updateTask = 'mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { task { version } } }';
/** 5,000 are the bench's: `npm run bench` has the figures. */
const clientCount = 300;

interface Client {
  /** Numbers of the events received, as they came. */
  readonly seqs: number[];
  /** From the end of a connection to the next subscription being in place. */
  readonly awayMs: number[];
  readonly closeCodes: number[];
}

/**
 * A client that does what docs/protocol.md asks of one: keeps the cursor of the last event, comes back when it was told
 * to, at whichever server takes it, and resumes.
 */
async function stay(servers: () => readonly ServerProcess[], token: string, projectId: string, until: () => number) {
  const client: Client = { seqs: [], awayMs: [], closeCodes: [] };
  let cursor: string | undefined;
  let awaySinceMs: number | undefined;
  const begun = Promise.withResolvers<void>();
  async function connection(): Promise<void> {
    const [server] = servers().toSorted(() => Math.random() - 0.5);
    await using socket = await openSocket({ url: server?.socketUrl ?? '', connectionParams: { authToken: token } });
    const seen = await socket.subscribe<string>(stream, { projectId, ...(cursor && { after: cursor }) });
    if (awaySinceMs !== undefined) client.awayMs.push(performance.now() - awaySinceMs);
    cursor ??= seen.cursor;
    begun.resolve();
    let told: Record<string, unknown> | undefined;
    socket
      .message('ping', ({ type }) => type === 'drain')
      .then(
        ({ payload }) => (told = { ...payload, atMs: performance.now() }),
        () => undefined,
      );
    for (;;) {
      const delivery = await seen.next().catch(() => undefined);
      if (!delivery) break;
      cursor = delivery.cursor;
      client.seqs.push(decodeCursor(delivery.cursor ?? '').seq);
      if (client.seqs.at(-1) === until()) return;
    }
    awaySinceMs = performance.now();
    client.closeCodes.push((await socket.closed()).code);
    const backAtMs = told ? Number(told.atMs) + Number(told.reconnectAfterMs) : 0;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, backAtMs - performance.now())));
  }
  const done = (async () => {
    while (client.seqs.at(-1) !== until()) {
      // 503 of one that drains, or nobody there for a moment: another server, a little later.
      await connection().catch(() => new Promise((resolve) => setTimeout(resolve, 100 + 200 * Math.random())));
    }
  })();
  await begun.promise;
  return { client, done };
}

/** Commands without a pause until `stop`, by way of a server that stays. */
function keepWriting(app: TestApp, by: Person, taskId: string) {
  let stopped = false;
  let written = 0;
  const writing = (async () => {
    while (!stopped) await app.ask(by, updateTask, { input: { taskId, title: `Version ${++written}` } });
  })();
  return async () => {
    stopped = true;
    await writing;
    return written;
  };
}

test('two servers are replaced one after the other under clients that stay subscribed: nothing is lost or doubled', async () => {
  await using app = await startApp();
  await using opened = new AsyncDisposableStack();
  const { owner, project } = await app.world.project();
  const task = await app.world.task({ project, by: owner });
  const token = await app.token(owner);
  const start = async () => opened.use(await startServerProcess(app));
  let servers = [await start(), await start()];
  let lastSeq = Number.POSITIVE_INFINITY;
  const clients = await Promise.all(
    Array.from({ length: clientCount }, () =>
      stay(
        () => servers,
        token,
        project.id,
        () => lastSeq,
      ),
    ),
  );

  const stop = keepWriting(app, owner, task.id);
  for (const old of [...servers]) {
    // As an orchestrator does it: the new one is ready before the old one is told to go.
    servers = [...servers.filter((server) => server !== old), await start()];
    expect(await old.terminate(), old.lines.slice(-5).join('\n')).toBe(0);
    expect(old.lines.some((line) => line.includes('drain.done') && line.includes('"cut":0'))).toBe(true);
  }
  const written = await stop();
  const [head] = await app.services.eventLog.heads([`project:${project.id}`]);
  // One more: announced before it happens, so that everybody knows it when they see it.
  lastSeq = (head?.seq ?? 0) + 1;
  await app.ask(owner, updateTask, { input: { taskId: task.id, title: 'The last' } });
  await Promise.all(clients.map(({ done }) => done));

  expect(written).toBeGreaterThan(10);
  const first = lastSeq - written;
  for (const { client } of clients) {
    expect(client.seqs).toEqual(Array.from({ length: written + 1 }, (_, index) => first + index));
    expect(new Set(client.closeCodes)).toEqual(new Set([1012]));
  }
  const awayMs = clients.flatMap(({ client }) => client.awayMs).sort((a, b) => a - b);
  expect(awayMs.length).toBeGreaterThanOrEqual(clientCount);
  expect(awayMs[Math.floor(awayMs.length * 0.95)]).toBeLessThan(5_000);
}, 120_000);
