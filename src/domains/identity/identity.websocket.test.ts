import { UnsecuredJWT } from 'jose';
import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';

const deactivate = 'mutation ($input: DeactivateUserInput!) { deactivateUser(input: $input) { user { id } } }';

/** How a socket ends that presents these connection parameters. */
async function closedWith(app: TestApp, connectionParams?: Record<string, unknown>) {
  const socket = await app.socket(undefined, { init: false });
  socket.send({ type: 'connection_init', ...(connectionParams && { payload: connectionParams }) });
  return socket.closed();
}

test('a missing or invalid token closes with 4401 and its sentence', async () => {
  await using app = await startApp();
  const person = await app.world.person();
  expect(await closedWith(app)).toEqual({ code: 4401, reason: 'Missing authentication token' });
  expect(await closedWith(app, {})).toEqual({ code: 4401, reason: 'Missing authentication token' });
  const unsigned = new UnsecuredJWT({ sub: person.externalId }).encode();
  const [header, payload] = (await app.token(person)).split('.');
  for (const authToken of ['garbage', 17, unsigned, `${header}.${payload}.AAAA`]) {
    expect(await closedWith(app, { authToken })).toEqual({ code: 4401, reason: 'Invalid authentication token' });
  }
});

test('an expired token closes with 4403, after which clients come back with a fresh one', async () => {
  await using app = await startApp();
  const person = await app.world.person();
  const authToken = await app.token(person);
  app.clock.advance('2h');
  expect(await closedWith(app, { authToken })).toEqual({ code: 4403, reason: 'Token expired' });
});

test('a deactivated person is not let in', async () => {
  await using app = await startApp();
  const admin = await app.world.person({ role: 'ADMIN' });
  const person = await app.world.person();
  await app.ask(admin, deactivate, { input: { userId: person.id } });
  const closing = await closedWith(app, { authToken: await app.token(person) });
  expect(closing).toEqual({ code: 4401, reason: 'Invalid authentication token' });
});

test('an open socket of a person who is deactivated on another server closes with 4401', async () => {
  await using app = await startApp();
  await using other = await startApp({ with: app });
  const admin = await app.world.person({ role: 'ADMIN' });
  const person = await app.world.person();
  await using socket = await app.socket(person);
  await using neighbour = await app.socket(admin);
  await other.ask(admin, deactivate, { input: { userId: person.id } });
  expect(await socket.closed()).toEqual({ code: 4401, reason: 'Invalid authentication token' });
  const asked = await neighbour.subscribe('{ ping { event } }');
  expect((await asked.next()).data.ping.event).toBe('pong');
});

test('the token of the upgrade request is taken where the connection parameters have none', async () => {
  await using app = await startApp();
  const person = await app.world.person();
  const headers = { authorization: `Bearer ${await app.token(person)}` };
  await using socket = await app.socket(undefined, { headers });
  expect(socket.acknowledged).toMatchObject({ userId: person.id });
});

test('session and ping answer over the socket, about the connection that was acknowledged', async () => {
  await using app = await startApp();
  const { owner } = await app.world.project();
  await using socket = await app.socket(owner, { headers: { 'user-agent': 'test client' } });
  const fields = 'id userId topicCount connectedAt instanceId tokenExpiresAt transport userAgent ip';
  const asked = await socket.subscribe(`{ session { ${fields} } ping { event timestamp } }`);
  const { data } = await asked.next();
  const { sessionId, userId, topicCount, instanceId, tokenExpiresAt } = socket.acknowledged;
  expect(data.session).toMatchObject({ id: sessionId, userId, topicCount, instanceId, tokenExpiresAt });
  expect(data.session).toMatchObject({
    userId: owner.id,
    topicCount: 1,
    transport: 'WEBSOCKET',
    userAgent: 'test client',
  });
  expect(data.ping).toEqual({ event: 'pong', timestamp: app.clock.now().getTime() });
  await asked.completed();
});
