/**
 * WebSocket frames (RFC 6455 section 5.2) as the server sends them: one unfragmented, unmasked text frame for
 * each message. The hub writes whole frames because a shared payload is then copied once for each member and
 * nothing is stringified again.
 */

/** So many bytes are the header of a text frame of `length` bytes. */
const headerBytes = (length: number): number => (length < 126 ? 2 : length < 65_536 ? 4 : 10);

/** Writes it into `bytes` at `at`, and answers where the text begins. */
function writeHeader(bytes: Buffer, at: number, length: number): number {
  bytes[at] = 0x81;
  if (length < 126) {
    bytes[at + 1] = length;
  } else if (length < 65_536) {
    bytes[at + 1] = 126;
    bytes.writeUInt16BE(length, at + 2);
  } else {
    bytes[at + 1] = 127;
    bytes.writeBigUInt64BE(BigInt(length), at + 2);
  }
  return at + headerBytes(length);
}

/** A frame with `text`. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(headerBytes(length) + length);
  bytes.write(text, writeHeader(bytes, 0, length));
  return bytes;
}

const beforeId = '{"id":';
const afterId = ',"type":"next","payload":';
const closingBrace = 0x7d;

/** What a frame of a stream adds to its payload, about: the header, the id and the words around them. */
export const envelopeBytes = 80;

/** Rendered payloads that are written together; the same object for all members of a group, who get the same bytes. */
export interface Parcel {
  readonly payloads: readonly Buffer[];
  /** Of the payloads, without what surrounds them in a frame. */
  readonly bytes: number;
}

export function parcelOf(payloads: readonly Buffer[]): Parcel {
  let bytes = 0;
  for (const { length } of payloads) bytes += length;
  return { payloads, bytes };
}

/** The id of a stream as it stands in its messages. */
export interface Address {
  /** JSON. */
  readonly quotedId: string;
  /** Whether it is ASCII, so that its length is one of bytes. */
  readonly isPlain: boolean;
}

export function addressOf(id: string): Address {
  const quotedId = JSON.stringify(id);
  return { quotedId, isPlain: /^[\x20-\x7e]*$/.test(quotedId) };
}

/** The frames of a parcel for one address; another of the same length can be put into them. */
export interface Batch {
  readonly parcel: Parcel;
  readonly bytes: Buffer;
  /** Whom they are for. */
  address: Address;
  /** Where each id stands. */
  readonly idsAt: readonly number[];
}

/** A `next` message for each payload of `parcel`, in one buffer that is written once: pieces to be joined cost more. */
export function batchOf(parcel: Parcel, address: Address): Batch {
  const { quotedId, isPlain } = address;
  const before = beforeId + quotedId + afterId;
  const beforeBytes = isPlain ? before.length : Buffer.byteLength(before);
  const idsAt: number[] = [];
  let total = 0;
  for (const { length } of parcel.payloads) {
    const text = beforeBytes + length + 1;
    total += headerBytes(text) + text;
  }
  const bytes = Buffer.allocUnsafe(total);
  let at = 0;
  for (const payload of parcel.payloads) {
    at = writeHeader(bytes, at, beforeBytes + payload.length + 1);
    idsAt.push(at + beforeId.length);
    at += bytes.write(before, at, isPlain ? 'latin1' : 'utf8');
    at += payload.copy(bytes, at);
    bytes[at++] = closingBrace;
  }
  return { parcel, address, idsAt, bytes };
}

/**
 * Puts `address` into `batch` in place, when it holds the very same parcel and an id of the same length; otherwise
 * answers false and changes nothing.
 */
export function readdress(batch: Batch, parcel: Parcel, address: Address): boolean {
  const before = batch.address;
  if (batch.parcel !== parcel) return false;
  if (before.quotedId === address.quotedId) return true;
  // Ids of other letters than ASCII may differ in bytes though not in length.
  if (before.quotedId.length !== address.quotedId.length || !before.isPlain || !address.isPlain) return false;
  for (const at of batch.idsAt) batch.bytes.write(address.quotedId, at, 'latin1');
  batch.address = address;
  return true;
}
