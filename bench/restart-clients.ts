// Clients that stay subscribed while their servers are replaced: they do what docs/protocol.md asks, and no more.
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { decodeCursor } from '../src/events/cursor.ts';
import { answerCalls, measuring, nowMs } from './support/ipc.ts';

export interface StayOptions {
  readonly query: string;
  readonly topic: string;
  readonly tokens: readonly string[];
  /** Those who can be reached. */
  readonly ports: readonly number[];
}

/** How long clients were away since somebody asked last. */
export interface Away {
  /** From the end of a connection to the next subscription being in place, and to having what anybody had by then. */
  readonly awayMs: Float64Array;
  readonly behindMs: Float64Array;
  /** Of `awayMs`, from the beginning of the attempt that succeeded: what is left is what the client waited. */
  readonly joinMs: Float64Array;
}

/** What the clients of a process have gone through. */
export interface Stayed {
  /** How connections ended, by close code. */
  readonly closeCodes: Readonly<Record<number, number>>;
  /** Attempts that failed and were tried again, by close code; 1006: no connection, or none any more. */
  readonly failed: Readonly<Record<number, number>>;
  /** Closed without having been told when to come back. */
  readonly untold: number;
  readonly deliveries: number;
  readonly lost: number;
  readonly doubled: number;
}

interface Client {
  readonly token: string;
  cursor: string | undefined;
  /** Number of the last event, or of the place where it began; -1 before. */
  last: number;
  /** Failed attempts one after the other. */
  failures: number;
  live: boolean;
  awaySinceMs: number;
  /** What it must have to be back; -1 when it is. */
  until: number;
}

let options: StayOptions;
let clients: Client[] = [];
let sockets = new Set<WebSocket>();
let ports: readonly number[] = [];
let newest = 0;
let over = false;
let [untold, deliveries, lost, doubled] = [0, 0, 0, 0];
let [awayMs, behindMs, joinMs]: [number[], number[], number[]] = [[], [], []];
const closeCodes: Record<number, number> = {};
const failed: Record<number, number> = {};
const [nextType, beforeCursor] = [Buffer.from('"type":"next"'), Buffer.from('"cursor":"')];

function come(client: Client): void {
  const port = ports[Math.floor(Math.random() * ports.length)];
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', {
    perMessageDeflate: false,
    skipUTF8Validation: true,
  });
  sockets.add(socket);
  let comesBackAtMs: number | undefined;
  let wasLive = false;
  const startedMs = nowMs();
  socket.on('open', () => {
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authToken: client.token } }));
  });
  socket.on('error', () => undefined);
  socket.on('message', (bytes: Buffer) => {
    const typeAt = bytes.indexOf(nextType);
    if (typeAt > 0 && typeAt < 64) hear(client, bytes);
    else other(JSON.parse(bytes.toString()));
  });
  socket.on('close', (code) => {
    sockets.delete(socket);
    client.live = false;
    if (over) return;
    if (wasLive) {
      closeCodes[code] = (closeCodes[code] ?? 0) + 1;
      if (comesBackAtMs === undefined) untold++;
      client.awaySinceMs = nowMs();
    } else {
      failed[code] = (failed[code] ?? 0) + 1;
      client.failures++;
    }
    // graphql-ws waits like this: twice as long each time, and 0.3 to 3 s more so that not all come at once.
    const waitMs =
      comesBackAtMs === undefined
        ? 1_000 * 2 ** Math.max(0, client.failures - 1) + 300 + 2_700 * Math.random()
        : Math.max(0, comesBackAtMs - nowMs());
    setTimeout(() => over || come(client), waitMs);
  });

  function other({ type, payload }: { type: string; payload?: Record<string, unknown> }): void {
    if (type === 'connection_ack') {
      const extensions = client.cursor && { extensions: { after: client.cursor } };
      const subscribe = { query: options.query, variables: { projectId: options.topic }, ...extensions };
      socket.send(JSON.stringify({ id: randomUUID(), type: 'subscribe', payload: subscribe }));
    } else if (type === 'ping') {
      socket.send('{"type":"pong"}');
      if (payload?.type === 'drain') comesBackAtMs = nowMs() + Number(payload.reconnectAfterMs);
      if (payload?.type === 'subscribed') begin(client, String(payload.cursor), startedMs);
      wasLive ||= client.live;
    } else throw new Error(`not expected: ${type} ${JSON.stringify(payload)}`);
  }
}

function begin(client: Client, cursor: string, startedMs: number): void {
  if (client.live) return;
  client.live = true;
  client.failures = 0;
  client.cursor ??= cursor;
  if (client.last < 0) client.last = decodeCursor(cursor).seq;
  if (client.awaySinceMs === 0) return;
  awayMs.push(nowMs() - client.awaySinceMs);
  joinMs.push(nowMs() - startedMs);
  client.until = newest;
  caughtUp(client);
}

function hear(client: Client, bytes: Buffer): void {
  const at = bytes.indexOf(beforeCursor) + beforeCursor.length;
  if (at < beforeCursor.length) throw new Error(`an event without a cursor: ${bytes.toString().slice(0, 300)}`);
  client.cursor = bytes.toString('latin1', at, bytes.indexOf(0x22, at));
  const { seq } = decodeCursor(client.cursor);
  deliveries++;
  if (seq <= client.last) doubled++;
  else {
    lost += seq - client.last - 1;
    client.last = seq;
  }
  if (seq > newest) newest = seq;
  caughtUp(client);
}

function caughtUp(client: Client): void {
  if (client.until < 0 || client.last < client.until) return;
  behindMs.push(nowMs() - client.awaySinceMs);
  client.until = -1;
}

answerCalls({
  ...measuring,
  start(given: StayOptions) {
    options = given;
    ports = given.ports;
    clients = given.tokens.map((token) => ({
      token,
      cursor: undefined,
      last: -1,
      failures: 0,
      live: false,
      awaySinceMs: 0,
      until: -1,
    }));
    for (const [nth, client] of clients.entries()) setTimeout(() => come(client), nth * 2);
  },
  /** Where a balancer would lead them now. */
  ports(given: readonly number[]) {
    ports = given;
  },
  /** How many are subscribed and have caught up. */
  live: () => clients.filter(({ live, until }) => live && until < 0).length,
  /** The times since the last call. */
  times(): Away {
    const times = { awayMs, behindMs, joinMs };
    [awayMs, behindMs, joinMs] = [[], [], []];
    return {
      awayMs: Float64Array.from(times.awayMs),
      behindMs: Float64Array.from(times.behindMs),
      joinMs: Float64Array.from(times.joinMs),
    };
  },
  /** How many have heard of the event `seq`. */
  heard: (seq: number) => clients.filter(({ last }) => last >= seq).length,
  /** Everything up to the event `head` must have been heard by now. */
  finish(head: number): Stayed {
    over = true;
    for (const socket of sockets) socket.terminate();
    sockets = new Set();
    lost += clients.reduce((all, { last }) => all + Math.max(0, head - last), 0);
    return { closeCodes, failed, untold, deliveries, lost, doubled };
  },
});
