// The console's inbox and attention in a browser, as a person uses them, on a development server whose clock is moved.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser } from '../support/browser.ts';
import { type ConsoleApp, column, desktop, isLive, startConsole } from '../support/console.ts';

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

    test('what was done can be taken back for ten seconds, which are told, and not afterwards', async () => {
      // Less motion: no digits that change.
      for (const reducedMotion of ['no-preference', 'reduce'] as const) {
        await using watched = await served.open('?left=linus&right=grace', { ...desktop, reducedMotion });
        const { page } = watched;
        const linus = column(page, 'left');
        const inbox = linus.getByRole('list', { name: 'Inbox' });
        const id = await inbox.locator('[data-id]').first().getAttribute('data-id');
        const row = inbox.locator(`[data-id="${id}"]`);
        await page.clock.install();
        await row.getByRole('button', { name: 'Done' }).click();
        const countdown = linus.locator('.countdown');
        const calm = reducedMotion === 'reduce';
        await countdown.getByText(calm ? 'within 10 s' : /^(10|9|8) s$/).waitFor();
        await page.clock.fastForward(5_000);
        await countdown.getByText(calm ? 'within 10 s' : /^[1-5] s$/).waitFor();
        await page.clock.fastForward(6_000);
        await countdown.waitFor({ state: 'detached' });
        expect(await linus.getByRole('button', { name: 'Undo' }).count()).toBe(0);
        const { notification } = await served.ask('linus', `{ notification(id: "${id}") { state } }`);
        expect(notification.state).toBe('DONE');
      }
    });

    test('batch times are set, seen in the day bar, and taken away', async () => {
      await using watched = await served.open('?left=margaret&right=grace');
      const margaret = column(watched.page, 'left');
      await margaret.getByRole('tab', { name: 'Attention' }).click();
      const times = async () => (await served.ask('margaret', '{ attention { batchTimes } }')).attention.batchTimes;
      const save = async (text: string) => {
        await margaret.getByRole('textbox', { name: 'Batches at' }).fill(text);
        await margaret.getByRole('button', { name: 'Save' }).click();
      };
      await save('09:00, 17:30');
      await margaret.getByRole('img', { name: /^Today: .* batches at 09:00, 17:30$/ }).waitFor();
      expect(await times()).toEqual(['09:00', '17:30']);
      expect(await margaret.locator('.daybar .batch').count()).toBe(2);
      await save('');
      await margaret.getByRole('img', { name: /^Today: .* batches at no time$/ }).waitFor();
      expect(await times()).toEqual([]);
      expect(await margaret.locator('.daybar .batch').count()).toBe(0);
    });

    test('a rule is set, and the panel says in words which one wins', async () => {
      await using watched = await served.open('?left=margaret&right=grace');
      const margaret = column(watched.page, 'left');
      await margaret.getByRole('tab', { name: 'Attention' }).click();
      await margaret.getByLabel('Alerts for').selectOption({ label: 'mentioned' });
      const none = 'No rule fits; the default is ON.';
      await margaret.getByText(none).waitFor();
      await margaret.getByRole('button', { name: 'Never' }).click();
      await margaret.getByText('Your rule for the reason MENTIONED says OFF.').waitFor();
      const asking = '{ effective(channel: ALERT, reason: MENTIONED) { value rule { owner reason } } }';
      const rule = { owner: 'PERSON', reason: 'MENTIONED' };
      expect((await served.ask('margaret', asking)).effective).toEqual({ value: 'OFF', rule });
      expect(await margaret.getByRole('button', { name: 'Never' }).getAttribute('aria-pressed')).toBe('true');
      await margaret.getByRole('button', { name: 'Reset' }).click();
      await margaret.getByText(none).waitFor();
      expect((await served.ask('margaret', asking)).effective).toEqual({ value: 'ON', rule: null });
    });

    test('the mail of the digest is shown in a frame that may do nothing', async () => {
      await using watched = await served.open('?left=ada&right=grace');
      const { page } = watched;
      const ada = column(page, 'left');
      await ada.getByRole('tab', { name: 'Attention' }).click();
      await ada.getByRole('button', { name: 'Digest' }).click();
      const frame = page.getByTitle('Digest preview');
      await frame.contentFrame().getByRole('heading', { name: 'What you have not read' }).waitFor();
      expect(await frame.getAttribute('sandbox')).toBe('');
      const { subject } = (await served.ask('ada', '{ previewDigest { subject } }')).previewDigest;
      await page.getByRole('heading', { name: subject }).waitFor();
      await page.getByRole('button', { name: 'Close' }).first().click();
      await frame.waitFor({ state: 'hidden' });
      expect(watched.complaints).toEqual([]);
    });

    test('how somebody wants to be told is asked once: it may be skipped, or answered', async () => {
      await using watched = await served.open('?left=linus&right=tomas');
      const { page } = watched;
      const [linus, tomas] = [column(page, 'left'), column(page, 'right')];
      const openBoth = async () => {
        for (const one of [linus, tomas]) {
          await isLive(one);
          await one.getByRole('tab', { name: 'Attention' }).click();
          await one.locator('.daybar').waitFor();
        }
      };
      const chosen = async (person: string) => (await served.ask(person, '{ attention { chosen preset } }')).attention;
      await openBoth();
      const question = { name: 'How do you want to be told?' };
      await tomas.getByRole('group', question).getByRole('button', { name: 'Skip' }).click();
      await tomas.getByRole('group', question).waitFor({ state: 'detached' });
      expect(await chosen('tomas')).toMatchObject({ chosen: false });
      await linus.getByRole('group', question).getByRole('button', { name: 'Calm' }).click();
      await linus.getByRole('group', question).waitFor({ state: 'detached' });
      expect(await chosen('linus')).toEqual({ chosen: true, preset: 'CALM' });
      await page.reload();
      await openBoth();
      for (const one of [linus, tomas]) expect(await one.getByRole('group', question).count()).toBe(0);
    });
  });
