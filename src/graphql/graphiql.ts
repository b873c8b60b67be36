import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Config } from '../platform/config.ts';
import { readyTabs, type Tab } from './graphiqlTabs.ts';
import type { ExplorerFiles, StaticFile } from './http.ts';

/**
 * GraphiQL, served whole from here: nothing is loaded from outside, and its policy allows nothing else. The page at
 * GRAPHQL_PATH (and at `/`), what it loads below `GRAPHQL_PATH/explorer/`. With `token` a page opened on this machine
 * has it in the headers of its tabs; under any other name it has none, or a site whose name is made to point here
 * (DNS rebinding) could read it.
 */
export async function explorerFiles(config: Pick<Config, 'graphqlPath'>, token?: string): Promise<ExplorerFiles> {
  // 9 MB of JavaScript in strings: loaded only where the explorer is served.
  const bundle = await import('@graphql-yoga/render-graphiql/graphiql');
  const endpoint = config.graphqlPath;
  const assets = `${endpoint.replace(/\/$/, '')}/explorer`;
  const [client, page] = await Promise.all([
    readFile(new URL('../umd/graphql-ws.min.js', resolved('graphql-ws'))),
    readFile(new URL('./graphiql.page.js', import.meta.url)),
  ]);
  const script = (content: string | Uint8Array) => fileOf('text/javascript; charset=utf-8', content);
  const html = (options: { token?: string; tabs: readonly Tab[] }) =>
    fileOf('text/html; charset=utf-8', pageOf(assets, { endpoint, assets, ...options }), pageHeaders);
  return {
    page: html({ tabs: readyTabs() }),
    ...(token === undefined ? {} : { localPage: html({ token, tabs: readyTabs(token) }) }),
    assets: new Map([
      [`${assets}/page.js`, script(page)],
      [`${assets}/graphql-ws.js`, script(client)],
      [`${assets}/graphiql.js`, script(bundle.js)],
      [`${assets}/graphiql.css`, fileOf('text/css; charset=utf-8', bundle.css)],
      // By the labels Monaco asks for them.
      [`${assets}/editorWorkerService.js`, script(bundle.editorWorkerService)],
      [`${assets}/json.js`, script(bundle.jsonWorker)],
      [`${assets}/graphql.js`, script(bundle.graphqlWorker)],
    ]),
  };
}

function resolved(name: string): URL {
  return new URL(`file://${createRequire(import.meta.url).resolve(name)}`);
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  // Monaco writes its colours and places into style attributes and elements.
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const pageHeaders = {
  'content-security-policy': policy,
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  // The page may hold a token, and differs by the name it was asked under.
  'cache-control': 'no-store',
};

function fileOf(type: string, content: string | Uint8Array, headers: Record<string, string> = {}): StaticFile {
  const body = Buffer.from(content);
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  return { body, headers: { 'content-type': type, 'cache-control': 'no-cache', etag, ...headers } };
}

// A bell.
const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#b7791f" d="M8 1a5 5 0 0 0-5 5v4l-1.500 2h13L13 10V6a5 5 0 0 0-5-5zM6 13a2 2 0 0 0 4 0z"/></svg>',
)}`;

const style = `
      #root { height: 100vh; }
      /* GraphiQL's tabs believe they stand elsewhere until they are first dragged, and jump away from under the click. */
      .graphiql-tab { transform: none !important; }
    `;

function pageOf(assets: string, options: object): string {
  // Nothing in JSON needs a `<` of its own, and so none can end the element early.
  const json = JSON.stringify(options).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Belfry GraphiQL</title>
    <link rel="icon" href="${icon}" />
    <link rel="stylesheet" href="${assets}/graphiql.css" />
    <style>${style}</style>
    <script type="application/json" id="options">${json}</script>
    <script defer src="${assets}/page.js"></script>
    <script defer src="${assets}/graphql-ws.js"></script>
    <script defer src="${assets}/graphiql.js"></script>
  </head>
  <body class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
  </body>
</html>
`;
}
