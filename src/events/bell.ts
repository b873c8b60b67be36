import { z } from 'zod';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { RedisConnections } from '../platform/redis.ts';
import { createChannels } from './channels.ts';
import { type TopicKey, topicKeySchema } from './topic.ts';

/**
 * The doorbell: "topic T is at seq n", to every server. A hint and nothing else: it may be lost, doubled or
 * late, and the log is read whenever a number is missing. It is never awaited: while Redis is away commands and new
 * streams go on, and the sweep of `follow` finds the rest.
 */
export interface Bell extends Disposable {
  /** Announces what number each topic has reached. Never throws, never waits. */
  ring(heads: ReadonlyMap<TopicKey, number>): void;
  /**
   * Hears every ring, own ones included, possibly twice. `atMs` is when it was rung, by the clock of the server that
   * did; for measuring, no more.
   */
  onRing(listener: (topic: TopicKey, seq: number, atMs: number) => void): Disposable;
  /** Called when the bell may have missed rings: after every reconnection. */
  onReconnect(listener: () => void): Disposable;
}

const oneSchema = z.tuple([topicKeySchema, z.int().nonnegative(), z.number()]);
/** Of one topic, or of all that a transaction has moved: a thousand people who are told are five messages, not a thousand. */
const ringSchema = z.union([oneSchema, z.array(oneSchema).nonempty()]);
type Ring = z.infer<typeof oneSchema>;

const ringsOf = (message: z.infer<typeof ringSchema>): readonly Ring[] =>
  Array.isArray(message[0]) ? (message as Ring[]) : [message as Ring];

/** Topics in one message at most, for servers that have other things to do as well. */
const topicsAtOnce = 500;

export function createBell(parts: { redis: RedisConnections | undefined; log: Log; metrics: Metrics }): Bell {
  const { busLag } = parts.metrics;
  const heard = (message: z.infer<typeof ringSchema>): void => {
    const rings = ringsOf(message);
    if (rings[0]) busLag.observe(Date.now() - rings[0][2], rings.length);
  };
  const channels = createChannels({ name: 'bell', schema: ringSchema, heard, ...parts });
  return {
    ring(heads) {
      const atMs = Date.now();
      const rings = [...heads].map(([topic, seq]): Ring => [topic, seq, atMs]);
      for (let from = 0; from < rings.length; from += topicsAtOnce) {
        const some = rings.slice(from, from + topicsAtOnce);
        const [first] = some as [Ring];
        channels.send(first[0], some.length === 1 ? first : some);
      }
    },
    onRing: (listener) =>
      channels.onMessage((message) => {
        for (const [topic, seq, atMs] of ringsOf(message)) listener(topic, seq, atMs);
      }),
    onReconnect: (listener) => channels.onReconnect(listener),
    [Symbol.dispose]: () => channels[Symbol.dispose](),
  };
}
