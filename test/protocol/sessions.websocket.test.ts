import { expect, test } from 'vitest';
import { newId } from '../../src/platform/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openEventStream } from '../support/eventStream.ts';
import { request } from '../support/request.ts';
import type { TestSocket } from '../support/socket.ts';
import type { Person } from '../support/world.ts';

const stream = 'subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { __typename } }';
const refresh = `mutation ($input: RefreshSessionInput!) {
  refreshSession(input: $input) { session { id tokenExpiresAt } eventCursor } }`;
const end = 'mutation ($input: EndSessionInput!) { endSession(input: $input) { sessionId } }';
const list = `query ($all: Boolean) { sessions(all: $all) {
  id userId connectedAt durationMs topics ip userAgent transport instanceId dropped parked lagging } }`;

const seconds = (app: TestApp) => Math.floor(app.clock.now().getTime() / 1000);

/** A token of one's own (`jti`) that is good for a minute. */
const minuteToken = (app: TestApp, person: Person) => app.token(person, { exp: seconds(app) + 60, jti: newId() });

function connect(app: TestApp, authToken: string, more: Record<string, unknown> = {}): Promise<TestSocket> {
  return app.socket(undefined, { connectionParams: { authToken, ...more } });
}

async function run(socket: TestSocket, document: string, variables: Record<string, unknown> = {}) {
  const operation = await socket.subscribe(document, variables);
  return operation.next();
}

/** The error an operation is answered with. */
async function refused(socket: TestSocket, document: string, variables: Record<string, unknown> = {}) {
  return (await socket.subscribe(document, variables)).error();
}

const warned = (socket: TestSocket) => socket.message('ping', ({ type }) => type === 'token-expiring');

test('ten minutes on tokens of 60 seconds, without one reconnect and without an event missed', async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  const socket = await connect(app, await minuteToken(app, owner));
  const watching = await socket.subscribe(stream, { projectId: project.id });
  for (let minutes = 0; minutes < 10; minutes += 0.5) {
    app.clock.advance('31s');
    const expiresAt = (await warned(socket)).payload?.expiresAt as string;
    expect(Date.parse(expiresAt) - app.clock.now().getTime()).toBeGreaterThan(25_000);
    const { data } = await run(socket, refresh, { input: { token: await minuteToken(app, owner) } });
    expect(data.refreshSession).toEqual({
      session: {
        id: socket.acknowledged.sessionId,
        tokenExpiresAt: new Date((seconds(app) + 60) * 1000).toISOString(),
      },
      eventCursor: null,
    });
    await app.world.task({ project, by: owner });
    await watching.next('TaskCreated');
  }
  app.clock.advance('61s');
  expect(await socket.closed()).toEqual({ code: 4403, reason: 'Token expired' });
});

test('a socket is warned before its token expires and closed with 4403 when it does', async () => {
  await using app = await startApp({ config: { TOKEN_WARNING_MS: '5000' } });
  const person = await app.world.person();
  const socket = await connect(app, await minuteToken(app, person));
  const endless = await connect(app, await app.token(person, { exp: undefined, jti: newId() }));
  app.clock.advance('50s');
  await socket.ping();
  expect(socket.frames.join()).not.toContain('token-expiring');
  app.clock.advance('6s');
  expect((await warned(socket)).payload).toEqual({
    type: 'token-expiring',
    expiresAt: socket.acknowledged.tokenExpiresAt,
  });
  app.clock.advance('5s');
  expect(await socket.closed()).toEqual({ code: 4403, reason: 'Token expired' });
  app.clock.advance('365d');
  await endless.ping();
  expect(endless.frames.join()).not.toContain('token-expiring');
});

test('a connection is not refreshed with the token of another person, a bad one, or over HTTP', async () => {
  await using app = await startApp();
  const person = await app.world.person();
  const other = await app.world.person();
  const socket = await connect(app, await minuteToken(app, person));
  const attempt = async (token: string) => (await refused(socket, refresh, { input: { token } })).extensions;
  expect(await attempt(await minuteToken(app, other))).toMatchObject({ code: 'FORBIDDEN' });
  expect(await attempt('nonsense')).toMatchObject({ code: 'UNAUTHORIZED' });
  expect(await attempt(await app.token(person, { exp: seconds(app) - 60 }))).toMatchObject({ code: 'UNAUTHORIZED' });
  const { errors } = await app.graphql(person, refresh, { input: { token: await app.token(person) } });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION_ERROR' });
  // It goes on with the token it has, and no longer than that.
  await socket.ping();
  app.clock.advance('61s');
  expect(await socket.closed()).toMatchObject({ code: 4403 });
});

test('a stream of server-sent events ends with UNAUTHORIZED and when to come back, once its token has expired', async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  using events = await openEventStream(app, owner, { query: stream, variables: { projectId: project.id } });
  await events.comment();
  app.clock.advance('61m');
  const last = await events.next();
  expect(last.errors?.[0]).toMatchObject({
    message: 'Token expired',
    extensions: { code: 'UNAUTHORIZED', retryAfterMs: expect.any(Number) },
  });
  await events.completed();
});

