import { SignJWT, UnsecuredJWT } from 'jose';
import { expect, test } from 'vitest';
import { closeCodes } from '../../src/platform/errors.ts';
import { startApp, type TestApp } from '../support/app.ts';
import type { SocketOptions, TestSocket } from '../support/socket.ts';
import type { Person } from '../support/world.ts';

const ping = '{ ping { timestamp } }';
const stream = 'subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { __typename } }';

/** A socket that has said nothing yet. */
function silent(app: TestApp, options: SocketOptions = {}): Promise<TestSocket> {
  return app.socket(undefined, { init: false, ...options });
}

async function closedWithToken(app: TestApp, authToken: unknown) {
  const socket = await silent(app);
  socket.send({ type: 'connection_init', payload: { authToken } });
  return socket.closed();
}

interface TokenCase {
  what: string;
  token: (app: TestApp, person: Person) => unknown;
  closing: { code: number; reason: string };
}

const missing = { code: 4401, reason: 'Missing authentication token' };
const invalid = { code: 4401, reason: 'Invalid authentication token' };
const expired = { code: 4403, reason: 'Token expired' };
const signedBy = (person: Person, key: string) =>
  new SignJWT({ sub: person.externalId, workspace: person.workspace.slug })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(key));

const tokens: TokenCase[] = [
  { what: 'no token', token: () => undefined, closing: missing },
  { what: 'an empty token', token: () => '', closing: missing },
  { what: 'a word', token: () => 'nonsense', closing: invalid },
  { what: 'a number', token: () => 42, closing: invalid },
  { what: 'a token of 100 KB', token: () => 'e'.repeat(100_000), closing: invalid },
  {
    what: 'an unsigned token',
    token: (_app, person) => new UnsecuredJWT({ sub: person.externalId }).encode(),
    closing: invalid,
  },
  {
    what: "somebody else's key",
    token: (_app, person) => signedBy(person, 'another secret of 32 characters!!'),
    closing: invalid,
  },
  { what: 'a person nobody knows', token: (app, person) => app.token(person, { sub: 'nobody' }), closing: invalid },
  {
    what: 'a workspace nobody knows',
    token: (app, person) => app.token(person, { workspace: 'nowhere' }),
    closing: invalid,
  },
  { what: 'no subject', token: (app, person) => app.token(person, { sub: undefined }), closing: invalid },
  {
    what: 'a token that is not valid yet',
    token: (app, person) => app.token(person, { nbf: inAnHour(app) }),
    closing: invalid,
  },
  {
    what: 'an expired token',
    token: (app, person) => app.token(person, { exp: inAnHour(app) - 7_200 }),
    closing: expired,
  },
];

function inAnHour(app: TestApp): number {
  return Math.floor(app.clock.now().getTime() / 1000) + 3_600;
}

test('a token that lets nobody in closes the socket with the code and sentence of the documentation', async () => {
  await using app = await startApp();
  const person = await app.world.person();
  for (const { what, token, closing } of tokens) {
    expect(await closedWithToken(app, await token(app, person)), what).toEqual(closing);
  }
  // The same way in, with nothing wrong.
  const socket = await app.socket(person);
  expect(socket.acknowledged).toMatchObject({ userId: person.id });
});

test('a token is refused once it has expired by the clock of the server', async () => {
  await using app = await startApp();
  const person = await app.world.person();
  const token = await app.token(person);
  app.clock.advance('61m');
  expect(await closedWithToken(app, token)).toEqual(expired);
});

test('a deactivated person is closed with 4401, wherever they are connected, and not let in again', async () => {
  await using app = await startApp();
  await using other = await startApp({ with: app });
  const admin = await app.world.person({ role: 'ADMIN' });
  const person = await app.world.person();
  const here = await app.socket(person);
  const there = await other.socket(person);
  await app.ask(admin, 'mutation ($input: DeactivateUserInput!) { deactivateUser(input: $input) { eventCursor } }', {
    input: { userId: person.id },
  });
  const deactivatedAtMs = performance.now();
  expect(await here.closed()).toMatchObject({ code: 4401 });
  expect(await there.closed()).toMatchObject({ code: 4401 });
  expect(performance.now() - deactivatedAtMs).toBeLessThan(1_000);
  expect(await closedWithToken(app, await app.token(person))).toEqual(invalid);
});

