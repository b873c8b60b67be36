import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { makeDirectory } from './directory.ts';
import { StartupError } from './errors.ts';

// Two processes open the same embedded database without complaint and corrupt it, so a file says who has it.
// Not covered: two containers on one volume, which do not see each other's processes.
const fileName = 'belfry.lock';
// Locks of this process, where the system does not tell when a process began (anything but Linux).
const held = new Set<string>();

/**
 * Makes the directory where it is missing and reserves it for this process until disposed, or until the process ends.
 * A lock left behind by a process that is gone is taken over, also when its pid belongs to another process by now.
 * @throws StartupError when another holder is alive, or the directory cannot be written.
 */
export function lockDirectory(directory: string): Disposable {
  const file = path.join(path.resolve(directory), fileName);
  const owner = `${process.pid} ${startOf(process.pid) ?? ''}\n`;
  explained(directory, () => makeDirectory(directory));
  // A second round only when a stale lock was in the way, a third when someone else cleared it in between.
  for (let round = 0; round < 3; round += 1) {
    if (explained(directory, () => create(file, owner))) {
      held.add(file);
      const release = () => {
        held.delete(file);
        if (readOrEmpty(file) === owner) fs.rmSync(file, { force: true });
      };
      process.once('exit', release);
      return {
        [Symbol.dispose]() {
          process.off('exit', release);
          release();
        },
      };
    }
    const found = readOrEmpty(file);
    if (isAlive(file, found)) {
      const holder =
        Number.parseInt(found, 10) === process.pid
          ? 'this process already'
          : `process ${Number.parseInt(found, 10) || '(starting)'}`;
      throw new StartupError(
        `The data directory ${directory} is in use by ${holder}; stop it, choose another DATA_DIR, or set DATABASE_URL to a PostgreSQL server to run several processes.`,
      );
    }
    explained(directory, () => removeStale(file, found));
  }
  throw new StartupError(`The data directory ${directory} is being taken by another process; try again.`);
}

function create(file: string, owner: string): boolean {
  try {
    fs.writeFileSync(file, owner, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(file: string, found: string): boolean {
  const [pidText = '', start = ''] = found.trim().split(' ');
  const pid = Number.parseInt(pidText, 10);
  // Empty: its owner is between creating and writing it, unless it has been so for longer than that takes.
  if (!(pid > 0)) return Date.now() - (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) < 1000;
  if (pid === process.pid && start === '') return held.has(file);
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if (codeOf(error) !== 'EPERM') return false;
  }
  const startNow = startOf(pid);
  return start === '' || startNow === undefined || startNow === start;
}

// Two processes may find the same stale lock: whoever renames first has it. If the second one renames the
// first one's fresh lock instead, the content differs from what was judged stale, and it is put back.
function removeStale(file: string, judged: string): void {
  const aside = `${file}.${process.pid}.stale`;
  try {
    fs.renameSync(file, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (readOrEmpty(aside) === judged) fs.rmSync(aside, { force: true });
  else fs.renameSync(aside, file);
}

/** When a process began, in the kernel's ticks since boot; undefined where the system does not say. */
function startOf(pid: number): string | undefined {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  // Field 22 of proc(5); the second field, the name in brackets, may contain spaces and brackets itself.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function readOrEmpty(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    // Gone or unreadable is the same as empty for every caller: nothing is known about its owner.
    return '';
  }
}

function explained<T>(directory: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/, \w+ '.*$/, '') : String(error);
    throw new StartupError(
      `The data directory ${path.resolve(directory)} cannot be written (${why}); choose another DATA_DIR.`,
      { cause: error },
    );
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
