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

/** A graphql-transport-ws `next` message for operation `id` around a rendered payload. */
export function nextFrame(id: string, payload: Buffer): Buffer {
  const quoted = Buffer.from(JSON.stringify(id));
  const length = beforeId.length + quoted.length + afterId.length + payload.length + end.length;
  return Buffer.concat([header(length), beforeId, quoted, afterId, payload, end]);
}
