import { SignJWT } from 'jose';
import { inject, onTestFailed } from 'vitest';
import { type App, createApp } from '../../src/app.ts';
import type { Services } from '../../src/graphql/context.ts';
import { type Config, loadConfig } from '../../src/platform/config.ts';
import { newId } from '../../src/platform/ids.ts';
import { createLog } from '../../src/platform/log.ts';
import { type ManualClock, manualClock } from './clock.ts';
import { createTestDatabase } from './database.ts';
import { type Answer, type Data, type Document, request, type Variables } from './request.ts';
import { openSocket, type SocketOptions, type TestSocket } from './socket.ts';
import { createWorld, type Person, type World } from './world.ts';

/** What a test may say about its server. */
export interface AppOptions {
  /** A second server on the database, Redis, clock and people of another one. */
  with?: TestApp;
  /** False: no Redis, one server. Default: Redis with PostgreSQL, none with the embedded database. */
  redis?: boolean;
  /** Default `postgresql`, a database of its own; `pglite` is the embedded database in memory. */
  engine?: 'postgresql' | 'pglite';
  /** Variables as in the environment, over those of tests. */
  config?: Record<string, string>;
  /** What people's clock shows at first, where the hour matters; in the past, because the log is written by the machine's. Default: now. */
  startsAt?: Date;
}

/** A real server on a free port, with a database and a Redis prefix of its own. */
export interface TestApp extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a path. */
  readonly url: string;
  readonly port: number;
  /** The second port, when WEBSOCKET_PORT asked for one. */
  readonly websocketPort: number | undefined;
  readonly config: Config;
  /** What people's time is measured by. Sweeps of the log and retries go by the machine's own. */
  readonly clock: ManualClock;
  readonly services: Services;
  readonly hub: App['hub'];
  readonly world: World;
  /** The variables it was configured with: a process on the same database starts from them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Lines of the log so far, from `info` up, one JSON object each; printed when the test fails. */
  readonly logs: readonly string[];
  /** A token for a person, valid for an hour by the app's clock. Claims replace or add; undefined removes one. */
  token(person: Person, claims?: Record<string, unknown>): Promise<string>;
  /** Sends a document over HTTP as a person, or without a token. Never throws for errors in the answer. */
  graphql<D extends Document>(
    person: Person | undefined,
    document: D,
    variables?: Variables<D>,
  ): Promise<Answer<Data<D>>>;
  /** The same where no error is expected: the data; throws with the errors otherwise. */
  ask<D extends Document>(person: Person, document: D, variables?: Variables<D>): Promise<Data<D>>;
  /** A socket that has been acknowledged, unless `init: false`. Without a person: no token. Ends with the app. */
  socket(person: Person | undefined, options?: SocketOptions): Promise<TestSocket>;
  /** Resolves when the consumers have handled everything committed before the call. */
  settled(): Promise<void>;
  /** Sends everybody away as after SIGTERM; the app is still to be disposed. */
  drain(): Promise<void>;
}

/** Signs the tokens of every test server. */
export const testSecret = 'a secret of the tests, 32 characters or more';

/**
 * Starts a server: `await using app = await startApp()`. It goes down with the scope, and its database with it.
 * The lines of its log are printed when the test fails.
 */
export async function startApp(options: AppOptions = {}): Promise<TestApp> {
  await using opened = new AsyncDisposableStack();
  const { with: first } = options;
  const environment = { ...(first?.environment ?? (await ownEnvironment(options, opened))), ...options.config };
  const clock = first?.clock ?? manualClock(options.startsAt);
  const config = loadConfig(environment);
  const logs: string[] = [];
  const log = createLog(config, { write: (line) => void logs.push(line.trimEnd()) });
  printWhenFailed(logs);

  // Ended after the server, which closes them itself: a client that is still there is what a server meets when it ends.
  const sockets = opened.use(new AsyncDisposableStack());
  const app: App = opened.use(await createApp(config, { clock, log }));
  const token: TestApp['token'] = (person, claims) => sign(person, clock, claims);
  const authorization = async (person: Person | undefined) =>
    person && { authorization: `Bearer ${await token(person)}` };

  const graphql: TestApp['graphql'] = async (person, document, variables) =>
    request(`${app.url}${config.graphqlPath}`, document, { variables, headers: await authorization(person) });
  const ask: TestApp['ask'] = async (person, document, variables) => {
    const { data, errors } = await graphql(person, document, variables);
    if (errors || data === null)
      throw new Error(`${String(document).trim()}\nanswered\n${JSON.stringify(errors, null, 2)}`);
    return data;
  };

  const world = first?.world ?? createWorld({ database: app.services.database, clock, ask });
  const resources = opened.move();
  return {
    url: app.url,
    port: app.port,
    websocketPort: app.websocketPort,
    config,
    clock,
    services: app.services,
    hub: app.hub,
    world,
    environment,
    logs,
    token,
    graphql,
    ask,
    async socket(person, socketOptions = {}) {
      const authToken = person && (await token(person));
      const socket = await openSocket({
        url: `${app.url.replace(/^http/, 'ws')}${config.graphqlPath}`,
        ...(authToken && { connectionParams: { authToken } }),
        ...socketOptions,
      });
      sockets.use(socket);
      return socket;
    },
    settled: () => app.settled(),
    drain: () => app.drain(),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function ownEnvironment(options: AppOptions, opened: AsyncDisposableStack): Promise<Record<string, string>> {
  const { engine = 'postgresql', redis = engine === 'postgresql' } = options;
  return {
    NODE_ENV: 'test',
    PORT: '0',
    JWT_SECRET: testSecret,
    LOG_POLL_MS: '50',
    LOG_LEVEL: 'info',
    // Tests do much in a short time; those about limits switch them on.
    RATE_LIMITS: 'off',
    // Its tests build it.
    CONSOLE: 'off',
    // Many servers at a time share one PostgreSQL.
    DATABASE_POOL_SIZE: '6',
    ...(engine === 'pglite' ? { DATA_DIR: 'memory://' } : { DATABASE_URL: opened.use(await createTestDatabase()).url }),
    ...(redis && { REDIS_URL: inject('redisUrl'), REDIS_PREFIX: `test:${newId()}:` }),
  };
}

function sign(person: Person, clock: ManualClock, claims: Record<string, unknown> = {}): Promise<string> {
  const seconds = Math.floor(clock.now().getTime() / 1000);
  const all = {
    sub: person.externalId,
    workspace: person.workspace.slug,
    iat: seconds,
    exp: seconds + 3600,
    ...claims,
  };
  // JSON leaves out what is undefined.
  return new SignJWT(all).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(new TextEncoder().encode(testSecret));
}

function printWhenFailed(logs: readonly string[]): void {
  try {
    onTestFailed(() => {
      if (logs.length > 0) console.error(`The server's log:\n${logs.slice(-200).join('\n')}`);
    });
  } catch {
    // In a hook, where no test can have failed yet.
  }
}
