import fs from 'node:fs';
import path from 'node:path';

/**
 * Makes a directory and those it lies in, where they are missing. Throws what `mkdir` does.
 *
 * Not `mkdirSync(…, { recursive: true })`: where a directory exists and nothing can be made in it (`/proc`), that one
 * tries for ever (Node 24.21).
 */
export function makeDirectory(directory: string): void {
  const absolute = path.resolve(directory);
  try {
    fs.mkdirSync(absolute);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST' && fs.statSync(absolute).isDirectory()) return;
    const parent = path.dirname(absolute);
    if (code !== 'ENOENT' || fs.existsSync(parent)) throw error;
    makeDirectory(parent);
    makeDirectory(absolute);
  }
}
