// src/client as the package belfry-client: built JavaScript with types.
import { execFile } from 'node:child_process';
import { copyFile, glob, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './root.ts';

const run = promisify(execFile);

/** The other entries need what their users install anyway. */
export const coreEntry = 'index.js';
/** Of the core with graphql-ws, minified and compressed: it had 7,418 on 2026-11-27. */
export const coreLimitBytes = 8_500;

/** Builds the package into an empty directory. Throws with what the compiler says. */
export async function buildClient(directory: string): Promise<void> {
  try {
    await run(join(root, 'node_modules/.bin/tsc'), ['-p', 'src/client', '--outDir', directory], { cwd: root });
  } catch (error) {
    throw new Error(String((error as { stdout?: string }).stdout), { cause: error });
  }
  for await (const name of glob('**/*.d.ts', { cwd: directory })) {
    const file = join(directory, name);
    // The compiler rewrites the endings of imports in JavaScript only.
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll(/(['"]\.{1,2}\/[^'"\n]+)\.ts(['"])/g, '$1.js$2'));
  }
  for (const name of ['package.json', 'README.md'])
    await copyFile(join(root, 'src/client', name), join(directory, name));
  await copyFile(join(root, 'schema.graphql'), join(directory, 'schema.graphql'));
}

/** Builds and packs the package; resolves with the path of the tarball, in `destination`. */
export async function packClient(directory: string, destination: string): Promise<string> {
  await buildClient(directory);
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', destination], { cwd: directory });
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  if (!packed) throw new Error('npm pack said nothing');
  return join(destination, packed.filename);
}
