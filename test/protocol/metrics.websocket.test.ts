import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';

const stream =
  'subscription ($projectId: ID!, $after: Cursor) { taskUpdated(projectId: $projectId, after: $after) { __typename } }';

/** The value of a metric, as `/metrics` shows it; undefined when it does not stand there. */
async function metric(app: TestApp, name: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  const text = await (await fetch(`${app.url}/metrics`, { headers })).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

test('what happens to an event is counted where it happens, on the server of the command and on that of the client', async () => {
  // No sweep: an event that it finds before the bell rings is not timed.
  await using app = await startApp({ config: { LOG_POLL_MS: '600000' } });
  await using other = await startApp({ with: app });
  const { owner, members, project } = await app.world.project({ members: 1 });
  const socket = await other.socket(owner);
  const seen = await socket.subscribe(stream, { projectId: project.id });
  await expect.poll(() => metric(other, 'streams_behind')).toBe(0);
  await app.world.task({ project, by: owner });
  const { cursor = '' } = await seen.next('TaskCreated');

  expect(await metric(app, 'emit_latency_ms_count')).toBeGreaterThan(0);
  expect(await metric(app, 'bus_ops_total{op="publish"}')).toBeGreaterThan(0);
  expect(await metric(other, 'bus_lag_ms_count')).toBeGreaterThan(0);
  expect(await metric(other, 'ws_messages_emitted_total{type="TaskCreated"}')).toBe(1);
  expect(await metric(other, 'ws_connections_active')).toBe(1);
  expect(await metric(other, 'ws_connections_total')).toBe(1);
  expect(await metric(other, 'topic_members{kind="project"}')).toBe(1);
  expect(await metric(other, 'log_lag_events')).toBe(0);
  expect(await metric(other, 'due_work_backlog')).toBe(0);
  expect(await metric(app, 'ws_connections_active')).toBe(0);
  expect(await metric(app, 'process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
  await app.settled();
  expect(await metric(app, 'consumer_backlog{consumer="notifications"}')).toBe(0);

  // Live the delivery is timed from the ring on; a replay is counted as one.
  expect(await metric(other, 'fanout_latency_ms_count')).toBe(1);
  await app.world.task({ project, by: owner });
  await seen.next('TaskCreated');
  const again = await socket.subscribe(stream, { projectId: project.id, after: cursor });
  await again.next('TaskCreated');
  expect(await metric(other, 'replayed_events_total')).toBe(1);
  expect(await metric(other, 'resume_total{verdict="resumed"}')).toBe(1);

  const guest = await other.socket(members[0]);
  const lost = await guest.subscribe(stream, { projectId: project.id });
  await expect.poll(() => metric(other, 'streams_behind')).toBe(0);
  const removal = 'mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { eventCursor } }';
  await app.ask(owner, removal, { input: { topicId: project.id, userId: members[0]?.id } });
  await lost.error();
  await expect.poll(() => metric(other, 'access_loss_lag_ms_count')).toBe(1);
  expect(await metric(other, 'ws_messages_emitted_total{type="error"}')).toBe(1);
});

test('a refused token is counted, and told in one line without the token', async () => {
  await using app = await startApp();
  const socket = await app.socket(undefined, { init: false });
  socket.send({ type: 'connection_init', payload: { authToken: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.' } });
  await socket.closed();
  expect(await metric(app, 'ws_auth_failures_total')).toBe(1);
  const line = app.logs.find((candidate) => candidate.includes('auth.failed')) ?? '';
  expect(JSON.parse(line)).toMatchObject({ level: 'warn', ns: 'auth', transport: 'websocket', reason: 'invalid' });
  expect(app.logs.join('\n')).not.toContain('eyJ');
});

test('metrics are open in development, want the token where there is one, and are not there in production without it', async () => {
  await using open = await startApp();
  expect((await fetch(`${open.url}/metrics`)).headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  await using closed = await startApp({ with: open, config: { NODE_ENV: 'production', RATE_LIMITS: 'on' } });
  expect((await fetch(`${closed.url}/metrics`)).status).toBe(404);
  await using guarded = await startApp({
    with: open,
    config: { NODE_ENV: 'production', RATE_LIMITS: 'on', METRICS_TOKEN: 'let me see' },
  });
  expect((await fetch(`${guarded.url}/metrics`)).status).toBe(401);
  expect(await metric(guarded, 'ws_connections_active', { authorization: 'Bearer let me sea' })).toBeUndefined();
  expect(await metric(guarded, 'ws_connections_active', { authorization: 'Bearer let me see' })).toBe(0);
});

test('who comes and goes is logged with their topics and whether they are still here; DEBUG shows their streams', async () => {
  await using app = await startApp({ config: { DEBUG: 'websocket:*' } });
  const { owner, project } = await app.world.project();
  const first = await app.socket(owner);
  const second = await app.socket(owner);
  const seen = await second.subscribe(stream, { projectId: project.id });
  await expect.poll(() => metric(app, 'streams_behind')).toBe(0);
  await app.world.task({ project, by: owner });
  await seen.next('TaskCreated');
  seen.complete();
  second.close();
  await second.closed();
  const lines = () => app.logs.map((line) => JSON.parse(line) as Record<string, unknown>);
  const named = (msg: string) => lines().filter((line) => line.msg === msg);
  await expect.poll(() => named('ws.disconnect')).toHaveLength(1);

  const [userId, sessionId] = [owner.id, second.acknowledged.sessionId];
  expect(named('ws.connect')).toMatchObject([
    { userId, sessionId: first.acknowledged.sessionId, topicCount: 1, onlineHere: 1 },
    { userId, sessionId, topicCount: 1, onlineHere: 2 },
  ]);
  expect(named('ws.disconnect')).toMatchObject([{ userId, sessionId, onlineHere: 1, ms: expect.any(Number) }]);
  expect(named('sub.start')).toMatchObject([{ level: 'debug', sessionId, topics: [`project:${project.id}`] }]);
  expect(named('sub.end')).toMatchObject([{ level: 'debug', sessionId, ms: expect.any(Number) }]);
  expect(named('message.sent')).toMatchObject([
    { kind: 'TaskCreated', deliveries: 1, correlationId: expect.any(String) },
  ]);
});
