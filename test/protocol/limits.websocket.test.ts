import { expect, test } from 'vitest';
import { newId } from '../../src/platform/ids.ts';
import { type AppOptions, startApp, type TestApp } from '../support/app.ts';
import { run } from '../support/commands.ts';
import { startOwnRedis } from '../support/process.ts';
import type { ClientError } from '../support/request.ts';
import { request } from '../support/request.ts';
import type { TestSocket } from '../support/socket.ts';
import type { Person } from '../support/world.ts';

const ping = '{ ping { event } }';
const limitsQuery = '{ session { limits { name limit remaining resetAt } } }';
const stream = 'subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { __typename } }';
const everything = 'subscription { events(topics: [{ kind: USER }]) { __typename } }';

/** Nobody reaches a limit, but where the test says so. */
const high = {
  RATE_LIMITS: 'on',
  WS_RATE_LIMIT: '100000/1h',
  WS_MESSAGE_RATE_LIMIT: '100000/1h',
  USER_RATE_LIMIT: '100000/1h',
  ANONYMOUS_RATE_LIMIT: '100000/1h',
  CONNECT_RATE_LIMIT: '100000/1h',
  MESSAGE_RATE_LIMIT: '100000/1h',
  TOLD_RATE_LIMIT: '100000/1h',
};

const start = (config: Record<string, string>, options: AppOptions = {}) =>
  startApp({ ...options, config: { ...high, ...config } });

const device = async (app: TestApp, person: Person, deviceId?: string, more: Record<string, unknown> = {}) =>
  app.socket(undefined, { connectionParams: { authToken: await app.token(person), deviceId, ...more } });

async function outcome(socket: TestSocket, document: string, variables = {}): Promise<ClientError | undefined> {
  const operation = await socket.subscribe(document, variables);
  return operation.ended && operation.waiting.length === 0 ? operation.error() : undefined;
}

/** Runs a document until it is refused; how often it was not, and the refusal. */
async function untilRefused(run: () => Promise<ClientError | undefined>, most = 50) {
  for (let accepted = 0; accepted <= most; accepted++) {
    const error = await run();
    if (error) return { accepted, error };
  }
  throw new Error(`nothing was refused in ${most}`);
}

const overHttp =
  (app: TestApp, person: Person | undefined, document = ping) =>
  async () =>
    (await app.graphql(person, document)).errors?.[0];

test('operations on a socket: 20 in 10 s, then RATE_LIMITED with the limit and when it begins anew', async () => {
  await using app = await start({ WS_RATE_LIMIT: '20/10s' });
  const person = await app.world.person();
  const socket = await app.socket(person);
  const neighbour = await app.socket(person);
  const { accepted, error } = await untilRefused(() => outcome(socket, ping));
  expect(accepted).toBe(20);
  expect(error.extensions).toMatchObject({
    code: 'RATE_LIMITED',
    httpStatus: 429,
    retryAfterMs: 10_000,
    limit: {
      name: 'operations.session',
      limit: 20,
      remaining: 0,
      resetAt: new Date(app.clock.now().getTime() + 10_000).toISOString(),
    },
  });
  // Documents that are none count as well, and the socket stays open.
  expect((await outcome(socket, 'nonsense'))?.extensions).toMatchObject({ code: 'RATE_LIMITED' });
  expect(await outcome(neighbour, ping)).toBeUndefined();
  app.clock.advance('10s');
  expect(await outcome(socket, ping)).toBeUndefined();
});

test('who comes back subscribes to everything at once; later subscriptions are operations like others', async () => {
  await using app = await start({ WS_RATE_LIMIT: '3/10s', USER_RATE_LIMIT: '3/1h' });
  const owner = await app.world.person();
  const socket = await app.socket(owner);
  const operations = [];
  for (let count = 0; count < 12; count++) operations.push(await socket.subscribe(everything));
  expect(operations.every(({ ended }) => !ended)).toBe(true);
  app.clock.advance('11s');
  for (let count = 0; count < 3; count++) expect(await outcome(socket, everything)).toBeUndefined();
  expect((await outcome(socket, everything))?.extensions).toMatchObject({ code: 'RATE_LIMITED' });
});

