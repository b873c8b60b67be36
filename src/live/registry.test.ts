import { Writable } from 'node:stream';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { expect, inject, test } from 'vitest';
import { manualClock } from '../../test/support/clock.ts';
import { startOwnRedis } from '../../test/support/process.ts';
import { systemClock } from '../platform/clock.ts';
import { newId } from '../platform/ids.ts';
import { openRedis } from '../platform/redis.ts';
import { createRegistry, type RegisteredSession, type Registry } from './registry.ts';

const log = pino({ level: 'silent' }, new Writable({ write: (_chunk, _encoding, done) => done() }));
const idle = () => ({ topics: 0, dropped: 0, parked: 0, lagging: false });
const workspaceId = newId();

/** Servers on one Redis prefix. One that `dies` never renews its lease and is not closed. */
async function cluster(options: { url?: string; leaseMs?: number } = {}) {
  const opened = new AsyncDisposableStack();
  const { url = inject('redisUrl'), leaseMs = 30_000 } = options;
  const redisPrefix = `test:${newId()}:`;
  const open = async (dies = false) => {
    const redis = opened.use((await openRedis({ redisUrl: url, redisPrefix }, log)) ?? fail());
    const instanceId = newId();
    const registry = createRegistry({ redis, clock: dies ? manualClock() : systemClock, log, instanceId, leaseMs });
    if (!dies) opened.use(registry);
    await registry.renew();
    return { registry, instanceId };
  };
  return { open, redisPrefix, url, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

function fail(): never {
  throw new Error('no Redis');
}

function sessionOf(instanceId: string, more: Partial<RegisteredSession> = {}): RegisteredSession {
  return {
    id: newId(),
    userId: newId(),
    workspaceId,
    deviceId: 'a device',
    instanceId,
    transport: 'websocket',
    connectedAt: new Date().toISOString(),
    ip: '192.0.2.1',
    userAgent: null,
    tokens: [{ id: 'a token', expiresAt: null }],
    ...more,
  };
}

/** Resolves when somebody's sessions are told to have changed. */
function changeOf(registry: Registry, userId: string): Promise<void> {
  return new Promise((resolve) => {
    const listening = registry.onChange((userIds) => {
      if (!userIds.includes(userId)) return;
      listening[Symbol.dispose]();
      resolve();
    });
  });
}

const idsOf = async (registry: Registry, userId: string) =>
  (await registry.list([userId])).sessions.map(({ id }) => id);

test('a session is known to every server while it lasts, and no longer', async () => {
  await using servers = await cluster();
  const here = await servers.open();
  const there = await servers.open();
  const session = sessionOf(here.instanceId);
  const told = changeOf(there.registry, session.userId);
  await here.registry.register(session, () => ({ ...idle(), topics: 3 }));
  await told;
  for (const { registry } of [here, there]) {
    expect((await registry.list([session.userId])).sessions).toEqual([{ ...session, ...idle(), topics: 3 }]);
    expect((await registry.online(workspaceId)).userIds).toEqual([session.userId]);
    expect((await registry.online(newId())).userIds).toEqual([]);
  }
  const gone = changeOf(there.registry, session.userId);
  await here.registry.remove(session.id);
  await gone;
  for (const { registry } of [here, there]) {
    expect((await registry.list([session.userId])).sessions).toEqual([]);
    expect((await registry.online(workspaceId)).userIds).toEqual([]);
  }
});

test('a session removed while it is being entered does not stay', async () => {
  await using servers = await cluster();
  const here = await servers.open();
  const there = await servers.open();
  const session = sessionOf(here.instanceId);
  await Promise.all([here.registry.register(session, idle), here.registry.remove(session.id)]);
  expect(await idsOf(there.registry, session.userId)).toEqual([]);
});

test('a server that ends takes its sessions with it, and leaves nothing in Redis', async () => {
  await using servers = await cluster();
  const here = await servers.open();
  const there = await servers.open();
  const session = sessionOf(here.instanceId);
  await here.registry.register(session, idle);
  const gone = changeOf(there.registry, session.userId);
  await here.registry[Symbol.asyncDispose]();
  await gone;
  await using connection = client(servers.url);
  expect(await connection.redis.keys(`${servers.redisPrefix}*`)).toEqual(
    expect.not.arrayContaining([expect.stringMatching(/connections|socket|instance:|online/)]),
  );
});

test('the sessions of a server that died vanish when its lease ends, and the others are told', async () => {
  await using servers = await cluster({ leaseMs: 1_500 });
  const dying = await servers.open(true);
  const sessions = [sessionOf(dying.instanceId), sessionOf(dying.instanceId)];
  for (const session of sessions) await dying.registry.register(session, idle);
  const there = await servers.open();
  expect(await idsOf(there.registry, sessions[0]?.userId ?? '')).toEqual([sessions[0]?.id]);
  await Promise.all(sessions.map(({ userId }) => changeOf(there.registry, userId)));
  for (const { userId } of sessions) expect(await idsOf(there.registry, userId)).toEqual([]);
  expect((await there.registry.online(workspaceId)).userIds).toEqual([]);
  await using connection = client(servers.url);
  const left = await connection.redis.keys(`${servers.redisPrefix}*`);
  expect(left.filter((key) => /connections|socket|instance:|online/.test(key))).toEqual([]);
  for (const key of left) expect(await connection.redis.pttl(key), key).toBeGreaterThan(0);
});

test('a server taken for dead enters its sessions again when it turns out to live', async () => {
  await using servers = await cluster({ leaseMs: 1_500 });
  const slow = await servers.open(true);
  const session = sessionOf(slow.instanceId);
  await slow.registry.register(session, idle);
  const there = await servers.open();
  await changeOf(there.registry, session.userId);
  await slow.registry.renew();
  expect(await idsOf(there.registry, session.userId)).toEqual([session.id]);
});

test('after Redis has lost its data the sessions are entered again, and until then nobody counts as absent', async () => {
  await using servers = await cluster({ leaseMs: 1_000 });
  const here = await servers.open();
  const there = await servers.open();
  const session = sessionOf(here.instanceId);
  await here.registry.register(session, idle);
  await expect.poll(async () => (await there.registry.list([session.userId])).complete, { timeout: 5_000 }).toBe(true);
  await using connection = client(servers.url);
  await connection.redis.del(await connection.redis.keys(`${servers.redisPrefix}*`));
  await there.registry.renew();
  const listing = await there.registry.list([session.userId]);
  expect(listing.complete).toBe(false);
  await expect.poll(() => idsOf(there.registry, session.userId), { timeout: 5_000 }).toEqual([session.id]);
});

test('without Redis for a while a server knows its own, counts errors, throws none, and tells when it is back', async () => {
  await using redis = await startOwnRedis();
  await using servers = await cluster({ url: redis.url });
  const here = await servers.open();
  const there = await servers.open();
  await redis.stop();
  const session = sessionOf(here.instanceId);
  await here.registry.register(session, idle);
  const listing = await here.registry.list([session.userId]);
  expect(listing).toMatchObject({ sessions: [{ id: session.id }], complete: false });
  expect(here.registry.errors).toBeGreaterThan(0);
  expect(await here.registry.online(workspaceId)).toEqual({ userIds: [session.userId], complete: false });
  const told = changeOf(there.registry, session.userId);
  await redis.start();
  await told;
  await expect.poll(() => idsOf(there.registry, session.userId)).toEqual([session.id]);
});

test('one server asks another to close a session', async () => {
  await using servers = await cluster();
  const here = await servers.open();
  const there = await servers.open();
  const session = sessionOf(there.instanceId);
  await there.registry.register(session, idle);
  const asked = new Promise<string>((resolve) => there.registry.onEvict(resolve));
  here.registry.evict(session);
  expect(await asked).toBe(session.id);
});

test('without Redis at all the sessions of this server are all there are', async () => {
  const instanceId = newId();
  await using registry = createRegistry({ redis: undefined, clock: manualClock(), log, instanceId });
  const session = sessionOf(instanceId);
  await registry.register(session, idle);
  expect(await registry.list([session.userId])).toEqual({ sessions: [{ ...session, ...idle() }], complete: true });
  expect(registry.errors).toBe(0);
});

function client(url: string) {
  const redis = new Redis(url);
  return { redis, [Symbol.asyncDispose]: async () => void (await redis.quit()) };
}
