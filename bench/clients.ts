// A process full of light clients: opens sockets, counts every event, and tells when each arrived.
import { randomUUID } from 'node:crypto';
import { type Connection, openConnection, type Wire } from './support/connection.ts';
import { answerCalls, measuring, nowMs } from './support/ipc.ts';

/** One client: its token, the subscription's document (by number), and the topic. */
export interface Client {
  readonly token: string;
  readonly document: number;
  readonly topic: string;
}

export interface OpenClients {
  readonly name: string;
  readonly port: number;
  readonly wire: Wire;
  readonly documents: readonly string[];
  readonly clients: readonly Client[];
  /** Handshakes at once. */
  readonly atOnce: number;
  /** The document's history query, for servers without cursors; sent as operation 2 beside the subscription. */
  readonly history?: string;
}

export interface Expectation {
  readonly name: string;
  /** Events of the whole process to wait for and take. */
  readonly events: number;
  /** Titles they may have; sampled events are parsed and compared. Undefined: any. */
  readonly marks: readonly string[] | undefined;
  readonly limitMs: number;
}

/** What arrived. */
export interface Arrived {
  /** When each event arrived, in {@link nowMs}. */
  readonly times: Float64Array;
  readonly bytes: number;
  readonly sampled: number;
  /** Of each event, where `keepTitles` was asked for. */
  readonly titles: readonly string[];
}

interface One {
  connection: Connection;
  events: number;
  last: string | undefined;
  ready: boolean;
}

interface Crowd {
  readonly options: OpenClients;
  readonly all: One[];
  times: number[];
  bytes: number;
  seen: number;
  samples: { nth: number; text: string }[];
  waiting: (() => void) | undefined;
  closed: number;
  titles: string[] | undefined;
}

const crowds = new Map<string, Crowd>();
/** Every so many events one is parsed: often enough to meet every group, too seldom to cost anything. */
const sampledEvery = 211;

function crowdOf(name: string): Crowd {
  const crowd = crowds.get(name);
  if (!crowd) throw new Error(`no clients of ${name}`);
  return crowd;
}

function connectOne(crowd: Crowd, nth: number, ready: () => void): One {
  const { options } = crowd;
  const client = options.clients[nth] as Client;
  const before = crowd.all[nth];
  const one: One = {
    connection: undefined as unknown as Connection,
    events: before?.events ?? 0,
    last: before?.last,
    ready: false,
  };
  crowd.all[nth] = one;
  const isReady = (): void => {
    if (one.ready) return;
    one.ready = true;
    ready();
  };
  one.connection = openConnection({
    port: options.port,
    wire: options.wire,
    topic: client.topic,
    init: { authToken: client.token, authorization: `Bearer ${client.token}` },
    subscribe: () => ({
      query: options.documents[client.document],
      variables: { projectId: client.topic },
      ...(one.last && !options.history && { extensions: { after: one.last } }),
    }),
    onReady() {
      if (options.history && before) {
        const variables = { projectId: client.topic, after: historyAfter };
        one.connection.send({ id: randomUUID(), type: 'subscribe', payload: { query: options.history, variables } });
      }
      isReady();
    },
    onMessage({ type, payload }) {
      const { type: kind, cursor } = (payload ?? {}) as { type?: string; cursor?: string };
      if (type === 'ping' && kind === 'subscribed' && cursor) one.last = cursor;
      if (type === 'error') throw new Error(`${options.name}: ${JSON.stringify(payload)}`);
    },
    onEvent(bytes, start, end) {
      one.events++;
      crowd.bytes += end - start;
      crowd.times.push(nowMs());
      if (crowd.seen++ % sampledEvery === 0) {
        crowd.samples.push({ nth: crowd.times.length - 1, text: bytes.toString('utf8', start, end) });
      }
      crowd.titles?.push(titleAt(bytes, start, end));
      if (tracksCursor) {
        const at = bytes.indexOf('"cursor":"', start, 'latin1');
        if (at > 0 && at < end) one.last = bytes.toString('latin1', at + 10, bytes.indexOf('"', at + 10, 'latin1'));
      }
      crowd.waiting?.();
    },
    onClose() {
      if (one.ready) crowd.closed++;
      // Before it was ready: try again, the listener's queue may have been full.
      else setTimeout(() => connectOne(crowd, nth, ready), 20 + 100 * Math.random());
    },
  });
  return one;
}

