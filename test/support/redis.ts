import { randomBytes } from 'node:crypto';
import type { TestServer } from './postgres.ts';
import { findProgram, startProgram } from './programs.ts';
import { makeTemporaryDirectory, removeDirectory, removeDirectoryNow } from './temporary.ts';

/** The installed `redis-server` or `valkey-server`; undefined when there is none. */
export function findRedis(): string | undefined {
  return findProgram('redis-server') ?? findProgram('valkey-server');
}

/**
 * Starts a Redis of one's own that stores nothing. A test of an outage stops it and starts it again
 * with the same `port` and `password`. Throws when it is not installed.
 */
export async function startRedis(
  options: { port?: number; password?: string } = {},
): Promise<TestServer & { password: string }> {
  const redis = findRedis();
  if (!redis) throw new Error('Redis (redis-server) is not installed.');
  const directory = await makeTemporaryDirectory('redis');
  const password = options.password ?? randomBytes(16).toString('hex');
  const program = await startProgram({
    name: 'Redis',
    command: (port) => [
      redis,
      ...['--port', String(port), '--bind', '127.0.0.1', '--requirepass', password],
      ...['--save', '', '--appendonly', 'no', '--dir', directory],
    ],
    directory,
    ready: /Ready to accept connections/,
    portTaken: /Address already in use/,
    stopSignal: 'SIGTERM',
    ...(options.port && { port: options.port }),
  }).catch(async (error: unknown) => {
    await removeDirectory(directory);
    throw error;
  });
  return {
    url: `redis://:${password}@127.0.0.1:${program.port}`,
    port: program.port,
    pid: program.pid,
    password,
    kill() {
      program.kill();
      removeDirectoryNow(directory);
    },
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await removeDirectory(directory);
    },
  };
}
