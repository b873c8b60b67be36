import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { openEventStream } from '../support/eventStream.ts';
import { UpgradeRefused } from '../support/socket.ts';

const stream = 'subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { __typename id } }';

test('a server that drains is unready first, tells its clients when to come back, and closes with 1012', async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  const socket = await app.socket(owner);
  await socket.subscribe(stream, { projectId: project.id });
  const listening = await openEventStream(app, owner, { query: stream, variables: { projectId: project.id } });

  const drained = app.drain();
  const readiness = await fetch(`${app.url}/readyz`);
  expect([readiness.status, await readiness.json()]).toMatchObject([503, { status: 'draining', database: 'ok' }]);
  expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
  const told = await socket.message('ping', ({ type }) => type === 'drain');
  expect(told.payload).toEqual({ type: 'drain', reconnectAfterMs: expect.any(Number) });
  await expect(app.socket(owner)).rejects.toEqual(new UpgradeRefused(503));
  const refused = await openEventStream(app, owner, { query: stream, variables: { projectId: project.id } });
  await refused.closed();
  expect([refused.status, refused.text]).toEqual([500, expect.stringContaining('"retryAfterMs"')]);

  expect(await socket.closed()).toEqual({ code: 1012, reason: 'Service restart' });
  const last = await listening.next();
  expect(last.errors).toMatchObject([{ extensions: { code: 'CONNECTION_ERROR', retryAfterMs: expect.any(Number) } }]);
  await listening.completed();
  await drained;
});

test('requests that are being answered are finished, and their connections closed', async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  const answers = Array.from({ length: 5 }, () => app.world.task({ project, by: owner }));
  await app.drain();
  expect(await Promise.all(answers)).toHaveLength(5);
  const { headers } = await fetch(`${app.url}/healthz`);
  expect(headers.get('connection')).toBe('close');
});

test('a client that neither reads nor answers does not hold the server beyond DRAIN_TIMEOUT_MS', async () => {
  await using app = await startApp({ config: { DRAIN_TIMEOUT_MS: '600' } });
  const { owner } = await app.world.project();
  const socket = await app.socket(owner);
  socket.pause();
  const startedAtMs = performance.now();
  await app.drain();
  expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  socket.resume();
  expect((await socket.closed()).code).toBeOneOf([1006, 1012]);
});

test('many clients are told moments that are spread, within the time there is', async () => {
  await using app = await startApp({ config: { DRAIN_TIMEOUT_MS: '4000' } });
  const { owner } = await app.world.project();
  const sockets = await Promise.all(Array.from({ length: 40 }, () => app.socket(owner)));
  const drained = app.drain();
  const delays = await Promise.all(
    sockets.map(async (socket) => {
      const { payload } = await socket.message('ping', ({ type }) => type === 'drain');
      return Number(payload?.reconnectAfterMs);
    }),
  );
  await drained;
  expect(new Set(delays).size).toBeGreaterThan(20);
  expect(Math.max(...delays)).toBeLessThan(4_000);
  for (const socket of sockets) expect((await socket.closed()).code).toBe(1012);
});
