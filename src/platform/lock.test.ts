import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { StartupError } from './errors.ts';
import { lockDirectory } from './lock.ts';

const moduleUrl = new URL('./lock.ts', import.meta.url).href;

function temporaryDirectory(): Disposable & { path: string } {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'belfry-lock-'));
  return { path: made, [Symbol.dispose]: () => fs.rmSync(made, { recursive: true, force: true }) };
}

/** Another process that tries to take the lock, says `locked` or the error's name, and stays until killed. */
function start(directory: string) {
  const program = `import { lockDirectory } from ${JSON.stringify(moduleUrl)};
    setInterval(() => {}, 1000);
    try { lockDirectory(${JSON.stringify(directory)}); console.log('locked'); } catch (error) { console.log(error.name); }`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Another process that has the lock. */
async function holder(directory: string) {
  const child = start(directory);
  await once(child.stdout, 'data');
  return {
    pid: child.pid,
    async kill(signal: NodeJS.Signals) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) await this.kill('SIGKILL');
    },
  };
}

describe('the lock of a data directory', () => {
  it('makes the directory and refuses a second process with a sentence that says what to do', async () => {
    using temporary = temporaryDirectory();
    const directory = path.join(temporary.path, 'not', 'there');
    await using other = await holder(directory);
    expect(() => lockDirectory(directory)).toThrow(
      `The data directory ${directory} is in use by process ${other.pid}; stop it, choose another DATA_DIR, or set DATABASE_URL to a PostgreSQL server to run several processes.`,
    );
  });

  it('refuses a second holder in the same process, and admits the next one when the first is done', () => {
    using temporary = temporaryDirectory();
    const first = lockDirectory(temporary.path);
    expect(() => lockDirectory(temporary.path)).toThrow(StartupError);
    first[Symbol.dispose]();
    using _second = lockDirectory(temporary.path);
    expect(() => lockDirectory(temporary.path)).toThrow(StartupError);
  });

  it('is taken over from a process that was killed', async () => {
    using temporary = temporaryDirectory();
    await using other = await holder(temporary.path);
    await other.kill('SIGKILL');
    expect(fs.readdirSync(temporary.path)).toEqual(['belfry.lock']);
    using _lock = lockDirectory(temporary.path);
    expect(fs.readFileSync(path.join(temporary.path, 'belfry.lock'), 'utf8')).toContain(`${process.pid} `);
  });

  it.runIf(process.platform === 'linux')('is taken over when its pid belongs to a younger process by now', () => {
    using temporary = temporaryDirectory();
    const file = path.join(temporary.path, 'belfry.lock');
    // The parent lives, and so do we (a container restarts as the same pid): neither began at tick 1.
    for (const pid of [process.ppid, process.pid]) {
      fs.writeFileSync(file, `${pid} 1\n`);
      using _lock = lockDirectory(temporary.path);
    }
  });

  it('that is empty counts as being taken, until it is too old for that', () => {
    using temporary = temporaryDirectory();
    const file = path.join(temporary.path, 'belfry.lock');
    fs.writeFileSync(file, '');
    expect(() => lockDirectory(temporary.path)).toThrow(/in use by process \(starting\)/);
    fs.utimesSync(file, 0, 0);
    using _lock = lockDirectory(temporary.path);
  });

  it('is not removed by one that has lost it', () => {
    using temporary = temporaryDirectory();
    const file = path.join(temporary.path, 'belfry.lock');
    const lock = lockDirectory(temporary.path);
    fs.writeFileSync(file, '1 1\n');
    lock[Symbol.dispose]();
    expect(fs.readFileSync(file, 'utf8')).toBe('1 1\n');
  });

  it('goes to exactly one of several processes that find the same stale one', async () => {
    using temporary = temporaryDirectory();
    fs.writeFileSync(path.join(temporary.path, 'belfry.lock'), `${process.pid} 1\n`);
    const children = Array.from({ length: 6 }, () => start(temporary.path));
    // The winner holds on until all have spoken, however slowly they start.
    const said = await Promise.all(children.map(async (child) => String((await once(child.stdout, 'data'))[0]).trim()));
    for (const child of children) child.kill('SIGKILL');
    expect(said.sort()).toEqual([...Array(5).fill('StartupError'), 'locked']);
  });

  it('explains in one line a directory that cannot be written', () => {
    using temporary = temporaryDirectory();
    const file = path.join(temporary.path, 'file');
    fs.writeFileSync(file, '');
    for (const directory of [file, path.join(file, 'below')]) {
      expect(() => lockDirectory(directory)).toThrow(
        /^The data directory \/.* cannot be written \([^\n]+\); choose another DATA_DIR\.$/,
      );
    }
  });

  // Node's recursive mkdir tries for ever there; /proc is also what root takes for a directory that cannot be written.
  it('refuses a directory in which nothing can be made', () => {
    expect(() => lockDirectory('/proc/belfry/data')).toThrow(/cannot be written.*choose another DATA_DIR/);
  });
});
