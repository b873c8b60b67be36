// Servers as processes of their own, which can be killed, and a Redis that can go away.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TestApp } from './app.ts';
import { startRedis } from './redis.ts';

/** A server process. Disposing it kills it, if it is still there. */
export interface ServerProcess extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** `ws://127.0.0.1:<port>/graphql` */
  readonly socketUrl: string;
  readonly pid: number;
  /** Lines it has printed so far, of both outputs. */
  readonly lines: readonly string[];
  /** Ends it like a power cut (SIGKILL) and waits until it is gone. */
  kill(): Promise<void>;
  /** Asks it to end (SIGTERM) and resolves with its exit code; null when a signal ended it. */
  terminate(): Promise<number | null>;
}

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
// Two seconds on a quiet machine, twenty on one that does ten things at once.
const startLimitMs = 40_000;
/** Tests do much in a short time. */
const unreachableLimits = {
  WS_RATE_LIMIT: '1000000/1s',
  WS_MESSAGE_RATE_LIMIT: '1000000/1s',
  USER_RATE_LIMIT: '1000000/1s',
  ANONYMOUS_RATE_LIMIT: '1000000/1s',
  CONNECT_RATE_LIMIT: '1000000/1s',
  MESSAGE_RATE_LIMIT: '1000000/1s',
  TOLD_RATE_LIMIT: '1000000/1s',
  WS_MAX_CONNECTIONS_PER_USER: '1000000',
  WS_MAX_CONNECTIONS_PER_DEVICE: '1000000',
};

/**
 * Starts `node src/main.ts` beside `app`, on its database and Redis and on a free port, and resolves when it listens.
 * Rejects with what it printed when it ends before, or does not say within 40 s that it listens.
 */
export async function startServerProcess(app: TestApp, config: Record<string, string> = {}): Promise<ServerProcess> {
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...app.environment,
      // Not development: no seeded world in the tests' database.
      NODE_ENV: 'production',
      // Production refuses to run without limits; they may be raised.
      RATE_LIMITS: 'on',
      ...unreachableLimits,
      HOST: '127.0.0.1',
      ...config,
    },
  });
  const lines: string[] = [];
  const url = Promise.withResolvers<string>();
  const read = (line: string) => {
    lines.push(line);
    const found = listeningUrl(line);
    if (found) url.resolve(found);
  };
  createInterface(child.stdout).on('line', read);
  createInterface(child.stderr).on('line', read);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const fail = (why: string) => url.reject(new Error(`the server process ${why}:\n${lines.join('\n')}`));
  void exited.then(([code]) => fail(`ended with ${code}`));
  const timer = setTimeout(() => fail('did not listen in time'), startLimitMs);

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    child.kill(signal);
    const [code] = await exited;
    return code;
  }

  try {
    const address = await url.promise;
    return {
      url: address,
      socketUrl: `${address.replace(/^http/, 'ws')}/graphql`,
      pid: child.pid ?? 0,
      lines,
      kill: async () => void (await end('SIGKILL')),
      terminate: () => end('SIGTERM'),
      [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** A port that was free a moment ago, for a server that comes back where it was. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function listeningUrl(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  const { msg, url } = JSON.parse(line) as { msg?: string; url?: string };
  return msg === 'listening' ? url : undefined;
}

/** A Redis of the test's own, which can be stopped and comes back at the same address, empty. */
export interface OwnRedis extends AsyncDisposable {
  readonly url: string;
  /** Resolves when it is gone. */
  stop(): Promise<void>;
  /** Resolves when it accepts connections again. */
  start(): Promise<void>;
}

export async function startOwnRedis(): Promise<OwnRedis> {
  let running: Awaited<ReturnType<typeof startRedis>> | undefined = await startRedis();
  const { url, port, password } = running;
  const stop = async () => {
    await running?.[Symbol.asyncDispose]();
    running = undefined;
  };
  return {
    url,
    stop,
    async start() {
      running ??= await startRedis({ port, password });
    },
    [Symbol.asyncDispose]: stop,
  };
}
