import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { ClientError, Data, Document, Variables } from './request.ts';
import { type Delivery, type OperationMessage, openSubscription, type Subscription } from './subscription.ts';
import { type Arrivals, arrivals } from './waiting.ts';

/** How a socket is opened. */
export interface SocketOptions {
  /** `ws://…` with the path; given by `app.socket`. */
  url?: string;
  /** Sub-protocols to ask for; default graphql-transport-ws. */
  protocols?: string[];
  headers?: Record<string, string>;
  origin?: string;
  /** The payload of `connection_init`; `app.socket` puts the person's token there. */
  connectionParams?: Record<string, unknown>;
  /** False: nothing is sent, and the promise resolves when the socket is open. */
  init?: boolean;
  /** False: pings of the server stay without a pong. */
  answersPings?: boolean;
}

/** A message of the server that belongs to no operation: `connection_ack`, `ping`, `pong`. */
export interface ConnectionMessage {
  type: string;
  payload?: Record<string, unknown>;
}

/** How a socket ended. */
export interface Closing {
  /** 1006: without a close frame. */
  code: number;
  reason: string;
}

/** A graphql-transport-ws client that does what the test says and nothing more, but for answering pings. */
export interface TestSocket extends AsyncDisposable {
  /** Payload of `connection_ack`; an empty object until it came. */
  readonly acknowledged: Record<string, unknown>;
  /** Every text frame received, oldest first. */
  readonly frames: readonly string[];
  /** Response headers of the upgrade. */
  readonly headers: IncomingMessage['headers'];
  /**
   * Starts an operation and resolves once the server has said anything about it: where the stream begins, its first
   * result, or its end. `after` travels as `extensions.after`; as an argument it is one of the variables.
   */
  subscribe<D extends Document>(
    document: D,
    variables?: Variables<D>,
    options?: { id?: string; after?: string | string[]; waits?: boolean },
  ): Promise<Subscription<Data<D>>>;
  /** Sends a ping and resolves with the payload of its pong. */
  ping(payload?: Record<string, unknown>): Promise<Record<string, unknown> | undefined>;
  /** The next ping, pong or ack that fits and was not taken yet; own pongs of {@link ping} are taken by it. */
  message(type: string, fits?: (payload: Record<string, unknown>) => boolean): Promise<ConnectionMessage>;
  /** Sends an object as JSON, or text and bytes as they are. */
  send(message: object | string | Buffer): void;
  /** Bytes sent that the network has not taken yet: they stay while the server does not read. */
  readonly unsentBytes: number;
  /** Resolves when the socket is closed, by whom ever. */
  closed(): Promise<Closing>;
  /** Closes politely. */
  close(code?: number, reason?: string): void;
  /** Cuts the connection without a close frame, like a train entering a tunnel. */
  drop(): void;
  /** Stops reading from the network; the server's writes pile up in the kernel, then in the server. */
  pause(): void;
  resume(): void;
}

/** An upgrade the server answered with an HTTP status instead. */
export class UpgradeRefused extends Error {
  override name = 'UpgradeRefused';
  readonly status: number;

  constructor(status: number) {
    super(`the upgrade was answered with ${status}`);
    this.status = status;
  }
}

/** Opens a socket. Rejects with UpgradeRefused, or when it closes before it was acknowledged, saying how it closed. */
export async function openSocket(options: SocketOptions): Promise<TestSocket> {
  const { url = '', protocols = ['graphql-transport-ws'], headers = {}, origin, init = true } = options;
  const webSocket = new WebSocket(url, protocols, { headers, ...(origin && { origin }), perMessageDeflate: false });
  const upgraded = once(webSocket, 'upgrade') as Promise<[IncomingMessage]>;
  upgraded.catch(() => undefined);
  const socket = attach(webSocket, options);
  await new Promise<void>((resolve, reject) => {
    webSocket.once('open', resolve);
    webSocket.once('unexpected-response', (_request, response) => {
      reject(new UpgradeRefused(response.statusCode ?? 0));
      webSocket.terminate();
    });
    webSocket.once('error', reject);
  });
  const [response] = await upgraded;
  Object.assign(socket.headers, response.headers);
  if (!init) return socket;
  socket.send({ type: 'connection_init', ...(options.connectionParams && { payload: options.connectionParams }) });
  const { payload } = await socket.message('connection_ack');
  Object.assign(socket.acknowledged, payload);
  return socket;
}

function attach(webSocket: WebSocket, { answersPings = true }: SocketOptions): TestSocket {
  const frames: string[] = [];
  const messages: Arrivals<ConnectionMessage> = arrivals((message) => JSON.stringify(message));
  const operations = new Map<string, (message: OperationMessage) => void>();
  const ends = new Set<(why: string) => void>([messages.end]);
  const closing = Promise.withResolvers<Closing>();
  let operationsMade = 0;

  webSocket.on('message', (bytes) => {
    const text = bytes.toString();
    frames.push(text);
    const message = JSON.parse(text) as OperationMessage | ConnectionMessage;
    if ('id' in message) return operations.get(message.id)?.(message);
    if (message.type === 'ping' && answersPings) send({ type: 'pong', payload: message.payload });
    const id = message.type === 'ping' && message.payload?.id;
    if (typeof id === 'string') {
      const type = message.payload?.type === 'live' ? 'live' : 'subscribed';
      operations.get(id)?.({ id, type, payload: message.payload ?? {} });
    }
    messages.add(message);
  });
  webSocket.on('close', (code, reason) => {
    closing.resolve({ code, reason: reason.toString() });
    for (const end of ends) end(`the socket was closed with ${code} ${reason}`);
  });
  // Followed by `close`, which tells.
  webSocket.on('error', () => undefined);

  function send(message: object | string | Buffer): void {
    if (webSocket.readyState !== WebSocket.OPEN) return;
    webSocket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  function rawSocket(): Socket {
    // ws has no public way to stop reading without also stopping to answer the close handshake.
    return (webSocket as unknown as { _socket: Socket })._socket;
  }

  return {
    acknowledged: {},
    frames,
    headers: {},
    async subscribe(document, variables, { id = `${++operationsMade}`, after, waits = true } = {}) {
      const { subscription, receive, end, begun } = openSubscription<Data<typeof document>>(id, () =>
        send({ id, type: 'complete' }),
      );
      operations.set(id, receive);
      ends.add(end);
      const payload = { query: String(document), variables, ...(after !== undefined && { extensions: { after } }) };
      send({ id, type: 'subscribe', payload });
      if (waits) await begun();
      return subscription;
    },
    async ping(payload) {
      const nonce = `${performance.now()}`;
      send({ type: 'ping', payload: { ...payload, nonce } });
      const pong = await messages.take('a pong', (message) => message.type === 'pong');
      return pong.payload;
    },
    message: (type, fits = () => true) =>
      messages.take(`a message ${type}`, (message) => message.type === type && fits(message.payload ?? {})),
    send,
    get unsentBytes() {
      return webSocket.bufferedAmount;
    },
    closed: () => closing.promise,
    close: (code, reason) => webSocket.close(code, reason),
    drop: () => webSocket.terminate(),
    pause: () => void rawSocket().pause(),
    resume: () => void rawSocket().resume(),
    async [Symbol.asyncDispose]() {
      webSocket.terminate();
      await closing.promise;
    },
  };
}

export type { ClientError, Delivery, Subscription };
