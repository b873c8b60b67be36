import { createBelfryClient } from '../../src/client/index.ts';

/** A running subscription. */
export interface Stream {
  readonly name: string;
  /** Events printed so far, without Checkpoints. */
  readonly count: number;
  /** Resolves when it has caught up, or is over. */
  readonly live: Promise<void>;
  /** The last cursor of each topic that has been heard of. */
  readonly cursors: ReadonlyMap<string, string>;
  stop(): void;
}

/** The client of the package, with what a person at a terminal wants to be told. */
export interface Connection {
  /** Runs a query or mutation and resolves with its data. Throws with the server's sentences. */
  ask(document: string, variables?: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Starts a stream; `onItem` gets the value of its root field and the cursor, where it has one. */
  subscribe(
    name: string,
    operation: { document: string; variables: Record<string, unknown>; after?: string | readonly string[] | undefined },
    onItem: (value: Record<string, unknown>, cursor: string | undefined) => void,
  ): Stream;
  readonly streams: ReadonlySet<Stream>;
  /** Milliseconds to the server and back: over the socket, or over HTTP while there is none. */
  roundTrip(): Promise<number>;
  /** Cuts the connection without a word. It comes back by itself, unless `stay` is set: then with `resume`. */
  drop(stay: boolean): void;
  resume(): void;
  close(): void;
}

export function connect(parts: {
  url: string;
  token: string;
  /** For what becomes of the connection and the streams. */
  print: (line: string) => void;
  /** The server will not let this client in, and retrying does not help. */
  onRefused: () => void;
}): Connection {
  const { url, token, print, onRefused } = parts;
  const client = createBelfryClient({ url, token });
  const streams = new Set<Stream>();
  let wasConnected = false;
  let isConnected = false;

  client.onState(() => {
    const { state } = client;
    switch (state.state) {
      case 'REFUSED':
        print(`The server refuses the connection: ${state.reason.details.closeCode} ${state.reason.message}`);
        return onRefused();
      case 'STALE':
      case 'OFFLINE':
        if (isConnected) print('Connection lost.');
        isConnected = false;
        return;
      case 'CATCHING_UP':
        if (!isConnected) print(`${wasConnected ? 'Connected again' : 'Connected'}: ${JSON.stringify(client.session)}`);
        isConnected = true;
        wasConnected = true;
        return;
      case 'LIVE':
        print(`Live${state.caughtUp > 0 ? `, ${state.caughtUp} events caught up` : ''}.`);
    }
  });

  const ask: Connection['ask'] = async (document, variables) => (await client.query(document, variables)).data;

  return {
    streams,
    ask,
    subscribe(name, { document, variables, after }, onItem) {
      const cursors = new Map<string, string>();
      const { promise: live, resolve: onLive } = Promise.withResolvers<void>();
      const stream = { name, count: 0, live, cursors, stop };
      const end = client.subscribe(
        { query: document, variables, after, onLive },
        {
          next({ data, errors, cursor, topic }) {
            for (const error of errors) print(`${name}: ${JSON.stringify(error)}`);
            const value = Object.values(data ?? {})[0] as Record<string, unknown> | undefined;
            if (!value) return;
            if (topic !== undefined && cursor !== undefined) cursors.set(topic, cursor);
            if (value.__typename !== 'Checkpoint') stream.count++;
            onItem(value, cursor);
          },
          error({ code, message }) {
            streams.delete(stream);
            onLive();
            print(`${name} ended: ${code} ${message}`);
          },
          complete() {
            streams.delete(stream);
            print(`${name} is over.`);
          },
        },
      );
      function stop(): void {
        streams.delete(stream);
        end();
      }
      streams.add(stream);
      return stream;
    },
    async roundTrip() {
      if (isConnected) return client.ping();
      const sentAtMs = performance.now();
      await ask('{ ping { instanceId } }');
      return performance.now() - sentAtMs;
    },
    drop(stay) {
      client.disconnect();
      if (!stay) client.reconnect();
    },
    resume: () => client.reconnect(),
    close: () => client.dispose(),
  };
}
