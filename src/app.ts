import { type ConsolePerson, consoleFiles } from './consoleFiles.ts';
import { celebrateAchievement } from './domains/attention/celebrating.ts';
import { deliveryPruning, pruneDeliveries, scheduleDeliveryPruning } from './domains/attention/pruning.ts';
import { lookAtAttention, lookOnce } from './domains/attention/release.ts';
import { attentionDue } from './domains/attention/telling.ts';
import { adoptTimeZone } from './domains/attention/timeZone.ts';
import { events } from './domains/catalogue.ts';
import { receipts, tellMessagesRead } from './domains/chat/reading.ts';
import { digestPages } from './domains/digest/pages.ts';
import { digestHandlers } from './domains/digest/runs.ts';
import { createAuthenticator, isExpired, tokenFrom } from './domains/identity/auth.ts';
import { createTopicCounts } from './domains/identity/queries.ts';
import {
  createTokenRefusals,
  pruneRefusedTokens,
  refusalPruning,
  scheduleRefusalPruning,
} from './domains/identity/refusals.ts';
import { createTopicAccess, rolesOf } from './domains/membership/access.ts';
import { bulkChange, goOnWithBulkChange } from './domains/notifications/bulk.ts';
import { startNotifications } from './domains/notifications/consumer.ts';
import { snoozing, wakeSnoozed } from './domains/notifications/snoozing.ts';
import { expireOffers, offerExpiry } from './domains/offers/expiry.ts';
import { startPresence } from './domains/presence/service.ts';
import { remindOfTasks } from './domains/tasks/reminders.ts';
import { createBell } from './events/bell.ts';
import { type DueHandler, type DueWorker, startDueWork } from './events/due.ts';
import { createFollowers } from './events/follow.ts';
import { createEventLog } from './events/log.ts';
import { createSignals } from './events/signals.ts';
import { createTransactions } from './events/transaction.ts';
import { connectGauges } from './gauges.ts';
import type { Services } from './graphql/context.ts';
import { createDocuments } from './graphql/documents.ts';
import { explorerFiles } from './graphql/graphiql.ts';
import { createHttpHandler } from './graphql/http.ts';
import { pruneIdempotencyRecords, pruning, schedulePruning } from './graphql/pruning.ts';
import { schema } from './graphql/schema.ts';
import { drainConnections } from './live/drain.ts';
import { createHub, type Hub } from './live/hub.ts';
import { createRegistry } from './live/registry.ts';
import { createSocketServer } from './live/server.ts';
import { createSessions } from './live/sessions.ts';
import { createSseServer } from './live/sse.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import { openDatabase } from './platform/database.ts';
import { newId } from './platform/ids.ts';
import { createLimits } from './platform/limits.ts';
import { openListener } from './platform/listener.ts';
import { createLog, type Log } from './platform/log.ts';
import { createMailer, sendsMail } from './platform/mail.ts';
import { createMetrics } from './platform/metrics.ts';
import { firstOf, type Pages } from './platform/pages.ts';
import { createProbes } from './platform/probes.ts';
import { openRedis } from './platform/redis.ts';
import { countRequests } from './platform/requests.ts';
import { createTracing } from './platform/tracing.ts';

/** A running server. Disposing it ends every stream and closes everything it opened. */
export interface App extends AsyncDisposable {
  readonly config: Config;
  /** The port that was taken; another than `config.port` where that was 0. */
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** The port of the second listener; undefined where there is none. */
  readonly websocketPort: number | undefined;
  readonly services: Services;
  readonly hub: Hub;
  /** Sockets and streams of server-sent events that are open. */
  readonly connections: number;
  /**
   * Sends everybody away, within DRAIN_TIMEOUT_MS: the server is not ready any more, takes no new sockets and
   * streams, and tells the open ones when to come back; requests that are being answered are finished. Dispose it
   * afterwards. Called again it resolves with the first.
   */
  drain(): Promise<void>;
  /** Resolves when the consumers have handled everything committed before the call. For tests. */
  settled(): Promise<void>;
}

