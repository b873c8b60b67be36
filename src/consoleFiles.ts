import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ConsoleFiles } from './graphql/http.ts';
import type { Config } from './platform/config.ts';
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
  config: Pick<Config, 'graphqlPath' | 'dataDir' | 'mode'>,
  people: () => readonly ConsolePerson[],
): ConsoleFiles {
  let building: Promise<ReadonlyMap<string, StaticFile>> | undefined;
  const built = (): Promise<ReadonlyMap<string, StaticFile>> => {
    building ??= build(config.dataDir).catch((error: unknown) => {
      // The next one who asks tries again.
      building = undefined;
      throw error;
    });
    return building;
  };
  // Who starts it to look at it need not wait for it later.
  if (config.mode === 'development') built().catch(() => undefined);
  return {
    async page(local) {
      const assets = await built();
      const development = local && config.mode !== 'production';
      const options = { endpoint: config.graphqlPath, development, people: development ? people() : [] };
      return staticFile(
        'text/html; charset=utf-8',
        pageOf([...assets.keys()], options),
        pageHeaders(["style-src 'self'"]),
      );
    },
    async asset(asked) {
      return asked.startsWith(assetsPath) ? (await built()).get(asked) : undefined;
    },
  };
}

/** The built files, by the paths the page asks for them. */
async function build(dataDir: string): Promise<ReadonlyMap<string, StaticFile>> {
  const directory = dataDir.startsWith('memory:')
    ? path.join(tmpdir(), `belfry-console-${process.getuid?.()}`)
    : path.join(dataDir, 'console');
  const out = path.resolve(directory, await versionOfSources());
  if (!existsSync(path.join(out, 'console.js'))) {
    await promisify(execFile)(process.execPath, [path.join(root, 'src/console/build.ts'), out], { cwd: root });
  }
  const files = new Map<string, StaticFile>();
  for await (const name of glob('*.{js,css}', { cwd: out })) {
    const type = `${types[path.extname(name)]}; charset=utf-8`;
    files.set(`${assetsPath}${name}`, staticFile(type, await readFile(path.join(out, name))));
  }
  return files;
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