test('an ended session closes with 4401 on every server within a second, and its token lets nobody in', async () => {
  await using app = await startApp();
  await using other = await startApp({ with: app });
  const { owner: person, project } = await app.world.project();
  for (const claims of [{ jti: newId() }, { jti: undefined, nonce: 'a token without jti' }]) {
    const token = await app.token(person, claims);
    const here = await connect(app, token);
    const sameToken = await connect(other, token);
    using events = await openEventStream(
      app,
      undefined,
      { query: stream, variables: { projectId: project.id } },
      { headers: { authorization: `Bearer ${token}` } },
    );
    await events.comment();
    const different = await connect(other, await app.token(person, { jti: newId() }));
    const input = { id: here.acknowledged.sessionId, idempotencyKey: newId() };
    const endedAtMs = performance.now();
    const { data } = await run(different, end, { input });
    expect(data.endSession.sessionId).toBe(here.acknowledged.sessionId);
    const closing = { code: 4401, reason: 'Session ended' };
    expect(await here.closed()).toEqual(closing);
    expect(await sameToken.closed()).toEqual(closing);
    expect((await events.next()).errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(performance.now() - endedAtMs).toBeLessThan(1_000);
    // A retry of the mutation is answered as the first time.
    expect((await run(different, end, { input })).data.endSession.sessionId).toBe(here.acknowledged.sessionId);

    const headers = { authorization: `Bearer ${token}` };
    expect((await request(`${app.url}/graphql`, '{ me { id } }', { headers })).status).toBe(401);
    await expect(connect(other, token)).rejects.toThrow('4401');
    expect((await refused(different, refresh, { input: { token } })).extensions).toMatchObject({
      code: 'UNAUTHORIZED',
    });
    different.close();
  }
});

test("one ends sessions of one's own, ADMINs those of their workspace, and nobody others", async () => {
  await using app = await startApp({ config: { SESSION_LEASE_MS: '500' } });
  const [person, colleague] = [await app.world.person(), await app.world.person()];
  const admin = await app.world.person({ role: 'ADMIN' });
  const stranger = await app.world.person({ role: 'ADMIN', workspace: await app.world.newWorkspace() });
  const socket = await app.socket(person);
  const input = { id: socket.acknowledged.sessionId };
  for (const nobody of [colleague, stranger]) {
    const { errors } = await app.graphql(nobody, end, { input });
    expect(errors?.[0]).toMatchObject({
      message: 'No such session, or it is over.',
      extensions: { code: 'NOT_FOUND' },
    });
  }
  // While the registry is younger than a lease, another server's session might not be in it yet.
  const codeFor = async (id: string) =>
    (await app.graphql(admin, end, { input: { id } })).errors?.[0]?.extensions?.code;
  await expect.poll(() => codeFor(newId())).toBe('NOT_FOUND');
  expect(await codeFor('nonsense')).toBe('NOT_FOUND');
  await socket.ping();
  await app.ask(admin, end, { input });
  expect(await socket.closed()).toMatchObject({ code: 4401 });
});

test("sessions lists one's own on all servers, and for ADMINs those of the workspace", async () => {
  await using app = await startApp();
  await using other = await startApp({ with: app });
  const { owner, project } = await app.world.project();
  const admin = await app.world.person({ role: 'ADMIN' });
  const stranger = await app.world.person({ workspace: await app.world.newWorkspace() });
  const here = await app.socket(owner, { headers: { 'user-agent': 'a phone' } });
  await here.subscribe(stream, { projectId: project.id });
  const there = await other.socket(owner);
  using events = await openEventStream(other, owner, { query: stream, variables: { projectId: project.id } });
  await events.comment();
  await other.socket(stranger);
  app.clock.advance('90s');

  await expect.poll(async () => (await app.ask(owner, list)).sessions.length).toBe(3);
  const { sessions } = await app.ask(owner, list);
  expect(sessions[0]).toEqual({
    id: here.acknowledged.sessionId,
    userId: owner.id,
    connectedAt: here.acknowledged.serverTime,
    durationMs: 90_000,
    topics: 1,
    ip: '127.0.0.1',
    userAgent: 'a phone',
    transport: 'WEBSOCKET',
    instanceId: app.services.instanceId,
    dropped: 0,
    parked: 0,
    lagging: false,
  });
  expect(sessions[1]).toMatchObject({ id: there.acknowledged.sessionId, instanceId: other.services.instanceId });
  expect(sessions[2]).toMatchObject({ transport: 'SSE', instanceId: other.services.instanceId });

  const { data, errors } = await app.graphql(owner, list, { all: true });
  expect(data).toBeNull();
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  const seen = (await app.ask(admin, list, { all: true })).sessions as { userId: string; ip: string }[];
  expect(seen.map(({ userId, ip }) => ({ userId, ip }))).toEqual(Array(3).fill({ userId: owner.id, ip: '127.0.0.1' }));
  here.close();
  await here.closed();
  await expect.poll(async () => (await other.ask(owner, list)).sessions.length).toBe(2);
});

test('without Redis a server lists and ends its own sessions', async () => {
  await using app = await startApp({ redis: false });
  const person = await app.world.person();
  const socket = await app.socket(person);
  const { sessions } = await app.ask(person, list);
  expect(sessions.map(({ id }: { id: string }) => id)).toEqual([socket.acknowledged.sessionId]);
  const other = await app.socket(person, {
    connectionParams: { authToken: await app.token(person, { jti: newId() }) },
  });
  expect((await run(other, end, { input: { id: socket.acknowledged.sessionId } })).errors).toBeUndefined();
  expect(await socket.closed()).toEqual({ code: 4401, reason: 'Session ended' });
  await other.ping();
});
