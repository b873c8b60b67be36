import type { Signals } from '../../events/signals.ts';
import type { TopicKey } from '../../events/topic.ts';
import type { Presence } from '../../graphql/context.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import type { Database } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import type { RedisConnections } from '../../platform/redis.ts';
import { createOnlineCounts } from './counts.ts';
import { believedMs, type Connections, watchOnline } from './online.ts';
import { createSeenWriter } from './seen.ts';
import { createMemoryStore, createRedisStore } from './store.ts';

/** Somebody who types is believed to for so long; a client that goes on says so again before. */
const typingMs = 6_000;
/** The same for looking at a topic. */
const viewingMs = 30_000;

/** Where the store keeps those who look at a topic and do not share it: as at a topic of their own, next to it. */
function unshared(topic: TopicKey): TopicKey {
  return `${topic}:unshared`;
}

interface Viewed {
  readonly count: number | null;
  readonly changed: boolean;
}

/** Starts presence; `connections` is the registry of sessions. Ends before Redis and the database do. */
export function startPresence(parts: {
  config: Pick<Config, 'presenceGraceMs'>;
  connections: Connections;
  signals: Signals;
  redis: RedisConnections | undefined;
  database: Pick<Database, 'query'>;
  clock: Clock;
  log: Log;
}): Presence & AsyncDisposable {
  const { config, connections, signals, redis, database, clock, log } = parts;
  const store = redis ? createRedisStore({ redis, clock }) : createMemoryStore({ clock });
  const counts = createOnlineCounts({
    ...{ database, store, log },
    correct: (topic, count, version) =>
      signals.send({
        ...{ kind: 'PresenceSignal', userId: null, active: true, ttlMs: believedMs, version },
        topics: [{ topic, count }],
      }),
  });
  const watch = watchOnline({
    ...{ connections, store, signals, counts, database, clock, log },
    graceMs: config.presenceGraceMs,
  });
  const seen = createSeenWriter({ database, clock, log });
  const listening = connections.onChange((userIds, cause) => {
    if (cause !== 'elsewhere') seen.mark(userIds);
  });
  let errors = 0;

  async function orElse<T>(what: string, run: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await run();
    } catch (error) {
      errors++;
      log.debug({ err: error, what, errors }, 'presence.failed');
      return otherwise;
    }
  }

  return {
    async of(userIds) {
      const { sessions, complete } = await connections.list(userIds);
      const byPerson = Map.groupBy(sessions, ({ userId }) => userId);
      return new Map(
        userIds.map((userId) => {
          const own = byPerson.get(userId) ?? [];
          const devices = new Set(own.map(({ deviceId }) => deviceId)).size;
          const online = own.length > 0 ? true : complete ? false : null;
          return [userId, { online, devices, sessionCount: own.length }];
        }),
      );
    },
    viewers: (topic) => orElse('viewers', () => store.viewers(topic), []),
    lookingAt: (topic) =>
      orElse('looking', async () => [...(await store.viewers(topic)), ...(await store.viewers(unshared(topic)))], []),
    async view(topic, userId, viewing, shared) {
      const ttlMs = viewing ? viewingMs : 0;
      if (!shared) {
        await orElse('view', () => store.view(unshared(topic), userId, ttlMs), undefined);
        return new Date(clock.now().getTime() + ttlMs);
      }
      const unknown = { count: null, changed: true };
      const { count, changed } = await orElse<Viewed>('view', () => store.view(topic, userId, ttlMs), unknown);
      // Going on is told too, for the older signal expires; leaving what one has left already is not.
      if (viewing || changed) {
        signals.send({ kind: 'ViewingSignal', userId, active: viewing, ttlMs: viewingMs, topics: [{ topic, count }] });
      }
      return new Date(clock.now().getTime() + ttlMs);
    },
    type(topic, userId, typing) {
      const topics = [{ topic, count: null }];
      signals.send({ kind: 'TypingSignal', userId, active: typing, ttlMs: typingMs, topics });
      return new Date(clock.now().getTime() + (typing ? typingMs : 0));
    },
    async shareChanged(userId) {
      const { sessions } = await connections.list([userId]);
      if (sessions.length > 0) await watch.announce(userId);
    },
    get errors() {
      return errors + watch.errors;
    },
    async [Symbol.asyncDispose]() {
      listening[Symbol.dispose]();
      await watch[Symbol.asyncDispose]();
      await counts[Symbol.asyncDispose]();
      await seen[Symbol.asyncDispose]();
    },
  };
}
