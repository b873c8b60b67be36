import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import {
  type Address,
  type Batch,
  batchOf,
  envelopeBytes,
  type Parcel,
  parcelOf,
  readdress,
  textFrame,
} from './frames.ts';

/** One write of more than this is not joined but handed over in pieces: copying would cost more than it saves. */
const joinedBytes = 65_536;

/** Outboxes with something to write; one timer for all of them, whatever the number of sockets. */
let toFlush: Outbox[] = [];

/**
 * The bytes of the socket before, to be readdressed to the next one: members of a group get the same parcel. A
 * buffer for each of them would be most of the garbage of a fan-out (28 % of its CPU: bench bursts, 2,000
 * subscribers, 2026-11-20). Only bytes that the operating system has taken are ever changed: see `flush`.
 */
let lastBatch: Batch | undefined;

/**
 * The same of several parcels in a row: those who come back together get the same events. A buffer for each event of
 * each of them was a tenth of the garbage of 5,000 who reconnect (bench reconnect, 2026-11-27).
 */
let lastRun: { readonly parcels: readonly Parcel[]; readonly batch: Batch } | undefined;

function flushAll(): void {
  const outboxes = toFlush;
  toFlush = [];
  for (const outbox of outboxes) outbox.flush();
  lastBatch = undefined;
  lastRun = undefined;
}

/** A parcel with its address, or, without one, a complete frame. */
interface Waiting {
  readonly parcel: Parcel;
  readonly address: Address | undefined;
}

/**
 * The bytes that wait for one socket, results and pongs included. Everything written in one turn of the loop goes
 * out in one write. Above the limit nothing more is read from the client, and durable streams wait (`ready`):
 * no client can grow the server's memory.
 *
 * A class, because it is touched for every delivery: as an object literal with getters each outbox had a hidden
 * class of its own, and looking up `ready` was 5 % of the CPU of a fan-out to 5,000 (perf, 2026-11-25).
 */
export class Outbox {
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  readonly #limitBytes: number;
  /** What waits; mostly it is one thing, which needs no array. */
  #first: Parcel | undefined;
  #firstAddress: Address | undefined;
  #others: Waiting[] | undefined;
  #waitingBytes = 0;
  /** What the socket held after the last write. Zero is exact; above it the socket is asked. */
  #unsentBytes = 0;
  #paused = false;
  #closing = false;
  #progressAtMs = performance.now();
  #lastPendingBytes = 0;
  #drainWaiters: (() => void)[] | undefined;

  constructor(webSocket: WebSocket, limitBytes: number) {
    // The hub writes whole frames beside ws, which is sound because ws writes straight through without compression.
    const { _socket: socket } = webSocket as unknown as { _socket: Socket };
    if (webSocket.extensions) throw new Error('whole frames need a socket without perMessageDeflate');
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#limitBytes = limitBytes;
    socket.on('drain', () => {
      if (this.ready) this.#release();
    });
  }

  get ready(): boolean {
    return this.pendingBytes < this.#limitBytes;
  }

  /** Bytes not yet handed to the operating system. */
  get pendingBytes(): number {
    // Asked for every member and event: mostly neither the socket nor ws is touched until the flush, which for
    // thousands of sockets is a matter of what the processor still has in its cache.
    if (this.#unsentBytes > 0) this.#unsentBytes = this.#socket.writableLength;
    return this.#waitingBytes + this.#unsentBytes;
  }

  drained(): Promise<void> {
    if (this.ready || !this.#isOpen) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drainWaiters ??= [];
      this.#drainWaiters.push(resolve);
    });
  }

  /** A complete text message. */
  text(message: string): void {
    this.#add(parcelOf([textFrame(message)]), undefined);
  }

  /** A `next` message around each payload. */
  next(parcel: Parcel, address: Address): void {
    this.#add(parcel, address);
  }

  /** Writes what waits, then starts the closing handshake. */
  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.flush();
    this.#closing = true;
    this.#webSocket.close(code, reason);
    if (this.#paused) this.#webSocket.resume();
  }

