import { Redis, type RedisOptions } from 'ioredis';
import type { Config } from './config.ts';
import type { Log } from './log.ts';

/** The two connections to Redis: one that only listens, one for everything else. */
export interface RedisConnections extends AsyncDisposable {
  /** Rejects at once while Redis is away: whoever publishes catches, because nothing that matters depends on it. */
  readonly publisher: Redis;
  /** Subscriptions asked for while Redis is away are made when it is back; `ready` is emitted after each reconnect. */
  readonly subscriber: Redis;
  /** Begins every key and channel. */
  readonly prefix: string;
}

// Short: a server that starts beside its Redis waits for it, one whose Redis is away must start all the same.
const startWaitMs = 3_000;

const common: RedisOptions = {
  lazyConnect: true,
  connectTimeout: 5_000,
  keepAlive: 10_000,
  // For ever, and within a second of Redis being back; the spread keeps many servers from coming in one instant.
  retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 5), 800) + Math.random() * 200,
  // After a failover the old primary answers, but refuses writes.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
};

/**
 * Connects to `config.redisUrl`, or answers `undefined` where there is none. A Redis that cannot be reached is
 * tried for ever in the background: after three seconds the server goes on without it, with a warning.
 */
export async function openRedis(
  config: Pick<Config, 'redisUrl' | 'redisPrefix'>,
  log: Log,
): Promise<RedisConnections | undefined> {
  if (config.redisUrl === undefined) return undefined;
  const publisher = new Redis(config.redisUrl, {
    ...common,
    connectionName: 'belfry-publisher',
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // A Redis that is connected and silent must not gather an endless queue.
    commandTimeout: 2_000,
  });
  const subscriber = new Redis(config.redisUrl, {
    ...common,
    connectionName: 'belfry-subscriber',
    // With the ready check, a SUBSCRIBE sent between `connect` and `ready` is lost after a reconnect (20 of 20).
    enableReadyCheck: false,
    maxRetriesPerRequest: null,
  });
  catchResubscribing(subscriber);
  const publisherReady = watch(publisher, 'publisher', log);
  const subscriberReady = watch(subscriber, 'subscriber', log);
  for (const connection of [publisher, subscriber]) {
    // The first attempt's failure is told by `error`, and the retry strategy goes on.
    connection.connect().catch(() => undefined);
  }
  await Promise.race([Promise.all([publisherReady, subscriberReady]), passed(startWaitMs)]);
  if (publisher.status !== 'ready' || subscriber.status !== 'ready') {
    log.warn('Redis is not there; going on without it, other servers hear of events within LOG_POLL_MS');
  }
  return {
    publisher,
    subscriber,
    prefix: config.redisPrefix,
    async [Symbol.asyncDispose]() {
      // Lets what was just published go out; without a connection it rejects at once.
      await publisher.quit().catch(() => undefined);
      await Promise.all([end(publisher), end(subscriber)]);
    },
  };
}

/**
 * After a reconnection ioredis subscribes again by itself and does not look at what becomes of it: a server that ends in
 * that moment would end with an unhandled rejection. Callers of `subscribe` still get theirs.
 */
function catchResubscribing(subscriber: Redis): void {
  const subscribe = subscriber.subscribe.bind(subscriber) as (...channels: unknown[]) => Promise<unknown>;
  const caught = (...channels: unknown[]) => {
    const subscribed = subscribe(...channels);
    subscribed.catch(() => undefined);
    return subscribed;
  };
  Object.assign(subscriber, { subscribe: caught });
}

async function end(connection: Redis): Promise<void> {
  if (connection.status === 'end') return;
  // Between two attempts there is no socket: ioredis drops the next attempt and emits nothing more.
  const between = connection.status === 'reconnecting';
  const ended = new Promise<void>((resolve) => connection.once('end', () => resolve()));
  connection.disconnect();
  // ioredis destroys a socket that does not close within two seconds.
  if (!between) await Promise.race([ended, passed(startWaitMs)]);
}

/** Logs each loss and each return once, however often it retries; resolves when the connection is first ready. */
function watch(connection: Redis, role: string, log: Log): Promise<void> {
  let up: boolean | undefined;
  const { promise, resolve } = Promise.withResolvers<void>();
  const lost = (error?: Error) => {
    if (up === false || connection.status === 'end') return;
    up = false;
    log.warn({ role, err: error }, 'the connection to Redis is lost; trying again');
  };
  connection.on('error', lost);
  connection.on('close', lost);
  connection.on('ready', () => {
    if (up === false) log.info({ role }, 'the connection to Redis is back');
    up = true;
    resolve();
  });
  return promise;
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
