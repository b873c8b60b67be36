// Clients that come, subscribe to this and that, and leave at random and in every way there is.
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { answerCalls, measuring } from './support/ipc.ts';

export interface ChurnOptions {
  readonly ports: readonly number[];
  readonly documents: readonly string[];
  readonly topics: readonly string[];
  readonly tokens: readonly string[];
}

/** What the clients of a process have done. */
export interface Churned {
  readonly connections: number;
  readonly subscriptions: number;
  readonly deliveries: number;
  /** Ends by their kind. */
  readonly ends: Readonly<Record<string, number>>;
  /** Connections the server closed, and operations it refused; there is no reason for either. */
  readonly refused: number;
  readonly firstRefusal: string;
}

let over = false;
let lives: Promise<void>[] = [];
let [connections, subscriptions, deliveries, refused, firstRefusal] = [0, 0, 0, 0, ''];
const ends: Record<string, number> = {};
const open = new Set<WebSocket>();
const nextType = Buffer.from('"type":"next"');

const pick = <One>(from: readonly One[]): One => from[Math.floor(Math.random() * from.length)] as One;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function refuse(why: string): void {
  refused++;
  firstRefusal ||= why;
}

async function live(options: ChurnOptions, token: string): Promise<void> {
  // Not all 2,000 in one instant: that is another question.
  await pause(5_000 * Math.random());
  while (!over) {
    await connectOnce(options, token);
    await pause(2_000 * Math.random());
  }
}

/** One connection: up to four subscriptions, some completed, then away. */
async function connectOnce({ ports, documents, topics }: ChurnOptions, token: string): Promise<void> {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const socket = new WebSocket(`ws://127.0.0.1:${pick(ports)}/graphql`, 'graphql-transport-ws', {
    perMessageDeflate: false,
    skipUTF8Validation: true,
  });
  open.add(socket);
  connections++;
  let leaving = false;
  const send = (message: object): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const acknowledged = Promise.withResolvers<void>();
  socket.on('open', () => send({ type: 'connection_init', payload: { authToken: token } }));
  socket.on('error', (error) => leaving || refuse(error.message));
  socket.on('close', (code, reason) => {
    if (!leaving) refuse(`${code} ${reason}`);
    open.delete(socket);
    acknowledged.resolve();
    resolve();
  });
  socket.on('message', (bytes: Buffer) => {
    const typeAt = bytes.indexOf(nextType);
    if (typeAt > 0 && typeAt < 64) return void deliveries++;
    const { type, payload } = JSON.parse(bytes.toString());
    if (type === 'connection_ack') acknowledged.resolve();
    else if (type === 'ping') send({ type: 'pong' });
    else if (type === 'error') refuse(JSON.stringify(payload));
  });

  /** In one of the ways clients have: politely, with a page that is closed, or without a word. */
  const leave = (): void => {
    if (leaving || socket.readyState === WebSocket.CLOSED) return;
    leaving = true;
    const how = pick(['closed with 1000', 'closed with 1001', 'cut']);
    ends[how] = (ends[how] ?? 0) + 1;
    if (how === 'cut') socket.terminate();
    else socket.close(how === 'closed with 1000' ? 1_000 : 1_001);
    // A server that does not answer is not waited for.
    setTimeout(() => socket.terminate(), 5_000).unref();
  };

  // Some are gone before they are acknowledged.
  if (Math.random() < 0.05) setTimeout(leave, 30 * Math.random());
  await acknowledged.promise;
  for (let count = Math.ceil(4 * Math.random()); count > 0 && !over && !leaving; count--) {
    const id = randomUUID();
    subscriptions++;
    send({
      id,
      type: 'subscribe',
      payload: { query: pick(documents), variables: { projectId: pick(topics) } },
    });
    // Some leave while it is being set up.
    if (Math.random() > 0.1) await pause(3_000 * Math.random());
    if (Math.random() < 0.5) {
      ends.completed = (ends.completed ?? 0) + 1;
      send({ id, type: 'complete' });
    }
  }
  leave();
  await closed;
}

answerCalls({
  ...measuring,
  start(options: ChurnOptions) {
    lives = options.tokens.map((token) => live(options, token));
  },
  open: () => open.size,
  /** All leave, and the last is gone when this resolves. */
  async finish(): Promise<Churned> {
    over = true;
    await Promise.all(lives);
    return { connections, subscriptions, deliveries, ends, refused, firstRefusal };
  },
});
