import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/tooling/root.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { findBrowser, openBrowser } from '../support/browser.ts';
import { type Door, openDoor } from '../support/door.ts';

const examples = ['apollo', 'urql'];
const pages = new Map<string, string>();

const executablePath = findBrowser();

const originOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** The page of an example, as a bundler makes it. */
async function bundled(name: string): Promise<string> {
  const source = join(root, 'src/client');
  const { outputFiles } = await build({
    entryPoints: [join(root, 'examples', name, 'main.tsx')],
    bundle: true,
    write: false,
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    alias: {
      'belfry-client': join(source, 'index.ts'),
      'belfry-client/apollo': join(source, 'apollo/index.ts'),
      'belfry-client/urql': join(source, 'urql/index.ts'),
    },
  });
  const script = outputFiles[0]?.text.replaceAll('</script', '<\\/script') ?? '';
  return `<!doctype html><title>${name}</title><div id="root"></div><script>${script}</script>`;
}

const rows = async (page: Page) => (await page.locator('li').allInnerTexts()).map((text) => text.replace(' Done', ''));

test.each(examples)('the example with %s can be bundled', async (name) => {
  pages.set(`/${name}`, await bundled(name));
});

// A machine without a browser tries everything else; CI has one.
if (!executablePath)
  console.warn('No Chromium is installed (or named by CHROMIUM_PATH): the examples are not tried in a browser.');
else
  describe('in a browser', () => {
    let app: TestApp;
    let browser: Browser;
    let door: Door;
    let site: Server;
    beforeAll(async () => {
      site = createServer((request, response) => {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end(pages.get(new URL(request.url ?? '/', 'http://localhost').pathname) ?? '');
      }).listen(0, '127.0.0.1');
      await once(site, 'listening');
      app = await startApp({ config: { ALLOWED_ORIGINS: originOf(site) } });
      door = await openDoor(app.url);
      browser = await openBrowser(executablePath);
    });
    afterAll(async () => {
      await browser?.close();
      await door?.[Symbol.asyncDispose]();
      await app?.[Symbol.asyncDispose]();
      site?.close();
    });

    test.each(examples)(
      'the example with %s shows what happens, also what happened while it was cut off',
      async (name) => {
        const { owner, project } = await app.world.project();
        const first = await app.world.task({ project, by: owner, title: 'First' });
        const context = await browser.newContext();
        const page = await context.newPage();
        const complaints: string[] = [];
        page.on('pageerror', ({ message }) => complaints.push(message));
        await page.goto(`${originOf(site)}/${name}?server=${door.url}graphql&project=${project.id}`);
        await page.getByLabel('Token').fill(await app.token(owner));
        await page.getByLabel('Token').press('Enter');
        await page.getByText('LIVE').waitFor();
        const shows = (...titles: string[]) => expect.poll(() => rows(page), { timeout: 8_000 }).toEqual(titles);
        await shows('First (TODO)');

        await page.getByLabel('New task').fill('Second');
        await page.getByLabel('New task').press('Enter');
        await shows('First (TODO)', 'Second (TODO)');
        await page.getByRole('button', { name: 'Done' }).last().click();
        await shows('First (TODO)', 'Second (DONE)');

        await door.shut();
        await page.getByText('STALE').waitFor();
        await app.world.task({ project, by: owner, title: 'Third' });
        await app.ask(owner, 'mutation ($input: DeleteTaskInput!) { deleteTask(input: $input) { eventCursor } }', {
          input: { taskId: first.id },
        });
        await door.open();
        await page.getByText('LIVE').waitFor();
        await shows('Second (DONE)', 'Third (TODO)');
        expect(complaints).toEqual([]);
        await context.close();
      },
    );
  });
