// The console in a browser, as a person uses it, on one development server with the seeded world.
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp } from './support/app.ts';
import { findBrowser } from './support/browser.ts';
import { type ConsoleApp, column, desktop, isLive, startConsole } from './support/console.ts';
import { freePort, startServerProcess } from './support/process.ts';

let served: ConsoleApp;
beforeAll(async () => {
  served = await startConsole();
}, 60_000);
afterAll(() => served?.[Symbol.asyncDispose]());

// A machine without a browser tries everything else; CI has one.
if (!findBrowser())
  console.warn('No Chromium is installed (or named by CHROMIUM_PATH): the console is not tried in a browser.');
else
  describe('in a browser', () => {
    test('two people see each other’s change, in a page that needs no other address', async () => {
      await using console = await served.open('?left=ada&right=grace');
      const { page, addresses, complaints } = console;
      const [ada, grace] = [column(page, 'left'), column(page, 'right')];
      await ada.getByLabel('New task').fill('Water the plants');
      await ada.getByLabel('New task').press('Enter');
      await grace.getByRole('button', { name: 'on: Water the plants' }).click();
      await ada.getByRole('group', { name: 'In progress' }).getByText('Water the plants').waitFor();

      for (const one of [ada, grace]) await one.getByRole('tab', { name: 'Conversation' }).click();
      await grace.getByLabel('Message', { exact: true }).pressSequentially('Who has the key?');
      await ada.getByText('Grace Okafor types').waitFor();
      await grace.getByRole('button', { name: 'Send' }).click();
      await ada.getByText('Who has the key?').first().waitFor();
      await grace.getByText('seen by Ada').waitFor();

      // Everything fits without scrolling.
      const heights = await page.evaluate(() => [document.documentElement.scrollHeight, innerHeight]);
      expect(heights[0]).toBe(heights[1]);
      expect(new Set(addresses.map((address) => new URL(address).host))).toEqual(
        new Set([`localhost:${served.app.port}`]),
      );
      expect(complaints).toEqual([]);
    });

    // What is shown together, above and below.
    const views = [
      ['Tasks', 'Inbox'],
      ['Article', 'Attention'],
      ['Conversation', 'Events'],
      ['Conversation', 'Break it'],
    ];

    test.each(['light', 'dark'] as const)(
      'axe finds nothing in %s colours',
      async (colorScheme) => {
        await using console = await served.open('', { ...desktop, colorScheme });
        const { page } = console;
        for (const tabs of views) {
          for (const name of tabs) await column(page, 'left').getByRole('tab', { name }).click();
          const axe = new AxeBuilder({ page }).setLegacyMode(true);
          // Only colours differ in the dark.
          const { violations } = await (colorScheme === 'dark' ? axe.withRules('color-contrast') : axe).analyze();
          expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
        }
      },
      60_000,
    );

    test('who is told of something deals with it by keyboard alone, and takes it back', async () => {
      await using console = await served.open('?left=ada&right=margaret');
      const { page } = console;
      const inbox = column(page, 'left').getByRole('list', { name: 'Inbox' });
      const unread = inbox.locator('[data-id]');
      await unread.first().waitFor();
      const before = await unread.count();
      expect(before).toBeGreaterThan(0);
      await inbox.locator('.title').first().focus();
      const title = await inbox.locator('.title').first().innerText();
      await page.keyboard.press('Enter');
      await inbox.locator('.why li').first().waitFor();
      await page.keyboard.press('e');
      await inbox.locator('.title', { hasText: title }).waitFor({ state: 'detached' });
      await page.keyboard.press('z');
      await inbox.locator('.title', { hasText: title }).waitFor();
    });

    test('a dropped socket, an expired token and a removal are survived, and seen', async () => {
      await using console = await served.open('?left=ada&right=grace');
      const { page } = console;
      const [ada, grace] = [column(page, 'left'), column(page, 'right')];
      await grace.getByRole('tab', { name: 'Break it' }).click();
      for (const name of ['Drop the socket', 'Expire the token']) {
        await grace.getByRole('button', { name, exact: true }).click();
        await grace.locator('.state:not([data-state=LIVE])').waitFor();
        await ada.getByLabel('New task').fill(`Meanwhile: ${name}`);
        await ada.getByLabel('New task').press('Enter');
        await isLive(grace);
        await grace.getByText(`Meanwhile: ${name}`).first().waitFor();
      }
      await ada.getByRole('tab', { name: 'Break it' }).click();
      await ada.getByRole('button', { name: 'Remove Grace Okafor' }).click();
      await grace.getByText('No longer theirs').waitFor();
      await ada.getByRole('button', { name: 'Add Grace Okafor' }).click();
      await grace.getByLabel('New task').waitFor();
    });

    test('a place that is not theirs any more is not after a reload either, and is again when they are added', async () => {
      await using console = await served.open('?left=ada&right=grace');
      const { page } = console;
      const [ada, grace] = [column(page, 'left'), column(page, 'right')];
      await grace.getByLabel('New task').waitFor();
      const { me, project } = await served.ask('grace', '{ me { id } project(id: "website") { id name } }');
      const input = { topicId: project.id, userId: me.id };
      const remove = 'mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { topicId } }';
      await served.ask('ada', remove, { input });
      await grace.getByText('No longer theirs').waitFor();
      for (let times = 0; times < 2; times++) {
        await page.reload();
        await isLive(grace);
        await grace.getByText('No longer theirs').waitFor();
        expect(await grace.getByLabel('New task').count()).toBe(0);
        await ada.getByLabel('New task').waitFor();
      }
      const add = 'mutation ($input: AddMemberInput!) { addMember(input: $input) { topicId } }';
      await served.ask('ada', add, { input: { ...input, role: 'ADMIN' } });
      await grace.getByLabel('New task').waitFor();
      // What is chosen stays chosen.
      const select = grace.getByLabel('Project');
      const other = (await select.locator('option').allInnerTexts()).find((name) => name !== project.name) ?? '';
      await select.selectOption({ label: other });
      await page.reload();
      await isLive(grace);
      await expect.poll(() => select.locator('option:checked').innerText()).toBe(other);
    });

    test('a server is killed while both write: every message is there once, and the page says how it stands', async () => {
      await using beside = await startApp();
      const port = await freePort();
      const config = {
        NODE_ENV: 'development',
        CONSOLE: 'on',
        GRAPHIQL: 'off',
        RATE_LIMITS: 'off',
        PORT: String(port),
      };
      await using server = await startServerProcess(beside, config);
      await using console = await served.open('?left=ada&right=grace', desktop, port);
      const { page } = console;
      const both = [column(page, 'left'), column(page, 'right')] as const;
      const [ada, grace] = both;
      for (const one of both) await one.getByRole('tab', { name: 'Conversation' }).click();
      const say = async (one: Locator, text: string) => {
        await one.getByLabel('Message', { exact: true }).fill(text);
        await one.getByRole('button', { name: 'Send' }).click();
      };
      await page.evaluate(() => {
        const state = document.querySelector('.state') as HTMLElement;
        const seen = [state.dataset.state];
        Object.assign(window, { seen });
        new MutationObserver(() => seen.push(state.dataset.state)).observe(state, { attributes: true });
      });
      const texts = ['Before', 'On its way', 'While it is away', 'Afterwards'] as const;
      const [before, onItsWay, away, afterwards] = texts;
      await say(ada, before);
      await grace.getByText(before, { exact: true }).waitFor();
      await say(grace, onItsWay);
      await server.kill();
      await say(ada, away);
      await using _again = await startServerProcess(beside, config);
      for (const one of both) await isLive(one);
      await say(grace, afterwards);
      for (const one of both) {
        for (const text of texts) await one.getByText(text, { exact: true }).waitFor();
        for (const text of texts) expect(await one.getByText(text, { exact: true }).count()).toBe(1);
      }
      const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
      expect(seen.filter((state, nth) => state !== seen[nth - 1]).join(' ')).toMatch(/^LIVE STALE .*CATCHING_UP LIVE$/);
    }, 60_000);

    test('a focus holds alerts, which are counted, and told as one when they are released', async () => {
      await using console = await served.open('?left=ada&right=grace');
      const { page } = console;
      const [ada, grace] = [column(page, 'left'), column(page, 'right')];
      await ada.getByRole('tab', { name: 'Attention' }).click();
      await ada.getByRole('button', { name: 'Focus 25 min' }).click();
      await ada.getByRole('button', { name: 'End focus' }).waitFor();
      await grace.getByRole('tab', { name: 'Conversation' }).click();
      for (const text of ['First of two', 'Second of two']) {
        await grace.getByLabel('Message', { exact: true }).fill(text);
        await grace.getByRole('button', { name: 'Send' }).click();
        await grace.getByText(text, { exact: true }).waitFor();
      }
      await ada.getByText('2 held until').waitFor();
      expect(await ada.getByRole('status').innerText()).toBe('');
      await ada.getByRole('button', { name: 'End focus' }).click();
      await ada.getByText('nothing is held').waitFor();
      await ada.getByRole('status').getByText('While you were away').waitFor();
    });
  });

test('people and their tokens are in the page for this machine only, and the documents’ test page leads to it', async () => {
  const url = `http://localhost:${served.app.port}`;
  expect(await (await fetch(url)).text()).toContain('eyJ');
  const { url: end } = await fetch(`${url}/app/test/websocket`);
  expect(end).toBe(`${url}/`);
  const token = (headers: Record<string, string>) =>
    fetch(`${url}/dev/token`, { method: 'POST', headers, body: JSON.stringify({ person: 'ada' }) });
  expect((await token({})).status).toBe(200);
  expect((await token({ 'sec-fetch-site': 'cross-site' })).status).toBe(404);
  const { request } = await import('node:http');
  const rebound = await new Promise<string>((resolve, reject) => {
    request(
      { host: '127.0.0.1', port: served.app.port, path: '/', headers: { host: 'rebound.example' } },
      async (response) => resolve((await response.toArray()).join('')),
    )
      .on('error', reject)
      .end();
  });
  expect(rebound).toContain('Belfry');
  expect(rebound).not.toContain('eyJ');
});
