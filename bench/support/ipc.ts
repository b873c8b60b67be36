// Calls between the bench and the processes it starts. The peers' servers (.mjs) use the child's side of it too.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';

interface Call {
  nth: number;
  name: string;
  argument: unknown;
}

interface Answer {
  nth: number;
  result?: unknown;
  error?: string;
}

/** In a child: answers the bench's calls, and ends the process when the bench is gone. */
export function answerCalls(handlers: Readonly<Record<string, (argument: never) => unknown>>): void {
  process.on('message', async ({ nth, name, argument }: Call) => {
    const answer: Answer = { nth };
    try {
      const handler = handlers[name];
      if (!handler) throw new Error(`no such call: ${name}`);
      answer.result = await handler(argument as never);
    } catch (error) {
      answer.error = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    process.send?.(answer);
  });
  // However the bench ended: nothing it started stays behind.
  process.on('disconnect', () => process.exit(0));
  process.on('SIGTERM', () => process.exit(0));
}

let session: Session | undefined;

/** What every server under test answers beside its own calls. */
export const measuring = {
  /** Milliseconds of CPU, user and system, of this process so far. */
  usage(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
  /** Begins a CPU profile. */
  async profile(): Promise<void> {
    session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
  },
  /** Ends it, and writes it to bench/profiles for Chromium's or an editor's viewer. */
  async profiled(name: string): Promise<void> {
    const { profile } = (await session?.post('Profiler.stop')) ?? {};
    session = undefined;
    const directory = new URL('../profiles/', import.meta.url);
    await mkdir(directory, { recursive: true });
    await writeFile(new URL(`${name}.cpuprofile`, directory), JSON.stringify(profile));
  },
  /** Bytes after collecting garbage; needs --expose-gc. */
  async memory(): Promise<{ rss: number; heap: number; external: number }> {
    for (let round = 0; round < 3; round++) {
      (globalThis as { gc?: () => void }).gc?.();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { rss, heapUsed, external } = process.memoryUsage();
    return { rss, heap: heapUsed, external };
  },
};

/** Milliseconds of the machine's monotonic clock: the same in every process. */
export function nowMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return 1_000 * seconds + nanoseconds / 1e6;
}

/** A process the bench has started. Disposing it ends it, and it ends by itself when the bench does. */
export interface Child extends AsyncDisposable {
  readonly pid: number;
  /** Rejects with the child's error, or when the child ends before it has answered. */
  call<Result>(name: string, argument?: unknown): Promise<Result>;
  /** `kill -9`, and waits until it is gone. */
  kill(): Promise<void>;
}

export interface ChildOptions {
  env?: Readonly<Record<string, string>>;
  execArgv?: readonly string[];
}

/** Starts a program of this directory with the Node this runs on. */
export function startChild(file: URL, { env = {}, execArgv = [] }: ChildOptions = {}): Child {
  const inherited = { PATH: process.env.PATH ?? '', ...(process.env.TMPDIR && { TMPDIR: process.env.TMPDIR }) };
  const child = fork(file, {
    env: { ...inherited, NODE_ENV: 'production', ...env },
    execArgv: ['--disable-warning=ExperimentalWarning', ...execArgv],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return attach(child, file.pathname.split('/').at(-1) ?? '');
}

function attach(child: ChildProcess, name: string): Child {
  const waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  let calls = 0;
  let gone = false;
  child.on('message', ({ nth, result, error }: Answer) => {
    const call = waiting.get(nth);
    waiting.delete(nth);
    if (error === undefined) call?.resolve(result as never);
    else call?.reject(new Error(`${name}: ${error}`));
  });
  child.once('exit', (code, signal) => {
    gone = true;
    for (const { reject } of waiting.values()) reject(new Error(`${name} ended with ${signal ?? code}`));
    waiting.clear();
  });

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (gone) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await exit;
    clearTimeout(late);
  }

  return {
    pid: child.pid ?? 0,
    call: (callName, argument) =>
      new Promise((resolve, reject) => {
        if (gone) return reject(new Error(`${name} is not running`));
        const nth = ++calls;
        waiting.set(nth, { resolve, reject });
        child.send({ nth, name: callName, argument } satisfies Call);
      }),
    kill: () => end('SIGKILL'),
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  };
}