test('operations of a person count on all sockets, over HTTP, and on all servers', async () => {
  await using app = await start({ USER_RATE_LIMIT: '6/1h' });
  await using other = await startApp({ with: app });
  const person = await app.world.person();
  const neighbour = await app.world.person();
  const [here, there] = [await app.socket(person), await other.socket(person)];
  for (const run of [() => outcome(here, ping), () => outcome(there, ping), overHttp(app, person)]) {
    expect(await run()).toBeUndefined();
    expect(await run()).toBeUndefined();
  }
  for (const run of [() => outcome(here, ping), () => outcome(there, ping), overHttp(other, person)]) {
    const error = await run();
    expect(error?.extensions).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: expect.any(Number),
      limit: { name: 'operations.person', limit: 6, remaining: 0 },
    });
  }
  expect(await overHttp(app, neighbour)()).toBeUndefined();
});

test('over HTTP the limit is told in headers, and a refusal is 429 with Retry-After', async () => {
  await using app = await start({ USER_RATE_LIMIT: '2/1h' });
  const person = await app.world.person();
  const ask = async () =>
    fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await app.token(person)}` },
      body: JSON.stringify({ query: ping }),
    });
  const headersOf = ({ headers }: Response) =>
    ['ratelimit-limit', 'ratelimit-remaining', 'retry-after'].map((name) => headers.get(name));
  const first = await ask();
  expect(headersOf(first)).toEqual(['2', '1', null]);
  expect(Number(first.headers.get('ratelimit-reset'))).toBeGreaterThan(3_500);
  await ask();
  const refused = await ask();
  expect(refused.status).toBe(429);
  expect(headersOf(refused)).toEqual(['2', '0', expect.stringMatching(/^3[56]\d\d$/)]);
  const stream = await fetch(`${app.url}/graphql`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${await app.token(person)}` },
    method: 'POST',
    body: JSON.stringify({ query: everything }),
  });
  await stream.body?.cancel();
  expect(stream.status).not.toBe(200);
});

test('operations without a token count by address', async () => {
  await using app = await start({ ANONYMOUS_RATE_LIMIT: '3/1h', TRUSTED_PROXY_HOPS: '1' });
  const person = await app.world.person();
  const from = (address: string) => async () =>
    (await request(`${app.url}/graphql`, '{ __typename }', { headers: { 'x-forwarded-for': address } })).errors?.[0];
  const { accepted, error } = await untilRefused(from('spoofed, 198.51.100.7'));
  expect(accepted).toBe(3);
  expect(error.extensions).toMatchObject({ code: 'RATE_LIMITED', limit: { name: 'operations.address' } });
  expect(await from('198.51.100.8')()).toBeUndefined();
  expect(await overHttp(app, person)()).toBeUndefined();
});

test('an address that goes on trying without a good token is refused at the upgrade and over HTTP, with 429', async () => {
  await using app = await start({ CONNECT_RATE_LIMIT: '3/1h', TRUSTED_PROXY_HOPS: '1' });
  const person = await app.world.person();
  const authToken = await app.token(person);
  const from = (address: string, token: string) =>
    app.socket(undefined, { headers: { 'x-forwarded-for': address }, connectionParams: { authToken: token } });
  const attack = async () => {
    const error = await from('198.51.100.7', 'nonsense').then(
      () => 'accepted',
      (refusal: Error) => refusal.message,
    );
    return error;
  };
  await expect.poll(attack, { timeout: 5_000, interval: 0 }).toMatch('429');
  await expect(from('198.51.100.7', authToken)).rejects.toThrow('429');
  const headers = { 'x-forwarded-for': '198.51.100.7', authorization: `Bearer ${authToken}` };
  const answer = await request(`${app.url}/graphql`, ping, { headers });
  expect(answer.status).toBe(429);
  expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', limit: { name: 'connects.address' } });
  const neighbour = await from('198.51.100.8', authToken);
  expect(neighbour.acknowledged).toMatchObject({ userId: person.id });
});

