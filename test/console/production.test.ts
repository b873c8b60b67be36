// The console where a server runs for real: CONSOLE=on, nobody seeded, no tools.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/tooling/root.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { findBrowser, openBrowser, openPage } from '../support/browser.ts';
import { column, desktop, isLive } from '../support/console.ts';
import { type ServerProcess, startServerProcess } from '../support/process.ts';

let beside: TestApp;
let server: ServerProcess;
let url: string;
beforeAll(async () => {
  beside = await startApp();
  server = await startServerProcess(beside, { CONSOLE: 'on', DATA_DIR: join(root, '.data/tests') });
  url = server.url.replace('127.0.0.1', 'localhost');
}, 90_000);
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await beside?.[Symbol.asyncDispose]();
});

test('the page names nobody, and there is neither a clock to move nor a token to be had', async () => {
  const page = await (await fetch(url)).text();
  expect(page).not.toContain('eyJ');
  expect(page).toContain('{"endpoint":"/graphql","development":false,"people":[]}');
  for (const [path, body] of [
    ['/dev/clock', { minutes: 30 }],
    ['/dev/token', { person: 'ada' }],
  ] as const) {
    expect((await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) })).status).toBe(404);
  }
  expect((await fetch(`${url}/dev/mail`)).status).toBe(404);
});

test('the first paint is three files, and small', async () => {
  const page = await (await fetch(url)).text();
  const paths = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = '']) => path);
  expect(paths.sort()).toEqual(['/console/console.css', '/console/console.js']);
  const bodies = await Promise.all(
    paths.map(async (path) => Buffer.from(await (await fetch(`${url}${path}`)).arrayBuffer())),
  );
  const all = Buffer.concat([Buffer.from(page), ...bodies]);
  // 431 KB and 129 KB (2026-11-27), of which React is the half; a development build would be three times that.
  expect(all.byteLength).toBeLessThan(480_000);
  expect(gzipSync(all).byteLength).toBeLessThan(150_000);
});

const executable = findBrowser();
if (!executable)
  console.warn('No Chromium is installed (or named by CHROMIUM_PATH): the console is not tried in a browser.');
else
  describe('in a browser', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await openBrowser(executable);
    });
    afterAll(() => browser?.close());

    test('a person is who the pasted token is of; a wrong one is told, and there are no tools for developers', async () => {
      const { owner, project } = await beside.world.project();
      // As the documents say.
      await using watched = await openPage(browser, `${url}/app/test/websocket`, desktop);
      const { page } = watched;
      const forms = page.getByRole('region', { name: 'Nobody yet' });
      await forms.first().waitFor();
      expect(await forms.count()).toBe(2);
      await forms.first().getByLabel('Token of a person').fill('not-a-token');
      await forms.first().getByRole('button', { name: 'Enter' }).click();
      await forms.first().getByRole('status').getByText('Invalid authentication token').waitFor();
      await forms
        .first()
        .getByLabel('Token of a person')
        .fill(await beside.token(owner));
      await forms.first().getByRole('button', { name: 'Enter' }).click();
      const left = column(page, 'left');
      await isLive(left);
      await left.getByLabel('New task').fill('For real');
      await left.getByLabel('New task').press('Enter');
      await left.getByRole('group', { name: 'To do' }).getByText('For real').waitFor();
      const { tasks } = await beside.ask(owner, 'query ($id: ID!) { tasks(projectId: $id) { nodes { title } } }', {
        id: project.id,
      });
      expect(tasks.nodes).toEqual([{ title: 'For real' }]);

      await left.getByRole('tab', { name: 'Break it' }).click();
      await left.getByRole('button', { name: 'Drop the socket' }).waitFor();
      for (const name of [/\+30 min/, 'Expire the token']) {
        expect(await page.getByRole('button', { name }).count()).toBe(0);
      }
      for (const name of ['Mail', 'GraphiQL']) expect(await page.getByRole('link', { name }).count()).toBe(0);
      expect(await forms.count()).toBe(1);
    });
  });
