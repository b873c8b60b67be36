// A WebSocket client that costs next to nothing: frames are counted where they lie, and only what is asked for is parsed.
import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** How a server's clients speak. */
export interface Wire {
  readonly kind: 'graphql' | 'socket.io' | 'raw';
  /** `{topic}` stands for the client's topic. */
  readonly path: string;
  readonly protocol?: string;
}

export interface ConnectionOptions {
  readonly port: number;
  readonly wire: Wire;
  readonly topic?: string;
  /** The payload of `connection_init`. */
  readonly init?: object;
  /** The payload of `subscribe`, asked for when the connection is acknowledged. */
  readonly subscribe?: () => object;
  /** An event: its text lies in `bytes` from `start` to `end`, only during the call. */
  onEvent(bytes: Buffer, start: number, end: number): void;
  /** Subscribed, as far as the client can know: graphql servers may still be setting it up. */
  onReady?(): void;
  /** A `ping` with a payload, an `error`, a `complete` … */
  onMessage?(message: Record<string, unknown>): void;
  /** Closed by whom ever, or never opened. `code` of the close frame; 1006 without one. */
  onClose?(code: number): void;
}

export interface Connection {
  /** Sends a message of the protocol. */
  send(message: object): void;
  /** Cuts it without a word; `onClose` is not called. */
  cut(): void;
}

const headerEnd = Buffer.from('\r\n\r\n');
const letterN = 'n'.charCodeAt(0);

export function openConnection(options: ConnectionOptions): Connection {
  const { port, wire } = options;
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let rest: Buffer | undefined;
  let upgraded = false;
  let over = false;
  let code = 1006;

  socket.on('connect', () => {
    const protocol = wire.protocol ? `Sec-WebSocket-Protocol: ${wire.protocol}\r\n` : '';
    socket.write(
      `GET ${wire.path.replace('{topic}', options.topic ?? '')} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${protocol}\r\n`,
    );
  });
  socket.on('data', (chunk) => {
    let bytes = rest ? Buffer.concat([rest, chunk]) : chunk;
    rest = undefined;
    if (!upgraded) {
      const at = bytes.indexOf(headerEnd);
      if (at < 0) {
        rest = bytes;
        return;
      }
      if (!bytes.subarray(0, 12).equals(switching)) {
        socket.destroy();
        return;
      }
      upgraded = true;
      bytes = bytes.subarray(at + headerEnd.length);
      if (wire.kind === 'graphql') send({ type: 'connection_init', ...(options.init && { payload: options.init }) });
      if (wire.kind === 'raw') options.onReady?.();
    }
    const used = frames(bytes);
    if (used < bytes.length && !over) rest = bytes.subarray(used);
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (over) return;
    over = true;
    options.onClose?.(code);
  });

  /** Hands out the complete frames and returns how many bytes they took. */
  function frames(bytes: Buffer): number {
    let at = 0;
    while (at + 2 <= bytes.length && !over) {
      let length = (bytes[at + 1] as number) & 0x7f;
      let start = at + 2;
      if (length === 126) {
        if (at + 4 > bytes.length) break;
        length = bytes.readUInt16BE(at + 2);
        start = at + 4;
      } else if (length === 127) {
        if (at + 10 > bytes.length) break;
        length = Number(bytes.readBigUInt64BE(at + 2));
        start = at + 10;
      }
      const end = start + length;
      if (end > bytes.length) break;
      const opcode = (bytes[at] as number) & 0x0f;
      if (opcode === 1) text(bytes, start, end);
      else if (opcode === 8) code = length >= 2 ? bytes.readUInt16BE(start) : 1005;
      else if (opcode === 9) write(10, bytes.subarray(start, end));
      at = end;
    }
    return at;
  }

  function text(bytes: Buffer, start: number, end: number): void {
    if (isEvent(bytes, start)) options.onEvent(bytes, start, end);
    else if (wire.kind === 'socket.io') engineIo(bytes, start);
    else graphql(JSON.parse(bytes.toString('utf8', start, end)));
  }

  function isEvent(bytes: Buffer, start: number): boolean {
    if (wire.kind === 'raw') return true;
    // Engine.IO message 4, Socket.IO event 2.
    if (wire.kind === 'socket.io') return bytes[start] === 0x34 && bytes[start + 1] === 0x32;
    // {"id":"<36 characters>","type":"next"…  or  {"type":"next"…
    return bytes[start + 2] === 0x69 ? bytes[start + 53] === letterN : bytes[start + 9] === letterN;
  }

  /** 0 open, 2 ping, 40 connected. */
  function engineIo(bytes: Buffer, start: number): void {
    if (bytes[start] === 0x30) write(1, Buffer.from('40'));
    else if (bytes[start] === 0x32) write(1, Buffer.from('3'));
    else if (bytes[start] === 0x34 && bytes[start + 1] === 0x30) options.onReady?.();
  }

  function graphql(message: Record<string, unknown>): void {
    if (message.type === 'next') throw new Error(`an event was not recognised: ${JSON.stringify(message)}`);
    if (message.type === 'connection_ack') {
      if (options.subscribe) send({ id: randomUUID(), type: 'subscribe', payload: options.subscribe() });
      options.onReady?.();
    } else if (message.type === 'ping') send({ type: 'pong' });
    options.onMessage?.(message);
  }

  function send(message: object): void {
    write(1, Buffer.from(JSON.stringify(message)));
  }

  /** Masked with zeros, which leaves the bytes as they are. */
  function write(opcode: number, payload: Buffer): void {
    const { length } = payload;
    const header = Buffer.alloc(length < 126 ? 6 : 8);
    header[0] = 0x80 | opcode;
    header[1] = 0x80 | Math.min(length, 126);
    if (length >= 126) header.writeUInt16BE(length, 2);
    socket.write(Buffer.concat([header, payload]));
  }

  return {
    send,
    cut() {
      over = true;
      socket.destroy();
    },
  };
}

const switching = Buffer.from('HTTP/1.1 101');