test('expired tokens are no attack: a whole office may wake up with them', async () => {
  await using app = await start({ CONNECT_RATE_LIMIT: '2/1h' });
  const person = await app.world.person();
  const authToken = await app.token(person);
  app.clock.advance('2h');
  for (let count = 0; count < 5; count++) {
    await expect(app.socket(undefined, { connectionParams: { authToken } })).rejects.toThrow('4403');
  }
  await app.socket(person);
});

test('comments of a person are limited, and nothing else of theirs', async () => {
  await using app = await start({ MESSAGE_RATE_LIMIT: '3/1h' });
  const { owner, project, members } = await app.world.project({ members: 1 });
  const task = await app.world.task({ project, by: owner });
  for (let count = 0; count < 3; count++) await app.world.comment({ task, by: owner });
  await expect(app.world.comment({ task, by: owner })).rejects.toThrow(/"messages.person"/);
  await app.world.comment({ task, by: members[0] as Person });
  await app.world.task({ project, by: owner });
});

test('people told by name are limited, whatever they are told by', async () => {
  await using app = await start({ TOLD_RATE_LIMIT: '10/1h' });
  const people = await Promise.all([1, 2, 3, 4].map(() => app.world.person()));
  const [owner, member] = people as [Person, Person];
  const told = async () => {
    const { session } = await app.ask(owner, limitsQuery);
    return 10 - session.limits.find(({ name }: { name: string }) => name === 'told.person').remaining;
  };
  const { conversation } = await app.world.conversation({ owner, members: people.slice(1) });
  expect(await told()).toBe(3);
  const message = await app.world.message({ conversation, by: owner, mentions: people.slice(1, 3) });
  expect(await told()).toBe(5);
  await run(app, owner, 'editMessage', { messageId: message.id, mentions: [member.id] });
  expect(await told()).toBe(6);
  const { project } = await app.world.project({ owner });
  await app.world.member({ project, by: owner, person: member });
  const task = await app.world.task({ project, by: owner });
  const comment = await app.world.comment({ task, by: owner, mentions: [member] });
  await run(app, owner, 'editComment', { commentId: comment.id, text: 'Again' });
  expect(await told()).toBe(8);
  const three = app.world.message({ conversation, by: owner, mentions: people.slice(1) });
  await expect(three).rejects.toThrow(/"told.person"/);
  await app.world.message({ conversation, by: owner });
  await app.world.message({ conversation, by: member, mentions: people.slice(2) });
});

test('a command that tells more people than the limit is takes all of it', async () => {
  await using app = await start({ TOLD_RATE_LIMIT: '2/1h' });
  const { owner, conversation } = await app.world.conversation({ members: 3 });
  const { id: userId } = await app.world.person();
  await expect(run(app, owner, 'addMember', { topicId: conversation.id, userId })).rejects.toThrow(/"told.person"/);
});

test('a socket follows at most WS_MAX_TOPICS topics, over all its subscriptions', async () => {
  await using app = await start({ WS_MAX_TOPICS: '4' });
  const { owner, project } = await app.world.project();
  const socket = await app.socket(owner);
  // One's own topic and the project's.
  const whole = await socket.subscribe(everything);
  await socket.subscribe(stream, { projectId: project.id });
  const last = await socket.subscribe(stream, { projectId: project.id });
  const error = await outcome(socket, stream, { projectId: project.id });
  expect(error?.extensions).toMatchObject({ code: 'RATE_LIMITED', limit: { name: 'topics.session', limit: 4 } });
  expect(error?.extensions?.retryAfterMs).toBeUndefined();
  last.complete();
  await socket.ping();
  expect(await outcome(socket, stream, { projectId: project.id })).toBeUndefined();
  // A stream that grows beyond it ends with the same error instead of leaving a topic out.
  await app.world.project({ owner });
  expect((await whole.error()).extensions).toMatchObject({ code: 'RATE_LIMITED' });
});

