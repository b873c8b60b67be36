import { createClient, type SubscribePayload } from 'graphql-ws';
import { backoffMs, pause } from './backoff.ts';
import { BelfryError, type GraphQLErrorLike } from './errors.ts';
import { finalCloseCodes } from './generated/errors.ts';
import type { StreamExtensions } from './place.ts';
import { createRoundTrips } from './roundTrips.ts';
import type { StateTracker } from './state.ts';
import type { TokenSource } from './token.ts';

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
  socketUrl: string;
  token: TokenSource;
  deviceId: string | undefined;
  whenRefused: 'end' | 'wait';
  webSocket: unknown;
  /** Pings that often, and takes half of it without a word for the end of the connection. */
  keepAliveMs: number;
  tracker: StateTracker;
}): Connection {
  const { socketUrl, token, deviceId, whenRefused, webSocket, keepAliveMs, tracker } = options;
  const sinks = new Map<string, Sink>();
  const roundTrips = createRoundTrips();
  let phase: 'closed' | 'connecting' | 'open' | 'disposed' = 'closed';
  let socket: WebSocket | undefined;
  let session: Session | undefined;
  let authToken = '';
  let mustRenew = false;
  let failures = 0;
  let tryAtMs = 0;
  /** When a server that goes has asked to be left for another one; 0: it has not. */
  let drainAtMs = 0;
  let isAway = false;
  let refusal: BelfryError | undefined;
  let waking = new AbortController();
  let opening: Promise<void> | undefined;
  let connectTimer: ReturnType<typeof setTimeout> | undefined;
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  let idsMade = 0;

  // Retrying is ours: the library gives up on some codes without asking, and cannot wait for a token that is not to be had.
  const transport = createClient({
    url: socketUrl,
    webSocketImpl: webSocket,
    retryAttempts: 0,
    lazyCloseTimeout: idleMs,
    keepAlive: keepAliveMs,
    generateID: () => `${++idsMade}`,
    connectionParams: () => ({ authToken, deviceId, sessionId: session?.sessionId }),
    on: {
      connecting() {
        phase = 'connecting';
        connectTimer = setTimeout(() => transport.terminate(), connectWithinMs);
      },
      opened(opened) {
        socket = opened as WebSocket;
      },
      connected(_socket, payload) {
        clearTimeout(connectTimer);
        phase = 'open';
        session = payload as unknown as Session;
        tracker.connected();
      },
      message: () => clearTimeout(pongTimer),
      ping(received, payload) {
        if (received) hear(payload ?? {});
        else pongTimer = setTimeout(() => transport.terminate(), keepAliveMs / 2);
      },
      pong(received, payload) {
        if (!received) return;
        failures = 0;
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
      failures = 0;
      sink?.live();
    }
    if (type === 'drain') drainAtMs = performance.now() + Number(reconnectAfterMs);
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
      const nowMs = performance.now();
      tryAtMs = drainAtMs > nowMs ? drainAtMs : nowMs + backoffMs(failures++);
      drainAtMs = 0;
      if (isAway) tracker.offline();
      else tracker.lost();
    }
    if (code === 4403) mustRenew = true;
    if (code !== undefined && finalCloseCodes.has(code)) refuse(refusalOf(code, reason));
  }

  function refuse(reason: BelfryError): void {
    refusal = reason;
    tracker.refused(reason);
  }

  /** On the same socket, before the server closes it; should it fail, a reconnect with a fresh token does the same. */
  async function renewToken(): Promise<void> {
    const renewing = socket;
    for (let attempt = 0; attempt < renewals && socket === renewing && phase === 'open'; attempt++) {
      try {
        const fresh = await token({ renew: true });
        if (fresh === null) return;
        for await (const { errors } of transport.iterate({ query: refreshSession, variables: { token: fresh } })) {
          if (!errors) authToken = fresh;
        }
        return;
      } catch {
        // The application's own server may be away for a moment.
        await pause(backoffMs(attempt + 2), waking.signal);
      }
    }
  }

  async function open(): Promise<void> {
    for (;;) {
      if (phase === 'disposed') throw disposed();
      if (refusal && whenRefused === 'end') throw refusal;
      const waitMs = isAway || refusal ? Number.POSITIVE_INFINITY : tryAtMs - performance.now();
      if (waitMs > 0) {
        await pause(waitMs, waking.signal);
        continue;
      }
      try {
        const fresh = await token({ renew: mustRenew });
        if (fresh === null) refuse(new BelfryError('UNAUTHORIZED', 'Nobody is signed in.'));
        else authToken = fresh;
        mustRenew = false;
      } catch {
        tryAtMs = performance.now() + backoffMs(failures++);
        continue;
      }
      if (!isAway && !refusal && (phase as string) !== 'disposed') return;
    }
  }

  function wake(): void {
    tryAtMs = 0;
    waking.abort();
    waking = new AbortController();
  }

  // The network is back, says the browser: no need to wait any longer.
  const { addEventListener, removeEventListener } = globalThis as Partial<typeof globalThis>;
  addEventListener?.('online', wake);

  return {
    async ready() {
      if (phase === 'disposed') throw disposed();
      if (phase !== 'closed') return;
      opening ??= open().finally(() => {
        opening = undefined;
      });
      await opening;
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
        stop();
      };
    },
    get session() {
      return session;
    },
    ping() {
      if (phase !== 'open' || !socket) return Promise.reject(notConnected());
      return roundTrips.start(socket);
    },
    disconnect() {
      isAway = true;
      if (phase === 'closed') tracker.offline();
      else transport.terminate();
    },
    reconnect() {
      isAway = false;
      refusal = undefined;
      failures = 0;
      if (phase === 'closed') tracker.lost();
      wake();
    },
    dispose() {
      if (phase === 'disposed') return;
      phase = 'disposed';
      clearTimeout(connectTimer);
      clearTimeout(pongTimer);
      removeEventListener?.('online', wake);
      roundTrips.lost();
      wake();
      tracker.offline();
      // It rejects with the reason when the connection was being refused.
      Promise.resolve(transport.dispose()).catch(() => undefined);
    },
  };
}

function refusalOf(closeCode: number, reason = ''): BelfryError {
  const code = closeCode === 4401 ? 'UNAUTHORIZED' : closeCode === 4429 ? 'RATE_LIMITED' : 'CONNECTION_ERROR';
  return new BelfryError(code, reason || `The server closed the connection with ${closeCode}.`, {
    details: { closeCode },
  });
}

function notConnected(): BelfryError {
  return new BelfryError('CONNECTION_ERROR', 'There is no connection to the server.');
}

function disposed(): BelfryError {
  return new BelfryError('CONNECTION_ERROR', 'This client has been disposed of.');
}
