// "Run all scenarios" of the console: the documents' twenty tests, played in a browser against a server with the limits
// it has when somebody starts it.
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Outcome, play, sentenceOf } from '../src/console/scenarios/runner.ts';
import { startApp } from './support/app.ts';
import { findBrowser, type WatchedPage } from './support/browser.ts';
import { type ConsoleApp, desktop, startConsole } from './support/console.ts';
import { startServerProcess } from './support/process.ts';

const names = Array.from({ length: 20 }, (_, nth) => `T${nth + 1}`);

// A run takes as long as the limit of a connection, ten seconds, and a little more; here two of them.
const twoRunsMs = 240_000;

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

if (findBrowser() === undefined)
  console.warn('No Chromium is installed (or named by CHROMIUM_PATH): the scenarios are not played in a browser.');
else
  describe('in a browser', () => {
    let served: ConsoleApp;
    beforeAll(async () => {
      served = await startConsole({ RATE_LIMITS: 'on' });
    }, 60_000);
    afterAll(() => served?.[Symbol.asyncDispose]());

    /** The console with its scenarios open, by keyboard. */
    async function openScenarios(...parameters: Parameters<ConsoleApp['open']>): Promise<WatchedPage> {
      const watched = await served.open(...parameters);
      await watched.page.getByRole('button', { name: /^Scenarios/ }).focus();
      await watched.page.keyboard.press('Enter');
      return watched;
    }

    /** What somebody has before them: places, and what they have not dealt with. */
    async function whatPeopleHave() {
      await served.app.settled();
      const query = `{ conversations(first: 100) { nodes { id } }
        notifications(filter: { states: [UNREAD, READ] }, first: 100) { nodes { id } } }`;
      return Promise.all(['ada', 'grace', 'linus', 'margaret', 'tomas'].map((person) => served.ask(person, query)));
    }

    test(
      'all twenty are played and pass, at once again as well, and leave nothing behind for anybody',
      async () => {
        await using console = await openScenarios('?left=ada&right=grace');
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
        // Who is on the page was told of nothing meanwhile either.
        expect((await console.page.locator('.events').allTextContents()).join()).not.toContain('Scenario');
        expect(console.complaints).toEqual([]);
      },
      twoRunsMs,
    );

    test('they can be stopped, and played one by one, by keyboard', async () => {
      await using console = await openScenarios('?left=linus&right=margaret');
      const dialog = dialogOf(console);
      await dialog.getByRole('button', { name: 'Run all scenarios' }).focus();
      await console.page.keyboard.press('Enter');
      await rowOf(dialog, 'T1').getByText('✓').waitFor();
      // The same place in the order of the keyboard.
      await console.page.keyboard.press('Enter');
      expect(await saidOf(dialog)).toMatch(/^Stopped after \d+ of 20; \d+ passed\.$/);
      expect(await rowOf(dialog, 'T20').innerText()).toContain('waiting');
      await named(dialog, 'T15').focus();
      await console.page.keyboard.press('Enter');
      await rowOf(dialog, 'T15').getByText('✓').waitFor();
      expect(await saidOf(dialog)).toMatch(/^1 of 1 passed/);
      await console.page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
    });

    test.each([
      ['light', desktop],
      ['dark', desktop],
      ['light', { ...desktop, viewport: { width: 390, height: 844 } }],
    ] as const)('axe finds nothing in %s colours', async (colorScheme, options) => {
      await using console = await openScenarios('', { ...options, colorScheme });
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
      await using console = await openScenarios('', desktop, Number(new URL(server.url).port));
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
