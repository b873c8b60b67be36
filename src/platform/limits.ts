import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { AppError } from './errors.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { RedisConnections } from './redis.ts';

/** So many in so long. */
export interface Rate {
  readonly points: number;
  readonly seconds: number;
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };

/** Reads `20/10s`, as the configuration has checked it. */
export function parseRate(text: string): Rate {
  const [, points = '', amount = '', unit = ''] = /^(\d+)\/(\d+)([smh])$/.exec(text) ?? [];
  return { points: Number(points), seconds: Number(amount) * (unitSeconds[unit] ?? 0) };
}

/** Where a limit stands for somebody. */
export interface LimitState {
  /** `operations.person`, as in docs/limits.md. */
  readonly name: string;
  readonly limit: number;
  /** How many are left; zero or more. */
  readonly remaining: number;
  /** When all are there again; undefined: they are, or come back as soon as something ends. */
  readonly resetAt: Date | undefined;
}

/** The limits that hold across servers, by what they count and for whom. */
export const sharedLimits = {
  /** Operations of a person, on all their sessions and over HTTP. */
  'operations.person': 'userRateLimit',
  /** Operations over HTTP without a token, from one address. */
  'operations.address': 'anonymousRateLimit',
  /** Sockets that ended without a good token, and requests with a bad one, from one address. */
  'connects.address': 'connectRateLimit',
  /** What a person writes to others: messages, comments, edits of them, and offers. */
  'messages.person': 'messageRateLimit',
  /** People whom a person tells by name: mentioned, begun a conversation with, or added. */
  'told.person': 'toldRateLimit',
} as const satisfies Record<string, keyof Config>;

/** Known to be refused; forgotten together, which costs each of them one command. */
const mostBlocked = 10_000;

const limitSentences: Readonly<Record<string, string>> = {
  'operations.session': 'Too many operations on this connection.',
  'operations.person': 'Too many operations.',
  'operations.address': 'Too many operations without a token.',
  'connects.address': 'Too many attempts without a good token.',
  'messages.person': 'Too many messages.',
  'told.person': 'Too many people mentioned or added.',
  'subscriptions.session': 'Too many operations at once on this connection; complete one first.',
  'topics.session': 'Too many topics on this connection; complete a subscription first.',
  'groups.topic': 'Too many different subscriptions of this topic: let them select the same, or complete one first.',
  'devices.person': 'Too many connections.',
};

export type SharedLimit = keyof typeof sharedLimits;

/** Counts what people do, on all servers. Redis away: each server counts alone until it is back. */
export interface Limits {
  /**
   * Takes one, or `count`; of more than the limit is, all of it. Undefined where limits are off.
   * @throws AppError RATE_LIMITED, with `retryAfterMs` and where the limit stands.
   */
  take(name: SharedLimit, key: string, count?: number): Promise<LimitState | undefined>;
  /** Where a limit stands, without taking one; undefined where limits are off. */
  stateOf(name: SharedLimit, key: string): Promise<LimitState | undefined>;
  /** How long this server knows somebody to be refused, in ms; 0: not. Asks nobody. */
  blockedMs(name: SharedLimit, key: string): number;
  /**
   * For before anything is done for somebody. Takes none, and asks nobody.
   * @throws AppError RATE_LIMITED for whom this server knows to be refused.
   */
  requireUnblocked(name: SharedLimit, key: string): void;
  /** The error of a limit that is counted elsewhere; without `retryAfterMs` it is not time that helps. */
  refusal(state: LimitState, retryAfterMs?: number): AppError;
  /** RATE_LIMITS=off: nothing is counted. */
  readonly off: boolean;
  /** Times Redis did not answer and this server counted alone. */
  readonly fallbacks: number;
}

