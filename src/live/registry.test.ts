import { Writable } from 'node:stream';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { expect, inject, test } from 'vitest';
import { manualClock } from '../../test/support/clock.ts';
import { startOwnRedis } from '../../test/support/process.ts';
import { systemClock } from '../platform/clock.ts';
import { newId } from '../platform/ids.ts';
import { openRedis } from '../platform/redis.ts';
import type { RegisteredSession } from './registeredSession.ts';
import { createRegistry, type Registry } from './registry.ts';
import { registryKeys } from './registryKeys.ts';

const log = pino({ level: 'silent' }, new Writable({ write: (_chunk, _encoding, done) => done() }));
const idle = () => ({ topics: 0, dropped: 0, parked: 0, lagging: false });
const workspaceId = newId();

/**
 * Servers on one Redis prefix. One that `dies` never renews its lease and is not closed. No lease ends by the clock
 * of Redis, which stands still for no test: on a busy machine one of 600 ms was over before the test had looked.
 */
async function cluster(options: { url?: string } = {}) {
  const opened = new AsyncDisposableStack();
  const { url = inject('redisUrl') } = options;
  const leaseMs = 30_000;
  const redisPrefix = `test:${newId()}:`;
  const open = async (dies = false) => {
    const redis = opened.use((await openRedis({ redisUrl: url, redisPrefix }, log)) ?? fail());
    const instanceId = newId();
    const registry = createRegistry({ redis, clock: dies ? manualClock() : systemClock, log, instanceId, leaseMs });
    if (!dies) opened.use(registry);
    await registry.renew();
    return { registry, instanceId };
  };
  const { redis: connection } = opened.use(client(url));
  const keys = registryKeys(redisPrefix);
  return {
    open,
    redisPrefix,
    url,
    connection,
    /** Redis's clock passes the end of a server's lease. */
    endLease: (instanceId: string) => connection.zadd(keys.instances, 1, instanceId),
    /** Redis has known of servers for longer than a lease. */
    settle: () => connection.set(keys.since, 1),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
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
  expect(await servers.connection.keys(`${servers.redisPrefix}*`)).toEqual(
    expect.not.arrayContaining([expect.stringMatching(/connections|socket|instance:|online/)]),
  );
});

test('the sessions of a server that died vanish when its lease ends, and the others are told', async () => {
  await using servers = await cluster();
  const dying = await servers.open(true);
  const sessions = [sessionOf(dying.instanceId), sessionOf(dying.instanceId)];
  for (const session of sessions) await dying.registry.register(session, idle);
  const there = await servers.open();
  expect(await idsOf(there.registry, sessions[0]?.userId ?? '')).toEqual([sessions[0]?.id]);
  const told = Promise.all(sessions.map(({ userId }) => changeOf(there.registry, userId)));
  await servers.endLease(dying.instanceId);
  expect(await idsOf(there.registry, sessions[0]?.userId ?? '')).toEqual([]);
  await there.registry.renew();
  await told;
  for (const { userId } of sessions) expect(await idsOf(there.registry, userId)).toEqual([]);
  expect((await there.registry.online(workspaceId)).userIds).toEqual([]);
  const left = await servers.connection.keys(`${servers.redisPrefix}*`);
  expect(left.filter((key) => /connections|socket|instance:|online/.test(key))).toEqual([]);
  for (const key of left) expect(await servers.connection.pttl(key), key).toBeGreaterThan(0);
});

test('a server taken for dead enters its sessions again when it turns out to live', async () => {
  await using servers = await cluster();
  const slow = await servers.open(true);
  const session = sessionOf(slow.instanceId);
  await slow.registry.register(session, idle);
  const there = await servers.open();
  await servers.endLease(slow.instanceId);
  await there.registry.renew();
  expect(await idsOf(there.registry, session.userId)).toEqual([]);
  await slow.registry.renew();
  expect(await idsOf(there.registry, session.userId)).toEqual([session.id]);
});

test('after Redis has lost its data the sessions are entered again, and until then nobody counts as absent', async () => {
  await using servers = await cluster();
  const here = await servers.open(true);
  const there = await servers.open();
  const session = sessionOf(here.instanceId);
  await here.registry.register(session, idle);
  expect((await there.registry.list([session.userId])).complete).toBe(false);
  await servers.settle();
  expect((await there.registry.list([session.userId])).complete).toBe(true);
  await servers.connection.del(await servers.connection.keys(`${servers.redisPrefix}*`));
  await there.registry.renew();
  const listing = await there.registry.list([session.userId]);
  expect(listing).toEqual({ sessions: [], complete: false });
  await here.registry.renew();
  expect(await idsOf(there.registry, session.userId)).toEqual([session.id]);
});

test('thousands who come at once are entered with their other sessions, and those who went meanwhile are not', async () => {
  await using servers = await cluster();
  const here = await servers.open();
  const there = await servers.open();
  const ghost = sessionOf(here.instanceId);
  await here.registry.register(ghost, idle);
  const own = sessionOf(there.instanceId, { userId: ghost.userId });
  const crowd = Array.from({ length: 2_000 }, () => sessionOf(there.instanceId));
  const entered = [own, ...crowd].map((session) => there.registry.register(session, idle));
  const gone = crowd.slice(0, 500);
  const left = gone.map(({ id }) => there.registry.remove(id));
  const [listing] = await Promise.all(entered);
  await Promise.all(left);
  expect(listing?.sessions.map(({ id }) => id)).toEqual([ghost.id, own.id]);
  const { sessions } = await here.registry.list(crowd.map(({ userId }) => userId));
  expect(sessions.map(({ id }) => id)).toEqual(crowd.slice(500).map(({ id }) => id));
  expect(await servers.connection.scard(registryKeys(servers.redisPrefix).instance(there.instanceId))).toBe(1_501);
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
