import type { IncomingMessage } from 'node:http';
import { type ExecutionArgs, type ExecutionResult, execute, GraphQLError } from 'graphql';
import { makeServer, type Context as SocketContext, type SubscribePayload } from 'graphql-ws';
import pLimit from 'p-limit';
import type { WebSocket } from 'ws';
import { requestContext, type Session } from '../graphql/context.ts';
import { formatResult, operationOf, toGraphQLError } from '../graphql/errors.ts';
import { addressOf, networkOf } from '../platform/address.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { Extra, Params, SocketArgs, SocketParts, SocketSession } from './connection.ts';
import { connect } from './handshake.ts';
import { createInbound, handedOver } from './inbound.ts';
import type { LiveOperation } from './operation.ts';
import { Outbox } from './outbox.ts';
import { createSocketLimits } from './socketLimits.ts';
import { SocketSink } from './socketSink.ts';
import { startSubscription } from './subscribe.ts';

/** Queries and mutations of one socket that run at once; the others wait their turn. */
const executionsAtOnce = 4;

/**
 * Serves graphql-transport-ws on one socket. graphql-ws keeps init, acknowledgement, close codes, pings, queries and
 * mutations, and starts subscriptions; from then on the hub writes their messages (`inbound.ts`). `docs/protocol.md` has
 * the messages and promises.
 */
export function serveSocket(parts: SocketParts): (webSocket: WebSocket, request: IncomingMessage) => SocketSession {
  const { services, documents, hub } = parts;
  const { config, clock, instanceId } = services;
  const log = services.log.child({ ns: 'websocket:session' });
  const inbound = createInbound(parts);
  const limitsOf = createSocketLimits(services);
  const server = makeServer<Params, Extra>({
    connectionInitWaitTimeout: config.wsInitTimeoutMs,
    onConnect: (context) => connect(context, { ...parts, log }),
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
      live.extra.executions ??= pLimit(executionsAtOnce);
      return live.extra.executions(async () => {
        // Results count too: one that reads nothing must not have the server prepare more for it.
        await live.extra.outbox.drained();
        // Nobody waits for what was asked over a socket that has closed meanwhile.
        const { webSocket } = live.extra;
        return webSocket.readyState === webSocket.OPEN ? mapped(args, await execute(args)) : { data: null };
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
    { extra }: SocketContext<Params, Extra>,
    id: string,
    payload: SubscribePayload,
  ): Promise<SocketArgs | GraphQLError[]> {
    // Before anything is waited for: the id may be another operation's by then.
    const running = extra.running.get(id);
    if (!running) throw new Error('an operation is set up that was not let in');
    const correlationId = newId();
    const scene = { correlationId, clock, log };
    extra.limits.requireRoom(extra.opened?.viewer.userId);
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
    const trace = services.tracing.parent(payload.extensions?.traceparent ?? extra.traceparent);
    return {
      schema: documents.schema,
      document: prepared.document,
      operationName: payload.operationName,
      variableValues: payload.variables,
      hideSuggestions: documents.hideSuggestions,
      contextValue: requestContext(services, { viewer: extra.opened?.viewer, correlationId, trace }),
      live: { extra, id, running, after: payload.extensions?.after },
    };
  }

  async function subscribe(args: SocketArgs): Promise<ExecutionResult> {
    const { extra, id, running, after } = args.live;
    let started: LiveOperation | ExecutionResult;
    try {
      started = await startSubscription(hub, args, { sink: new SocketSink(extra, id), after });
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      started = { errors: [new GraphQLError(cause.message, { originalError: cause })] };
    }
    if (!('sink' in started)) return mapped(args, started);
    const operation = started;
    running.operation = operation;
    // Completed, or the socket closed, while it was being set up.
    if (running.stopped || extra.webSocket.readyState !== extra.webSocket.OPEN) hub.stop(operation);
    throw handedOver;
  }

  return (webSocket, request) => {
    const outbox = new Outbox(webSocket, config.outboxLimitBytes);
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
      traceparent: undefined,
      outbox,
      session,
      webSocket,
      opened: undefined,
      limits: limitsOf({ outbox, running }),
      expired: false,
      dropped: 0,
      executions: undefined,
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
            inbound(data, isBinary, extra, receive);
          });
        },
      },
      extra,
    );
    // Not `once`, of which Node would keep 250 bytes for each socket.
    webSocket.on('close', (code, reason) => {
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
}
