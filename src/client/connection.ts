import { type Client, createClient, type SubscribePayload } from 'graphql-ws';
import { backoffMs, pause } from './backoff.ts';
import { BelfryError, type GraphQLErrorLike } from './errors.ts';
import { createGate } from './gate.ts';
import { finalCloseCodes } from './generated/errors.ts';
import type { StreamExtensions } from './place.ts';
import { createRoundTrips } from './roundTrips.ts';
import type { StateTracker } from './state.ts';
import type { TokenSource } from './token.ts';
import { onWakeup } from './wakeups.ts';

/** One `next` message. */
export interface Result {
  /** Absent in the last message of a stream that ends with an error. */
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly GraphQLErrorLike[];
  readonly extensions?: StreamExtensions;
}

/** Gets what the server says about one operation. */
export interface Sink {
  next(result: Result): void;
  /** The stream stands there in a topic, without an item. */
  place(topic: string, cursor: string): void;
  /** Everything that had been missed has come. */
  live(): void;
  /** Nothing more comes. `lost`: because the connection is gone. */
  end(how: 'complete' | 'lost' | readonly GraphQLErrorLike[]): void;
}

/** What the server says of the connection when it lets it in. */
export interface Session {
  readonly sessionId: string;
  readonly userId: string;
  readonly instanceId: string;
  readonly serverTime: string;
  /** ISO 8601; null: the token does not expire. */
  readonly tokenExpiresAt: string | null;
}

/** One socket, made anew whenever it is lost and somebody needs it. */
export interface Connection {
  /** Resolves when an operation can be started. Rejects with the reason when the server refuses this client. */
  ready(): Promise<void>;
  /** Starts an operation; after {@link ready}, in the same turn. Returns how to stop it, after which `sink` hears nothing. */
  start(payload: SubscribePayload, sink: Sink): () => void;
  /** Of the present connection, or the last one. */
  readonly session: Session | undefined;
  /** The server's time. Before the first connection: this machine's. */
  now(): Date;
  /** Milliseconds from a ping to its pong. Rejects when there is no connection, or it is lost meanwhile. */
  ping(): Promise<number>;
  /** Cuts the connection and stays away until {@link reconnect}. */
  disconnect(): void;
  /** Connects without further waiting, also after a refusal, when somebody needs it. */
  reconnect(): void;
  dispose(): void;
}

const connectWithinMs = 10_000;
/** The socket outlives its last operation so long: a change of pages must not cost a connection. */
const idleMs = 3_000;
const renewals = 4;
const refreshSession = 'mutation ($token: String!) { refreshSession(input: { token: $token }) { session { id } } }';

