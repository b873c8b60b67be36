import { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { RedisConnections } from '../platform/redis.ts';
import { createChannels } from './channels.ts';
import { type TopicKey, topicKeySchema } from './topic.ts';

/** What can be signalled, also the names of the GraphQL types. */
const signalKinds = ['TypingSignal', 'ViewingSignal', 'PresenceSignal'] as const;
export type SignalKind = (typeof signalKinds)[number];

/**
 * Something about a moment: somebody types, looks at a topic, is online, or not any more. Never logged, without a
 * cursor, and the first thing to be dropped. A signal sets a state until it expires or a newer one replaces it, so
 * that one which is late, doubled or lost does no lasting harm.
 */
export interface Signal {
  readonly kind: SignalKind;
  readonly topic: TopicKey;
  /** Null: nobody in particular, and `count` says how many. There are too many for names, or an older count was wrong. */
  readonly userId: string | null;
  /** Whether it has begun (or goes on); false: it is over. */
  readonly active: boolean;
  /** For how many people of the topic it is true after this; null: not counted. */
  readonly count: number | null;
  readonly atMs: number;
  /** From here on it must not be believed any more. */
  readonly expiresAtMs: number;
  /** Of two signals of one kind, topic and person the greater is the newer, whichever server they came from. */
  readonly version: number;
}

/** Above so many people in a topic it is told how many they are, and no longer who: both sides grow with them. */
export const mostNamed = 50;

/** What is sent: one signal in one topic, or in all the topics of a person. */
export interface Signalled extends Pick<Signal, 'kind' | 'userId' | 'active'> {
  /** How long it may be believed. */
  readonly ttlMs: number;
  /** Absent: the next one of this server. Given where the order of two servers' signals was decided elsewhere. */
  readonly version?: number | undefined;
  readonly topics: readonly { readonly topic: TopicKey; readonly count: number | null }[];
}

/** The way of signals between servers, beside the bell; in process where there is no Redis. */
export interface Signals extends Disposable {
  /** Tells every server. Never throws, never waits; while Redis is away only this server hears it. */
  send(signal: Signalled): void;
  /** Hears every signal, own ones included, possibly twice and in any order. */
  onSignal(listener: (signal: Signal) => void): Disposable;
}

const messageSchema = z.object({
  kind: z.enum(signalKinds),
  userId: z.string().nullable(),
  active: z.boolean(),
  topics: z.array(z.tuple([topicKeySchema, z.int().nonnegative().nullable()])),
  atMs: z.number(),
  expiresAtMs: z.number(),
  version: z.number(),
});

/** So many topics in one message: somebody with thousands must not make one that blocks the channel. */
const topicsPerMessage = 200;

export function createSignals(parts: {
  redis: RedisConnections | undefined;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}): Signals {
  const { redis, clock, log, metrics } = parts;
  const channels = createChannels({ name: 'signals', schema: messageSchema, redis, log, metrics });
  const versions = createVersions(clock);
  const observed = channels.onMessage(({ version }) => versions.observe(version));
  return {
    send({ kind, userId, active, ttlMs, topics, version = versions.next() }) {
      const atMs = clock.now().getTime();
      for (let from = 0; from < topics.length; from += topicsPerMessage) {
        const named = topics.slice(from, from + topicsPerMessage);
        channels.send(userId ?? named[0]?.topic ?? '', {
          kind,
          userId,
          active,
          topics: named.map(({ topic, count }) => [topic, count]),
          atMs,
          expiresAtMs: atMs + ttlMs,
          version,
        });
      }
    },
    onSignal: (listener) =>
      channels.onMessage(({ topics, ...signal }) => {
        for (const [topic, count] of topics) listener({ ...signal, topic, count });
      }),
    [Symbol.dispose]() {
      observed[Symbol.dispose]();
      channels[Symbol.dispose]();
    },
  };
}

/** The rest of a version below the milliseconds: who sends in the same one. Stays below 2^53 until the year 2255. */
const perMillisecond = 1_000;
/** A clock that is further ahead than this is wrong, and must not pull the others along. */
const trustedAheadMs = 60_000;

/**
 * Numbers that grow over all servers (a hybrid logical clock): the time, but above everything heard so far, so that
 * what answers a signal is newer than it even where the clocks of two servers differ.
 */
export function createVersions(clock: Clock): { next(): number; observe(version: number): void } {
  const own = Math.floor(Math.random() * perMillisecond);
  let last = 0;
  return {
    next() {
      last = Math.max(last + 1, clock.now().getTime() * perMillisecond + own);
      return last;
    },
    observe(version) {
      if (version <= (clock.now().getTime() + trustedAheadMs) * perMillisecond) last = Math.max(last, version);
    },
  };
}