  /** Whether nothing could be written for `ms`, at `nowMs` (performance.now). */
  stuckFor(ms: number, nowMs: number): boolean {
    const pending = this.pendingBytes;
    if (!this.#paused || pending < this.#lastPendingBytes) this.#progressAtMs = nowMs;
    this.#lastPendingBytes = pending;
    return nowMs - this.#progressAtMs >= ms;
  }

  /** The socket is closed: releases whoever waits. */
  closed(): void {
    this.#closing = true;
    this.#take();
    this.#release();
  }

  /** Writes what waits now; otherwise that happens at the end of this turn of the loop. */
  flush(): void {
    const parcel = this.#first;
    // Written by `close` already.
    if (!parcel) return;
    const address = this.#firstAddress;
    const others = this.#others;
    const bytes = this.#take();
    const socket = this.#socket;
    // Nothing may follow a close frame, ours or the answer to theirs.
    if (!this.#isOpen || !socket.writable) return;
    if (!others && address && bytes <= joinedBytes) {
      if (!lastBatch || !readdress(lastBatch, parcel, address)) lastBatch = batchOf(parcel, address);
      socket.write(lastBatch.bytes);
    } else {
      const pieces = framesOf([{ parcel, address }, ...(others ?? [])]);
      if (bytes <= joinedBytes) socket.write(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces));
      else {
        socket.cork();
        for (const piece of pieces) socket.write(piece);
        socket.uncork();
      }
    }
    this.#unsentBytes = socket.writableLength;
    // The socket still holds the bytes, so they are its own from now on. At zero they are with the operating system.
    if (this.#unsentBytes > 0) lastBatch = lastRun = undefined;
    if (this.#paused && this.ready) this.#release();
  }

  get #isOpen(): boolean {
    return this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  #add(parcel: Parcel, address: Address | undefined): void {
    if (this.#closing) return;
    if (!this.#first) {
      if (toFlush.length === 0) setImmediate(flushAll);
      toFlush.push(this);
      this.#first = parcel;
      this.#firstAddress = address;
    } else {
      this.#others ??= [];
      this.#others.push({ parcel, address });
    }
    this.#waitingBytes += parcel.bytes + parcel.payloads.length * envelopeBytes;
    if (this.#paused || this.ready) return;
    this.#paused = true;
    this.#progressAtMs = performance.now();
    if (this.#isOpen) this.#webSocket.pause();
  }

  /** Empties it, and answers how many bytes waited. */
  #take(): number {
    const bytes = this.#waitingBytes;
    this.#first = undefined;
    this.#firstAddress = undefined;
    this.#others = undefined;
    this.#waitingBytes = 0;
    return bytes;
  }

  #release(): void {
    if (this.#paused) {
      this.#paused = false;
      if (this.#isOpen) this.#webSocket.resume();
    }
    const waiters = this.#drainWaiters;
    this.#drainWaiters = undefined;
    for (const waiter of waiters ?? []) waiter();
  }
}

function framesOf(waiting: readonly Waiting[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < waiting.length; ) {
    const { parcel, address } = waiting[at] as Waiting;
    const from = at++;
    if (!address) {
      pieces.push(...parcel.payloads);
      continue;
    }
    while (waiting[at]?.address === address) at++;
    const run = waiting.slice(from, at).map((each) => each.parcel);
    // Only one run is kept: a second one of the same write must not be put where the first one stands.
    pieces.push(pieces.length === 0 ? bytesOf(run, address) : batchOf(joined(run), address).bytes);
  }
  return pieces;
}

/** The frames of parcels in a row, good until the next call. */
function bytesOf(parcels: readonly Parcel[], address: Address): Buffer {
  const isSame =
    lastRun?.parcels.length === parcels.length && lastRun.parcels.every((parcel, nth) => parcel === parcels[nth]);
  if (!isSame || !lastRun || !readdress(lastRun.batch, lastRun.batch.parcel, address)) {
    lastRun = { parcels, batch: batchOf(joined(parcels), address) };
  }
  return lastRun.batch.bytes;
}

function joined(parcels: readonly Parcel[]): Parcel {
  return parcelOf(parcels.flatMap(({ payloads }) => payloads));
}
