import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, createApp } from '../src/app.ts';
import { createDocuments } from '../src/graphql/documents.ts';
import { readyTabs } from '../src/graphql/graphiqlTabs.ts';
import { schema } from '../src/graphql/schema.ts';
import { loadConfig } from '../src/platform/config.ts';
import { createLog } from '../src/platform/log.ts';
import { startApp, type TestApp } from './support/app.ts';
import { findBrowser, openBrowser, openExplorer, settled, type WatchedPage } from './support/browser.ts';
import type { ProjectWorld } from './support/world.ts';

let backstage: TestApp;
let world: ProjectWorld;
let explored: App;
beforeAll(async () => {
  backstage = await startApp({ config: { GRAPHIQL: 'false' } });
  world = await backstage.world.project({ members: 1, externalId: 'website' });
  explored = await explorable(0);
});
afterAll(async () => {
  await explored[Symbol.asyncDispose]();
  await backstage[Symbol.asyncDispose]();
});

/** A server on the same database that serves the explorer with the owner's token. */
async function explorable(port: number): Promise<App> {
  const config = loadConfig({ ...backstage.environment, PORT: String(port), GRAPHIQL: 'true' });
  const token = await backstage.token(world.owner);
  const log = createLog({ ...config, logLevel: 'silent' });
  return createApp(config, { clock: backstage.clock, log, explorerToken: () => token });
}

describe('the page', () => {
  const html = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

  test.each(['/', '/graphql'])(
    'is served at %s to browsers, in no frame, and may load from here only',
    async (path) => {
      const response = await fetch(`${explored.url}${path}`, html);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
      expect(response.headers.get('x-frame-options')).toBe('DENY');
      expect(await response.text()).not.toMatch(/(src|href)="(https?:)?\/\//);
    },
  );

  test('everything it names is there, and is not sent again while it is the same', async () => {
    const page = await (await fetch(`${explored.url}/graphql`, html)).text();
    const paths = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path);
    expect(paths.length).toBeGreaterThan(3);
    for (const path of paths) {
      const first = await fetch(`${explored.url}${path}`);
      expect([path, first.status]).toEqual([path, 200]);
      const again = await fetch(`${explored.url}${path}`, {
        headers: { 'if-none-match': first.headers.get('etag') ?? '' },
      });
      expect(again.status).toBe(304);
    }
  });

  test('the ready token is only in what this machine asks for under its own name', async () => {
    const local = await (await fetch(`${explored.url}/`, html)).text();
    expect(local).toContain('eyJ');
    const { request } = await import('node:http');
    const foreign = await new Promise<string>((resolve, reject) => {
      const headers = { ...html.headers, host: `rebound.example:${explored.port}` };
      const asked = request({ host: '127.0.0.1', port: explored.port, path: '/', headers }, async (response) => {
        resolve((await response.toArray()).join(''));
      });
      asked.on('error', reject).end();
    });
    expect(foreign).toContain('GraphiQL');
    expect(foreign).not.toContain('eyJ');
  });

  test('is not served where the explorer is off', async () => {
    const response = await fetch(`${backstage.url}/`, html);
    expect(response.status).toBe(404);
  });

  test('its ready tabs fit the schema', () => {
    const documents = createDocuments(schema, backstage.config);
    for (const { query, variables, headers } of [...readyTabs(), ...readyTabs('token')]) {
      expect(documents.get(query).errors).toBeUndefined();
      for (const json of [variables, headers]) if (json !== undefined) expect(JSON.parse(json)).toBeTypeOf('object');
    }
  });
});

const executable = findBrowser();
// A machine without a browser tries everything else; CI has one.
if (!executable)
  console.warn('No Chromium is installed (or named by CHROMIUM_PATH): the explorer is not tried in a browser.');