interface MisuseCase {
  what: string;
  /** Sent after the acknowledgement. */
  messages: (projectId: string) => (object | string | Buffer)[];
  code: number;
}

const misuse: MisuseCase[] = [
  { what: 'a message that is not JSON', messages: () => ['nonsense'], code: 4400 },
  { what: 'JSON that is no object', messages: () => ['[]'], code: 4400 },
  { what: 'null', messages: () => ['null'], code: 4400 },
  { what: 'a type nobody knows', messages: () => [{ type: 'start', id: '1', payload: { query: ping } }], code: 4400 },
  { what: 'subscribe without an id', messages: () => [{ type: 'subscribe', payload: { query: ping } }], code: 4400 },
  {
    what: 'subscribe with an empty id',
    messages: () => [{ type: 'subscribe', id: '', payload: { query: ping } }],
    code: 4400,
  },
  { what: 'subscribe without a payload', messages: () => [{ type: 'subscribe', id: '1' }], code: 4400 },
  {
    what: 'a document that is no text',
    messages: () => [{ type: 'subscribe', id: '1', payload: { query: 7 } }],
    code: 4400,
  },
  {
    what: 'an id of 97 bytes',
    messages: () => [{ type: 'subscribe', id: 'i'.repeat(97), payload: { query: ping } }],
    code: 4400,
  },
  { what: 'a binary message', messages: () => [Buffer.from('{"type":"ping"}')], code: 4400 },
  {
    what: 'an id twice at the same time',
    messages: (projectId) =>
      [1, 2].map(() => ({ type: 'subscribe', id: '1', payload: { query: stream, variables: { projectId } } })),
    code: 4409,
  },
  { what: 'a second connection_init', messages: () => [{ type: 'connection_init' }], code: 4429 },
  {
    what: 'a message of 300 KB',
    messages: () => [{ type: 'ping', payload: { text: 'x'.repeat(300_000) } }],
    code: 1009,
  },
];

test('misuse closes the socket that did it, with a code that says what it was, and no other', async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  const neighbour = await app.socket(owner);
  const watching = await neighbour.subscribe(stream, { projectId: project.id });
  for (const { what, messages, code } of misuse) {
    const socket = await app.socket(owner);
    for (const message of messages(project.id)) socket.send(message);
    const closing = await socket.closed();
    expect(closing.code, what).toBe(code);
    expect(Buffer.byteLength(closing.reason), what).toBeLessThanOrEqual(123);
  }
  await app.world.task({ project, by: owner });
  await watching.next('TaskCreated');
});

test('a socket that does not say who it is closes with 4408', async () => {
  await using app = await startApp({ config: { WS_INIT_TIMEOUT_MS: '100' } });
  const socket = await silent(app);
  expect(await socket.closed()).toEqual({ code: 4408, reason: closeCodes.initTimeout.reason });
});

test('an operation before connection_init closes with 4401', async () => {
  await using app = await startApp();
  const socket = await silent(app);
  socket.send({ type: 'subscribe', id: '1', payload: { query: ping } });
  expect(await socket.closed()).toMatchObject({ code: 4401 });
});

test('a socket without the sub-protocol closes with 4406', async () => {
  await using app = await startApp();
  const socket = await silent(app, { protocols: [] });
  expect(await socket.closed()).toMatchObject({ code: 4406 });
});

test('a server that ends closes its sockets with 1001', async () => {
  const app = await startApp();
  const { owner, project } = await app.world.project();
  const socket = await app.socket(owner);
  await socket.subscribe(stream, { projectId: project.id });
  await app[Symbol.asyncDispose]();
  expect(await socket.closed()).toEqual({ code: 1001, reason: closeCodes.goingAway.reason });
});
