import { createRedisEventTarget } from '@graphql-yoga/redis-event-target';
import { createPubSub } from 'graphql-yoga';
import { z } from 'zod';
import type { Log } from '../platform/log.ts';
import type { RedisConnections } from '../platform/redis.ts';
import { type TopicKey, topicKinds } from './topic.ts';

/**
 * The doorbell: "topic T is at seq n", to every server. A hint and nothing else: it may be lost, doubled or
 * late, and the log is read whenever a number is missing. Also the only channel between servers, so it is
 * never awaited: while Redis is away commands and new streams go on, and the sweep of `follow` finds the rest.
 */
export interface Bell extends Disposable {
  /** Announces that `topic` has reached `seq`. Never throws, never waits. */
  ring(topic: TopicKey, seq: number): void;
  /** Hears every ring, own ones included, possibly twice. */
  onRing(listener: (topic: TopicKey, seq: number) => void): Disposable;
  /** Called when the bell may have missed rings: after every reconnection. */
  onReconnect(listener: () => void): Disposable;
}

/** Fixed, attached once: awaiting a SUBSCRIBE for every stream would block new streams while Redis is down. */
const channelCount = 64;

const ringSchema = z.tuple([z.string().regex(new RegExp(`^(${topicKinds.join('|')}):`)), z.int().nonnegative()]);

/** FNV-1a: any stable spread over the channels does. */
export function channelOf(topic: TopicKey): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < topic.length; i++) hash = Math.imul(hash ^ topic.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % channelCount;
}

export function createBell(parts: { redis: RedisConnections | undefined; log: Log }): Bell {
  const { redis } = parts;
  const log = parts.log.child({ ns: 'bell' });
  const listeners = new Set<(topic: TopicKey, seq: number) => void>();
  const reconnectListeners = new Set<() => void>();
  const prefix = `${redis?.prefix ?? ''}bell:`;

  const target: BellTarget = redis ? redisTarget(redis, log) : new EventTarget();
  const pubSub = createPubSub<Record<string, [detail: unknown]>>({ eventTarget: target as BellTarget & EventTarget });

  // Our own listeners, never pubSub.subscribe(): that one holds 1,024 pending events and then ends the process.
  // They must not throw either: the event target calls them in one loop without a guard.
  const hear = (event: Event): void => {
    const ring = ringSchema.safeParse((event as CustomEvent<unknown>).detail);
    if (ring.success) tell(ring.data[0] as TopicKey, ring.data[1]);
    else log.warn('bell.unreadable');
  };
  const tell = (topic: TopicKey, seq: number): void => {
    for (const listener of listeners) {
      try {
        listener(topic, seq);
      } catch (error) {
        log.error({ err: error }, 'bell.listener-failed');
      }
    }
  };
  const channels = Array.from({ length: channelCount }, (_, index) => `${prefix}${index}`);
  for (const channel of channels) target.addEventListener(channel, hear);

  const reconnected = (): void => {
    for (const listener of reconnectListeners) listener();
  };
  redis?.subscriber.on('ready', reconnected);

  return {
    ring(topic, seq) {
      pubSub.publish(`${prefix}${channelOf(topic)}`, [topic, seq]);
      // This server need not wait for the round trip; hearing it again is harmless.
      if (redis) tell(topic, seq);
    },
    onRing: (listener) => register(listeners, listener),
    onReconnect: (listener) => register(reconnectListeners, listener),
    [Symbol.dispose]() {
      redis?.subscriber.off('ready', reconnected);
      for (const channel of channels) target.removeEventListener(channel, hear);
      listeners.clear();
      reconnectListeners.clear();
    },
  };
}

type BellTarget = Pick<EventTarget, 'addEventListener' | 'removeEventListener' | 'dispatchEvent'>;

/** redis-event-target neither awaits nor catches its promises, and a message that is not JSON would end the process. */
function redisTarget(redis: RedisConnections, log: Log): BellTarget {
  const { publisher, subscriber } = redis;
  const swallow = (what: string) => (error: unknown) => log.debug({ err: error }, `bell.${what}-failed`);
  return createRedisEventTarget({
    publishClient: {
      publish: (channel: string, message: string) => publisher.publish(channel, message).catch(swallow('publish')),
    } as typeof publisher,
    subscribeClient: {
      on: (name: 'message', listener: (channel: string, message: string) => void) => subscriber.on(name, listener),
      subscribe: (channel: string) => subscriber.subscribe(channel).catch(swallow('subscribe')),
      unsubscribe: (channel: string) => subscriber.unsubscribe(channel).catch(swallow('unsubscribe')),
    } as unknown as typeof subscriber,
    serializer: { stringify: JSON.stringify, parse: parseOrNull },
  }) as unknown as BellTarget;
}

function parseOrNull(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    // Null is no ring: hear() logs it.
    return null;
  }
}

function register<T>(set: Set<T>, listener: T): Disposable {
  set.add(listener);
  return { [Symbol.dispose]: () => void set.delete(listener) };
}
