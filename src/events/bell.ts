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
  /** Announces that `topic` has reached `seq`. Never throws, never waits. */
  ring(topic: TopicKey, seq: number): void;
  /**
   * Hears every ring, own ones included, possibly twice. `atMs` is when it was rung, by the clock of the server that
   * did; for measuring, no more.
   */
  onRing(listener: (topic: TopicKey, seq: number, atMs: number) => void): Disposable;
  /** Called when the bell may have missed rings: after every reconnection. */
  onReconnect(listener: () => void): Disposable;
}

const ringSchema = z.tuple([topicKeySchema, z.int().nonnegative(), z.number()]);

export function createBell(parts: { redis: RedisConnections | undefined; log: Log; metrics: Metrics }): Bell {
  const { busLag } = parts.metrics;
  const heard = ([, , atMs]: z.infer<typeof ringSchema>): void => busLag.observe(Date.now() - atMs);
  const channels = createChannels({ name: 'bell', schema: ringSchema, heard, ...parts });
  return {
    ring: (topic, seq) => channels.send(topic, [topic, seq, Date.now()]),
    onRing: (listener) => channels.onMessage(([topic, seq, atMs]) => listener(topic, seq, atMs)),
    onReconnect: (listener) => channels.onReconnect(listener),
    [Symbol.dispose]: () => channels[Symbol.dispose](),
  };
}
