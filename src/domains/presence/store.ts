import { createVersions } from '../../events/signals.ts';
import type { TopicKey } from '../../events/topic.ts';
import type { Clock } from '../../platform/clock.ts';
import type { RedisConnections } from '../../platform/redis.ts';

/**
 * What servers must agree on about presence: who has been declared online, who may be about to go, and who looks at
 * what. Rejects while Redis is away. Times are milliseconds of the servers' clocks.
 */
export interface PresenceStore {
  /**
   * Marks people as declared online, or no longer. Answers those for whom that is new, each of which one server gets,
   * with a version: of two answers about a person the greater is the later.
   */
  declare(userIds: readonly string[], online: boolean): Promise<{ userIds: string[]; version: number }>;
  /** Which of the people are declared online, with a version as `declare` gives it: what is newer is not in it. */
  declared(userIds: readonly string[]): Promise<{ userIds: string[]; version: number }>;
  /** Each of these people must be looked at then, unless an earlier call says so sooner. Survives this server. */
  lookAtLater(people: readonly { userId: string; dueMs: number }[]): Promise<void>;
  /** People whose time has come; each comes again in `retryMs` unless it is {@link settled}. */
  due(retryMs: number): Promise<string[]>;
  /** These people need no more looking at. */
  settled(userIds: readonly string[]): Promise<void>;
  /** Somebody looks at a topic for so long, or (0) no more. Answers how many do, and whether that changed it. */
  view(topic: TopicKey, userId: string, ttlMs: number): Promise<{ count: number; changed: boolean }>;
  /** Who looks at the topic, those who look longest from now first. */
  viewers(topic: TopicKey): Promise<string[]>;
}

/** So many people are looked at in one go. */
const batchSize = 500;
/** No key lives for ever; every use of one makes it live this long again. */
const keyTtlMs = 24 * 3_600_000;

// Redis's own clock, in microseconds, orders the answers.
const versionNow = `string.format('%.0f', time[1] * 1000000 + time[2])`;

// KEYS: online. ARGV: 1 or 0, time to live, people.
const declareScript = `
local new = {}
for i = 3, #ARGV do
  local changed
  if ARGV[1] == '1' then changed = redis.call('ZADD', KEYS[1], 'NX', 0, ARGV[i]) else changed = redis.call('ZREM', KEYS[1], ARGV[i]) end
  if changed == 1 then new[#new + 1] = ARGV[i] end
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local time = redis.call('TIME')
return {${versionNow}, new}`;

// KEYS: online. ARGV: people. One by one, for a script cannot unpack thousands.
const declaredScript = `
local online = {}
for i = 1, #ARGV do if redis.call('ZSCORE', KEYS[1], ARGV[i]) then online[#online + 1] = ARGV[i] end end
local time = redis.call('TIME')
return {${versionNow}, online}`;

// KEYS: leaving. ARGV: now, when they come again, how many.
const dueScript = `
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, id in ipairs(due) do redis.call('ZADD', KEYS[1], ARGV[2], id) end
return due`;

// KEYS: viewing. ARGV: now, person, end, time to live.
const viewScript = `
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
local changed
if tonumber(ARGV[3]) > tonumber(ARGV[1]) then changed = redis.call('ZADD', KEYS[1], ARGV[3], ARGV[2])
else changed = redis.call('ZREM', KEYS[1], ARGV[2]) end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {redis.call('ZCARD', KEYS[1]), changed}`;

/** The store of several servers. */
export function createRedisStore({ redis, clock }: { redis: RedisConnections; clock: Clock }): PresenceStore {
  const { publisher, prefix } = redis;
  const online = `${prefix}presence:online`;
  const leaving = `${prefix}presence:leaving`;
  const viewing = (topic: TopicKey) => `${prefix}presence:viewing:${topic}`;
  const now = () => clock.now().getTime();
  return {
    async declare(userIds, isOnline) {
      if (userIds.length === 0) return { userIds: [], version: 0 };
      const args = [isOnline ? '1' : '0', keyTtlMs, ...userIds];
      const [version, changed] = (await publisher.eval(declareScript, 1, online, ...args)) as [string, string[]];
      return { userIds: changed, version: Number(version) };
    },
    async declared(userIds) {
      if (userIds.length === 0) return { userIds: [], version: 0 };
      const answer = await publisher.eval(declaredScript, 1, online, ...userIds);
      const [version, found] = answer as [string, string[]];
      return { userIds: found, version: Number(version) };
    },
    async lookAtLater(people) {
      if (people.length === 0) return;
      await publisher.zadd(leaving, 'LT', ...people.flatMap(({ userId, dueMs }) => [dueMs, userId]));
      await publisher.pexpire(leaving, keyTtlMs);
    },
    due: async (retryMs) =>
      (await publisher.eval(dueScript, 1, leaving, now(), now() + retryMs, batchSize)) as string[],
    async settled(userIds) {
      if (userIds.length > 0) await publisher.zrem(leaving, ...userIds);
    },
    async view(topic, userId, ttlMs) {
      const args = [now(), userId, now() + ttlMs, keyTtlMs];
      const [count, changed] = (await publisher.eval(viewScript, 1, viewing(topic), ...args)) as [number, number];
      return { count, changed: changed === 1 };
    },
    viewers: (topic) => publisher.zrevrangebyscore(viewing(topic), '+inf', `(${now()}`),
  };
}

/** The store of a server that is alone. */
export function createMemoryStore({ clock }: { clock: Clock }): PresenceStore {
  const { next } = createVersions(clock);
  const online = new Set<string>();
  const leaving = new Map<string, number>();
  const viewing = new Map<TopicKey, Map<string, number>>();
  const now = () => clock.now().getTime();

  function viewersOf(topic: TopicKey): Map<string, number> {
    const viewers = viewing.get(topic) ?? new Map<string, number>();
    for (const [userId, endMs] of viewers) if (endMs <= now()) viewers.delete(userId);
    return viewers;
  }

  return {
    async declare(userIds, isOnline) {
      const changed = userIds.filter((id) => online.has(id) !== isOnline);
      for (const id of changed) isOnline ? online.add(id) : online.delete(id);
      return { userIds: changed, version: next() };
    },
    declared: async (userIds) => ({ userIds: userIds.filter((id) => online.has(id)), version: next() }),
    async lookAtLater(people) {
      for (const { userId, dueMs } of people) {
        leaving.set(userId, Math.min(leaving.get(userId) ?? Number.POSITIVE_INFINITY, dueMs));
      }
    },
    async due(retryMs) {
      const due = [...leaving].filter(([, dueMs]) => dueMs <= now()).map(([id]) => id);
      for (const id of due) leaving.set(id, now() + retryMs);
      return due;
    },
    async settled(userIds) {
      for (const id of userIds) leaving.delete(id);
    },
    async view(topic, userId, ttlMs) {
      const viewers = viewersOf(topic);
      const changed = viewers.has(userId) !== ttlMs > 0;
      if (ttlMs > 0) viewers.set(userId, now() + ttlMs);
      else viewers.delete(userId);
      if (viewers.size > 0) viewing.set(topic, viewers);
      else viewing.delete(topic);
      return { count: viewers.size, changed };
    },
    viewers: async (topic) =>
      [...viewersOf(topic)].sort(([, first], [, second]) => second - first).map(([userId]) => userId),
  };
}
