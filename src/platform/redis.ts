import { Redis, type RedisOptions } from 'ioredis';
import type { Config } from './config.ts';
import type { Log } from './log.ts';

/** The two connections to Redis: one that only listens, one for everything else. */
export interface RedisConnections extends AsyncDisposable {
  /** Rejects at once while Redis is away: whoever publishes catches, because nothing that matters depends on it. */
  readonly publisher: Redis;
  /**
   * What was subscribed to stays so: asked for while Redis is away it is made when it is back, after a cut again, and what
   * Redis refused is asked for every second. `ready` is emitted after each reconnect.
   */
  readonly subscriber: Redis;
  /** Begins every key and channel. */
  readonly prefix: string;
}

// Short: a server that starts beside its Redis waits for it, one whose Redis is away must start all the same.
const startWaitMs = 3_000;
/** Between a SUBSCRIBE that Redis refused and the next: a server that does not listen hears of events by LOG_POLL_MS. */
const askAgainMs = 1_000;

const common: RedisOptions = {
  lazyConnect: true,
  // It would ask for ioredis's version while the connection goes on, and call it ready a second time.
  disableClientInfo: true,
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
    autoResubscribe: false,
    maxRetriesPerRequest: null,
  });
  keepSubscribed(subscriber);
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
 * Makes sure of everything that was subscribed to, whatever becomes of a single SUBSCRIBE. ioredis alone repeats what had
 * been answered before a cut, once, and looks at no answer: what Redis refuses at that moment (it is full, a permission is
 * late) is never asked for again, and a rejection of its own ends the process. Callers of `subscribe` still get theirs.
 */
function keepSubscribed(subscriber: Redis): void {
  const wanted = new Set<string>();
  const subscribe = subscriber.subscribe.bind(subscriber) as (channel: string) => Promise<unknown>;
  const unsubscribe = subscriber.unsubscribe.bind(subscriber) as (...channels: string[]) => Promise<unknown>;
  let retry: NodeJS.Timeout | undefined;

  // One command for each channel: one of several, cut off in the midst of its answers, is repeated whole by ioredis, and
  // the answers it then counts are too few.
  async function ask(channels: Iterable<string>): Promise<unknown> {
    const asked = [...channels].map((channel) => {
      const subscribed = subscribe(channel);
      subscribed.catch(askAgain);
      return subscribed;
    });
    return (await Promise.all(asked)).at(-1);
  }
  function askAgain(): void {
    retry ??= setTimeout(() => {
      retry = undefined;
      // Without a connection the next `ready` asks.
      if (subscriber.status === 'ready') ask(wanted).catch(() => undefined);
    }, askAgainMs).unref();
  }

  // Registered before anybody else's: who listens to `ready` finds the subscriptions on their way.
  subscriber.on('ready', () => void ask(wanted).catch(() => undefined));
  subscriber.on('end', () => clearTimeout(retry));
  Object.assign(subscriber, {
    subscribe(...channels: string[]) {
      for (const channel of channels) wanted.add(channel);
      const asked = ask(channels);
      asked.catch(() => undefined);
      return asked;
    },
    unsubscribe(...channels: string[]) {
      for (const channel of channels) wanted.delete(channel);
      return unsubscribe(...channels);
    },
  });
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
