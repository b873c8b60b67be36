// Where neither PostgreSQL nor Redis is installed and cannot be: the same two servers in Docker.
import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import type { TestServer } from './postgres.ts';
import { findProgram } from './programs.ts';

const run = promisify(execFile);

/** Whether a Docker engine answers; the client alone is not enough. */
export async function dockerAnswers(): Promise<boolean> {
  if (!findProgram('docker')) return false;
  return run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

/** PostgreSQL in a container, on a port Docker chooses. */
export async function startPostgresContainer(): Promise<TestServer> {
  const password = randomBytes(16).toString('hex');
  const settings = ['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'max_connections=300'];
  const variables = ['-e', 'POSTGRES_USER=belfry', '-e', `POSTGRES_PASSWORD=${password}`, '-e', 'POSTGRES_DB=postgres'];
  return startContainer({
    options: variables,
    image: 'postgres:17-alpine',
    command: settings,
    port: 5432,
    // The image starts once without the network to create its cluster, and then for good.
    probe: ['pg_isready', '-h', '127.0.0.1', '-U', 'belfry'],
    url: (port) => `postgresql://belfry:${password}@127.0.0.1:${port}/postgres`,
  });
}

/** Redis in a container, on a port Docker chooses. */
export async function startRedisContainer(): Promise<TestServer> {
  const password = randomBytes(16).toString('hex');
  return startContainer({
    options: [],
    image: 'redis:7-alpine',
    command: ['redis-server', '--requirepass', password, '--save', '', '--appendonly', 'no'],
    port: 6379,
    probe: ['redis-cli', '-a', password, 'ping'],
    url: (port) => `redis://:${password}@127.0.0.1:${port}`,
  });
}

interface Container {
  options: string[];
  image: string;
  command: string[];
  port: number;
  probe: string[];
  url(port: number): string;
}

async function startContainer(container: Container): Promise<TestServer> {
  const { options, image, command } = container;
  const publish = ['-p', `127.0.0.1::${container.port}`];
  const { stdout } = await run('docker', ['run', '--detach', '--rm', ...publish, ...options, image, ...command]);
  const id = stdout.trim();
  const removal = ['rm', '--force', '--volumes', id];
  try {
    await probeUntilReady(id, container.probe);
    const mapping = await run('docker', ['port', id, `${container.port}/tcp`]);
    const port = Number(mapping.stdout.trim().split(':').at(-1));
    await acceptsConnections(port);
    return {
      url: container.url(port),
      port,
      pid: 0,
      kill: () => void execFileSync('docker', removal, { stdio: 'ignore' }),
      [Symbol.asyncDispose]: async () => void (await run('docker', removal)),
    };
  } catch (error) {
    await run('docker', removal);
    throw error;
  }
}

async function probeUntilReady(id: string, probe: string[]): Promise<void> {
  for (let attempt = 0; attempt < 120; attempt++) {
    const answered = await run('docker', ['exec', id, ...probe]).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`The container ${id.slice(0, 12)} was not ready after 30 s.`);
}

function acceptsConnections(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
