import { createConnection, type Session } from './connection.ts';
import { type BelfryError, errorOf, type GraphQLErrorLike } from './errors.ts';
import { itemsOf } from './iterate.ts';
import { createPassing } from './passing.ts';
import { type Answer, type Operation, sendOperation } from './request.ts';
import { type ConnectionState, createStateTracker } from './state.ts';
import { keptDeviceId, keptPlace, type PlaceStorage } from './storage.ts';
import { runStream, type StreamItem, type StreamObserver, type StreamOptions, type StreamRequest } from './stream.ts';
import type { TokenSource } from './token.ts';

/** How a client is made. */
export interface BelfryClientOptions {
  /** Address of the API, for requests and sockets alike: `https://…/graphql`; in a browser also `/graphql`. */
  readonly url: string;
  /** The person's token, or where to get it. */
  readonly token: string | TokenSource;
  /** Address for sockets where it is another one, such as that of WEBSOCKET_PORT. */
  readonly socketUrl?: string;
  /** Keeps places of streams that ask for it, and the device's id: `localStorage`. Absent: nothing outlives the client. */
  readonly storage?: PlaceStorage;
  /** By what the server knows the device again; default: one that is kept in `storage`. */
  readonly deviceId?: string;
  /** What streams do when the server refuses the client: end with the error (default), or wait for `reconnect()`. */
  readonly whenRefused?: 'end' | 'wait';
  /** So often the server is asked whether it is there; a connection without an answer for half as long is made anew. Default 10,000. */
  readonly keepAliveMs?: number;
  /** Default: those of the browser or of Node. */
  readonly fetch?: typeof globalThis.fetch;
  readonly webSocket?: typeof globalThis.WebSocket;
}

/** A document's text; with the types of its result and variables where codegen has made it. */
export type GraphQLDocument<Data, Variables> =
  | string
  | { readonly __apiType?: (variables: Variables) => Data; toString(): string };

/** A subscription, and from where. */
export interface Subscribe<Data, Variables> extends StreamOptions {
  readonly query: GraphQLDocument<Data, Variables>;
  readonly variables?: Variables | undefined;
  readonly operationName?: string | undefined;
}

/** Gets the items of a stream. */
export interface Observer<Data> {
  /** Once it has returned, a kept place passes the item. */
  next(item: StreamItem<Data>): void;
  /** The stream is over and does not come back by itself. */
  error?(error: BelfryError): void;
  /** The stream is over, because its topic is gone. */
  complete?(): void;
}

/** A connection to Belfry: made when something is subscribed to, and made again whenever it is lost. */
export interface BelfryClient {
  /**
   * Follows a subscription, through lost connections, restarts and fresh tokens, without losing or doubling an
   * event. Returns how to stop.
   */
  subscribe<Data = Record<string, unknown>, Variables = Record<string, unknown>>(
    subscribe: Subscribe<Data, Variables>,
    observer: Observer<Data>,
  ): () => void;
  /**
   * The same as an async iterable: `for await (const { data } of client.iterate({ … }))`. Begins with the first step,
   * ends with the loop. Throws the error it ends with. What is not taken yet is kept in memory.
   */
  iterate<Data = Record<string, unknown>, Variables = Record<string, unknown>>(
    subscribe: Subscribe<Data, Variables>,
  ): AsyncIterableIterator<StreamItem<Data>>;
  /**
   * Sends a query or mutation over HTTP. Errors of single fields stand beside the data.
   * @throws BelfryError when there is no data.
   */
  query<Data = Record<string, unknown>, Variables = Record<string, unknown>>(
    query: GraphQLDocument<Data, Variables>,
    variables?: Variables,
    options?: { signal?: AbortSignal },
  ): Promise<{ data: Data; errors: readonly GraphQLErrorLike[] }>;
  /** The same with the whole answer, for libraries. Throws only when there is none. */
  execute(operation: Operation, signal?: AbortSignal): Promise<Answer>;
  /**
   * Resolves when a stream of this client has passed the event of a mutation's `eventCursor`: what is on the screen
   * shows it then. null, of a mutation that changed nothing, at once.
   * @throws BelfryError CONNECTION_ERROR after `limitMs` (10,000): no stream tells of that topic, or it is behind.
   */
  passed(eventCursor: string | null, options?: { limitMs?: number }): Promise<void>;
  /** The same object until it changes. */
  readonly state: ConnectionState;
  /** Calls `listener` after every change of `state`. Returns how to stop. */
  onState(listener: () => void): () => void;
  /** What the server said of the present connection, or of the last one. */
  readonly session: Session | undefined;
  /**
   * What time it is for the server, as it said when the present connection, or the last one, was made: moments it tells
   * (`expiresAt`) are to be compared with this, for this machine's clock may be wrong. Before the first: this machine's.
   */
  now(): Date;
  /** Milliseconds to the server and back over the socket. Rejects when there is none. */
  ping(): Promise<number>;
  /** Cuts the connection and stays away until `reconnect()`. */
  disconnect(): void;
  /** Connects at once, also after a refusal: somebody has signed in, or uses this device again. */
  reconnect(): void;
  /** Ends all streams without a word to them, and says goodbye to the server. */
  dispose(): void;
}

