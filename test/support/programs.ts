// Starting a server program for a test run: on a port of its own, seen to be ready, and ended whatever happens.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The path of an executable of this name in PATH or in one of the extra directories, which are searched first. */
export function findProgram(name: string, extraDirectories: string[] = []): string | undefined {
  const directories = [...extraDirectories, ...(process.env.PATH ?? '').split(delimiter)].filter(Boolean);
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A Unix account to run a program as. */
export interface Account {
  uid: number;
  gid: number;
}

/** The account of the first of these names that exists; undefined when there is none. */
export async function findAccount(names: string[]): Promise<Account | undefined> {
  for (const name of names) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // No such account: the next name.
    }
  }
  return undefined;
}

/** How to start one server program. */
export interface ServerProgram {
  /** For messages: `PostgreSQL`. */
  name: string;
  /** Program and arguments, listening on 127.0.0.1 at this port. */
  command(port: number): [string, ...string[]];
  /** Working directory; the account must be able to enter it. */
  directory: string;
  /** What the program prints once it accepts connections. */
  ready: RegExp;
  /** What it prints when the port is somebody else's. */
  portTaken: RegExp;
  /** Ends it at once, without waiting for its clients and without saving anything. */
  stopSignal: 'SIGQUIT' | 'SIGTERM';
  /** Absent: the account of this process. */
  account?: Account;
  /** Absent: a port nobody has; given: this one or an error. */
  port?: number;
}

/** A server program that accepts connections. Disposing it waits until it is gone. */
export interface RunningProgram extends AsyncDisposable {
  port: number;
  pid: number;
  /** Ends it without waiting: for the last moment of the process, where nothing can be awaited. */
  kill(): void;
}

const startLimitMs = 30_000;
const outputLimit = 8_000;

/**
 * Starts the program and resolves when it says that it is ready. The program itself binds the port, so a port that
 * another run took in the meantime is noticed by the only one who can know, and the next one is tried.
 * Throws when the program ends, says nothing for 30 s, or the given port is taken.
 */
export async function startProgram(program: ServerProgram): Promise<RunningProgram> {
  for (let attempt = 0; ; attempt++) {
    // Below 32768, where Linux takes the ports of outgoing connections from.
    const port = program.port ?? 20_000 + Math.floor(Math.random() * 12_000);
    const started = await tryStart(program, port);
    if (typeof started !== 'string') return started;
    if (!program.portTaken.test(started) || program.port || attempt === 20)
      throw new Error(`${program.name} did not start on port ${port}:\n${started}`);
  }
}

/** The running program, or what it printed before it failed. */
async function tryStart(program: ServerProgram, port: number): Promise<RunningProgram | string> {
  // The kernel ends the program when this process is killed with -9 and can no longer do it (Linux only).
  const setpriv = findProgram('setpriv');
  const guard = setpriv ? [setpriv, '--pdeathsig', program.stopSignal.slice(3), '--'] : [];
  const [file = '', ...args] = [...guard, ...program.command(port)];
  const child = spawn(file, args, {
    cwd: program.directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C in the terminal must reach the tests first, and not cut their database away.
    detached: true,
    ...program.account,
  });
  const outcome = await waitUntilReady(child, program.ready);
  if (outcome !== undefined) return outcome;
  return {
    port,
    pid: child.pid ?? 0,
    kill: () => void child.kill(program.stopSignal),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill(program.stopSignal);
      await ended;
    },
  };
}

function waitUntilReady(child: ChildProcess, ready: RegExp): Promise<string | undefined> {
  return new Promise((resolve) => {
    let output = '';
    let done = false;
    const finish = (failure?: string) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      resolve(failure);
    };
    const read = (chunk: Buffer) => {
      // Read for as long as it lives: a full pipe would stop the program.
      if (done) return;
      output = (output + chunk.toString()).slice(-outputLimit);
      if (ready.test(output)) finish();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', (error) => finish(error.message));
    child.once('exit', () => finish(output || 'it ended without a word'));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      finish(`not ready after ${startLimitMs} ms\n${output}`);
    }, startLimitMs);
  });
}
