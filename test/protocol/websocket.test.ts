import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { arrivedBefore } from '../support/fence.ts';
import type { TestSocket } from '../support/socket.ts';
import { waitLimitMs } from '../support/waiting.ts';

const stream = 'subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { __typename task { id title } } }';
const ping = '{ ping { instanceId timestamp } }';

/** A person with a stream whose neighbours on the same socket may do what they like. */
async function watching(app: TestApp) {
  const { owner, project } = await app.world.project();
  const socket = await app.socket(owner);
  const watched = await socket.subscribe(stream, { projectId: project.id });
  const createTask = () => app.world.task({ project, by: owner });
  return {
    owner,
    project,
    socket,
    createTask,
    /** Fails when the stream has ended, or has got anything but its next event. */
    async expectUnharmed() {
      expect(await arrivedBefore(watched, 'TaskCreated', createTask)).toEqual([]);
    },
  };
}

const badDocuments = [
  { what: 'a syntax error', query: '{ ping { ' },
  { what: 'nothing', query: '' },
  { what: 'no operation', query: 'fragment F on Query { me { id } }' },
  { what: 'a field that does not exist', query: '{ everything { id } }' },
  { what: 'an argument of the wrong type', query: '{ project(id: { a: 1 }) { id } }' },
  {
    what: 'two root fields in a subscription',
    query: 'subscription { a: inbox { __typename } b: inbox { __typename } }',
  },
  { what: 'a document 60 levels deep', query: `{ me ${'{ workspace '.repeat(60)}{ id }${' }'.repeat(60)} }` },
  {
    what: '500 aliases',
    query: `{ ${Array.from({ length: 500 }, (_, index) => `a${index}: ping { timestamp }`).join(' ')} }`,
  },
  { what: '3,000 tokens', query: `{ ${'ping '.repeat(3_000)} }` },
  { what: 'braces beyond the stack', query: '{ a '.repeat(20_000) },
  { what: '200 directives', query: `{ ping { timestamp ${'@include(if: true) '.repeat(200)} } }` },
  { what: 'fragments in a circle', query: '{ me { ...A } } fragment A on User { ...B } fragment B on User { ...A }' },
  {
    what: 'a subscription on a project that does not exist',
    query: 'subscription { taskUpdated(projectId: "3f0b2c51-0000-4000-8000-000000000000") { __typename } }',
    code: 'FORBIDDEN',
  },
  {
    what: 'a project id that is no id',
    query: 'subscription { taskUpdated(projectId: "%00") { __typename } }',
    code: 'FORBIDDEN',
  },
];

test('a bad document is answered with a coded error, and its neighbours on the socket go on', async () => {
  await using app = await startApp();
  const { socket, expectUnharmed } = await watching(app);
  for (const { what, query, code = 'VALIDATION_ERROR' } of badDocuments) {
    const operation = await socket.subscribe(query);
    const error = await operation.error();
    expect(error.extensions, what).toMatchObject({ code, correlationId: expect.any(String) });
    expect(JSON.stringify(error).length, what).toBeLessThan(2_000);
  }
  await expectUnharmed();
});

test('missing and wrong variables are coded errors too', async () => {
  await using app = await startApp();
  const { socket, expectUnharmed } = await watching(app);
  for (const variables of [{}, { projectId: null }, { projectId: { id: 1 } }, { projectId: [] }]) {
    const operation = await socket.subscribe(stream, variables);
    expect((await operation.error()).extensions).toMatchObject({ code: 'VALIDATION_ERROR' });
  }
  await expectUnharmed();
});

test('a heavy document is refused before it is executed', async () => {
  await using app = await startApp();
  const { socket } = await watching(app);
  const startedAtMs = performance.now();
  for (const { query } of badDocuments.filter(({ what }) => /deep|aliases|tokens|stack/.test(what))) {
    await (await socket.subscribe(query)).error();
  }
  expect(performance.now() - startedAtMs).toBeLessThan(1_000);
});

test('an id may be used again after complete, and what it carries is its own', async () => {
  await using app = await startApp();
  const { owner, project, socket } = await watching(app);
  const { project: second } = await app.world.project({ owner });
  for (let round = 0; round < 10; round++) {
    // Not awaited: the first is still being set up when it is completed and its id used again.
    const first = await socket.subscribe(stream, { projectId: project.id }, { id: 'again', waits: false });
    first.complete();
    const again = await socket.subscribe(stream, { projectId: second.id }, { id: 'again' });
    await app.world.task({ project, by: owner, title: 'of the first' });
    const task = await app.world.task({ project: second, by: owner, title: 'of the second' });
    expect((await again.next()).value).toMatchObject({ task: { id: task.id, title: 'of the second' } });
    again.complete();
  }
});

test('after complete nothing arrives under the id any more', async () => {
  await using app = await startApp();
  const { project, socket, createTask } = await watching(app);
  const stopped = await socket.subscribe(stream, { projectId: project.id }, { id: 'stopped' });
  stopped.complete();
  // Answered in order: from here on the server has read `complete`.
  await socket.ping();
  const fence = await socket.subscribe(stream, { projectId: project.id });
  await createTask();
  await fence.next('TaskCreated');
  expect(stopped.waiting).toEqual([]);
  expect(socket.frames.filter((frame) => frame.includes('"id":"stopped"') && frame.includes('"next"'))).toEqual([]);
  await expect.poll(() => app.hub.sizes.members, { timeout: waitLimitMs }).toBe(2);
});