test('a person has at most WS_MAX_GROUPS_PER_TOPIC different subscriptions of a topic, over all their connections', async () => {
  await using app = await start({ WS_MAX_GROUPS_PER_TOPIC: '3' });
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [other = owner] = members;
  const second = await app.world.project({ owner });
  const [socket, tab, neighbour] = [await app.socket(owner), await app.socket(owner), await app.socket(other)];
  const different = (name: string) => stream.replace('__typename', `${name}: __typename`);
  const subscribe = (on: TestSocket, name: string, { id }: { id: string } = project) =>
    on.subscribe(different(name), { projectId: id });
  const kept = [await subscribe(socket, 'a'), await subscribe(socket, 'b'), await subscribe(tab, 'c')];

  for (const on of [socket, tab]) {
    expect((await outcome(on, different('d'), { projectId: project.id }))?.extensions).toMatchObject({
      code: 'RATE_LIMITED',
      limit: { name: 'groups.topic', limit: 3, remaining: 0 },
    });
    // What selects the same as another of theirs costs nothing more.
    expect(await outcome(on, different('a'), { projectId: project.id })).toBeUndefined();
  }
  for (const name of ['a', 'd', 'e']) expect((await subscribe(neighbour, name)).ended).toBe(false);
  expect((await subscribe(socket, 'd', second.project)).ended).toBe(false);

  kept[1]?.complete();
  await socket.ping();
  expect(await outcome(tab, different('d'), { projectId: project.id })).toBeUndefined();
});

test('the sixth device of a person makes the one used longest ago leave, with 4429, on whatever server', async () => {
  await using app = await start({});
  await using other = await startApp({ with: app });
  const person = await app.world.person();
  const neighbour = await app.socket(await app.world.person());
  const sockets: TestSocket[] = [];
  for (let count = 0; count < 5; count++) {
    sockets.push(await device(count % 2 ? app : other, person, `device ${count}`));
  }
  // The first device is used again: it is the second that must go.
  const tab = await device(app, person, 'device 0');
  const sixth = await device(app, person, 'device 5');
  expect(await sockets[1]?.closed()).toEqual({ code: 4429, reason: 'Too many connections' });
  for (const socket of [sockets[0], tab, ...sockets.slice(2), sixth, neighbour]) await socket?.ping();
});

test('a device holds WS_MAX_CONNECTIONS_PER_DEVICE sockets; without deviceId it is the address and the user agent', async () => {
  await using app = await start({ WS_MAX_CONNECTIONS_PER_DEVICE: '2', WS_MAX_CONNECTIONS_PER_USER: '2' });
  const person = await app.world.person();
  const phone = () => app.socket(person, { headers: { 'user-agent': 'phone' } });
  const laptop = await app.socket(person, { headers: { 'user-agent': 'laptop' } });
  const [first, second] = [await phone(), await phone()];
  const third = await phone();
  expect(await first.closed()).toMatchObject({ code: 4429 });
  for (const socket of [laptop, second, third]) await socket.ping();
});

test('a client that comes back names the connection it had, and takes its place', async () => {
  await using app = await start({});
  await using other = await startApp({ with: app });
  const [person, stranger] = [await app.world.person(), await app.world.person()];
  const ghost = await device(app, person, 'phone');
  const { sessionId } = ghost.acknowledged;
  const thief = await device(other, stranger, 'phone', { sessionId });
  const back = await device(other, person, 'phone', { sessionId });
  expect(await ghost.closed()).toMatchObject({ code: 4429 });
  for (const socket of [thief, back]) await socket.ping();
});

test('a socket is closed only when its client goes on and on above a limit', async () => {
  await using app = await start({ WS_RATE_LIMIT: '2/10s', WS_MESSAGE_RATE_LIMIT: '3/10s' });
  const person = await app.world.person();
  const socket = await app.socket(person);
  const query = { type: 'subscribe', payload: { query: ping } };
  for (let count = 0; count < 40; count++) socket.send({ ...query, id: newId() });
  expect(await socket.closed()).toEqual({ code: 4429, reason: 'Too many requests' });
  const pinging = await app.socket(person);
  for (let count = 0; count < 3; count++) {
    pinging.send({ type: 'ping' });
    await pinging.message('pong');
  }
  for (let count = 0; count < 57; count++) pinging.send({ type: 'ping' });
  expect(await pinging.closed()).toEqual({ code: 4429, reason: 'Too many requests' });
  expect(pinging.frames.filter((frame) => frame.includes('"pong"'))).toHaveLength(3);
});