let tracksCursor = false;
let historyAfter = 0;

async function connectAll(crowd: Crowd): Promise<void> {
  const { clients, atOnce } = crowd.options;
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let nth = next++; nth < clients.length; nth = next++) {
      await new Promise<void>((resolve) => connectOne(crowd, nth, resolve));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

const beforeTitle = Buffer.from('"title":"');

/** The same without parsing. */
function titleAt(bytes: Buffer, start: number, end: number): string {
  const at = bytes.indexOf(beforeTitle, start) + beforeTitle.length;
  return at > end ? '' : bytes.toString('utf8', at, bytes.indexOf(0x22, at));
}

/** The title of the task in an event's text, whatever the server wraps it in. */
function titleOf(text: string): string | undefined {
  const message = JSON.parse(text.startsWith('42') ? text.slice(2) : text);
  if (Array.isArray(message)) return message[1]?.title;
  if (message.payload?.errors) return undefined;
  const { taskUpdated, missed } = message.payload?.data ?? message.data ?? {};
  const event = taskUpdated ?? missed?.at(-1);
  return event?.task?.title ?? event?.title;
}

answerCalls({
  ...measuring,
  async open(options: OpenClients) {
    const crowd: Crowd = {
      options,
      all: [],
      times: [],
      bytes: 0,
      seen: 0,
      samples: [],
      waiting: undefined,
      closed: 0,
      titles: undefined,
    };
    crowds.set(options.name, crowd);
    await connectAll(crowd);
  },

  /** Rejects when not enough events arrived in time, saying how many did. */
  async expect({ name, events, marks, limitMs }: Expectation): Promise<Arrived> {
    const crowd = crowdOf(name);
    if (crowd.times.length < events) {
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => {
          crowd.waiting = undefined;
          reject(new Error(`${name}: ${crowd.times.length} of ${events} events arrived within ${limitMs} ms`));
        }, limitMs);
        crowd.waiting = () => {
          if (crowd.times.length < events) return;
          clearTimeout(late);
          crowd.waiting = undefined;
          resolve();
        };
      });
    }
    const times = Float64Array.from(crowd.times.splice(0, events));
    const bytes = crowd.bytes;
    crowd.bytes = 0;
    const samples = crowd.samples.filter(({ nth }) => nth < events);
    crowd.samples = crowd.samples
      .filter(({ nth }) => nth >= events)
      .map(({ nth, text }) => ({ nth: nth - events, text }));
    for (const { text } of samples) {
      const title = titleOf(text);
      if (title === undefined || (marks && !marks.includes(title))) {
        throw new Error(`${name}: expected ${marks?.join(' or ')}, and got ${text}`);
      }
    }
    const titles = crowd.titles?.splice(0, events) ?? [];
    return { times, bytes, sampled: samples.length, titles };
  },

  /** Events that have arrived and were not taken. */
  arrived: (name: string) => crowdOf(name).times.length,

  /** Forgets what has arrived so far. */
  forget(name: string) {
    const crowd = crowdOf(name);
    crowd.times = [];
    crowd.bytes = 0;
    crowd.samples = [];
    for (const one of crowd.all) one.events = 0;
  },

  /** Clients that did not get exactly `events` since the last `forget`, and clients closed by the server. */
  check: ({ name, events }: { name: string; events: number }) => ({
    wrong: crowdOf(name).all.filter((one) => one.events !== events).length,
    closed: crowdOf(name).closed,
  }),

  keepTitles(name: string) {
    crowdOf(name).titles = [];
  },

  trackCursors() {
    tracksCursor = true;
  },

  cut(name: string) {
    for (const { connection } of crowdOf(name).all) connection.cut();
  },

  /** All at once, each with its token and its cursor. Resolves when all are acknowledged. */
  async reconnect({ name, after }: { name: string; after: number }) {
    const crowd = crowdOf(name);
    historyAfter = after;
    await Promise.all(
      crowd.options.clients.map((_, nth) => new Promise<void>((resolve) => void connectOne(crowd, nth, resolve))),
    );
  },

  close(name: string) {
    for (const { connection } of crowdOf(name).all) connection.cut();
    crowds.delete(name);
  },
});