export function createBelfryClient(options: BelfryClientOptions): BelfryClient {
  const { token: given, storage, deviceId = storage && keptDeviceId(storage), whenRefused = 'end' } = options;
  const token: TokenSource = typeof given === 'string' ? () => given : given;
  const { fetch = (...parameters) => globalThis.fetch(...parameters) } = options;
  // The address is read when it is needed: a page that is rendered on a server has none of its own.
  const send = (operation: Operation, signal?: AbortSignal) =>
    sendOperation({ url: addressOf(options.url, 'http'), token, fetch }, operation, signal);
  const tracker = createStateTracker();
  const connection = createConnection({
    socketUrl: () => addressOf(options.socketUrl ?? options.url, 'ws'),
    token,
    deviceId,
    whenRefused,
    keepAliveMs: options.keepAliveMs ?? 10_000,
    webSocket: options.webSocket,
    tracker,
  });
  const passing = createPassing();
  const running = new Set<() => void>();

  function run<Data, Variables>(
    { keep, query, variables, ...rest }: Subscribe<Data, Variables>,
    observer: StreamObserver,
  ) {
    const kept = storage && keep !== undefined ? keptPlace(storage, keep) : undefined;
    const request: StreamRequest = { ...rest, query: String(query), variables: variables as Record<string, unknown> };
    const end = runStream({ connection, tracker, passing, kept }, request, {
      next: observer.next,
      error(error) {
        running.delete(stop);
        observer.error(error);
      },
      complete() {
        running.delete(stop);
        observer.complete();
      },
    });
    const stop = (): void => {
      running.delete(stop);
      end();
    };
    running.add(stop);
    return stop;
  }

  return {
    subscribe: (subscribe, observer) =>
      run(subscribe, {
        next(item, handled) {
          guarded(() => observer.next(item as StreamItem<never>));
          handled();
        },
        error(error) {
          if (observer.error) guarded(() => observer.error?.(error));
          else report(error);
        },
        complete: () => guarded(() => observer.complete?.()),
      }),
    iterate: (subscribe) => itemsOf((observer) => run(subscribe, observer)),
    async query(query, variables, { signal } = {}) {
      const operation = { query: String(query), variables: variables as Record<string, unknown> };
      const { data, errors = [] } = await send(operation, signal);
      if (data === undefined || data === null) throw errorOf(errors);
      return { data: data as never, errors };
    },
    execute: async (operation, signal) => send(operation, signal),
    async passed(eventCursor, { limitMs = 10_000 } = {}) {
      if (eventCursor !== null) await passing.wait(eventCursor, limitMs);
    },
    get state() {
      return tracker.state;
    },
    onState: (listener) => tracker.listen(listener),
    get session() {
      return connection.session;
    },
    now: () => connection.now(),
    ping: () => connection.ping(),
    disconnect: () => connection.disconnect(),
    reconnect: () => connection.reconnect(),
    dispose() {
      connection.dispose();
      for (const stop of [...running]) stop();
    },
  };
}

function addressOf(url: string, protocol: 'http' | 'ws'): string {
  const { location } = globalThis as { location?: Location };
  const address = new URL(url, location?.href);
  // `https:` and `wss:` keep their s.
  address.protocol = address.protocol.replace(/^(http|ws)/, protocol);
  return address.href;
}

/** What an observer throws is its own: it neither ends the stream nor goes unseen. */
function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    report(error);
  }
}

function report(error: unknown): void {
  setTimeout(() => {
    throw error;
  });
}
