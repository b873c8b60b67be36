import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startApp, type TestApp } from './support/app.ts';
import { attend } from './support/attention.ts';
import { findBrowser, openBrowser } from './support/browser.ts';

// Without a mail server development captures its mail: what is looked at here is what it shows.
let app: TestApp;
beforeAll(async () => {
  app = await startApp({ engine: 'pglite' });
  const person = await app.world.person({ name: 'Ada', email: 'ada@example.com' });
  const { owner, project } = await app.world.project();
  await app.world.member({ project, by: owner, person });
  const { conversation } = await app.world.conversation({ owner, members: 1, title: 'Picnic' });
  await app.world.member({ project: conversation, by: owner, person });
  for (const title of ['Paint the shed <b>', 'Buy nails']) {
    const task = await app.world.task({ project, by: owner, title, assignee: person });
    await app.world.comment({ task, by: owner, text: 'A word' });
  }
  await app.settled();
  await attend(app, person, 'sendDigestNow', {}, 'run { id }');
  await vi.waitFor(async () => expect((await captured()).status).toBe(200), 8_000);
});
afterAll(async () => app?.[Symbol.asyncDispose]());

const captured = () => fetch(`${app.url}/dev/mail/0`);

test('development shows the mail it captured, with its source; production has no such page', async () => {
  const list = await (await fetch(`${app.url}/dev/mail`)).text();
  expect(list).toContain('to ada@example.com');
  expect(await (await fetch(`${app.url}/dev/mail/0.eml`)).text()).toContain('Content-Type: multipart/alternative');
  expect((await fetch(`${app.url}/dev/mail/1`)).status).toBe(404);
  const config = { NODE_ENV: 'production', RATE_LIMITS: 'on' };
  await using production = await startApp({ engine: 'pglite', config });
  expect((await fetch(`${production.url}/dev/mail`)).status).toBe(404);
  expect(production.logs.join()).toContain('no digest is sent');
});

/** Of each text of a page the ratio of its contrast with what is behind it (WCAG 2), and its size in pixels. */
function contrasts(page: Page): Promise<{ text: string; ratio: number }[]> {
  return page.evaluate(() => {
    const numbers = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (color: string) => {
      const [r = 0, g = 0, b = 0] = numbers(color).map((part) => {
        const share = part / 255;
        return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element: Element | null): string => {
      if (!element) return 'rgb(255, 255, 255)';
      const color = getComputedStyle(element).backgroundColor;
      return numbers(color)[3] === 0 ? behind(element.parentElement) : color;
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: { text: string; ratio: number }[] = [];
    while (texts.nextNode()) {
      const { data, parentElement } = texts.currentNode as Text;
      if (data.trim() === '' || !parentElement) continue;
      const [light = 0, dark = 0] = [getComputedStyle(parentElement).color, behind(parentElement)]
        .map(luminance)
        .sort((a, b) => b - a);
      found.push({ text: data.trim(), ratio: (light + 0.05) / (dark + 0.05) });
    }
    return found;
  });
}

const executable = findBrowser();
// A machine without a browser tries everything else; CI has one.
if (!executable) console.warn('No Chromium is installed (or named by CHROMIUM_PATH): no digest is looked at.');
else
  describe.each(['light', 'dark'] as const)('in a browser, %s', (colorScheme) => {
    let browser: Browser;
    let page: Page;
    beforeAll(async () => {
      browser = await openBrowser(executable);
      page = await browser.newPage({ colorScheme, viewport: { width: 700, height: 900 } });
      await page.goto(`${app.url}/dev/mail/0`);
    });
    afterAll(async () => browser?.close());

    test('every text can be read, and the page is as dark as it should be', async () => {
      const found = await contrasts(page);
      expect(found.map(({ text }) => text)).toEqual(expect.arrayContaining(['Picnic', 'Stop these e-mails']));
      for (const { text, ratio } of found) expect({ text, enough: ratio >= 4.5 }).toEqual({ text, enough: true });
      expect((await page.screenshot()).length).toBeGreaterThan(5_000);
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(background).toBe(colorScheme === 'dark' ? 'rgb(20, 22, 27)' : 'rgb(243, 244, 246)');
    });

    test('a screen reader is told the language, the headings and the lists, and no tables', async () => {
      const tree = await page.locator('body').ariaSnapshot();
      expect(tree).toContain('- heading "What you have not read" [level=1]');
      expect(tree).toContain('- heading "Picnic" [level=2]');
      expect(tree).toMatch(/- list:\n\s+- listitem:/);
      expect(tree).not.toContain('- table');
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
      // Nothing of it is loaded from elsewhere.
      expect(await page.locator('img, link, script').count()).toBe(0);
    });
  });
