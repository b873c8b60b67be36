import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BuiltFiles, createConsoleBuild, type FailedBuild } from './consoleBuild.ts';
import type { ConsoleFiles } from './graphql/http.ts';
import type { Config } from './platform/config.ts';
import type { Log } from './platform/log.ts';
import { icon, inlineJson, pageHeaders, type StaticFile, staticFile } from './platform/staticFile.ts';

/** Somebody the console can be, without being asked for a token. */
export interface ConsolePerson {
  readonly externalId: string;
  readonly name: string;
  readonly role: string;
  readonly token: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const assetsPath = '/console/';
const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

/**
 * The console, built from src/console when it is asked for the first time, by a process of its own, and kept under
 * DATA_DIR until its sources change. `people` are named with their tokens in the page for who sits at this machine; under
 * any other name it has none, or a site whose name is made to point here (DNS rebinding) could read them.
 */
export function consoleFiles(
  config: Pick<Config, 'graphqlPath' | 'dataDir' | 'mode' | 'consoleBuildRetryMs'>,
  people: () => readonly ConsolePerson[],
  log: Log,
): ConsoleFiles & AsyncDisposable {
  const isForDevelopers = config.mode !== 'production';
  const build = createConsoleBuild({
    make: (version, signal) => make(config.dataDir, version, signal),
    version: versionOfSources,
    retryMs: config.consoleBuildRetryMs,
    watches: isForDevelopers,
    log,
  });
  // Who starts it to look at it need not wait for it later.
  if (config.mode === 'development') void build.files();
  return {
    async page(local) {
      const development = local && isForDevelopers;
      const files = await build.files();
      if ('error' in files) return failurePage(files, development);
      const options = { endpoint: config.graphqlPath, development, people: development ? people() : [] };
      return staticFile(
        'text/html; charset=utf-8',
        pageOf([...files.keys()], options),
        // Inline styles are those of a mail: the frame it is shown in has the page's policy.
        pageHeaders(["style-src 'self' 'unsafe-inline'"]),
      );
    },
    async asset(asked) {
      if (!asked.startsWith(assetsPath)) return undefined;
      const files = await build.files();
      return 'error' in files ? undefined : files.get(asked);
    },
    [Symbol.asyncDispose]: () => build[Symbol.asyncDispose](),
  };
}

/** Builds into DATA_DIR, where it is not there yet; with a database in memory into a private directory that goes at once. */
async function make(dataDir: string, version: string, signal: AbortSignal): Promise<BuiltFiles> {
  const isKept = !dataDir.startsWith('memory:');
  const directory = isKept ? path.join(dataDir, 'console') : await mkdtemp(path.join(tmpdir(), 'belfry-console-'));
  try {
    const out = path.resolve(directory, version);
    if (!existsSync(path.join(out, 'console.js'))) {
      await promisify(execFile)(process.execPath, [path.join(root, 'src/console/build.ts'), out], {
        cwd: root,
        signal,
      });
    }
    const files = new Map<string, StaticFile>();
    for await (const name of glob('*.{js,css}', { cwd: out })) {
      const type = `${types[path.extname(name)]}; charset=utf-8`;
      files.set(`${assetsPath}${name}`, staticFile(type, await readFile(path.join(out, name))));
    }
    return files;
  } finally {
    // A build that was just ended may still be writing.
    if (!isKept) await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

/** Changes with everything the console is built from. */
async function versionOfSources(): Promise<string> {
  const names: string[] = ['package-lock.json'];
  for await (const name of glob('src/{console,client}/**/*.{ts,tsx,css}', { cwd: root })) names.push(name);
  const hash = createHash('sha256');
  for (const name of names.sort()) hash.update(name).update(await readFile(path.join(root, name)));
  return hash.digest('base64url').slice(0, 16);
}

function pageOf(paths: readonly string[], options: object): string {
  const styles = paths
    .filter((name) => name.endsWith('.css'))
    .map((name) => `<link rel="stylesheet" href="${name}" />`);
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Belfry</title>
    <link rel="icon" href="${icon}" />
    ${styles.join('\n    ')}
    <script type="application/json" id="options">${inlineJson(options)}</script>
    <script type="module" src="${assetsPath}console.js"></script>
  </head>
  <body>
    <noscript>The console needs JavaScript.</noscript>
    <div id="root"></div>
  </body>
</html>
`;
}

/** Said in the place of the console. `why`: to somebody at this machine, who can mend it. */
function failurePage({ error, retryInMs }: FailedBuild, why: boolean): StaticFile & { status: 503 } {
  const seconds = Math.max(1, Math.ceil(retryInMs / 1_000));
  const stderr = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : '';
  const reason = (stderr.trim() || error.message).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="color-scheme" content="light dark" />
    <title>Belfry: no console</title>
    <link rel="icon" href="${icon}" />
  </head>
  <body>
    <h1>The console could not be built</h1>
    <p>The API is not affected. It is tried again ${why ? 'when the sources have changed, or ' : ''}${seconds} s from now
    (CONSOLE_BUILD_RETRY_MS), when this page is loaded again.</p>
    ${why ? `<pre>${reason}</pre>` : '<p>The server’s log says why (<code>console.build-failed</code>).</p>'}
  </body>
</html>
`;
  const headers = { ...pageHeaders(), 'retry-after': String(seconds) };
  return { ...staticFile('text/html; charset=utf-8', page, headers), status: 503 };
}
