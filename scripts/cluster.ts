// npm run cluster: PostgreSQL, Redis and two servers on one seeded world, for trying out what needs more than one.
// What it starts is thrown away at the end.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { environment } from '../src/platform/config.ts';
import { ServicesMissingError, startServices } from '../test/support/services.ts';
import { root } from './tooling/root.ts';

const ports = [3000, 3001];

const stopped = Promise.withResolvers<string>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopped.resolve(signal));

/** Starts one server and resolves when it listens, with the tokens it prints; rejects when it ends before. */
async function startServer(
  port: number,
  env: Record<string, string>,
): Promise<{ child: ChildProcess; banner: string }> {
  const child = spawn(process.execPath, [join(root, 'src/main.ts')], {
    // A group of its own: Ctrl-C reaches this script only, which ends the parts in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...environment(), ...env, PORT: String(port) },
  });
  const banner: string[] = [];
  const ready = Promise.withResolvers<void>();
  createInterface(child.stdout as NodeJS.ReadableStream).on('line', (line) => {
    if (!line.startsWith('{')) {
      banner.push(line);
      return;
    }
    const { level, ns, msg } = JSON.parse(line) as Record<string, string>;
    if (msg === 'listening') ready.resolve();
    if (level === 'info' && !msg?.startsWith('drain')) return;
    console.log(`${port} ${level} ${ns ?? ''} ${msg}`);
  });
  child.once('exit', (code) => {
    ready.reject(new Error(`the server on port ${port} ended with ${code}`));
    stopped.resolve(`the server on port ${port} has ended`);
  });
  await ready.promise;
  return { child, banner: banner.join('\n') };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function run(): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const services = opened.use(await startServices(environment()));
  const env = {
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    DATABASE_URL: services.databaseUrl,
    REDIS_URL: services.redisUrl,
    // One for both, so that a token is good at either.
    JWT_SECRET: randomBytes(32).toString('hex'),
  };
  let banner = '';
  // One after the other: the first makes the world.
  for (const port of ports) {
    const server = await startServer(port, env);
    opened.defer(() => stop(server.child));
    banner = server.banner;
  }
  console.log(banner.split('\n').slice(2).join('\n').trim());
  console.log(`
Two servers on one database: ${ports.map((port) => `http://localhost:${port}/graphql`).join(' and ')}
  readiness  ${ports.map((port) => `http://localhost:${port}/readyz`).join('  ')}
  metrics    ${ports.map((port) => `http://localhost:${port}/metrics`).join('  ')}
  PostgreSQL ${services.databaseUrl}
  Redis      ${services.redisUrl}
Ctrl-C ends all of it.`);
  console.log(`\nStopping: ${await stopped.promise}`);
}

try {
  await run();
} catch (error) {
  console.error(error instanceof ServicesMissingError ? error.message : error);
  process.exitCode = 1;
}