test('session { limits } says where one stands, on the socket and over HTTP', async () => {
  await using app = await start({ WS_RATE_LIMIT: '20/10s', USER_RATE_LIMIT: '100/1h' });
  const person = await app.world.person();
  const socket = await app.socket(person);
  await outcome(socket, ping);
  const { data } = await (await socket.subscribe(limitsQuery)).next();
  const limits = new Map(
    (data.session.limits as { name: string; limit: number; remaining: number; resetAt: string | null }[]).map(
      ({ name, ...rest }) => [name, rest],
    ),
  );
  const resetAt = new Date(app.clock.now().getTime() + 10_000).toISOString();
  expect(limits.get('operations.session')).toEqual({ limit: 20, remaining: 18, resetAt });
  expect(limits.get('operations.person')).toMatchObject({ limit: 100, remaining: 98, resetAt: expect.any(String) });
  expect(limits.get('messages.person')).toMatchObject({ remaining: 100_000, resetAt: null });
  expect(limits.get('subscriptions.session')).toEqual({ limit: 50, remaining: 49, resetAt: null });
  expect(limits.get('topics.session')).toEqual({ limit: 1000, remaining: 1000, resetAt: null });
  expect(limits.get('devices.person')).toEqual({ limit: 5, remaining: 4, resetAt: null });
  const overHttp = await app.ask(person, limitsQuery);
  expect(overHttp.session.limits.map(({ name }: { name: string }) => name)).toEqual([
    'operations.person',
    'messages.person',
    'told.person',
    'devices.person',
  ]);
});

test('while Redis is away each server counts by itself, and says so in a metric', async () => {
  await using redis = await startOwnRedis();
  await using app = await start({ USER_RATE_LIMIT: '3/1h', REDIS_URL: redis.url });
  const person = await app.world.person();
  const errors = () => app.services.metrics.registryErrors.value;
  await redis.stop();
  const fallbacks = async () => {
    await overHttp(app, undefined)();
    return app.services.limits.fallbacks;
  };
  await expect.poll(fallbacks).toBeGreaterThan(0);
  const { accepted } = await untilRefused(overHttp(app, person));
  expect(accepted).toBe(3);
  expect(errors()).toBeGreaterThan(0);
  const socket = await app.socket(await app.world.person());
  expect(await outcome(socket, ping)).toBeUndefined();
  await redis.start();
});

test('one server without Redis keeps all limits', async () => {
  await using app = await start({ USER_RATE_LIMIT: '3/1h' }, { redis: false });
  const person = await app.world.person();
  expect((await untilRefused(overHttp(app, person))).accepted).toBe(3);
});

test('documents too deep, dear, long or with too many aliases are refused over both transports', async () => {
  await using app = await start({ MAX_DEPTH: '4', MAX_ALIASES: '3', MAX_TOKENS: '60', MAX_COST: '100' });
  const person = await app.world.person();
  const socket = await app.socket(person);
  const tooDeep = '{ me { workspace { ...a } } } fragment a on Workspace { id } ';
  const documents = [
    `{ projects { nodes { members { nodes { user { workspace { id } } } } } } } ${tooDeep.slice(0, 0)}`,
    `{ ${['a', 'b', 'c', 'd'].map((alias) => `${alias}: ping { event }`).join(' ')} }`,
    `{ ${'ping { event } '.repeat(20)} }`,
    '{ projects(first: 100) { nodes { tasks(first: 100) { nodes { id } } } } }',
  ];
  for (const document of documents) {
    expect((await outcome(socket, document))?.extensions, document).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect((await overHttp(app, person, document)())?.extensions, document).toMatchObject({ code: 'VALIDATION_ERROR' });
  }
  expect(await outcome(socket, ping)).toBeUndefined();
});

test('messages and bodies that are too large are refused over both transports', async () => {
  await using app = await start({ WS_MAX_PAYLOAD_BYTES: '2048', HTTP_MAX_BODY_BYTES: '2048' });
  const person = await app.world.person();
  const socket = await app.socket(person);
  const large = `${ping} #${'x'.repeat(3_000)}`;
  expect((await app.graphql(person, large)).status).toBe(413);
  socket.send({ id: '1', type: 'subscribe', payload: { query: large } });
  expect(await socket.closed()).toMatchObject({ code: 1009 });
});
