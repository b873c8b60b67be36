// Clients whose connection is cut again and again; each checks that it hears every event once and in order.
import { decodeCursor } from '../src/events/cursor.ts';
import { type Connection, openConnection, type Wire } from './support/connection.ts';
import { answerCalls, measuring, nowMs } from './support/ipc.ts';

export interface DropOptions {
  readonly ports: readonly number[];
  readonly wire: Wire;
  readonly query: string;
  readonly topic: string;
  readonly tokens: readonly string[];
  /** A connection lives for half to one and a half of this. */
  readonly lifetimeMs: number;
}

/** What the clients of a process have seen. */
export interface Dropped {
  readonly clients: number;
  /** Clients that have heard everything from their first event to the last one of the run. */
  readonly complete: number;
  /** Clients whose events were not those of the log. */
  readonly differing: number;
  readonly gaps: number;
  readonly doubled: number;
  readonly deliveries: number;
  readonly cuts: number;
  readonly refused: number;
  /** From the start of a reconnection until the client had what anybody had at that moment. */
  readonly replayMs: Float64Array;
}

interface Client {
  token: string;
  connection: Connection | undefined;
  cursor: string | undefined;
  first: number;
  last: number;
  sum: number;
  /** Set while it comes back: since when, and what it must have to be back. */
  since: number;
  until: number;
}

let options: DropOptions;
let clients: Client[] = [];
let ports: readonly number[] = [];
let newest = 0;
let running = false;
let [gaps, doubled, deliveries, cuts, refused] = [0, 0, 0, 0, 0];
let replayMs: number[] = [];
const beforeCursor = Buffer.from('"cursor":"');

function come(client: Client): void {
  if (client.since === 0) {
    client.since = nowMs();
    client.until = newest;
  }
  const port = ports[Math.floor(Math.random() * ports.length)] ?? 0;
  let up = false;
  const own = openConnection({
    port,
    wire: options.wire,
    init: { authToken: client.token },
    subscribe: () => ({
      query: options.query,
      variables: { projectId: options.topic },
      ...(client.cursor && { extensions: { after: client.cursor } }),
    }),
    onMessage({ type, payload }) {
      const { type: kind, cursor } = (payload ?? {}) as { type?: string; cursor?: string };
      if (type !== 'ping' || kind !== 'subscribed' || !cursor) return;
      const isFirst = !up;
      up = true;
      if (client.last < 0) client.last = decodeCursor(cursor).seq;
      client.cursor ??= cursor;
      caughtUp(client);
      const { lifetimeMs } = options;
      // Only while it is this connection: two at once would hear everything twice.
      const end = (): void => void (client.connection === own && cut(client));
      if (isFirst) setTimeout(end, lifetimeMs * (0.5 + Math.random())).unref();
    },
    onEvent(bytes, start, end) {
      const at = bytes.indexOf(beforeCursor, start) + beforeCursor.length;
      if (at < beforeCursor.length || at > end) {
        refused++;
        console.error(bytes.toString('utf8', start, end).slice(0, 300));
        return;
      }
      const cursor = bytes.toString('latin1', at, bytes.indexOf(0x22, at));
      hear(client, cursor);
    },
    onClose() {
      client.connection = undefined;
      if (up) cuts++;
      else refused++;
      if (running) setTimeout(() => come(client), 50 + 200 * Math.random());
    },
  });
  client.connection = own;
}

function cut(client: Client): void {
  if (!running || client.since !== 0) return;
  cuts++;
  client.connection?.cut();
  client.connection = undefined;
  setTimeout(() => come(client), 50 * Math.random());
}

function hear(client: Client, text: string): void {
  const { seq, mark } = decodeCursor(text);
  deliveries++;
  if (seq <= client.last) doubled++;
  else {
    if (seq > client.last + 1) gaps++;
    client.last = seq;
    client.sum = sumWith(client.sum, String(mark));
    if (client.first < 0) client.first = seq;
  }
  client.cursor = text;
  if (seq > newest) newest = seq;
  caughtUp(client);
}

function caughtUp(client: Client): void {
  if (client.since === 0 || client.last < client.until) return;
  replayMs.push(nowMs() - client.since);
  client.since = 0;
}

/** Depends on every mark and their order. */
function sumWith(sum: number, mark: string): number {
  let next = sum;
  for (let at = 0; at < mark.length; at++) next = (Math.imul(next, 31) + mark.charCodeAt(at)) | 0;
  return next;
}

answerCalls({
  ...measuring,
  start(given: DropOptions) {
    options = given;
    ports = given.ports;
    running = true;
    clients = given.tokens.map((token) => ({
      token,
      connection: undefined,
      cursor: undefined,
      first: -1,
      last: -1,
      sum: 0,
      since: 0,
      until: 0,
    }));
    for (const [nth, client] of clients.entries()) setTimeout(() => come(client), nth * 2);
  },
  ports(given: readonly number[]) {
    ports = given;
  },
  /** How many are live, and forgets the times so far when all are. */
  live(): number {
    return clients.filter(({ since, last }) => since === 0 && last >= 0).length;
  },
  forgetTimes() {
    replayMs = [];
    cuts = 0;
    refused = 0;
  },
  /** Clients that have heard of the event `seq`. */
  heard: (seq: number) => clients.filter(({ last }) => last >= seq).length,
  /** Compares what each client heard with the log: `marks` by seq. */
  finish({ marks, head }: { marks: readonly string[]; head: number }): Dropped {
    running = false;
    const sums = new Map<number, number>();
    const sumFrom = (first: number): number => {
      let sum = sums.get(first);
      if (sum === undefined) {
        sum = 0;
        for (let seq = first; seq <= head; seq++) sum = sumWith(sum, marks[seq] ?? '');
        sums.set(first, sum);
      }
      return sum;
    };
    const complete = clients.filter(({ last }) => last === head).length;
    const differing = clients.filter(({ first, sum }) => first < 0 || sum !== sumFrom(first)).length;
    for (const { connection } of clients) connection?.cut();
    return {
      clients: clients.length,
      complete,
      differing,
      gaps,
      doubled,
      deliveries,
      cuts,
      refused,
      replayMs: Float64Array.from(replayMs),
    };
  },
});
