// Runs in the browser, as it is: the explorer's page loads it together with the bundle of GraphiQL
// (`YogaGraphiQL`) and the stock graphql-ws client (`graphqlWs`), all three from this server.

/** @type {{ endpoint: string, assets: string, token?: string, tabs: { query: string, variables?: string, headers?: string }[] }} */
const options = JSON.parse(document.querySelector('#options').textContent);

self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_module, label) => `${options.assets}/${label}.js`,
};

/** Queries and mutations go by HTTP, subscriptions over the socket; both with the headers of the tab. */
function fetcher({ operationName: named, ...params }, { headers = {} } = {}) {
  const operations = operationsOf(params.query);
  // For a moment after a tab is changed GraphiQL still names the operation of the tab before.
  const operationName = operations.some(({ name }) => name === named) ? named : undefined;
  const { type } = operations.find(({ name }) => !operationName || name === operationName) ?? {};
  const request = { ...params, operationName };
  return type === 'subscription' ? subscription(request, headers) : post(request, headers);
}

/** Types and names of a document's operations. GraphiQL's own syntax tree is missing until it has read the schema. */
function operationsOf(query) {
  let depth = 0;
  const operations = [];
  const tokens = withoutTexts(query).matchAll(/[{}]|\b(query|mutation|subscription)\b(?:\s+(\w+))?/g);
  for (const [token, type, name] of tokens) {
    if (token === '{') depth++;
    else if (token === '}') depth--;
    else if (depth === 0) operations.push({ type, name });
  }
  return operations;
}

function withoutTexts(query) {
  return query.replace(/"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|#.*/g, ' ');
}

async function post(params, headers) {
  const response = await fetch(options.endpoint, {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json',
      ...headers,
      'content-type': 'application/json',
    },
    body: JSON.stringify(params),
  });
  return response.json();
}

// One socket for all subscriptions with the same headers.
let connection;

function clientFor(headers) {
  const params = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const key = JSON.stringify(params);
  if (connection?.key === key) return connection;
  // Another token is another person: what ran under the old one ends.
  connection?.client.dispose();
  const cursorsById = new Map();
  const client = graphqlWs.createClient({
    url: new URL(options.endpoint, location.href.replace(/^http/, 'ws')).href,
    connectionParams: params,
    keepAlive: 20_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: (retries) =>
      new Promise((done) => setTimeout(done, Math.min(250 * 2 ** retries, 5_000) * (0.5 + Math.random()))),
    // An expired token stays expired: the person has to put a fresh one into the headers tab.
    shouldRetry: (problem) => problem?.code !== 4403,
    generateID: (payload) => {
      const id = crypto.randomUUID();
      cursorsById.set(id, payload.cursors);
      return id;
    },
    on: {
      ping: (received, message) => {
        if (received && message?.type === 'subscribed') cursorsById.get(message.id)?.set('', message.cursor);
      },
    },
  });
  connection = { key, client };
  return connection;
}

/** An observable, as GraphiQL takes it. After a lost connection it goes on where it was. */
function subscription({ query, operationName, variables }, headers) {
  const { client } = clientFor(headers);
  const several = /[{\s]events\s*\(/.test(withoutTexts(query));
  const cursors = new Map();
  // The client serialises this very object again when it comes back, so it always carries the newest cursors.
  const payload = Object.defineProperty(
    {
      query,
      operationName,
      variables,
      get extensions() {
        return cursors.size > 0 ? { after: [...cursors.values()] } : undefined;
      },
    },
    'cursors',
    { value: cursors },
  );
  return {
    subscribe(observer) {
      const stop = client.subscribe(payload, {
        next(result) {
          remember(result, cursors, several);
          observer.next(result);
        },
        error: (problem) => observer.error(readable(problem)),
        complete: () => observer.complete(),
      });
      return { unsubscribe: stop };
    },
  };
}

function remember({ data, extensions }, cursors, several) {
  if (!several && extensions?.cursor) cursors.set('', extensions.cursor);
  if (!several) return;
  // Without the Checkpoint the other topics' places are unknown, and resuming would repeat their whole history.
  const checkpoint = Object.values(data ?? {})[0]?.cursors;
  for (const { topic, cursor } of checkpoint ?? []) cursors.set(topic, cursor);
  if (extensions?.topic && cursors.size > 0) cursors.set(extensions.topic.split(':')[1], extensions.cursor);
}

function readable(problem) {
  if (Array.isArray(problem)) return { errors: problem };
  if (problem?.code) return { message: problem.reason || 'The connection was closed.', closeCode: problem.code };
  return problem;
}

// Apart from what other explorers keep on the same origin, such as another project's on localhost.
const prefix = 'belfry:';
const storage = {
  getItem: (key) => localStorage.getItem(prefix + key),
  setItem: (key, value) => localStorage.setItem(prefix + key, value),
  removeItem: (key) => localStorage.removeItem(prefix + key),
  clear: () => {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
  },
  get length() {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix)).length;
  },
};

/** Tabs of an earlier visit carry that visit's ready-made token, which may have expired since. */
function renewToken() {
  const { token } = options;
  if (!token) return;
  const before = storage.getItem('token');
  if (before && before !== token) {
    for (const key of Object.keys(localStorage)) {
      const value = key.startsWith(prefix) ? localStorage.getItem(key) : null;
      if (value?.includes(before)) localStorage.setItem(key, value.replaceAll(before, token));
    }
  }
  storage.setItem('token', token);
}

/** The tab to open with: where an earlier visit ended, else the first ready one. */
function openingTab() {
  try {
    const { tabs, activeTabIndex } = JSON.parse(storage.getItem('graphiql:tabState'));
    return tabs[activeTabIndex] ?? options.tabs[0];
  } catch {
    return options.tabs[0];
  }
}

addEventListener('DOMContentLoaded', () => {
  renewToken();
  const { query, variables, headers } = openingTab();
  YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
    fetcher,
    storage,
    title: 'Belfry',
    logo: '<span></span>',
    defaultTabs: options.tabs,
    // GraphiQL finds its active tab by these three, and opens an empty one where they differ.
    query: query ?? '',
    variables: variables ?? '',
    initialHeaders: headers ?? '',
    // The bundle's own handler writes every keystroke into the address.
    onEditQuery: () => {},
  });
});