test('queries and mutations run over the socket beside streams', async () => {
  await using app = await startApp();
  const { owner, project, socket } = await watching(app);
  const answer = await (await socket.subscribe(ping)).next();
  expect(answer.data).toMatchObject({ ping: { timestamp: expect.any(Number) } });
  const created = await socket.subscribe(
    'mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { title } } }',
    { input: { projectId: project.id, title: 'Over the socket' } },
  );
  expect((await created.next()).data).toEqual({ createTask: { task: { title: 'Over the socket' } } });
  await created.completed();
  expect(owner.id).toBe(socket.acknowledged.userId);
});

test('the acknowledgement says who one is and when it is', async () => {
  await using app = await startApp();
  const { owner } = await app.world.project();
  const connectingAtMs = performance.now();
  const socket = await app.socket(owner);
  expect(performance.now() - connectingAtMs).toBeLessThan(2_000);
  expect(socket.acknowledged).toEqual({
    sessionId: expect.any(String),
    userId: owner.id,
    topicCount: expect.any(Number),
    serverTime: app.clock.now().toISOString(),
    instanceId: app.services.instanceId,
    tokenExpiresAt: expect.any(String),
  });
  expect(await socket.ping({ at: 1 })).toMatchObject({ at: 1 });
});

test('a socket runs at most WS_MAX_SUBSCRIPTIONS operations; one more is an error of its own', async () => {
  await using app = await startApp({ config: { WS_MAX_SUBSCRIPTIONS: '3' } });
  const { project, socket, expectUnharmed } = await watching(app);
  const second = await socket.subscribe(stream, { projectId: project.id });
  await socket.subscribe(stream, { projectId: project.id });
  const tooMany = await socket.subscribe(stream, { projectId: project.id });
  expect((await tooMany.error()).extensions).toMatchObject({
    code: 'RATE_LIMITED',
    limit: { name: 'subscriptions.session', limit: 3, remaining: 0, resetAt: null },
  });
  second.complete();
  await socket.ping();
  const again = await socket.subscribe(stream, { projectId: project.id });
  await expectUnharmed();
  await again.next('TaskCreated');
});

test('sockets are accepted on GRAPHQL_PATH, /ws and /, and nowhere else', async () => {
  await using app = await startApp({ config: { GRAPHQL_PATH: '/api/graphql' } });
  const { owner } = await app.world.project();
  const address = app.url.replace('http', 'ws');
  for (const path of ['/api/graphql', '/ws', '/', '/ws?room=1']) {
    const socket: TestSocket = await app.socket(owner, { url: `${address}${path}` });
    expect(socket.acknowledged.userId, path).toBe(owner.id);
  }
  for (const path of ['/graphql', '/ws/more', '//', '/WS']) {
    await expect(app.socket(owner, { url: `${address}${path}` }), path).rejects.toThrow(/404/);
  }
});

test('WEBSOCKET_PORT serves sockets on a port of their own', async () => {
  await using app = await startApp({ config: { WEBSOCKET_PORT: '0' } });
  const { owner } = await app.world.project();
  expect(app.websocketPort).not.toBe(app.port);
  for (const path of ['/graphql', '/ws', '/']) {
    const socket = await app.socket(owner, { url: `ws://127.0.0.1:${app.websocketPort}${path}` });
    expect(socket.acknowledged.userId).toBe(owner.id);
  }
});

test('an upgrade from a page of another site is refused with 403, from an allowed one accepted', async () => {
  await using app = await startApp({ config: { ALLOWED_ORIGINS: 'https://app.example.com' } });
  const { owner } = await app.world.project();
  for (const origin of [
    'https://evil.example',
    'https://app.example.com.evil.example',
    'http://app.example.com',
    'null',
  ]) {
    await expect(app.socket(owner, { origin }), origin).rejects.toThrow(/403/);
  }
  for (const origin of ['https://app.example.com', app.url]) {
    const socket = await app.socket(owner, { origin });
    expect(socket.acknowledged.userId, origin).toBe(owner.id);
  }
});

test('the token may come in connection_init as authToken or Authorization, or in the header of the upgrade', async () => {
  await using app = await startApp();
  const { owner } = await app.world.project();
  const token = await app.token(owner);
  const ways = [
    { connectionParams: { authToken: token } },
    { connectionParams: { Authorization: `Bearer ${token}` } },
    { connectionParams: {}, headers: { authorization: `Bearer ${token}` } },
  ];
  for (const way of ways) {
    const socket = await app.socket(undefined, way);
    expect(socket.acknowledged.userId).toBe(owner.id);
  }
  // In the address only where it was allowed: addresses end up in logs.
  const url = `${app.url.replace('http', 'ws')}/graphql?token=${token}`;
  await expect(app.socket(undefined, { url })).rejects.toThrow(/4401 Missing authentication token/);
  await using allowing = await startApp({ with: app, config: { ALLOW_QUERY_TOKEN: 'true' } });
  const socket = await allowing.socket(undefined, { url: url.replace(app.url.slice(7), allowing.url.slice(7)) });
  expect(socket.acknowledged.userId).toBe(owner.id);
});
