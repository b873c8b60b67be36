// A client that can be made to read slowly: a relay takes so many bytes a second from the server and no more.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { decodeCursor } from '../../src/events/cursor.ts';
import { type Connection, openConnection, type Wire } from './connection.ts';

export interface SlowReaderOptions {
  readonly port: number;
  readonly wire: Wire;
  readonly token: string;
  readonly query: string;
  readonly topic: string;
}

/** Disposing it cuts its connections. */
export interface SlowReader extends AsyncDisposable {
  /** Numbers of the events it has read, as they came. */
  readonly seqs: readonly number[];
  /** Taken from the server, frames that are not complete included. */
  readonly bytes: number;
  /** How its connections have ended. */
  readonly closeCodes: readonly number[];
  readonly live: boolean;
  /** Reads 1 KB a second from now on, or as fast as it comes. */
  slow(isSlow: boolean): void;
}

const bytesPerSecond = 1_024;
const stepMs = 1_000;

/** Subscribes, and comes back from its cursor whenever it is closed. */
export async function openSlowReader(options: SlowReaderOptions): Promise<SlowReader> {
  const relay = await openRelay(options.port);
  const seqs: number[] = [];
  const closeCodes: number[] = [];
  let [live, over] = [false, false];
  let cursor: string | undefined;
  let connection: Connection;
  const come = (): void => {
    connection = openConnection({
      port: relay.port,
      wire: options.wire,
      init: { authToken: options.token },
      subscribe: () => ({
        query: options.query,
        variables: { projectId: options.topic },
        ...(cursor && { extensions: { after: cursor } }),
      }),
      onMessage({ type, payload }) {
        const { type: kind, cursor: place } = (payload ?? {}) as { type?: string; cursor?: string };
        if (type !== 'ping' || kind !== 'subscribed') return;
        live = true;
        cursor ??= place;
      },
      onEvent(bytes, start, end) {
        const { extensions } = JSON.parse(bytes.toString('utf8', start, end)).payload;
        cursor = String(extensions.cursor);
        seqs.push(decodeCursor(cursor).seq);
      },
      onClose(code) {
        live = false;
        closeCodes.push(code);
        if (!over) setTimeout(come, 100);
      },
    });
  };
  come();
  return {
    seqs,
    closeCodes,
    get bytes() {
      return relay.bytes;
    },
    get live() {
      return live;
    },
    slow: relay.slow,
    async [Symbol.asyncDispose]() {
      over = true;
      connection.cut();
      await relay[Symbol.asyncDispose]();
    },
  };
}

interface Relay extends AsyncDisposable {
  readonly port: number;
  readonly bytes: number;
  slow(isSlow: boolean): void;
}

async function openRelay(target: number): Promise<Relay> {
  let [isSlow, bytes] = [false, 0];
  const upstreams = new Set<Socket>();
  const server = createServer((downstream) => {
    const upstream = connect({
      port: target,
      host: '127.0.0.1',
      // A buffer of its own: a stream would have read 64 KB before it could be paused.
      onread: {
        buffer: Buffer.alloc(bytesPerSecond),
        callback(length, buffer) {
          bytes += length;
          downstream.write(Buffer.from(buffer.subarray(0, length)));
          if (!isSlow) return true;
          setTimeout(() => isSlow && upstream.resume(), stepMs);
          return false;
        },
      },
    });
    upstreams.add(upstream);
    downstream.on('data', (sent) => upstream.write(sent));
    upstream.on('end', () => downstream.end());
    for (const [socket, other] of [
      [upstream, downstream],
      [downstream, upstream],
    ] as const) {
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        upstreams.delete(upstream);
        // What was read before is still on its way to the client.
        if (socket === upstream) other.end();
        else other.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('no port is free');
  return {
    port: address.port,
    get bytes() {
      return bytes;
    },
    slow(given) {
      isSlow = given;
      if (!isSlow) for (const upstream of upstreams) upstream.resume();
    },
    async [Symbol.asyncDispose]() {
      for (const upstream of upstreams) upstream.destroy();
      server.close();
    },
  };
}
