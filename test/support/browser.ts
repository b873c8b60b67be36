import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findProgram } from './programs.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];

/** An installed browser of the Chromium family, also as CHROMIUM_PATH; undefined: there is none. */
export function findBrowser(): string | undefined {
  return process.env.CHROMIUM_PATH || names.map((name) => findProgram(name)).find((path) => path !== undefined);
}

/** A browser without a window, and without the traffic browsers make for themselves. */
export function openBrowser(executablePath: string): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-gpu'];
  return chromium.launch({ executablePath, args });
}

/** A page that was opened, and everything it did. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /** Addresses of every request and socket, in order. */
  readonly addresses: readonly string[];
  /** Errors of its scripts, and what its console shows as errors. */
  readonly complaints: readonly string[];
  /** Text frames of all its sockets, in order. */
  readonly sent: readonly string[];
  readonly received: readonly string[];
}

/** Opens the explorer in a context of its own, as on a first visit, and waits until it can be used. */
export async function openExplorer(browser: Browser, url: string): Promise<WatchedPage> {
  const watched = await openPage(browser, url, { viewport: { width: 1300, height: 800 } });
  await settled(watched.page);
  return watched;
}

/** Opens a page in a context of its own, as on a first visit. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  // Sooner than the test: its error names what was waited for.
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const addresses: string[] = [];
  const complaints: string[] = [];
  const sent: string[] = [];
  const received: string[] = [];
  context.on('request', (request) => addresses.push(request.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('websocket', (socket) => {
    addresses.push(socket.url());
    socket.on('framesent', ({ payload }) => sent.push(String(payload)));
    socket.on('framereceived', ({ payload }) => received.push(String(payload)));
  });
  await page.goto(url);
  return { page, addresses, complaints, sent, received, [Symbol.asyncDispose]: () => context.close() };
}

/** Waits until the explorer shows a document: before, its run button does nothing. */
export async function settled(page: Page): Promise<void> {
  await page.locator('.graphiql-query-editor .view-line', { hasText: /\S/ }).first().waitFor();
}
