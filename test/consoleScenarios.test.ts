// "Run all scenarios" of the console: the documents' twenty tests, played in a browser against a server with the limits
// it has when somebody starts it.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App } from '../src/app.ts';
import { type Outcome, play, sentenceOf } from '../src/console/scenarios/runner.ts';
import { createDevelopmentApp } from '../src/development.ts';
import { loadConfig } from '../src/platform/config.ts';
import { createLog } from '../src/platform/log.ts';
import type { SeededPerson } from '../src/seed.ts';
import { startApp } from './support/app.ts';
import { findBrowser, openBrowser, openPage, type WatchedPage } from './support/browser.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { startServerProcess } from './support/process.ts';

const desktop = { viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' } as const;
const names = Array.from({ length: 20 }, (_, nth) => `T${nth + 1}`);

// A run takes as long as the limit of a connection, ten seconds, and a little more; here two of them.
const twoRunsMs = 240_000;

/** The console with its scenarios open, by keyboard. */
async function openScenarios(browser: Browser, url: string, options: object = desktop) {
  const watched = await openPage(browser, url, options);
  await watched.page.locator('.state[data-state=LIVE]').nth(1).waitFor();
  await watched.page.getByRole('button', { name: /^Scenarios/ }).focus();
  await watched.page.keyboard.press('Enter');
  return watched;
}

const dialogOf = ({ page }: WatchedPage) => page.getByRole('dialog', { name: 'Scenarios' });
const rowOf = (dialog: Locator, name: string) => dialog.getByRole('listitem').filter({ has: named(dialog, name) });
const named = (dialog: Locator, name: string) =>
  dialog.page().getByRole('button', { name: `▶ Play ${name}`, exact: true });

/** What is said at the end. */
async function saidOf(dialog: Locator): Promise<string> {
  const said = dialog.getByRole('status').filter({ hasText: /\S/ });
  await said.waitFor({ timeout: twoRunsMs / 2 });
  return said.innerText();
}

const executable = findBrowser();
if (!executable)
  console.warn('No Chromium is installed (or named by CHROMIUM_PATH): the scenarios are not played in a browser.');
else
  describe('in a browser', () => {
    let database: TestDatabase;
    let app: App;
    let people: readonly SeededPerson[];
    let browser: Browser;
    beforeAll(async () => {
      database = await createTestDatabase();
      const variables = { PORT: '0', DATA_DIR: 'memory:console', DATABASE_URL: database.url, GRAPHIQL: 'off' };
      const config = loadConfig({ NODE_ENV: 'development', CONSOLE: 'on', ...variables });
      ({ app, people } = await createDevelopmentApp(config, createLog({ ...config, logLevel: 'silent' })));
      browser = await openBrowser(executable);
    }, 60_000);
    afterAll(async () => {
      await browser?.close();
      await app?.[Symbol.asyncDispose]();
      await database?.[Symbol.asyncDispose]();
    });

    /** What the humans of the seeded world have before them: places, and what they have not dealt with. */
    async function whatPeopleHave() {
      await app.settled();
      const query = `{ conversations(first: 100) { nodes { id } }
        notifications(filter: { states: [UNREAD, READ] }, first: 100) { nodes { id } } }`;
      const humans = people.filter(({ role }) => role !== 'BOT');
      return Promise.all(
        humans.map(async ({ name, token }) => {
          const answer = await fetch(`http://localhost:${app.port}/graphql`, {
            method: 'POST',
            headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
            body: JSON.stringify({ query }),
          });
          const { data } = await answer.json();
          return { name, conversations: data.conversations.nodes, notifications: data.notifications.nodes };
        }),
      );
    }

    test(
      'all twenty are played and pass, at once again as well, and leave nothing behind for anybody',
      async () => {
        await using console = await openScenarios(browser, `http://localhost:${app.port}/?left=ada&right=grace`);
        const dialog = dialogOf(console);
        const before = await whatPeopleHave();
        for (const _ of ['once', 'again']) {
          await dialog.getByRole('button', { name: 'Run all scenarios' }).click();
          await dialog.getByText('running').waitFor();
          const reasons = () => dialog.locator('li[data-state=failed]').allInnerTexts();
          expect([await saidOf(dialog), await reasons()]).toEqual([
            expect.stringMatching(/^20 of 20 passed in \d+ s\.$/),
            [],
          ]);
          for (const name of names) expect(await rowOf(dialog, name).innerText()).toMatch(/✓ \d+ ms/);
        }
        expect(await whatPeopleHave()).toEqual(before);
        // Who is on the page was told of nothing.
        for (const said of await console.page.locator('.news').allInnerTexts()) expect(said).toBe('');
        expect(console.complaints).toEqual([]);
      },
      twoRunsMs,
    );

    test('they can be stopped, and played one by one, by keyboard', async () => {
      await using console = await openScenarios(browser, `http://localhost:${app.port}/`);
      const dialog = dialogOf(console);
      await dialog.getByRole('button', { name: 'Run all scenarios' }).focus();
      await console.page.keyboard.press('Enter');
      await rowOf(dialog, 'T1').getByText('✓').waitFor();
      // The same place in the order of the keyboard.
      await console.page.keyboard.press('Enter');
      expect(await saidOf(dialog)).toMatch(/^Stopped after \d+ of 20; \d+ passed\.$/);
      expect(await rowOf(dialog, 'T20').innerText()).toContain('waiting');
      await named(dialog, 'T17').focus();
      await console.page.keyboard.press('Enter');
      await rowOf(dialog, 'T17').getByText('✓').waitFor();
      expect(await saidOf(dialog)).toMatch(/^1 of 1 passed/);
      await console.page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
    });

    test.each([
      ['light', desktop],
      ['dark', desktop],
      ['light', { ...desktop, viewport: { width: 390, height: 844 } }],
    ] as const)('axe finds nothing in %s colours', async (colorScheme, options) => {
      await using console = await openScenarios(browser, `http://localhost:${app.port}/`, { ...options, colorScheme });
      const dialog = dialogOf(console);
      await named(dialog, 'T3').click();
      await rowOf(dialog, 'T3').getByText('✓').waitFor();
      const { violations } = await new AxeBuilder({ page: console.page })
        .setLegacyMode(true)
        .include('dialog[open]')
        .analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    });

    test('what does not hold is shown as failed, with the reason: limits that are off, a server that is gone', async () => {
      await using beside = await startApp();
      const config = { NODE_ENV: 'development', CONSOLE: 'on', GRAPHIQL: 'off', RATE_LIMITS: 'off' };
      await using server = await startServerProcess(beside, config);
      await using console = await openScenarios(browser, server.url.replace('127.0.0.1', 'localhost'));
      const dialog = dialogOf(console);
      await named(dialog, 'T20').click();
      expect(await saidOf(dialog)).toMatch(/^0 of 1 passed in \d+ s; failed: T20\.$/);
      expect(await rowOf(dialog, 'T20').innerText()).toMatch(/✗ failed.*Limits are off on this server/s);

      await dialog.getByRole('button', { name: 'Run all scenarios' }).click();
      await rowOf(dialog, 'T4').getByText('✓').waitFor();
      await server.kill();
      expect(await saidOf(dialog)).toMatch(/^\d+ of 20 passed in \d+ s; failed: .*T19, T20\.$/);
      expect(await rowOf(dialog, 'T1').innerText()).toContain('✓');
      expect(await rowOf(dialog, 'T16').innerText()).toMatch(
        /✗ failed.*CONNECTION_ERROR: The server cannot be reached/s,
      );
      expect(await rowOf(dialog, 'T17').innerText()).toMatch(/✗ failed.*is not connected after 10 s/s);
    }, 120_000);
  });

describe('what plays them', () => {
  /** Played on nothing; `seen` has what was said of each, in order. */
  function playing(ones: Parameters<typeof playable>[], options: { limitMs?: number; stop?: AbortController } = {}) {
    const { limitMs, stop = new AbortController() } = options;
    const seen: string[] = [];
    let open = 0;
    const over = play(
      ones.map((one) => playable(...one)),
      {
        open: (_one, signal) => {
          open++;
          return { signal, [Symbol.asyncDispose]: async () => void open-- };
        },
        onOutcome: ({ name }, outcome) => seen.push(`${name} ${wordsOf(outcome)}`),
        stop: stop.signal,
        ...(limitMs !== undefined && { limitMs }),
      },
    );
    return { over, seen, stop, stagesLeft: () => open };
  }
  const playable = (name: string, run: () => Promise<string | undefined>) => ({ name, play: run });
  const wordsOf = (outcome: Outcome) => (outcome.state === 'failed' ? `failed: ${outcome.reason}` : outcome.state);
  const well = () => Promise.resolve(undefined);
  const forever = () => new Promise<never>(() => undefined);

  test('one that fails, or never ends, holds up no other, and each has a reason', async () => {
    const wrong = () => Promise.reject(new Error('It rained.'));
    const { over, seen, stagesLeft } = playing(
      [
        ['A', wrong],
        ['B', forever],
        ['C', well],
      ],
      { limitMs: 20 },
    );
    const summary = await over;
    expect(summary).toMatchObject({ total: 3, passed: 1, failed: ['A', 'B'] });
    expect(sentenceOf(summary)).toMatch(/^1 of 3 passed in 1 s; failed: A, B\.$/);
    expect(seen.slice(3)).toEqual([
      'A running',
      'A failed: It rained.',
      'B running',
      'B failed: It is not over after 0.02 s.',
      'C running',
      'C passed',
    ]);
    expect(stagesLeft()).toBe(0);
  });

  test('when they are stopped the one that is played waits again, and no other begins', async () => {
    const { over, seen, stop, stagesLeft } = playing([
      ['A', well],
      [
        'B',
        () => {
          stop.abort();
          return forever();
        },
      ],
      ['C', well],
    ]);
    const summary = await over;
    expect(sentenceOf(summary)).toBe('Stopped after 1 of 3; 1 passed.');
    expect(seen.slice(3)).toEqual(['A running', 'A passed', 'B running', 'B waiting']);
    expect(stagesLeft()).toBe(0);
  });
});
