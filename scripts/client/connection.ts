import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createPlace, type Place } from './place.ts';

/** A running subscription. */
export interface Stream {
  readonly name: string;
  readonly place: Place;
  /** Events printed so far, without Checkpoints. */
  count: number;
  stop(): void;
}

/** One socket to the server, made anew whenever it is lost. */
export interface Connection {
  /** Runs a query or mutation and resolves with its data. Throws with the server's sentences. */
  ask(document: string, variables?: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Starts a stream; `onItem` gets the value of its root field and the cursor, where it has one. */
  subscribe(
    name: string,
    operation: { document: string; variables: Record<string, unknown>; after?: string | undefined; several: boolean },
    onItem: (value: Record<string, unknown>, cursor: string | undefined) => void,
  ): Stream;
  readonly streams: ReadonlySet<Stream>;
  /** Milliseconds from a ping to its pong. */
  roundTrip(): Promise<number>;
  /** Cuts the connection without a word. It comes back by itself, unless `stay` is set: then with `resume`. */
  drop(stay: boolean): void;
  resume(): void;
  close(): Promise<void>;
}

/** Half a second at first, then up to four, with a spread so that many clients do not come back in one instant. */
const waitMs = (retries: number): number => Math.min(4_000, 250 * 2 ** retries) * (0.5 + Math.random());
const roundTripLimitMs = 10_000;

export function connect(parts: {
  url: string;
  token: string;
  /** For what becomes of the connection and the streams. */
  print: (line: string) => void;
  /** The server will not let this client in, and retrying does not help. */
  onRefused: () => void;
}): Connection {
  const { url, token, print, onRefused } = parts;
  const streams = new Set<Stream>();
  const ids = new Map<object, string>();
  const places = new Map<string, Place>();
  let socket: WebSocket | undefined;
  let online = Promise.withResolvers<void>();
  online.resolve();
  let closing = false;
  const connected = Promise.withResolvers<void>();
  let pongs: ((payload: unknown) => void)[] = [];
  let idsMade = 0;

  const client: Client = createClient({
    url,
    webSocketImpl: WebSocket,
    connectionParams: { authToken: token },
    lazy: false,
    onNonLazyError: (event) => {
      if (closing) return;
      print(`The server refuses the connection: ${describeClosing(event)}`);
      onRefused();
    },
    keepAlive: 10_000,
    // The library would stop after five tries and give up on a server that is being restarted.
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => !closing,
    retryWait: async (retries) => {
      await sleep(waitMs(retries));
      await online.promise;
    },
    generateID: (payload) => {
      const id = `${++idsMade}`;
      ids.set(payload, id);
      return id;
    },
    on: {
      opened: (opened) => {
        socket = opened as WebSocket;
      },
      connected: (_socket, payload, wasRetry) => {
        connected.resolve();
        print(`${wasRetry ? 'Connected again' : 'Connected'}: ${JSON.stringify(payload)}`);
      },
      closed: (event) => {
        if (!closing) print(`Connection lost: ${describeClosing(event)}`);
      },
      // Where a stream stands before its first event, and while a filter hides events.
      ping: (received, payload) => {
        const { type, id, cursor } = payload ?? {};
        if (received && type === 'subscribed' && typeof cursor === 'string') places.get(String(id))?.pass(cursor);
      },
      pong: (received, payload) => {
        if (!received) return;
        const waiting = pongs;
        pongs = [];
        for (const resolve of waiting) resolve(payload);
      },
    },
  });

  return {
    streams,
    async ask(query, variables) {
      for await (const { data, errors } of client.iterate({ query, variables })) {
        if (errors) throw new Error(errors.map(({ message }) => message).join('\n'));
        return data ?? {};
      }
      throw new Error('The server gave no answer.');
    },
    subscribe(name, { document, variables, after, several }, onItem) {
      const place = createPlace(several, after);
      const payload = {
        query: document,
        variables,
        // Read anew each time the library sends the operation: that is how it resumes.
        extensions: {
          get after() {
            return place.after;
          },
        },
      };
      const stop = client.subscribe<Record<string, Record<string, unknown>>, { cursor?: string }>(payload, {
        next({ data, errors, extensions }) {
          for (const error of errors ?? []) print(`${name}: ${JSON.stringify(error)}`);
          const value = Object.values(data ?? {})[0];
          if (!value) return;
          const cursor = extensions?.cursor;
          place.hear(value, cursor);
          if (value.__typename !== 'Checkpoint') stream.count++;
          onItem(value, cursor);
        },
        error(error) {
          streams.delete(stream);
          const why = error instanceof Error || Array.isArray(error) ? JSON.stringify(error) : describeClosing(error);
          print(`${name} ended: ${why}`);
        },
        complete() {
          if (streams.delete(stream) && !closing) print(`${name} is over.`);
        },
      });
      const id = ids.get(payload) ?? '';
      places.set(id, place);
      const stream: Stream = {
        name,
        place,
        count: 0,
        stop() {
          streams.delete(stream);
          places.delete(id);
          stop();
        },
      };
      streams.add(stream);
      return stream;
    },
    async roundTrip() {
      await connected.promise;
      if (socket?.readyState !== WebSocket.OPEN) throw new Error('Not connected.');
      const sentAtMs = performance.now();
      socket.send(JSON.stringify({ type: 'ping' }));
      const answered = new Promise((resolve) => pongs.push(resolve));
      const late = sleep(roundTripLimitMs, 'late', { ref: false });
      if ((await Promise.race([answered, late])) === 'late') throw new Error('No pong within 10 s.');
      return performance.now() - sentAtMs;
    },
    drop(stay) {
      if (stay) online = Promise.withResolvers<void>();
      socket?.terminate();
    },
    resume: () => online.resolve(),
    async close() {
      closing = true;
      online.resolve();
      // It rejects with the reason when the connection was being refused; that has been told.
      await Promise.resolve(client.dispose()).catch(() => undefined);
    },
  };
}

function describeClosing(event: unknown): string {
  const { code, reason, message } = event as { code?: number; reason?: string; message?: string };
  return code === undefined ? (message ?? 'no answer') : `${code} ${reason}`.trim();
}
