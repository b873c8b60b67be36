import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols, MessageType } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { addressOf, networkOf } from '../platform/address.ts';
import { closeCodes } from '../platform/errors.ts';
import { isAllowedOrigin } from '../platform/origins.ts';
import type { SocketParts, SocketSession } from './connection.ts';
import type { Leaver } from './drain.ts';
import { serveSocket } from './websocket.ts';

/** Accepts sockets on HTTP servers and looks after them until they close. */
export interface SocketServer extends AsyncDisposable {
  /** Takes the upgrades of a server, on GRAPHQL_PATH, `/ws` and `/`. */
  attach(server: Server): void;
  readonly size: number;
  /** Those whose outbox is full. */
  readonly parked: number;
  /** Answers upgrades with 503 from now on: the server is about to end. */
  refuseUpgrades(): void;
  /** The open sockets, to be sent away. */
  leavers(): Leaver[];
}

/** One turn of the wheel looks at this part of the sockets: no timer per socket, and no burst of pings. */
const wheelTurns = 25;
const closeWaitMs = 1_000;

export function createSocketServer(parts: SocketParts): SocketServer {
  const { config, limits } = parts.services;
  const log = parts.services.log.child({ ns: 'websocket:server' });
  const webSocketServer = new WebSocketServer({
    noServer: true,
    maxPayload: config.wsMaxPayloadBytes,
    // Costs four to five times the CPU of a delivery, and whole frames cannot be shared with it.
    perMessageDeflate: false,
    // Thousands of one-byte fragments cost a hundred times their size.
    maxFragments: 256,
    maxBufferedChunks: 1_024,
    handleProtocols: (protocols) => handleProtocols(protocols),
    clientTracking: false,
  });
  const serve = serveSocket(parts);
  const sessions = new Set<SocketSession>();
  const paths = new Set([config.graphqlPath, '/ws', '/']);
  let order: SocketSession[] = [];
  let refusing = false;
  const wheel = setInterval(turnWheel, Math.max(20, config.wsPingIntervalMs / wheelTurns));

  function turnWheel(): void {
    if (order.length === 0) order = [...sessions];
    const nowMs = performance.now();
    for (const session of order.splice(0, Math.ceil(sessions.size / wheelTurns))) look(session, nowMs);
  }

  function look({ webSocket, outbox, heardAtMs }: SocketSession, nowMs: number): void {
    if (webSocket.readyState !== webSocket.OPEN) return;
    if (outbox.stuckFor(config.lagCloseMs, nowMs)) {
      const { code, reason } = closeCodes.lagging;
      outbox.close(code, reason);
      parts.services.metrics.dropped.of('lagging').value++;
      // Its close frame stands behind what it does not read.
      setTimeout(() => webSocket.terminate(), closeWaitMs).unref();
    } else if (nowMs - heardAtMs > config.wsPingTimeoutMs && outbox.ready) webSocket.terminate();
    else if (nowMs - heardAtMs > config.wsPingIntervalMs / 2) webSocket.ping();
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = refusalOf(request);
    if (refusal) {
      log.warn({ origin: request.headers.origin, status: refusal.status }, 'ws.refused');
      refuse(socket, refusal);
      return;
    }
    // Before the handshake is done errors are nobody's; ws takes over afterwards.
    const ignore = () => socket.destroy();
    socket.on('error', ignore);
    webSocketServer.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off('error', ignore);
      accept(webSocket, request);
    });
  }

  // By itself: what is called at the close must not hold the upgrade until then.
  function accept(webSocket: WebSocket, request: IncomingMessage): void {
    const session = serve(webSocket, request);
    sessions.add(session);
    webSocket.on('close', () => sessions.delete(session));
  }

  /** CORS does not cover sockets: a page of another site could open one with the person's cookies or token. */
  function refusalOf(request: IncomingMessage): Refusal | undefined {
    const { headers, url = '/' } = request;
    const path = URL.parse(url, 'http://localhost')?.pathname;
    if (!path || !paths.has(path)) return { status: '404 Not Found', text: 'There is nothing at this address.' };
    const { origin, host } = headers;
    // A page served by this server itself (GraphiQL, the console) is always welcome.
    const isOwn = origin !== undefined && URL.parse(origin)?.host === host;
    if (origin !== undefined && !isOwn && !isAllowedOrigin(config.allowedOrigins, origin)) {
      return { status: '403 Forbidden', text: 'This origin is not allowed.' };
    }
    const network = networkOf(addressOf(request, config.trustedProxyHops));
    const waitMs = limits.blockedMs('connects.address', network);
    if (waitMs > 0) {
      const text = 'Too many attempts without a good token.';
      return { status: '429 Too Many Requests', text, retryAfterSeconds: Math.ceil(waitMs / 1000) };
    }
    if (refusing) return { status: '503 Service Unavailable', text: 'This server is restarting.' };
    return undefined;
  }

  return {
    attach(server) {
      server.on('upgrade', upgrade);
    },
    get size() {
      return sessions.size;
    },
    get parked() {
      return [...sessions].filter(({ outbox }) => !outbox.ready).length;
    },
    refuseUpgrades() {
      refusing = true;
    },
    leavers: () => [...sessions].map(leaver),
    async [Symbol.asyncDispose]() {
      clearInterval(wheel);
      const { code, reason } = closeCodes.goingAway;
      const closing = [...sessions].map(
        ({ webSocket, outbox }) =>
          new Promise<void>((resolve) => {
            const late = setTimeout(() => webSocket.terminate(), closeWaitMs);
            webSocket.once('close', () => {
              clearTimeout(late);
              resolve();
            });
            if (webSocket.readyState === webSocket.CLOSED) resolve();
            outbox.close(code, reason);
          }),
      );
      await Promise.all(closing);
      webSocketServer.close();
    },
  };
}

function leaver({ webSocket, outbox }: SocketSession): Leaver {
  return {
    announce: (reconnectAfterMs) =>
      outbox.text(JSON.stringify({ type: MessageType.Ping, payload: { type: 'drain', reconnectAfterMs } })),
    leave: () => outbox.close(closeCodes.drain.code, closeCodes.drain.reason),
    cut: () => webSocket.terminate(),
    gone: webSocket.readyState === webSocket.CLOSED ? Promise.resolve() : once(webSocket, 'close'),
  };
}

interface Refusal {
  readonly status: string;
  readonly text: string;
  readonly retryAfterSeconds?: number;
}

function refuse(socket: Duplex, { status, text, retryAfterSeconds }: Refusal): void {
  socket.on('error', () => socket.destroy());
  // Node's sockets are half-open ones: a client that never closes its half would keep it for ever.
  socket.once('finish', () => socket.destroy());
  setTimeout(() => socket.destroy(), closeWaitMs).unref();
  const length = Buffer.byteLength(text);
  const retryAfter = retryAfterSeconds === undefined ? '' : `Retry-After: ${retryAfterSeconds}\r\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\n${retryAfter}Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${length}\r\n\r\n${text}`,
  );
}