else
  describe('in a browser', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await openBrowser(executable);
    });
    afterAll(async () => browser.close());

    test('it opens with tabs ready to run, and asks nobody but this server', async () => {
      await using watched = await openExplorer(browser, `${explored.url}/`);
      await backstage.world.task({ project: world.project, by: world.owner, title: 'Seen in the explorer' });
      await run(watched);
      await shows(watched, 'Seen in the explorer');
      const hosts = new Set(
        watched.addresses.map((address) => new URL(address)).map(({ protocol, host }) => `${protocol}//${host}`),
      );
      expect([...hosts].filter((host) => !host.startsWith('data:') && !host.startsWith('blob:'))).toEqual([
        explored.url,
      ]);
      expect(watched.complaints).toEqual([]);
    });

    test('its subscription hears what is done over HTTP, with the token of the headers tab', async () => {
      await using watched = await openExplorer(browser, explored.url);
      await openTab(watched, 'TaskUpdated');
      await run(watched);
      await begun(watched);
      await backstage.world.task({ project: world.project, by: world.owner, title: 'Heard over the socket' });
      await shows(watched, 'Heard over the socket');
      expect(acknowledged(watched)).toEqual([world.owner.id]);
      expect(watched.complaints).toEqual([]);
    });

    test('its mutation is heard in another window', async () => {
      await using listening = await openExplorer(browser, explored.url);
      await openTab(listening, 'TaskUpdated');
      await run(listening);
      await begun(listening);
      await using acting = await openExplorer(browser, explored.url);
      await openTab(acting, 'CreateTask');
      await run(acting);
      await shows(acting, 'eventCursor');
      await shows(listening, 'Try the explorer');
    });

    test('with another token it connects again, as that person; with a bad one it says so', async () => {
      await using watched = await openExplorer(browser, explored.url);
      const [member] = world.members;
      if (!member) throw new Error('the project has a member');
      await openTab(watched, 'TaskUpdated');
      await run(watched);
      await begun(watched);
      await stop(watched);
      await putHeaders(watched, { Authorization: `Bearer ${await backstage.token(member)}` });
      await run(watched);
      await expect.poll(() => acknowledged(watched), patience).toEqual([world.owner.id, member.id]);
      await begun(watched);
      await stop(watched);
      await putHeaders(watched, { Authorization: 'Bearer nonsense' });
      await run(watched);
      await shows(watched, 'Invalid authentication token');
    });

    test('a server that comes back is gone on with where it was left: nothing missing, nothing twice', async () => {
      const first = await explorable(0);
      await using watched = await openExplorer(browser, first.url);
      await openTab(watched, 'TaskUpdated');
      await run(watched);
      await begun(watched);
      const say = (title: string) => backstage.world.task({ project: world.project, by: world.owner, title });
      await say('before 1');
      await say('before 2');
      await shows(watched, 'before 2');
      await first[Symbol.asyncDispose]();
      await say('meanwhile 1');
      await say('meanwhile 2');
      await using _second = await explorable(first.port);
      await shows(watched, 'meanwhile 2');
      await say('after');
      await shows(watched, '"after"');
      expect(titles(watched)).toEqual(['before 1', 'before 2', 'meanwhile 1', 'meanwhile 2', 'after']);
    });

    test('a second visit finds the tabs of the first, with the token of now', async () => {
      await using watched = await openExplorer(browser, explored.url);
      const { page } = watched;
      const stored = () => page.evaluate(() => JSON.stringify(localStorage));
      const tabs = () => page.locator('.graphiql-tab-button').allInnerTexts();
      await openTab(watched, 'CreateTask');
      await expect.poll(stored, patience).toContain('"activeTabIndex\\":2');
      const names = await tabs();
      await page.evaluate(() => {
        const token = localStorage.getItem('belfry:token') ?? '';
        for (const key of Object.keys(localStorage)) {
          localStorage.setItem(key, (localStorage.getItem(key) ?? '').replaceAll(token, 'the.old.one'));
        }
      });
      await page.reload();
      await settled(page);
      expect(await tabs()).toEqual(names);
      expect(await stored()).not.toContain('the.old.one');
      await run(watched);
      await shows(watched, 'eventCursor');
    });
  });

const patience = { timeout: 10_000 };

async function openTab({ page }: WatchedPage, name: string): Promise<void> {
  await page.locator('.graphiql-tab-button', { hasText: name }).click();
  await page.locator('.graphiql-tab-active', { hasText: name }).waitFor();
}

async function run({ page }: WatchedPage): Promise<void> {
  await page.locator('.graphiql-execute-button[aria-label^="Execute"]').click();
}

async function stop({ page }: WatchedPage): Promise<void> {
  await page.locator('.graphiql-execute-button[aria-label^="Stop"]').click();
  await page.locator('.graphiql-execute-button[aria-label^="Execute"]').waitFor();
}

/** Waits until the server has said of every subscription so far where it begins. */
async function begun({ sent, received }: WatchedPage): Promise<void> {
  const counted = (frames: readonly string[], type: string) =>
    frames.filter((frame) => frame.includes(`"type":"${type}"`)).length;
  await expect
    .poll(
      () => counted(sent, 'subscribe') > 0 && counted(received, 'subscribed') === counted(sent, 'subscribe'),
      patience,
    )
    .toBe(true);
}

/** Waits until the result pane shows the text, whose spaces the editor writes as U+00A0. */
async function shows({ page }: WatchedPage, text: string): Promise<void> {
  const results = page.locator('.result-window');
  await expect.poll(async () => (await results.innerText()).replaceAll('\u00a0', ' '), patience).toContain(text);
}

async function putHeaders({ page }: WatchedPage, headers: Record<string, string>): Promise<void> {
  await page.getByRole('button', { name: 'Headers', exact: true }).click();
  await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .monaco-editor').click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(JSON.stringify(headers));
}

/** Ids of the people the server has acknowledged, one for each connection. */
function acknowledged({ received }: WatchedPage): string[] {
  return received
    .map((frame) => JSON.parse(frame))
    .filter(({ type }) => type === 'connection_ack')
    .map(({ payload }) => payload.userId);
}

function titles({ received }: WatchedPage): string[] {
  return received
    .map((frame) => JSON.parse(frame))
    .filter(({ type }) => type === 'next')
    .map(({ payload }) => payload.data.taskUpdated.task.title);
}