/**
 * Joins the parts and listens. The one place where that happens.
 * @throws StartupError for what the person who starts it can mend: a port in use, a database out of reach.
 */
export async function createApp(
  config: Config,
  options: {
    /** The time people live in. */
    clock?: Clock;
    /** By which tokens expire; default: `clock`. */
    tokenClock?: Clock;
    log?: Log;
    /** Called when the data is there, before anybody can connect. */
    prepare?: (services: Services) => Promise<void>;
    /** The token the explorer opens with; asked after `prepare`. Absent: none. */
    explorerToken?: () => string | undefined;
    /** Whom the console offers to be, at this machine; asked when its page is. Absent: whoever has a token. */
    consolePeople?: () => readonly ConsolePerson[];
    /** Pages for developers, before all others. */
    developmentPages?: (services: Services) => Pages;
  } = {},
): Promise<App> {
  const { clock = systemClock, tokenClock = clock, log = createLog(config) } = options;
  await using opened = new AsyncDisposableStack();
  const instanceId = newId();
  const metrics = createMetrics();
  const tracing = opened.use(await createTracing(config, instanceId));

  const database = opened.use(await openDatabase(config, log));
  const redis = await openRedis(config, log);
  if (redis) opened.use(redis);
  const bell = opened.use(createBell({ redis, log, metrics }));
  const { logPageSize: pageSize, eventRetentionDays: retentionDays, logPollMs: pollMs } = config;
  const eventLog = createEventLog({ database, clock, pageSize, retentionDays });
  // Before they are started nobody need be woken: they look by themselves then.
  const dueWorkers: DueWorker[] = [];
  const due = {
    wake(kind: string, dueAt: Date) {
      for (const worker of dueWorkers) worker.wake(kind, dueAt);
    },
  };
  const transaction = createTransactions({ database, clock, bell, metrics, tracing, due });
  // Sweeps, leases and retries are about the machine, not about the time people live in: a stopped test clock does not
  // hold them.
  const followers = opened.use(
    createFollowers({ log, eventLog, bell, clock: systemClock, pollMs, cacheBytes: config.logCacheBytes }),
  );
  const leaseMs = config.sessionLeaseMs;
  const registry = opened.use(createRegistry({ redis, clock: systemClock, log, metrics, instanceId, leaseMs }));
  const signals = opened.use(createSignals({ redis, clock, log, metrics }));
  const presence = opened.use(startPresence({ config, connections: registry, signals, redis, database, clock, log }));
  const limits = createLimits({ config, clock, redis, log, metrics });
  const access = createTopicAccess(database);
  const authenticator = createAuthenticator({ config, clock: tokenClock, database, log });
  const topicCountOf = createTopicCounts(database);
  const sessions = opened.use(
    createSessions({
      ...{ config, clock: tokenClock, log, metrics, limits, registry, followers, access, events, instanceId },
      authenticate: authenticator.authenticate,
      isTokenRefused: createTokenRefusals(database),
    }),
  );
  const services: Services = {
    config,
    clock,
    log,
    metrics,
    tracing,
    database,
    eventLog,
    events,
    transaction,
    limits,
    mail: createMailer(config),
    sessions,
    presence,
    instanceId,
    rolesOf,
  };
  if (!sendsMail(config)) log.info('SMTP_URL is not set: no digest is sent');
  await options.prepare?.(services);
  await schedulePruning(services);
  await scheduleRefusalPruning(services);
  await scheduleDeliveryPruning(services);

  const startDue = (handlers: Readonly<Record<string, DueHandler>>) =>
    void dueWorkers.push(opened.use(startDueWork({ database, transaction, clock, log, metrics, handlers })));
  startDue({
    [pruning]: pruneIdempotencyRecords(services),
    [refusalPruning]: pruneRefusedTokens(services),
    [receipts]: tellMessagesRead(services),
    [offerExpiry]: expireOffers(services),
    [deliveryPruning]: pruneDeliveries(services),
    [attentionDue.reminders]: remindOfTasks(services),
    [attentionDue.celebration]: celebrateAchievement(services),
    [snoozing]: wakeSnoozed(services),
    [bulkChange]: goOnWithBulkChange(services),
    [attentionDue.clock]: lookAtAttention(services),
    [attentionDue.natural]: lookOnce('BATCHED', services),
    [attentionDue.rules]: lookOnce('ALL', services),
  });
  // Of their own: a mail server may be slow, and an alert is not to wait for it.
  for (let nth = 0; nth < config.mailConcurrency; nth++) startDue(digestHandlers(services));
  const notifications = opened.use(startNotifications({ services, bell }));

  let draining: Promise<void> | undefined;
  const isDraining = () => draining !== undefined;
  const hub = createHub({ services, access, followers });
  signals.onSignal((signal) => hub.signal(signal));
  const documents = createDocuments(schema, config);
  const { allowQueryToken } = config;
  const sockets = createSocketServer({
    services,
    documents,
    hub,
    sessions,
    isExpired,
    async authenticate({ headers, url }, connectionParams, session) {
      const token = tokenFrom({ connectionParams, headers, url, allowQueryToken });
      const viewer = await authenticator.authenticate(token, session);
      const { userId } = viewer;
      const [topicCount] = await Promise.all([topicCountOf(userId), adoptTimeZone(services, userId, connectionParams)]);
      return { viewer, topicCount };
    },
  });
  const sse = createSseServer({ services, hub, sessions });
  connectGauges(metrics, { hub, sockets, sse, followers, database, now: () => clock.now() });
  const console = config.console
    ? opened.use(consoleFiles(config, options.consolePeople ?? (() => []), log.child({ ns: 'console' })))
    : undefined;
  const handler = createHttpHandler({
    services,
    documents,
    probes: createProbes({ config, database, redis, metrics, isDraining, log }),
    pages: firstOf(options.developmentPages?.(services), digestPages(services)),
    isDraining,
    explorer: config.graphiql ? await explorerFiles(config, options.explorerToken?.()) : undefined,
    console,
    async authenticate({ headers, url }, session) {
      const token = tokenFrom({ headers, url, allowQueryToken });
      return token === undefined ? undefined : authenticator.authenticate(token, session);
    },
    sse: ({ document, variableValues, operationName, contextValue, ...rest }) => {
      const { hideSuggestions } = documents;
      return sse.answer({ schema, document, variableValues, operationName, contextValue, hideSuggestions }, rest);
    },
  });

  async function drain(): Promise<void> {
    const { drainTimeoutMs: timeoutMs } = config;
    const deadlineMs = performance.now() + timeoutMs;
    sockets.refuseUpgrades();
    sse.refuseStreams();
    log.info({ sockets: sockets.size, streams: sse.leavers().length }, 'drain.begin');
    await drainConnections(() => [...sockets.leavers(), ...sse.leavers()], { timeoutMs, log });
    await requests.idle(deadlineMs - performance.now());
  }

  const requests = countRequests(handler);
  const listeners = [opened.use(await openListener(requests.handler, config.port, config.host))];
  if (config.websocketPort !== undefined) {
    listeners.push(opened.use(await openListener(requests.handler, config.websocketPort, config.host)));
  }
  // Last in, first out: streams are told, then the listeners close.
  opened.use(sockets);
  opened.defer(() => sse.close());
  for (const { server } of listeners) sockets.attach(server);

  const [port = config.port, websocketPort] = listeners.map((listener) => listener.port);
  const url = `http://127.0.0.1:${port}`;
  log.info({ url, port, websocketPort, instanceId: services.instanceId, engine: database.engine }, 'listening');
  const closing = opened.move();
  return {
    config,
    port,
    url,
    websocketPort,
    services,
    hub,
    get connections() {
      return sockets.size + sse.leavers().length;
    },
    drain: () => (draining ??= drain()),
    settled: () => notifications.settled(),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