export function createLimits(parts: {
  config: Config;
  clock: Clock;
  redis: RedisConnections | undefined;
  log: Log;
  metrics: Pick<Metrics, 'rateLimited' | 'registryErrors'>;
}): Limits {
  const { config, clock, redis, metrics } = parts;
  const log = parts.log.child({ ns: 'limits' });
  const off = config.rateLimits === 'off';
  let fallbacks = 0;
  const blocked = new Map<string, number>();
  const limiters = new Map(
    Object.entries(sharedLimits).map(([name, variable]) => [name, limiterOf(name, parseRate(config[variable]))]),
  );

  function limiterOf(name: string, { points, seconds }: Rate) {
    const local = new RateLimiterMemory({ points, duration: seconds, keyPrefix: name });
    const shared =
      redis &&
      new RateLimiterRedis({
        storeClient: redis.publisher,
        keyPrefix: `${redis.prefix}limit:${name}`,
        points,
        duration: seconds,
        rejectIfRedisNotReady: true,
        // Who is over the limit costs no more commands until it begins anew.
        inMemoryBlockOnConsumed: points,
      });
    return { points, shared, local };
  }

  function limiter(name: SharedLimit) {
    const found = limiters.get(name);
    if (!found) throw new Error(`no limit ${name}`);
    return found;
  }

  /** Asks Redis, else this server. What the library rejects with is a result too: the limit is reached. */
  async function ask<T>(
    { shared, local }: ReturnType<typeof limiterOf>,
    run: (limiter: RateLimiterRedis | RateLimiterMemory) => Promise<T>,
  ): Promise<T | RateLimiterRes> {
    for (const candidate of [shared, local]) {
      if (!candidate) continue;
      try {
        return await run(candidate);
      } catch (error) {
        if (error instanceof RateLimiterRes) return error;
        fallbacks++;
        metrics.registryErrors.value++;
        log.debug({ err: error, fallbacks }, 'limits.local');
      }
    }
    throw new Error('the limiter in memory failed');
  }

  function stateFrom(name: string, limit: number, { consumedPoints, msBeforeNext }: RateLimiterRes): LimitState {
    return {
      name,
      limit,
      remaining: Math.max(0, limit - consumedPoints),
      resetAt: new Date(clock.now().getTime() + Math.max(0, msBeforeNext)),
    };
  }

  function refusal({ name, limit, remaining, resetAt }: LimitState, retryAfterMs?: number): AppError {
    metrics.rateLimited.of(name).value++;
    return new AppError('RATE_LIMITED', limitSentences[name], {
      ...(retryAfterMs !== undefined && { retryAfterMs: Math.ceil(retryAfterMs) }),
      // Where the limit stands goes with it, so that a client need not guess.
      limit: { name, limit, remaining, resetAt: resetAt?.toISOString() ?? null },
    });
  }

  function blockedMs(name: SharedLimit, key: string): number {
    const leftMs = (blocked.get(`${name} ${key}`) ?? 0) - performance.now();
    if (leftMs > 0) return leftMs;
    blocked.delete(`${name} ${key}`);
    return 0;
  }

  return {
    off,
    get fallbacks() {
      return fallbacks;
    },
    async take(name, key, count = 1) {
      if (off) return undefined;
      const found = limiter(name);
      const taken = Math.min(count, found.points);
      const result = await ask(found, async (limit) => ({ taken: await limit.consume(key, taken) }));
      if ('taken' in result) return stateFrom(name, found.points, result.taken);
      const waitMs = Math.max(1, result.msBeforeNext);
      // Once for each window: who floods the server must not flood its log.
      if ((blocked.get(`${name} ${key}`) ?? 0) <= performance.now()) log.warn({ limit: name, key }, 'rate_limited');
      if (blocked.size >= mostBlocked) blocked.clear();
      blocked.set(`${name} ${key}`, performance.now() + waitMs);
      throw refusal({ ...stateFrom(name, found.points, result), remaining: 0 }, waitMs);
    },
    blockedMs,
    requireUnblocked(name, key) {
      const leftMs = blockedMs(name, key);
      if (leftMs === 0) return;
      const resetAt = new Date(clock.now().getTime() + leftMs);
      throw refusal({ name, limit: limiter(name).points, remaining: 0, resetAt }, leftMs);
    },
    refusal,
    async stateOf(name, key) {
      if (off) return undefined;
      const found = limiter(name);
      const result = await ask(found, (limit) => limit.get(key));
      const untouched = { name, limit: found.points, remaining: found.points, resetAt: undefined };
      return result === null ? untouched : stateFrom(name, found.points, result);
    },
  };
}

/**
 * Takes what writing something to others takes: one, and as many as it tells by name.
 * @throws AppError RATE_LIMITED
 */
export async function takeWriting(limits: Limits, userId: string, told = 0): Promise<void> {
  await limits.take('messages.person', userId);
  if (told > 0) await limits.take('told.person', userId, told);
}

/**
 * A limit of one connection, counted in its own process: no command, no timer. A fixed window that begins with the first
 * one taken. A class, because each socket has two: as objects of functions they were 1.5 KB of it.
 */
export class LocalLimit {
  readonly #name: string;
  readonly #rate: Rate;
  readonly #clock: Clock;
  #taken = 0;
  #refused = 0;
  #resetAtMs = 0;

  constructor(name: string, rate: Rate, clock: Clock) {
    this.#name = name;
    this.#rate = rate;
    this.#clock = clock;
  }

  /** Takes one, or answers false: there is none left until `state().resetAt`. */
  take(): boolean {
    const nowMs = this.#renew();
    if (this.#taken >= this.#rate.points) {
      this.#refused++;
      return false;
    }
    if (this.#taken++ === 0) this.#resetAtMs = nowMs + this.#rate.seconds * 1000;
    return true;
  }

  state(): LimitState {
    this.#renew();
    const { points: limit } = this.#rate;
    const resetAt = this.#taken > 0 ? new Date(this.#resetAtMs) : undefined;
    return { name: this.#name, limit, remaining: limit - this.#taken, resetAt };
  }

  /** How long until the next may be taken. */
  waitMs(): number {
    return Math.max(1, this.#resetAtMs - this.#clock.now().getTime());
  }

  /** Refused since the window began. */
  get refused(): number {
    return this.#refused;
  }

  #renew(): number {
    const nowMs = this.#clock.now().getTime();
    if (nowMs >= this.#resetAtMs) {
      this.#taken = 0;
      this.#refused = 0;
    }
    return nowMs;
  }
}
