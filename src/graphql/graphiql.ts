import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Config } from '../platform/config.ts';
import { icon, inlineJson, pageHeaders, staticFile } from '../platform/staticFile.ts';
import { readyTabs, type Tab } from './graphiqlTabs.ts';
import type { ExplorerFiles } from './http.ts';

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
  const script = (content: string | Uint8Array) => staticFile('text/javascript; charset=utf-8', content);
  const html = (options: { token?: string; tabs: readonly Tab[] }) =>
    staticFile('text/html; charset=utf-8', pageOf(assets, { endpoint, assets, ...options }), pageHeaders(policy));
  return {
    page: html({ tabs: readyTabs() }),
    ...(token === undefined ? {} : { localPage: html({ token, tabs: readyTabs(token) }) }),
    assets: new Map([
      [`${assets}/page.js`, script(page)],
      [`${assets}/graphql-ws.js`, script(client)],
      [`${assets}/graphiql.js`, script(bundle.js)],
      [`${assets}/graphiql.css`, staticFile('text/css; charset=utf-8', bundle.css)],
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
  // Monaco writes its colours and places into style attributes and elements.
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "worker-src 'self'",
];

const style = `
      #root { height: 100vh; }
      /* GraphiQL's tabs believe they stand elsewhere until they are first dragged, and jump away from under the click. */
      .graphiql-tab { transform: none !important; }
    `;

function pageOf(assets: string, options: object): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Belfry GraphiQL</title>
    <link rel="icon" href="${icon}" />
    <link rel="stylesheet" href="${assets}/graphiql.css" />
    <style>${style}</style>
    <script type="application/json" id="options">${inlineJson(options)}</script>
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
