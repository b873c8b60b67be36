// The console on a development server of its own, with the seeded world, and people's browsers.
import { join } from 'node:path';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { root } from '../../scripts/tooling/root.ts';
import type { App } from '../../src/app.ts';
import { createDevelopmentApp } from '../../src/development.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { createLog } from '../../src/platform/log.ts';
import { findBrowser, openBrowser, openPage, type WatchedPage } from './browser.ts';
import { createTestDatabase } from './database.ts';
import { type Data, request } from './request.ts';

/** A server with the console. */
export interface ConsoleApp extends AsyncDisposable {
  readonly app: App;
  /** The console with two people, both live; `?left=ada&right=grace`. Rejects where there is no browser. */
  open(query?: string, options?: BrowserContextOptions, port?: number): Promise<WatchedPage>;
  /** Sends a document as somebody of the seeded world. Throws where it is answered with errors. */
  ask(person: string, document: string, variables?: Record<string, unknown>): Promise<Data<string>>;
}

/** How a page is looked at unless a test says otherwise. */
export const desktop = { viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' } as const;

/** Without limits, unless `config` has them. */
export async function startConsole(config: Record<string, string> = {}): Promise<ConsoleApp> {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await createTestDatabase());
  // Kept, so that a run builds it once.
  const variables = { PORT: '0', DATA_DIR: join(root, '.data/tests'), DATABASE_URL: database.url, GRAPHIQL: 'off' };
  const loaded = loadConfig({ NODE_ENV: 'development', CONSOLE: 'on', RATE_LIMITS: 'off', ...variables, ...config });
  const { app, people } = await createDevelopmentApp(loaded, createLog({ ...loaded, logLevel: 'silent' }));
  opened.use(app);
  const executable = findBrowser();
  const browser =
    executable === undefined ? undefined : opened.adopt(await openBrowser(executable), (it) => it.close());
  const resources = opened.move();
  return {
    app,
    async open(query = '', options = desktop, port = app.port) {
      if (!browser) throw new Error('no browser');
      const watched = await openPage(browser, `http://localhost:${port}/${query}`, options);
      for (const side of ['left', 'right']) await isLive(column(watched.page, side));
      return watched;
    },
    async ask(person, document, variables) {
      const { token } = people.find(({ externalId }) => externalId === person) ?? {};
      const headers = { authorization: `Bearer ${token}` };
      const { data, errors } = await request(`${app.url}/graphql`, document, { variables, headers });
      if (errors) throw new Error(`${document} was answered with ${JSON.stringify(errors)}`);
      return data;
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** What a person sees, on one side of the page. */
export function column(page: Page, side: string): Locator {
  return page.getByRole('region', { name: new RegExp(`, ${side}$`) });
}

/** Resolves when everything on that side arrives as it happens. */
export async function isLive(one: Locator): Promise<void> {
  await one.locator('.state[data-state=LIVE]').waitFor();
}
