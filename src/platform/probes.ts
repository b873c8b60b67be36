import { createHash, timingSafeEqual } from 'node:crypto';
import type { Config } from './config.ts';
import type { Database } from './database.ts';
import type { Log } from './log.ts';
import { type Metrics, metricsContentType } from './metrics.ts';
import type { RedisConnections } from './redis.ts';

/** What a probe is answered with. */
export interface ProbeAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Answers of `/healthz`, `/readyz` and `/metrics`; undefined for any other path, and for `/metrics` where it is
 * closed.
 */
export type Probes = (path: string, authorization: string | undefined) => Promise<ProbeAnswer | undefined>;

/** Probes are asked every few seconds: one that waits longer for the database has its answer. */
const databaseLimitMs = 2_000;

/**
 * `/healthz`: the process answers; restart it when it does not. `/readyz`: send it clients; not while it is
 * draining, nor without its database. Redis is told of, but a server without it goes on: events reach it by the
 * sweep, and taking every server out at once would turn a slow second into an outage.
 */
export function createProbes(parts: {
  config: Pick<Config, 'metricsToken' | 'mode'>;
  database: Pick<Database, 'query'>;
  redis: Pick<RedisConnections, 'publisher' | 'subscriber'> | undefined;
  metrics: Metrics;
  isDraining: () => boolean;
  log: Log;
}): Probes {
  const { config, database, redis, metrics, isDraining } = parts;
  const log = parts.log.child({ ns: 'http' });
  const isOpen = config.metricsToken === undefined && config.mode !== 'production';

  async function ready(): Promise<ProbeAnswer> {
    const isThere = await databaseAnswers(database, log);
    const redisReady = redis?.publisher.status === 'ready' && redis.subscriber.status === 'ready';
    const draining = isDraining();
    const status = draining ? 'draining' : isThere ? 'ok' : 'unavailable';
    return json(status === 'ok' ? 200 : 503, {
      status,
      database: isThere ? 'ok' : 'unavailable',
      ...(redis && { redis: redisReady ? 'ok' : 'unavailable' }),
    });
  }

  async function readMetrics(authorization: string | undefined): Promise<ProbeAnswer | undefined> {
    if (!isOpen) {
      // As if there were nothing: nobody need know that there is something to guess for.
      if (config.metricsToken === undefined) return undefined;
      if (!isSame(authorization, `Bearer ${config.metricsToken}`)) {
        const answer = json(401, { status: 'unauthorized' });
        return { ...answer, headers: { 'www-authenticate': 'Bearer' } };
      }
    }
    return { status: 200, contentType: metricsContentType, body: await metrics.text() };
  }

  return async (path, authorization) => {
    switch (path) {
      case '/healthz':
        return json(200, { status: 'ok' });
      case '/readyz':
        return ready();
      case '/metrics':
        return readMetrics(authorization);
      default:
        return undefined;
    }
  };
}

async function databaseAnswers(database: Pick<Database, 'query'>, log: Log): Promise<boolean> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${databaseLimitMs} ms`)), databaseLimitMs);
  try {
    await Promise.race([database.query('SELECT 1'), late]);
    return true;
  } catch (error) {
    log.warn({ err: error }, 'the database does not answer');
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** Compares without telling by its time how much was right. */
function isSame(given: string | undefined, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given ?? ''), digest(expected));
}

function json(status: number, body: object): ProbeAnswer {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}
