import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { heardBefore, listenTo, nextSignal, presence, twoServers, type, view } from '../support/presence.ts';
import { startOwnRedis, startServerProcess } from '../support/process.ts';
import { openSocket } from '../support/socket.ts';

test('people of a server that was killed go offline within 15 seconds, unless they came back on another', {
  timeout: 60_000,
}, async () => {
  await using servers = await twoServers();
  const { app, other } = servers;
  const { owner, members, project } = await app.world.project({ members: 3 });
  const [lost = owner, moved = owner, another = owner] = members;
  await using server = await startServerProcess(app);
  const { stream } = await listenTo(app, owner, project);
  for (const person of [lost, moved]) {
    const connectionParams = { authToken: await app.token(person) };
    await openSocket({ url: server.socketUrl, connectionParams });
    await nextSignal(stream, { userId: person.id, status: 'ONLINE' });
  }
  const killedAtMs = performance.now();
  await server.kill();
  await other.socket(moved);
  await nextSignal(stream, { userId: lost.id, status: 'OFFLINE' }, 20_000);
  expect(performance.now() - killedAtMs).toBeLessThan(15_000);
  expect(await heardBefore(stream, moved, { app, by: another, project })).toEqual([]);
  const asked = await app.ask(owner, presence, { userIds: [lost.id, moved.id] });
  expect(asked).toMatchObject({ presence: [{ online: false }, { online: true }] });
});

test('after Redis has lost its data nobody is declared offline for as long as a lease', {
  timeout: 60_000,
}, async () => {
  const leaseMs = 3_000;
  await using redis = await startOwnRedis();
  await using servers = await twoServers({ REDIS_URL: redis.url, SESSION_LEASE_MS: `${leaseMs}` });
  const { app, other } = servers;
  const { owner, members, project } = await app.world.project({ members: 3 });
  const [leaving = owner, staying = owner, another = owner] = members;
  const { stream } = await listenTo(app, owner, project);
  // Of both people there is a session on the other server, which enters it again in its own time.
  const socket = await app.socket(leaving);
  for (const person of [leaving, staying]) {
    await other.socket(person);
    await nextSignal(stream, { userId: person.id, status: 'ONLINE' });
  }
  const connection = new Redis(redis.url);
  await connection.flushall();
  await connection.quit();
  const lostAtMs = performance.now();
  // One server has entered its sessions again, the other one most often has not yet.
  await nextSignal(stream, { userId: leaving.id, status: 'ONLINE' });
  socket.close(1000);
  await socket.closed();
  const asked = () => app.ask(owner, presence, { userIds: [leaving.id, staying.id] });
  for (const { online } of ((await asked()) as { presence: { online: boolean | null }[] }).presence) {
    expect(online).not.toBe(false);
  }
  // Long enough for every server to have renewed its lease, and for the data to be trusted again.
  while (performance.now() - lostAtMs < 2 * leaseMs) {
    for (const person of [leaving, staying]) {
      const heard = await heardBefore(stream, person, { app, by: another, project });
      expect(heard.filter(({ status }) => status === 'OFFLINE')).toEqual([]);
    }
    await sleep(100);
  }
  await expect.poll(asked, { timeout: 10_000 }).toMatchObject({ presence: [{ online: true }, { online: true }] });
});

test('a person who leaves just after Redis has lost its data is declared offline when a lease has passed', {
  timeout: 60_000,
}, async () => {
  const leaseMs = 2_000;
  await using redis = await startOwnRedis();
  await using servers = await twoServers({ REDIS_URL: redis.url, SESSION_LEASE_MS: `${leaseMs}` });
  const { app } = servers;
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [member = owner] = members;
  const { stream } = await listenTo(app, owner, project);
  const socket = await app.socket(member);
  await nextSignal(stream, { userId: member.id, status: 'ONLINE' });
  const connection = new Redis(redis.url);
  await connection.flushall();
  await connection.quit();
  // Its own server has entered it again.
  await nextSignal(stream, { userId: member.id, status: 'ONLINE' });
  const enteredAtMs = performance.now();
  socket.close(1000);
  const offline = nextSignal(stream, { userId: member.id, status: 'OFFLINE' }, 15_000);
  const passing = setInterval(() => app.clock.advance('1s'), 500);
  await offline.finally(() => clearInterval(passing));
  expect(performance.now() - enteredAtMs).toBeGreaterThan(leaseMs / 2);
});

test('while Redis is away sockets and signals of one server go on, and afterwards those of all', {
  timeout: 60_000,
}, async () => {
  await using redis = await startOwnRedis();
  await using servers = await twoServers({ REDIS_URL: redis.url });
  const { app, other } = servers;
  const { owner, members, project } = await app.world.project({ members: 3 });
  const [member = owner, another = owner, late = owner] = members;
  const here = await listenTo(app, member, project);
  const there = await listenTo(other, member, project);
  await redis.stop();

  await type(app, owner, project);
  await nextSignal(here.stream, { __typename: 'TypingSignal', userId: owner.id });
  await view(app, owner, project);
  await nextSignal(here.stream, { __typename: 'ViewingSignal', userId: owner.id, count: null });
  const newcomer = await listenTo(app, late, project);
  await type(app, another, project);
  await nextSignal(newcomer.stream, { __typename: 'TypingSignal', userId: another.id });
  const asked = await app.ask(owner, presence, { userIds: [late.id, another.id] });
  expect(asked).toMatchObject({ presence: [{ online: true }, { online: null }] });
  newcomer.socket.close(1000);
  await expect.poll(() => app.services.presence.errors).toBeGreaterThan(0);

  await redis.start();
  await expect
    .poll(
      async () => {
        await type(app, owner, project);
        return there.stream.waiting.length;
      },
      { timeout: 10_000 },
    )
    .toBeGreaterThan(0);
  const offline = [here, there].flatMap(({ stream }) =>
    stream.waiting.filter(({ value }) => JSON.stringify(value).includes('OFFLINE')),
  );
  expect(offline).toEqual([]);
  expect((await app.ask(owner, '{ ping { event } }')) as object).toEqual({ ping: { event: 'pong' } });
});
