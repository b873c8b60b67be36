// PostgreSQL and Redis for a test run: given, installed, installable, in Docker, or one sentence saying what to do.
import { spawnSync } from 'node:child_process';
import { findBrowser } from './browser.ts';
import { dockerAnswers, startPostgresContainer, startRedisContainer } from './containers.ts';
import { findPostgres, startPostgres, type TestServer } from './postgres.ts';
import { findProgram } from './programs.ts';
import { findRedis, startRedis } from './redis.ts';

/** The two servers Belfry runs on. Disposing it ends what was started, and nothing that was given. */
export interface Services extends AsyncDisposable {
  /** An account that may create databases. */
  databaseUrl: string;
  redisUrl: string;
  /** The same without waiting, for the last moment of the process. */
  kill(): void;
}

/** No way to get the servers; the message says what to install. */
export class ServicesMissingError extends Error {
  override name = 'ServicesMissingError';
}

/**
 * Brings up PostgreSQL and Redis on private ports, each from the first source that has it: DATABASE_URL / REDIS_URL;
 * installed programs; Debian's packages, when this is root on Debian; Docker. Throws ServicesMissingError otherwise. With
 * `browser` Debian's Chromium is installed as well where that can be done and there is none.
 */
export async function startServices(
  env: Record<string, string | undefined> = process.env,
  { browser = false } = {},
): Promise<Services> {
  const given = { postgres: env.DATABASE_URL || undefined, redis: env.REDIS_URL || undefined };
  const started: TestServer[] = [];
  const start = async (sources: () => Promise<TestServer>) => {
    const server = await sources();
    started.push(server);
    return server.url;
  };
  const dispose = async () => void (await Promise.all(started.map((server) => server[Symbol.asyncDispose]())));
  try {
    await installMissing({ ...given, browser: !browser || findBrowser() !== undefined });
    const [databaseUrl, redisUrl] = await Promise.allSettled([
      given.postgres ?? start(postgresFromSomewhere),
      given.redis ?? start(redisFromSomewhere),
    ]);
    // Settled, not raced: when one fails, the other must be known in order to be ended.
    if (databaseUrl.status === 'rejected') throw databaseUrl.reason;
    if (redisUrl.status === 'rejected') throw redisUrl.reason;
    return {
      databaseUrl: databaseUrl.value,
      redisUrl: redisUrl.value,
      kill: () => started.forEach((server) => void server.kill()),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function postgresFromSomewhere(): Promise<TestServer> {
  if (await findPostgres()) return startPostgres();
  if (await dockerAnswers()) return startPostgresContainer();
  throw missing();
}

async function redisFromSomewhere(): Promise<TestServer> {
  if (findRedis()) return startRedis();
  if (await dockerAnswers()) return startRedisContainer();
  throw missing();
}

function missing(): ServicesMissingError {
  return new ServicesMissingError(
    'The tests need PostgreSQL 14 or newer and Redis: install the packages postgresql and redis-server, or start Docker, ' +
      'or set DATABASE_URL (an account that may create databases) and REDIS_URL.',
  );
}

/** Installs Debian's packages for what is missing, when this is root on Debian; otherwise does nothing. */
async function installMissing(given: {
  postgres: string | undefined;
  redis: string | undefined;
  /** True: there is one, or none is needed. */
  browser: boolean;
}): Promise<void> {
  const packages = [
    ...(given.postgres || (await findPostgres()) ? [] : ['postgresql']),
    ...(given.redis || findRedis() ? [] : ['redis-server']),
    ...(given.browser ? [] : ['chromium']),
  ];
  if (packages.length === 0 || process.getuid?.() !== 0 || !findProgram('apt-get')) return;
  console.log(`installing ${packages.join(' and ')} for the tests …`);
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'],
    // RUNLEVEL=1: in a container the packages' own servers are not started; the tests start theirs.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  };
  const update = spawnSync('apt-get', ['update', '-q'], options);
  const install = spawnSync('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], options);
  // Not the end: Docker may have them, and otherwise the sentence of `missing` follows.
  if (update.status !== 0 || install.status !== 0)
    console.error(`apt-get could not install ${packages.join(' and ')}.`);
}
