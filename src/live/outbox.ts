import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { nextFrame, textFrame } from './frames.ts';

/**
 * The bytes that wait for one socket, results and pongs included. Everything written in one turn of the loop goes
 * out in one write. Above the limit nothing more is read from the client, and durable streams wait (`ready`):
 * no client can grow the server's memory.
 */
export interface Outbox {
  readonly ready: boolean;
  /** Bytes not yet handed to the operating system. */
  readonly pendingBytes: number;
  drained(): Promise<void>;
  /** A complete text message. */
  text(message: string): void;
  /** A `next` message around a rendered payload. */
  next(id: string, payload: Buffer): void;
  /** Writes what waits, then starts the closing handshake. */
  close(code: number, reason: string): void;
  /** Whether nothing could be written for `ms`, at `nowMs` (performance.now). */
  stuckFor(ms: number, nowMs: number): boolean;
  /** The socket is closed: releases whoever waits. */
  closed(): void;
}

/** One write of more than this is not joined but handed over in pieces: copying would cost more than it saves. */
const joinedBytes = 65_536;

export function createOutbox(webSocket: WebSocket, limitBytes: number): Outbox {
  // The hub writes whole frames beside ws, which is sound because ws writes straight through without compression.
  const { _socket: socket } = webSocket as unknown as { _socket: Socket };
  if (webSocket.extensions) throw new Error('whole frames need a socket without perMessageDeflate');
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let flushPlanned = false;
  let paused = false;
  let progressAtMs = performance.now();
  let lastWaiting = 0;
  const drainWaiters = new Set<() => void>();

  const pendingBytes = () => waitingBytes + socket.writableLength;
  const isOpen = () => webSocket.readyState === webSocket.OPEN;

  function add(frame: Buffer): void {
    if (!isOpen()) return;
    waiting.push(frame);
    waitingBytes += frame.length;
    if (!flushPlanned) {
      flushPlanned = true;
      setImmediate(flush);
    }
    if (!paused && pendingBytes() >= limitBytes) {
      paused = true;
      progressAtMs = performance.now();
      webSocket.pause();
    }
  }

  function flush(): void {
    flushPlanned = false;
    const frames = waiting;
    const bytes = waitingBytes;
    waiting = [];
    waitingBytes = 0;
    if (frames.length === 0 || !socket.writable || webSocket.readyState > webSocket.CLOSING) return;
    if (bytes <= joinedBytes) socket.write(frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames, bytes));
    else {
      socket.cork();
      for (const frame of frames) socket.write(frame);
      socket.uncork();
    }
    if (paused && pendingBytes() < limitBytes) release();
  }

  function release(): void {
    if (paused) {
      paused = false;
      if (isOpen()) webSocket.resume();
    }
    for (const waiter of drainWaiters) waiter();
    drainWaiters.clear();
  }

  socket.on('drain', () => {
    if (pendingBytes() < limitBytes) release();
  });

  return {
    get ready() {
      return pendingBytes() < limitBytes;
    },
    get pendingBytes() {
      return pendingBytes();
    },
    drained() {
      if (pendingBytes() < limitBytes || !isOpen()) return Promise.resolve();
      return new Promise((resolve) => drainWaiters.add(resolve));
    },
    text: (message) => add(textFrame(message)),
    next: (id, payload) => add(nextFrame(id, payload)),
    close(code, reason) {
      if (!isOpen()) return;
      flush();
      webSocket.close(code, reason);
      if (paused) webSocket.resume();
    },
    stuckFor(ms, nowMs) {
      const pending = pendingBytes();
      if (!paused || pending < lastWaiting) progressAtMs = nowMs;
      lastWaiting = pending;
      return nowMs - progressAtMs >= ms;
    },
    closed() {
      waiting = [];
      waitingBytes = 0;
      release();
    },
  };
}
