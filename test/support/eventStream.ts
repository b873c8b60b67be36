// A reader of server-sent events that does what the test says and nothing more.
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { TestApp } from './app.ts';
import type { ClientError } from './request.ts';
import { type Arrivals, arrivals } from './waiting.ts';
import type { Person } from './world.ts';

/** One event of the stream, or one comment. */
export type Frame =
  | {
      event: 'next';
      payload: { data?: unknown; errors?: ClientError[]; extensions?: { cursor: string; topic: string } };
    }
  | { event: 'complete' }
  | { event: 'comment'; text: string };

/** A subscription over HTTP. */
export interface EventStream extends Disposable {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Everything received so far, as it came. */
  readonly text: string;
  /** The next result; a comment in between is left for {@link comment}. */
  next(): Promise<Extract<Frame, { event: 'next' }>['payload']>;
  /** The next comment, without its colon. */
  comment(): Promise<string>;
  /** Resolves when the server has said `complete`. */
  completed(): Promise<void>;
  /** Resolves when the response has ended or broken off. */
  closed(): Promise<void>;
  /** Stops reading from the network. */
  pause(): void;
  resume(): void;
  /** Cuts the connection. */
  drop(): void;
}

/** Subscribes with POST, as a person. Resolves with the response's first bytes. */
export async function openEventStream(
  app: TestApp,
  person: Person | undefined,
  body: { query: string; variables?: Record<string, unknown>; extensions?: Record<string, unknown> },
  options: { method?: 'POST' | 'GET'; headers?: Record<string, string> } = {},
): Promise<EventStream> {
  const { method = 'POST' } = options;
  const headers = {
    accept: 'text/event-stream',
    ...(person && { authorization: `Bearer ${await app.token(person)}` }),
    ...(method === 'POST' && { 'content-type': 'application/json' }),
    ...options.headers,
  };
  const address = new URL(`${app.url}${app.config.graphqlPath}`);
  if (method === 'GET') {
    for (const [name, value] of Object.entries(body)) {
      address.searchParams.set(name, typeof value === 'string' ? value : JSON.stringify(value));
    }
  }
  const sent = request(address, { method, headers, agent: false });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
    sent.end(method === 'POST' ? JSON.stringify(body) : undefined);
  });
  return read(sent, response);
}

function read(sent: ClientRequest, response: IncomingMessage): EventStream {
  const frames: Arrivals<Frame> = arrivals((frame) => JSON.stringify(frame).slice(0, 500));
  const closed = Promise.withResolvers<void>();
  const chunks: string[] = [];
  let rest = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    chunks.push(chunk);
    const blocks = `${rest}${chunk}`.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) if (block) frames.add(parse(block));
  });
  const over = (why: string) => () => {
    frames.end(why);
    closed.resolve();
  };
  response.once('end', over('the response ended'));
  response.once('close', over('the connection was closed'));
  response.on('error', () => undefined);
  sent.on('error', () => undefined);
  const take = async <Event extends Frame['event']>(event: Event) =>
    (await frames.take(event, (frame) => frame.event === event)) as Extract<Frame, { event: Event }>;
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    get text() {
      return chunks.join('');
    },
    next: async () => (await take('next')).payload,
    comment: async () => (await take('comment')).text,
    completed: async () => void (await take('complete')),
    closed: () => closed.promise,
    pause: () => void response.socket.pause(),
    resume: () => void response.socket.resume(),
    drop: () => void sent.destroy(),
    [Symbol.dispose]: () => void sent.destroy(),
  };
}

function parse(block: string): Frame {
  if (block.startsWith(':')) return { event: 'comment', text: block.slice(1).trim() };
  const fields = new Map(block.split('\n').map((line) => line.split(/:\s?(.*)/s, 2) as [string, string]));
  if (fields.get('event') === 'complete') return { event: 'complete' };
  return { event: 'next', payload: JSON.parse(fields.get('data') ?? '') };
}
