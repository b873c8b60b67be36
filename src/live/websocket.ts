import type { IncomingMessage } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ExecutionArgs, type ExecutionResult, execute, GraphQLError } from 'graphql';
import { CloseCode, MessageType, makeServer, type Context as SocketContext, type SubscribePayload } from 'graphql-ws';
import pLimit, { type LimitFunction } from 'p-limit';
import type { RawData, WebSocket } from 'ws';
import { requestContext, type Services, type Session, type Viewer } from '../graphql/context.ts';
import type { Documents } from '../graphql/documents.ts';
import { formatResult, operationOf, toGraphQLError } from '../graphql/errors.ts';
import { addressOf, networkOf } from '../platform/address.ts';
import { AppError, closeCodes } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { deviceIdOf } from './devices.ts';
import type { Hub } from './hub.ts';
import type { LiveOperation } from './operation.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { type LiveSessions, type OpenSession, sessionEnds } from './sessions.ts';
import type { Sink } from './sink.ts';
import { type SocketLimits, socketLimits } from './socketLimits.ts';
import { startSubscription } from './subscribe.ts';

/** Finds out who connects. Throws UNAUTHORIZED, with `expired` when a fresh token would help. */
export type AuthenticateSocket = (
  request: IncomingMessage,
  connectionParams: unknown,
  session: Session,
) => Promise<{ viewer: Viewer; topicCount: number }>;

/** What the socket server is made of. */
export interface SocketParts {
  readonly services: Services;
  readonly documents: Documents;
  readonly hub: Hub;
  readonly sessions: LiveSessions;
  readonly authenticate: AuthenticateSocket;
  /** Whether a refused token is one that has expired: worth a retry with a fresh one. */
  readonly isExpired: (error: unknown) => boolean;
}

/** One connected socket. */
export interface SocketSession {
  readonly outbox: Outbox;
  /** `performance.now()` of the last thing heard from the client. */
  heardAtMs: number;
  readonly webSocket: WebSocket;
}

interface Extra {
  readonly request: IncomingMessage;
  readonly outbox: Outbox;
  readonly session: Session;
  readonly webSocket: WebSocket;
  /** Absent before the acknowledgement. */
  opened: OpenSession | undefined;
  readonly limits: SocketLimits;
  /** The token was good once: not counted as an attempt without one. */
  expired: boolean;
  /** Signals it was too slow for. */
  dropped: number;
  /** Lets a few queries and mutations run at once: each may be a megabyte that then waits for the client to read. */
  readonly executions: LimitFunction;
  /** Operations by the client's id, until graphql-ws has done with them. */
  readonly running: Map<string, Running>;
}

interface Running {
  /** Resolves when the operation is over, on both sides. */
  readonly done: Promise<void>;
  /** The client has sent `complete`. */
  stopped: boolean;
  operation: LiveOperation | undefined;
}

/** Subscriptions carry their socket and id to `subscribe` beside the execution arguments. */
interface SocketArgs extends ExecutionArgs {
  readonly live: { extra: Extra; id: string; after: unknown };
}

type Params = Record<string, unknown>;

/** Queries and mutations of one socket that run at once; the others wait their turn. */
const executionsAtOnce = 4;

/**
 * Serves graphql-transport-ws on one socket. graphql-ws keeps init, acknowledgement, ids, `complete`, close codes and
 * pings; the hub writes the `next` messages of subscriptions. `docs/protocol.md` has the messages and promises.
 */
