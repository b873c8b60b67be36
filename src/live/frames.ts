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

/** A `next` message for each payload of `parcel`. */
export function batchOf(parcel: Parcel, address: Address): Batch {
  const pieces: Buffer[] = [];
  const idsAt: number[] = [];
  const id = Buffer.from(address.quotedId);
  let length = 0;
  const push = (piece: Buffer): void => {
    pieces.push(piece);
    length += piece.length;
  };
  for (const payload of parcel.payloads) {
    push(header(beforeId.length + id.length + afterId.length + payload.length + end.length));
    push(beforeId);
    idsAt.push(length);
    for (const piece of [id, afterId, payload, end]) push(piece);
  }
  return { parcel, address, idsAt, bytes: Buffer.concat(pieces, length) };
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
