// The console's inbox and attention in a browser, as a person uses them, on a development server whose clock is moved.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser } from '../support/browser.ts';
import { type ConsoleApp, column, isLive, startConsole } from '../support/console.ts';

let served: ConsoleApp;
beforeAll(async () => {
  served = await startConsole();
}, 60_000);
afterAll(() => served?.[Symbol.asyncDispose]());

/** The server's clock for people, as the API tells it. */
async function serverTime(): Promise<number> {
  return Date.parse((await served.ask('ada', '{ session { serverTime } }')).session.serverTime);
}

const minutes = 60_000;

test('the clock that the page moves is the one the API tells', async () => {
  const before = await serverTime();
  const { app } = served;
  const moved = await fetch(`http://localhost:${app.port}/dev/clock`, { method: 'POST', body: '{ "minutes": 90 }' });
  expect(moved.status).toBe(200);
  expect(await serverTime()).toBeGreaterThanOrEqual(before + 90 * minutes);
});

if (!findBrowser())
  console.warn('No Chromium is installed (or named by CHROMIUM_PATH): the console is not tried in a browser.');
else
  describe('in a browser', () => {
    test('“later” and the day bar go by the server’s clock, also when it was moved before the page was opened', async () => {
      await using console = await served.open('?left=ada&right=grace');
      const { page } = console;
      const ada = column(page, 'left');
      const moves = page.getByRole('button', { name: '+30 min' });
      // By an hour and a half, in the test before.
      await page.getByRole('button', { name: /^It is .* \+30 min$/ }).waitFor();
      await ada.getByRole('tab', { name: 'Attention' }).click();
      const line = ada.locator('.daybar .now');
      const at = async () => Number(await line.getAttribute('x1')) * 6;
      const before = await at();
      await moves.click();
      await expect.poll(async () => ((await at()) - before + 1_440) % 1_440).toBeGreaterThanOrEqual(30);
      expect(((await at()) - before + 1_440) % 1_440).toBeLessThan(33);

      await page.reload();
      await isLive(ada);
      await page.getByRole('button', { name: /^It is .* \+30 min$/ }).waitFor();
      const inbox = ada.getByRole('list', { name: 'Inbox' });
      const id = await inbox.locator('[data-id]').first().getAttribute('data-id');
      const row = inbox.locator(`[data-id="${id}"]`);
      const asked = await serverTime();
      await row.getByRole('button', { name: 'Later' }).click();
      await row.waitFor({ state: 'detached' });
      const { notification } = await served.ask(
        'ada',
        'query ($id: ID!) { notification(id: $id) { state snoozedUntil } }',
        {
          id,
        },
      );
      const waits = Date.parse(notification.snoozedUntil) - asked;
      expect(notification.state).toBe('SNOOZED');
      expect(waits).toBeGreaterThan(29 * minutes);
      expect(waits).toBeLessThan(33 * minutes);
      // Half an hour of that clock later they are back.
      await moves.click();
      await moves.click();
      await row.waitFor();
    });
  });
