import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { startApp } from '../support/app.ts';
import { makeTemporaryDirectory, removeDirectory } from '../support/temporary.ts';

const soon = { timeout: 60_000 };

afterEach(() => vi.unstubAllEnvs());

async function temporary(): Promise<AsyncDisposable & { path: string }> {
  const path = await makeTemporaryDirectory('console');
  return { path, [Symbol.asyncDispose]: () => removeDirectory(path) };
}

/** A data directory in which the console cannot be built, until what lies in its place is taken away. */
async function blocked() {
  const directory = await temporary();
  const obstacle = join(directory.path, 'console');
  await writeFile(obstacle, 'Not a folder.');
  return { ...directory, clear: () => rm(obstacle) };
}

test('a console that cannot be built says so, once, and is not tried again with every request', async () => {
  await using data = await blocked();
  await using app = await startApp({ config: { CONSOLE: 'on', DATA_DIR: data.path } });
  const local = `http://localhost:${app.port}`;
  const failures = () => app.logs.filter((line) => line.includes('console.build-failed')).length;
  const page = await fetch(local);
  expect(page.status).toBe(503);
  const seconds = Number(page.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(50);
  expect(seconds).toBeLessThanOrEqual(60);
  const text = await page.text();
  expect(text).toContain('The console could not be built');
  // To who sits at this machine it says why.
  expect(text).toMatch(/EEXIST|ENOTDIR/);
  await data.clear();
  for (const path of ['/', '/', '/console/console.js']) {
    expect((await fetch(`${local}${path}`)).status).toBe(path === '/' ? 503 : 404);
  }
  expect(failures()).toBe(1);
  // The API does not depend on it.
  expect((await app.graphql(await app.world.person(), '{ me { id } }')).status).toBe(200);
});

test(
  'after CONSOLE_BUILD_RETRY_MS it is tried again, and served',
  async () => {
    await using data = await blocked();
    const config = { CONSOLE: 'on', DATA_DIR: data.path, CONSOLE_BUILD_RETRY_MS: '1' };
    await using app = await startApp({ config });
    const ask = async (path = '/') => (await fetch(`http://localhost:${app.port}${path}`)).status;
    expect(await ask()).toBe(503);
    await data.clear();
    await expect.poll(() => ask(), soon).toBe(200);
    expect(await ask('/console/console.js')).toBe(200);
    expect(await readdir(join(data.path, 'console'))).toHaveLength(1);
  },
  soon.timeout,
);

test(
  'with a database in memory it is built in a private directory, of which nothing is left, also when the server ends meanwhile',
  async () => {
    await using directory = await temporary();
    vi.stubEnv('TMPDIR', directory.path);
    const names = () => readdir(directory.path);
    {
      await using app = await startApp({ config: { CONSOLE: 'on', DATA_DIR: 'memory:build' } });
      const page = fetch(app.url);
      await expect.poll(names, { ...soon, interval: 5 }).toHaveLength(1);
      const [name = ''] = await names();
      expect(name).not.toMatch(/^belfry-console-\d*$/);
      expect((await stat(join(directory.path, name))).mode & 0o777).toBe(0o700);
      expect((await page).status).toBe(200);
      expect(await names()).toEqual([]);
      // From memory.
      expect((await fetch(`${app.url}/console/console.js`)).status).toBe(200);
    }
    {
      await using app = await startApp({ config: { CONSOLE: 'on', DATA_DIR: 'memory:build' } });
      fetch(app.url).catch(() => undefined);
      await expect.poll(names, { ...soon, interval: 5 }).toHaveLength(1);
    }
    expect(await names()).toEqual([]);
  },
  soon.timeout,
);
