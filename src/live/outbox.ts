import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { type Batch, batchOf, readdress, textFrame } from './frames.ts';

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

/** What a message adds to its payload, about: the header, the id and the words around them. */
const envelopeBytes = 80;

/** Outboxes with something to write; one timer for all of them, whatever the number of sockets. */
let toFlush: (() => void)[] = [];

/**
 * The bytes of the socket before, to be readdressed to the next one: members of a group get the same payloads. A
 * buffer for each of them would be most of the garbage of a fan-out (28 % of its CPU: bench bursts, 2,000
 * subscribers, 2026-11-20). Only bytes that the operating system has taken are ever changed: see `flush`.
 */
let lastBatch: Batch | undefined;

function flushAll(): void {
  const flushes = toFlush;
  toFlush = [];
  for (const flush of flushes) flush();
  lastBatch = undefined;
}

function planFlush(flush: () => void): void {
  if (toFlush.length === 0) setImmediate(flushAll);
  toFlush.push(flush);
}

export function createOutbox(webSocket: WebSocket, limitBytes: number): Outbox {
  // The hub writes whole frames beside ws, which is sound because ws writes straight through without compression.
  const { _socket: socket } = webSocket as unknown as { _socket: Socket };
  if (webSocket.extensions) throw new Error('whole frames need a socket without perMessageDeflate');
  let payloads: Buffer[] = [];
  let quotedIds: (string | undefined)[] = [];
  let waitingBytes = 0;
  /** What the socket held after the last write. Zero is exact; above it the socket is asked. */
  let unsentBytes = 0;
  let paused = false;
  let closing = false;
  let progressAtMs = performance.now();
  let lastWaiting = 0;
  const drainWaiters = new Set<() => void>();

  // Asked for every member and event: mostly neither the socket nor ws is touched until the flush, which for
  // thousands of sockets is a matter of what the processor still has in its cache.
  function pendingBytes(): number {
    if (unsentBytes > 0) unsentBytes = socket.writableLength;
    return waitingBytes + unsentBytes;
  }
  const isOpen = () => webSocket.readyState === webSocket.OPEN;

  function add(payload: Buffer, id: string | undefined): void {
    if (closing) return;
    if (payloads.length === 0) planFlush(flush);
    payloads.push(payload);
    quotedIds.push(id === undefined ? undefined : JSON.stringify(id));
    waitingBytes += payload.length + envelopeBytes;
    if (!paused && pendingBytes() >= limitBytes) {
      paused = true;
      progressAtMs = performance.now();
      if (isOpen()) webSocket.pause();
    }
  }

  function flush(): void {
    // Written by `close` already.
    if (payloads.length === 0) return;
    const outgoing = { payloads, quotedIds };
    const bytes = waitingBytes;
    payloads = [];
    quotedIds = [];
    waitingBytes = 0;
    // Nothing may follow a close frame, ours or the answer to theirs.
    if (!isOpen() || !socket.writable) return;
    if (bytes <= joinedBytes) {
      if (!lastBatch || !readdress(lastBatch, outgoing)) lastBatch = batchOf(outgoing);
      socket.write(lastBatch.bytes);
    } else {
      socket.cork();
      for (const [nth, payload] of outgoing.payloads.entries()) {
        socket.write(batchOf({ payloads: [payload], quotedIds: [outgoing.quotedIds[nth]] }).bytes);
      }
      socket.uncork();
    }
    unsentBytes = socket.writableLength;
    // The socket still holds the bytes, so they are its own from now on. At zero they are with the operating system.
    if (unsentBytes > 0) lastBatch = undefined;
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
    text: (message) => add(textFrame(message), undefined),
    next: (id, payload) => add(payload, id),
    close(code, reason) {
      if (!isOpen()) return;
      flush();
      closing = true;
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
      closing = true;
      payloads = [];
      quotedIds = [];
      waitingBytes = 0;
      release();
    },
  };
}