export function serveSocket(parts: SocketParts): (webSocket: WebSocket, request: IncomingMessage) => SocketSession {
  const { services, documents, hub } = parts;
  const { config, clock, instanceId } = services;
  const log = services.log.child({ ns: 'websocket:session' });
  const server = makeServer<Params, Extra>({
    connectionInitWaitTimeout: config.wsInitTimeoutMs,
    onConnect: (context) => connect(context, parts),
    // A throw here would close the whole socket with 4500 and harm the neighbours: everything becomes errors.
    onSubscribe: async (context, id, payload) => {
      try {
        return await prepare(context, id, payload);
      } catch (error) {
        logRefusal(error, context.extra);
        return [toGraphQLError(error, { correlationId: newId(), clock, log })];
      }
    },
    execute: async (args) => {
      const { live } = args as SocketArgs;
      return live.extra.executions(async () => {
        // Results count too: one that reads nothing must not have the server prepare more for it.
        await live.extra.outbox.drained();
        return mapped(args, await execute(args));
      });
    },
    subscribe: (args) => subscribe(args as SocketArgs),
    onClose: ({ extra }, code) => {
      for (const { operation } of extra.running.values()) if (operation) hub.stop(operation);
      // 1001 is a page that is left, perhaps for the next one: they may be back in a moment.
      if (code === 1000) extra.opened?.left();
      extra.opened?.[Symbol.dispose]();
      extra.outbox.closed();
    },
  });

  function mapped(args: ExecutionArgs, result: ExecutionResult): ExecutionResult {
    const { correlationId } = args.contextValue as { correlationId: string };
    return formatResult(result, {
      correlationId,
      clock,
      log,
      document: args.document,
      operationName: args.operationName,
    });
  }

  /** Those of a person or address are logged where they are counted. One who goes on is closed before long. */
  function logRefusal(error: unknown, { session, opened }: Extra): void {
    const limit = error instanceof AppError && error.code === 'RATE_LIMITED' ? error.details.limit?.name : undefined;
    if (!limit?.endsWith('.session')) return;
    log.warn({ limit, sessionId: session.id, userId: opened?.viewer.userId }, 'rate_limited');
  }

  async function prepare(
    { extra, connectionParams }: SocketContext<Params, Extra>,
    id: string,
    payload: SubscribePayload,
  ): Promise<SocketArgs | GraphQLError[]> {
    const correlationId = newId();
    const scene = { correlationId, clock, log };
    const prepared = documents.get(payload.query, payload.variables);
    const kind = operationOf(prepared.document, payload.operationName)?.operation;
    const admitted = extra.limits.admit(kind);
    if (extra.opened && admitted === 'counted')
      await services.limits.take('operations.person', extra.opened.viewer.userId);
    if (prepared.errors) return prepared.errors.map((error) => toGraphQLError(error, scene));
    if (!kind) {
      const error = new AppError(
        'VALIDATION_ERROR',
        'The document has no such operation, or several and no operationName.',
      );
      return [toGraphQLError(error, { ...scene, document: prepared.document })];
    }
    const traceparent = payload.extensions?.traceparent ?? connectionParams?.traceparent;
    const trace = services.tracing.parent(traceparent ?? extra.request.headers.traceparent);
    return {
      schema: documents.schema,
      document: prepared.document,
      operationName: payload.operationName,
      variableValues: payload.variables,
      hideSuggestions: documents.hideSuggestions,
      contextValue: requestContext(services, { viewer: extra.opened?.viewer, correlationId, trace }),
      live: { extra, id, after: payload.extensions?.after },
    };
  }

  async function subscribe(args: SocketArgs) {
    const { extra, id, after } = args.live;
    const running = extra.running.get(id);
    let started: LiveOperation | ExecutionResult;
    try {
      started = await startSubscription(hub, args, { sink: socketSink(extra, id), after });
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      started = { errors: [new GraphQLError(cause.message, { originalError: cause })] };
    }
    if (!('sink' in started)) return mapped(args, started);
    const operation = started;
    if (running) running.operation = operation;
    // Completed, or the socket closed, while it was being set up.
    if (!running || running.stopped || extra.webSocket.readyState !== extra.webSocket.OPEN) hub.stop(operation);
    return untilEnded(operation, () => hub.stop(operation));
  }

  return (webSocket, request) => {
    const outbox = createOutbox(webSocket, config.outboxLimitBytes);
    const session: Session = {
      id: newId(),
      transport: 'websocket',
      connectedAt: clock.now(),
      tokenExpiresAt: undefined,
      ip: addressOf(request, config.trustedProxyHops),
      userAgent: request.headers['user-agent']?.slice(0, 500),
    };
    const running: Extra['running'] = new Map();
    const extra: Extra = {
      request,
      outbox,
      session,
      webSocket,
      opened: undefined,
      limits: socketLimits({ services, outbox, running }),
      expired: false,
      dropped: 0,
      executions: pLimit(executionsAtOnce),
      running,
    };
    const openedAtMs = performance.now();
    const served: SocketSession = { outbox, webSocket, heardAtMs: openedAtMs };
    const heard = (): void => {
      served.heardAtMs = performance.now();
    };
    webSocket.on('pong', heard);
    webSocket.on('error', (error) => log.debug({ err: error, sessionId: session.id }, 'ws.error'));

    const closed = server.opened(
      {
        protocol: webSocket.protocol,
        send: (message) => outbox.text(message),
        close: (code = 1000, reason = '') => outbox.close(code, reason),
        onMessage: (receive) => {
          webSocket.on('message', (data, isBinary) => {
            heard();
            void onMessage(data, isBinary, extra, receive);
          });
        },
      },
      extra,
    );
    webSocket.once('close', (code, reason) => {
      const userId = extra.opened?.viewer.userId;
      const ms = Math.round(performance.now() - openedAtMs);
      // Itself is still among them.
      const onlineHere = userId === undefined ? 0 : Math.max(0, parts.sessions.countHere(userId) - 1);
      log.info({ sessionId: session.id, userId, code, ms, onlineHere, instanceId }, 'ws.disconnect');
      if (!extra.opened && !extra.expired) {
        // Over the limit the next upgrade is refused; this one is closed already.
        services.limits.take('connects.address', networkOf(session.ip)).catch(() => undefined);
      }
      void closed(code, reason.toString());
    });
    return served;
  };

  async function onMessage(
    data: RawData,
    isBinary: boolean,
    extra: Extra,
    receive: (data: string) => Promise<void>,
  ): Promise<void> {
    const { outbox, session } = extra;
    const badRequest = (reason: string): void => outbox.close(closeCodes.badRequest.code, reason);
    if (isBinary) return badRequest('Binary messages are not understood');
    const text = data.toString();
    const message = peek(text);
    try {
      if (message?.type !== MessageType.Subscribe && !extra.limits.hears(message?.type)) return;
      if (message?.type !== MessageType.Subscribe && message?.type !== MessageType.Complete) return await receive(text);
      const { id } = message;
      if (typeof id !== 'string' || Buffer.byteLength(id) > config.wsMaxOperationIdBytes) {
        // The protocol's own close reasons quote the id, and a reason may have 123 bytes.
        return badRequest(`Operation ids have at most ${config.wsMaxOperationIdBytes} bytes`);
      }
      await (message.type === MessageType.Complete ? stop(id, text, extra, receive) : start(id, text, extra, receive));
    } catch (error) {
      log.error({ err: error, sessionId: session.id }, 'ws.message-failed');
      outbox.close(CloseCode.InternalServerError, 'Internal server error');
    }
  }

  async function start(
    id: string,
    text: string,
    extra: Extra,
    receive: (data: string) => Promise<void>,
  ): Promise<void> {
    const older = extra.running.get(id);
    // In use: graphql-ws closes with 4409.
    if (older && !older.stopped) return receive(text);
    if (extra.running.size >= config.wsMaxSubscriptions) {
      refuse(id, extra);
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const running: Running = { done: promise, stopped: false, operation: undefined };
    extra.running.set(id, running);
    try {
      // An id may be used again after `complete` while the older operation is still being set up: graphql-ws would
      // give the new one the older one's result. It waits until the older one is over; completed meanwhile, it never runs.
      await older?.done;
      if (!running.stopped) await receive(text);
    } finally {
      if (extra.running.get(id) === running) extra.running.delete(id);
      resolve();
    }
  }

  function refuse(id: string, { outbox, opened, limits }: Extra): void {
    // Before the acknowledgement the protocol's answer is 4401, which graphql-ws gives.
    if (!opened) {
      outbox.close(CloseCode.Unauthorized, 'Unauthorized');
      return;
    }
    const error = services.limits.refusal(limits.running());
    const payload = [toGraphQLError(error, { correlationId: newId(), clock, log })];
    outbox.text(JSON.stringify({ id, type: MessageType.Error, payload }));
  }

  async function stop(id: string, text: string, extra: Extra, receive: (data: string) => Promise<void>): Promise<void> {
    const running = extra.running.get(id);
    if (running) {
      running.stopped = true;
      if (running.operation) hub.stop(running.operation);
    }
    await receive(text);
  }
}

/** Checks the token, watches the person, and makes the payload of the acknowledgement. */
async function connect(
  context: SocketContext<Params, Extra>,
  parts: SocketParts,
): Promise<Record<string, unknown> | false> {
  const { extra, connectionParams } = context;
  const { services, hub, authenticate, isExpired, sessions } = parts;
  const { clock, instanceId } = services;
  const log = services.log.child({ ns: 'websocket:session' });
  const end = ({ code, reason }: { code: number; reason: string }): void => extra.outbox.close(code, reason);
  try {
    const { viewer, topicCount } = await authenticate(extra.request, connectionParams, extra.session);
    const { ip, userAgent } = extra.session;
    const device = { id: deviceIdOf({ connectionParams, ip, userAgent }), replaces: connectionParams?.sessionId };
    const opened = await sessions.open(viewer, device, {
      end: (why) => end(sessionEnds[why]),
      onWorkspaceRole: () => hub.askAgain(viewer.userId),
      onTokenExpiring: (expiresAt) => {
        extra.limits.pinged();
        extra.outbox.text(
          JSON.stringify({
            type: MessageType.Ping,
            payload: { type: 'token-expiring', expiresAt: expiresAt.toISOString() },
          }),
        );
      },
      state() {
        const { topics, behind } = hub.topicsOf(extra.session.id);
        const lagging = !extra.outbox.ready;
        return { topics, dropped: extra.dropped, parked: lagging ? behind : 0, lagging };
      },
      limits: () => extra.limits.states(hub.topicsOf(extra.session.id).topics),
    });
    extra.opened = opened;
    extra.limits.acknowledged();
    if (extra.webSocket.readyState !== extra.webSocket.OPEN) opened[Symbol.dispose]();
    services.metrics.connections.value++;
    const onlineHere = sessions.countHere(viewer.userId);
    log.info({ sessionId: extra.session.id, userId: viewer.userId, topicCount, onlineHere, instanceId }, 'ws.connect');
    return {
      sessionId: extra.session.id,
      userId: viewer.userId,
      topicCount,
      serverTime: clock.now().toISOString(),
      instanceId,
      tokenExpiresAt: viewer.session.tokenExpiresAt?.toISOString() ?? null,
    };
  } catch (error) {
    const isRefused = error instanceof AppError && error.code === 'UNAUTHORIZED';
    // graphql-ws would answer 4403 for false and 4500 for a throw; the socket is closed with the right code first.
    extra.expired = isExpired(error);
    if (extra.expired) end(closeCodes.tokenExpired);
    else if (isRefused) end({ code: closeCodes.unauthorized.code, reason: error.message });
    else end(closeCodes.unavailable);
    if (isRefused || extra.expired) services.metrics.authFailures.value++;
    // A refusal is logged where it is decided, with why.
    if (!isRefused) log.error({ err: error }, 'ws.connect-failed');
    return false;
  }
}

function socketSink(extra: Extra, id: string): Sink {
  const { outbox, limits } = extra;
  return {
    dropped(count) {
      extra.dropped += count;
    },
    get ready() {
      return outbox.ready;
    },
    drained: () => outbox.drained(),
    next: (payload) => outbox.next(id, payload),
    subscribed(cursor) {
      limits.pinged();
      outbox.text(JSON.stringify({ type: MessageType.Ping, payload: { type: 'subscribed', id, cursor } }));
    },
  };
}

/** What graphql-ws gets for a subscription: it never yields, for the hub writes; it ends when the stream has ended. */
function untilEnded(operation: LiveOperation, stop: () => void): AsyncGenerator<never, void> {
  const over = { done: true, value: undefined } as const;
  return {
    async next() {
      await operation.whenEnded;
      return over;
    },
    async return() {
      stop();
      return over;
    },
    async throw() {
      stop();
      return over;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      stop();
      await nextTurn();
    },
  };
}

/** The message's type and id, when it has any; graphql-ws judges the rest. */
function peek(text: string): { type?: unknown; id?: unknown } | undefined {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'object' && message !== null ? message : undefined;
  } catch {
    // Not JSON: graphql-ws closes with 4400.
    return undefined;
  }
}
