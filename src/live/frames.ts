/**
 * WebSocket frames (RFC 6455 section 5.2) as the server sends them: one unfragmented, unmasked text frame for
 * each message. The hub writes whole frames because a shared payload is then copied once for each member and
 * nothing is stringified again.
 */

/** Header of a text frame of `length` bytes. */
function header(length: number): Buffer {
  if (length < 126) return Buffer.from([0x81, length]);
  if (length < 65_536) {
    const bytes = Buffer.allocUnsafe(4);
    bytes[0] = 0x81;
    bytes[1] = 126;
    bytes.writeUInt16BE(length, 2);
    return bytes;
  }
  const bytes = Buffer.allocUnsafe(10);
  bytes[0] = 0x81;
  bytes[1] = 127;
  bytes.writeBigUInt64BE(BigInt(length), 2);
  return bytes;
}

/** A frame with `text`. */
export function textFrame(text: string): Buffer {
  const body = Buffer.from(text);
  return Buffer.concat([header(body.length), body]);
}

const beforeId = Buffer.from('{"id":');
const afterId = Buffer.from(',"type":"next","payload":');
const end = Buffer.from('}');

/** What one socket is sent in a turn: the payload of a `next` message with its id; without an id, a complete frame. */
export interface Outgoing {
  readonly payloads: readonly Buffer[];
  /** JSON, as it stands in the message; undefined beside a complete frame. */
  readonly quotedIds: readonly (string | undefined)[];
}

/** The bytes of an {@link Outgoing}; other ids of the same lengths can be put into them. */
export interface Batch extends Outgoing {
  readonly bytes: Buffer;
  /** Where each id stands; -1 for a complete frame. */
  readonly idsAt: readonly number[];
}

export function batchOf({ payloads, quotedIds }: Outgoing): Batch {
  const pieces: Buffer[] = [];
  const idsAt: number[] = [];
  let length = 0;
  const push = (piece: Buffer): void => {
    pieces.push(piece);
    length += piece.length;
  };
  for (const [nth, payload] of payloads.entries()) {
    const quotedId = quotedIds[nth];
    if (quotedId === undefined) {
      idsAt.push(-1);
      push(payload);
      continue;
    }
    const id = Buffer.from(quotedId);
    push(header(beforeId.length + id.length + afterId.length + payload.length + end.length));
    push(beforeId);
    idsAt.push(length);
    for (const piece of [id, afterId, payload, end]) push(piece);
  }
  return { payloads, quotedIds, idsAt, bytes: Buffer.concat(pieces, length) };
}

/**
 * Puts the ids of `outgoing` into `batch` in place, when it holds the very same payloads and ids of the same length;
 * otherwise answers false and changes nothing.
 */
export function readdress(batch: Batch, { payloads, quotedIds }: Outgoing): boolean {
  if (batch.payloads.length !== payloads.length) return false;
  for (let nth = 0; nth < payloads.length; nth++) {
    if (batch.payloads[nth] !== payloads[nth]) return false;
    const before = batch.quotedIds[nth];
    const now = quotedIds[nth];
    if (before === now) continue;
    // Ids of other letters than ASCII may differ in bytes though not in length.
    if (before?.length !== now?.length || !isPlain(before) || !isPlain(now)) return false;
  }
  for (let nth = 0; nth < payloads.length; nth++) {
    const at = batch.idsAt[nth] as number;
    if (at >= 0) batch.bytes.write(quotedIds[nth] as string, at, 'latin1');
  }
  return true;
}

const plain = /^[\x20-\x7e]*$/;
const isPlain = (id: string | undefined): boolean => id !== undefined && plain.test(id);
