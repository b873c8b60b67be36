// Directories of a run's servers: named after the process that owns them, so that a later run can remove what one that
// was killed with -9 left behind.
import { existsSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'belfry-test-';

/** A new empty directory of this process: `<tmp>/belfry-test-<what>-<pid>-<random>`. */
export async function makeTemporaryDirectory(what: string): Promise<string> {
  await removeLeftovers();
  return mkdtemp(join(tmpdir(), `${prefix}${what}-${process.pid}-`));
}

/** Removes a directory with all it contains; nothing happens when it is gone already. */
export async function removeDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/**
 * The same without waiting for anything asynchronous, for the last moment of the process. A server that was just
 * told to end may still be writing, so it is tried for two seconds. Never throws: a later run removes what is left.
 */
export function removeDirectoryNow(directory: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let attempt = 0; attempt < 40; attempt++) {
    try {
      rmSync(directory, { recursive: true, force: true });
    } catch {
      // Tried again below.
    }
    // Asked, not trusted: rmSync of Node 24.21 returns without an error when a file appears while it works.
    if (!existsSync(directory)) return;
    Atomics.wait(pause, 0, 0, 50);
  }
}

async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, pid] = new RegExp(`^${prefix}[a-z]+-(\\d+)-`).exec(name) ?? [];
    if (pid && !isRunning(Number(pid))) await removeDirectory(join(tmpdir(), name)).catch(() => undefined);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Someone else's process is running too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
