import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Account, findAccount, findProgram, startProgram } from './programs.ts';
import { makeTemporaryDirectory, removeDirectory, removeDirectoryNow } from './temporary.ts';

const run = promisify(execFile);

/** A server started for tests. Disposing it ends the program and removes its data. */
export interface TestServer extends AsyncDisposable {
  url: string;
  port: number;
  pid: number;
  /** The same without waiting, for the last moment of the process. */
  kill(): void;
}

/** Where `initdb` and `postgres` are installed: newest version first, then PATH. Undefined: not installed. */
export async function findPostgres(): Promise<{ initdb: string; postgres: string } | undefined> {
  const debian = '/usr/lib/postgresql';
  const versions = await readdir(debian).catch(() => []);
  const directories = versions
    .filter((version) => Number(version) >= 14)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(debian, version, 'bin'));
  const initdb = findProgram('initdb', directories);
  const postgres = findProgram('postgres', directories);
  return initdb && postgres ? { initdb, postgres } : undefined;
}

/**
 * Starts a PostgreSQL with an empty cluster of its own and returns the URL of its superuser.
 * Nothing is synced to disk: the data is gone after the run anyway. Throws when it is not installed.
 */
export async function startPostgres(options: { port?: number } = {}): Promise<TestServer> {
  const programs = await findPostgres();
  if (!programs) throw new Error('PostgreSQL (14 or newer) is not installed.');
  const account = await postgresAccount();
  const directory = await makeTemporaryDirectory('postgres');
  try {
    const data = join(directory, 'data');
    const password = randomBytes(16).toString('hex');
    const passwordFile = join(directory, 'password');
    await writeFile(passwordFile, password, { mode: 0o600 });
    await mkdir(data, { mode: 0o700 });
    if (account) for (const path of [directory, data, passwordFile]) await chown(path, account.uid, account.gid);
    await run(
      programs.initdb,
      // Passwords in clear: they only travel over loopback, and SCRAM costs 5 ms of CPU per connection.
      ['-D', data, '-U', 'belfry', '-A', 'password', '--pwfile', passwordFile, '-E', 'UTF8', '--locale=C', '--no-sync'],
      { cwd: directory, ...account },
    );
    const program = await startProgram({
      name: 'PostgreSQL',
      command: (port) => [programs.postgres, '-D', data, ...settings({ port })],
      directory,
      ready: /database system is ready to accept connections/,
      portTaken: /Address already in use|could not create any TCP\/IP sockets/,
      stopSignal: 'SIGQUIT',
      ...(account && { account }),
      ...options,
    });
    return {
      url: `postgresql://belfry:${password}@127.0.0.1:${program.port}/postgres`,
      port: program.port,
      pid: program.pid,
      kill() {
        program.kill();
        removeDirectoryNow(directory);
      },
      async [Symbol.asyncDispose]() {
        await program[Symbol.asyncDispose]();
        await removeDirectory(directory);
      },
    };
  } catch (error) {
    await removeDirectory(directory);
    throw error;
  }
}

/** PostgreSQL refuses to run as root: the account it runs as instead; undefined when this process is not root's. */
async function postgresAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const account = await findAccount(['postgres', 'nobody']);
  if (!account)
    throw new Error('PostgreSQL refuses to run as root, and there is neither an account postgres nor nobody.');
  return account;
}

function settings({ port }: { port: number }): string[] {
  return Object.entries({
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 300, // Two test files at a time, each with a few servers and their pools.
    fsync: 'off',
    full_page_writes: 'off',
    timezone: 'UTC',
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
