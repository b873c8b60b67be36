import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { build } from 'esbuild';
import { publint } from 'publint';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { coreEntry, coreLimitBytes, packClient } from '../../scripts/tooling/clientPackage.ts';
import { root } from '../../scripts/tooling/root.ts';
import { makeTemporaryDirectory, removeDirectory } from '../support/temporary.ts';

const run = promisify(execFile);
/** What applications install themselves, and the compiler: the project gets those of this repository. */
const peers = [
  '@apollo/client',
  '@urql/core',
  '@urql/exchange-graphcache',
  '@types/react',
  '@types/react-dom',
  '@types/node',
  'graphql',
  'react',
  'react-dom',
  'rxjs',
  'urql',
  '@graphql-codegen/cli',
];

let directory: string;
let built: string;
let project: string;
let tarball: string;
beforeAll(async () => {
  directory = await makeTemporaryDirectory('package');
  [built, project] = [join(directory, 'built'), join(directory, 'project')];
  await Promise.all([mkdir(built), mkdir(project)]);
  tarball = await packClient(built, directory);
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  // Without its peers, as npm would for somebody who uses neither Apollo Client nor urql.
  await run('npm', ['install', tarball, '--prefer-offline', '--no-audit', '--no-fund'], { cwd: project });
}, 120_000);
afterAll(() => removeDirectory(directory));

/** Gives the project packages of this repository. */
async function link(...names: string[]): Promise<void> {
  for (const name of names) {
    const place = join(project, 'node_modules', name);
    await mkdir(join(place, '..'), { recursive: true });
    // Those that are there already stay.
    await symlink(join(root, 'node_modules', name), place).catch(() => undefined);
  }
}

test('the packed package installs into an empty project and works there without any other', async () => {
  const program = `
    import { BelfryError, createBelfryClient } from 'belfry-client';
    import { taskUpdated } from 'belfry-client/documents';
    const client = createBelfryClient({ url: 'http://127.0.0.1:9/graphql', token: 'none' });
    const refused = await client.query('{ me { id } }').catch((error) => error);
    console.log(BelfryError.is(refused), refused.code, String(taskUpdated).includes('taskUpdated'), client.state.state);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: project });
  expect(stdout.trim()).toBe('true CONNECTION_ERROR true OFFLINE');
});

test('with Apollo Client or urql each entry loads, and those without hooks need no React', async () => {
  await link('@apollo/client', '@urql/core', '@urql/exchange-graphcache', 'rxjs');
  const load = (names: string[]) =>
    run(process.execPath, ['-e', names.map((name) => `await import('belfry-client/${name}');`).join('')], {
      cwd: project,
    });
  await load(['apollo/core', 'urql/core']);
  await expect(load(['apollo'])).rejects.toThrow(/Cannot find package 'react'/);
  await link('react', 'urql');
  await load(['apollo', 'urql']);
});

test('every entry resolves and is typed, for bundlers and Node alike', async () => {
  const { messages } = await publint({ pkgDir: built, strict: true });
  expect(messages).toEqual([]);
  const checked = await checkPackage(createPackageFromTarballData(await readFile(tarball)), {
    excludeEntrypoints: ['./schema.graphql', './package.json'],
  });
  // It is ESM; Node 22 and bundlers load that, also from CommonJS.
  const problems = checked.types ? checked.problems.filter(({ kind }) => kind !== 'CJSResolvesToESM') : ['no types'];
  expect(problems).toEqual([]);
});

test(`the core with graphql-ws is at most ${coreLimitBytes} bytes, minified and compressed`, async () => {
  const { outputFiles } = await build({
    entryPoints: [join(built, coreEntry)],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    nodePaths: [join(root, 'node_modules')],
  });
  const [bundle] = outputFiles;
  expect(bundle?.text).not.toMatch(/from"node:/);
  expect(gzipSync(bundle?.contents ?? '').length).toBeLessThanOrEqual(coreLimitBytes);
});

test('every piece of code in the documentation, and the examples, compile against the package', async () => {
  await link(...peers);
  const pages = ['docs/client.md', 'src/client/README.md'];
  let pieces = 0;
  for (const page of pages) {
    const text = await readFile(join(root, page), 'utf8');
    for (const [, language, code = ''] of text.matchAll(/^```(tsx?)\n([\s\S]*?)^```$/gm)) {
      const name = `${page.replaceAll(/\W/g, '-')}-${++pieces}.${language}`;
      await writeFile(join(project, name), `${code}\nexport {};\n`);
    }
  }
  expect(pieces).toBeGreaterThan(8);
  for (const name of ['apollo', 'urql'])
    await copyFile(join(root, 'examples', name, 'main.tsx'), join(project, `${name}.tsx`));
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2024', 'dom', 'dom.iterable'],
    module: 'preserve',
    jsx: 'react-jsx',
    strict: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
  };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts', '*.tsx'] }));
  const errors = await run(join(root, 'node_modules/.bin/tsc'), ['-p', project]).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  );
  expect(errors).toBe('');
});