export function createConnection(options: {
  /** Asked for with the first connection. */
  socketUrl: () => string;
  token: TokenSource;
  deviceId: string | undefined;
  whenRefused: 'end' | 'wait';
  /** undefined: the one of the browser or of Node. */
  webSocket: unknown;
  /** Pings that often, and takes half of it without a word for the end of the connection. */
  keepAliveMs: number;
  tracker: StateTracker;
}): Connection {
  const { socketUrl, token, deviceId, webSocket, keepAliveMs, tracker } = options;
  const gate = createGate(options);
  const sinks = new Map<string, Sink>();
  const roundTrips = createRoundTrips();
  let phase: 'closed' | 'connecting' | 'open' | 'disposed' = 'closed';
  let transport: Client | undefined;
  let socket: WebSocket | undefined;
  let session: Session | undefined;
  let serverAheadMs = 0;
  let authToken = '';
  let connectTimer: ReturnType<typeof setTimeout> | undefined;
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  let idsMade = 0;

  // Retrying is ours: the library gives up on some codes without asking, and cannot wait for a token that is not to be had.
  const createTransport = (): Client =>
    createClient({
      url: socketUrl(),
      webSocketImpl: webSocket,
      retryAttempts: 0,
      lazyCloseTimeout: idleMs,
      keepAlive: keepAliveMs,
      generateID: () => `${++idsMade}`,
      connectionParams: () => ({ authToken, deviceId, sessionId: session?.sessionId, timeZone: zoneOfMachine() }),
      on: {
        connecting() {
          phase = 'connecting';
          connectTimer = setTimeout(() => transport?.terminate(), connectWithinMs);
        },
        opened(opened) {
          socket = opened as WebSocket;
        },
        connected(_socket, payload) {
          clearTimeout(connectTimer);
          phase = 'open';
          session = payload as unknown as Session;
          serverAheadMs = Date.parse(session.serverTime) - Date.now() || 0;
          tracker.connected();
        },
        message: () => clearTimeout(pongTimer),
        ping(received, payload) {
          if (received) hear(payload ?? {});
          else pongTimer = setTimeout(() => transport?.terminate(), keepAliveMs / 2);
        },
        pong(received, payload) {
          if (!received) return;
          gate.worked();
          roundTrips.hear(payload);
        },
        error: lost,
        closed: lost,
      },
    });

  function hear({ type, id, topic, cursor, reconnectAfterMs }: Record<string, unknown>): void {
    const sink = sinks.get(String(id));
    if (type === 'subscribed' && typeof topic === 'string' && typeof cursor === 'string') sink?.place(topic, cursor);
    if (type === 'live') {
      gate.worked();
      sink?.live();
    }
    if (type === 'drain') gate.drain(Number(reconnectAfterMs));
    if (type === 'token-expiring') void renewToken();
  }

  function lost(event: unknown): void {
    const { code, reason } = event as { code?: number; reason?: string };
    if (phase === 'disposed') return;
    // A failure to connect is told twice, as an error and as a close.
    if (phase !== 'closed') {
      phase = 'closed';
      clearTimeout(connectTimer);
      clearTimeout(pongTimer);
      roundTrips.lost();
      gate.lost();
      if (gate.isAway) tracker.offline();
      else tracker.lost();
    }
    if (code === 4403) gate.expired();
    if (code !== undefined && finalCloseCodes.has(code)) gate.refuse(refusalOf(code, reason));
  }

  /** On the same socket, before the server closes it; should it fail, a reconnect with a fresh token does the same. */
  async function renewToken(): Promise<void> {
    const renewing = socket;
    for (let attempt = 0; attempt < renewals && socket === renewing && phase === 'open'; attempt++) {
      try {
        const fresh = await token({ renew: true });
        if (fresh === null || !transport) return;
        for await (const { errors } of transport.iterate({ query: refreshSession, variables: { token: fresh } })) {
          if (!errors) authToken = fresh;
        }
        return;
      } catch {
        // The application's own server may be away for a moment.
        await pause(backoffMs(attempt + 2), gate.waking);
      }
    }
  }

  const stopListening = onWakeup(gate.wake);

  return {
    async ready() {
      if (phase === 'connecting' || phase === 'open') return;
      authToken = await gate.open();
    },
    start(payload, sink) {
      let isOver = false;
      const over = (): void => {
        isOver = true;
        sinks.delete(id);
      };
      const end = (how: Parameters<Sink['end']>[0]): void => {
        if (isOver) return;
        over();
        sink.end(how);
      };
      transport ??= createTransport();
      const stop = transport.subscribe<Record<string, unknown>>(payload, {
        next: (result) => {
          if (!isOver) sink.next(result as Result);
        },
        error: (error) => end(Array.isArray(error) ? error : 'lost'),
        complete: () => end('complete'),
      });
      const id = `${idsMade}`;
      sinks.set(id, sink);
      return () => {
        over();
        // Of a socket that is closed nothing is to be stopped; the library would wait for `idleMs` all the same.
        if (phase !== 'disposed') stop();
      };
    },
    get session() {
      return session;
    },
    now: () => new Date(Date.now() + serverAheadMs),
    ping() {
      if (phase === 'open' && socket) return roundTrips.start(socket);
      return Promise.reject(new BelfryError('CONNECTION_ERROR', 'There is no connection to the server.'));
    },
    disconnect() {
      gate.leave();
      if (phase === 'closed') tracker.offline();
      else transport?.terminate();
    },
    reconnect() {
      gate.resume();
      if (phase === 'closed') tracker.lost();
    },
    dispose() {
      if (phase === 'disposed') return;
      phase = 'disposed';
      clearTimeout(connectTimer);
      clearTimeout(pongTimer);
      stopListening();
      roundTrips.lost();
      gate.dispose();
      tracker.offline();
      // It rejects with the reason when the connection was being refused.
      Promise.resolve(transport?.dispose()).catch(() => undefined);
    },
  };
}

function refusalOf(closeCode: number, reason = ''): BelfryError {
  const code = closeCode === 4401 ? 'UNAUTHORIZED' : closeCode === 4429 ? 'RATE_LIMITED' : 'CONNECTION_ERROR';
  return new BelfryError(code, reason || `The server closed the connection with ${closeCode}.`, {
    details: { closeCode },
  });
}

/** IANA name, which the server takes for who has chosen none; undefined where it is not known. */
function zoneOfMachine(): string | undefined {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
