import { createRedisEventTarget } from '@graphql-yoga/redis-event-target';
import { createPubSub } from 'graphql-yoga';
import type { z } from 'zod';
import type { Log } from '../platform/log.ts';
import type { Metrics, Tally } from '../platform/metrics.ts';
import type { RedisConnections } from '../platform/redis.ts';

/**
 * What servers tell each other, on a fixed number of Redis channels; in process where there is no Redis. A message
 * may be lost, doubled or late, and nothing is ever awaited: while Redis is away everything goes on without it.
 */
export interface Channels<Message> extends Disposable {
  /** Tells every server, this one at once. Never throws, never waits. `key` decides the channel, no more. */
  send(key: string, message: Message): void;
  /** Hears every message, own ones included, possibly twice. */
  onMessage(listener: (message: Message) => void): Disposable;
  /** Called when messages may have been missed: after every reconnection. */
  onReconnect(listener: () => void): Disposable;
}

/** Fixed, attached once: awaiting a SUBSCRIBE for every stream would block new streams while Redis is down. */
const channelCount = 64;

/** FNV-1a: any stable spread over the channels does. */
function channelOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % channelCount;
}

/** Channels by the name of what they carry; a message that is not of the schema is logged and ignored. */
export function createChannels<Message>(parts: {
  name: string;
  schema: z.ZodType<Message>;
  redis: RedisConnections | undefined;
  log: Log;
  metrics?: Metrics | undefined;
  /** Called for what came through Redis, before the listeners. */
  heard?: (message: Message) => void;
}): Channels<Message> {
  const { name, schema, redis, metrics, heard } = parts;
  const count = (op: string) => metrics?.busOps.of(op) ?? { value: 0 };
  const counted = { publish: count('publish'), receive: count('receive'), unreadable: count('unreadable') };
  const [failed, reconnects] = [count('publish_failed'), count('reconnect')];
  const log = parts.log.child({ ns: name });
  const listeners = new Set<(message: Message) => void>();
  const reconnectListeners = new Set<() => void>();
  const prefix = `${redis?.prefix ?? ''}${name}:`;

  const target: Target = redis ? redisTarget(redis, { log, name, failed }) : new EventTarget();
  const pubSub = createPubSub<Record<string, [detail: unknown]>>({ eventTarget: target as Target & EventTarget });

  // Our own listeners, never pubSub.subscribe(): that one holds 1,024 pending events and then ends the process.
  // They must not throw either: the event target calls them in one loop without a guard.
  const hear = (event: Event): void => {
    const message = schema.safeParse((event as CustomEvent<unknown>).detail);
    counted.receive.value++;
    if (!message.success) {
      counted.unreadable.value++;
      log.warn(`${name}.unreadable`);
      return;
    }
    if (redis) heard?.(message.data);
    tell(message.data);
  };
  const tell = (message: Message): void => {
    for (const listener of listeners) {
      try {
        listener(message);
      } catch (error) {
        log.error({ err: error }, `${name}.listener-failed`);
      }
    }
  };
  const channels = Array.from({ length: channelCount }, (_, index) => `${prefix}${index}`);
  for (const channel of channels) target.addEventListener(channel, hear);

  const reconnected = (): void => {
    reconnects.value++;
    for (const listener of reconnectListeners) listener();
  };
  redis?.subscriber.on('ready', reconnected);

  return {
    send(key, message) {
      counted.publish.value++;
      pubSub.publish(`${prefix}${channelOf(key)}`, message);
      // This server need not wait for the round trip; hearing it again is harmless.
      if (redis) tell(message);
    },
    onMessage: (listener) => register(listeners, listener),
    onReconnect: (listener) => register(reconnectListeners, listener),
    [Symbol.dispose]() {
      redis?.subscriber.off('ready', reconnected);
      for (const channel of channels) target.removeEventListener(channel, hear);
      listeners.clear();
      reconnectListeners.clear();
    },
  };
}

type Target = Pick<EventTarget, 'addEventListener' | 'removeEventListener' | 'dispatchEvent'>;

/** redis-event-target neither awaits nor catches its promises, and a message that is not JSON would end the process. */
function redisTarget(
  redis: RedisConnections,
  { log, name, failed }: { log: Log; name: string; failed: Tally },
): Target {
  const { publisher, subscriber } = redis;
  const swallow = (what: string) => (error: unknown) => log.debug({ err: error }, `${name}.${what}-failed`);
  return createRedisEventTarget({
    publishClient: {
      publish: (channel: string, message: string) =>
        publisher.publish(channel, message).catch((error: unknown) => {
          failed.value++;
          swallow('publish')(error);
        }),
    } as typeof publisher,
    subscribeClient: {
      on: (event: 'message', listener: (channel: string, message: string) => void) => subscriber.on(event, listener),
      subscribe: (channel: string) => subscriber.subscribe(channel).catch(swallow('subscribe')),
      unsubscribe: (channel: string) => subscriber.unsubscribe(channel).catch(swallow('unsubscribe')),
    } as unknown as typeof subscriber,
    serializer: { stringify: JSON.stringify, parse: parseOrNull },
  }) as unknown as Target;
}

function parseOrNull(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    // Null is no message: hear() logs it.
    return null;
  }
}

function register<T>(set: Set<T>, listener: T): Disposable {
  set.add(listener);
  return { [Symbol.dispose]: () => void set.delete(listener) };
}
