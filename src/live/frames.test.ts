import { expect, test } from 'vitest';
import { addressOf, batchOf, parcelOf, readdress, textFrame } from './frames.ts';

const payloads = [Buffer.from('{"data":{"a":1}}'), Buffer.from(JSON.stringify({ data: 'x'.repeat(70_000) }))];

/** The messages in server frames, which are neither masked nor in pieces. */
function messagesIn(bytes: Buffer): unknown[] {
  const messages: unknown[] = [];
  for (let at = 0; at < bytes.length; ) {
    expect(bytes[at]).toBe(0x81);
    const short = bytes[at + 1] as number;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    const length = head === 2 ? short : head === 4 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    messages.push(JSON.parse(bytes.toString('utf8', at + head, at + head + length)));
    at += head + length;
  }
  return messages;
}

test('a batch holds a complete frame for each message, in order', () => {
  const { bytes } = batchOf(parcelOf(payloads), addressOf('zwölf ☃'));
  expect(messagesIn(bytes)).toEqual(
    payloads.map((payload) => ({ id: 'zwölf ☃', type: 'next', payload: JSON.parse(payload.toString()) })),
  );
});

test('a text frame holds its text', () => {
  expect(
    messagesIn(Buffer.concat(['ping', 'x'.repeat(200)].map((type) => textFrame(JSON.stringify({ type }))))),
  ).toEqual([{ type: 'ping' }, { type: 'x'.repeat(200) }]);
});

test('a batch readdressed is the batch that the other id would have made', () => {
  const parcel = parcelOf(payloads);
  const batch = batchOf(parcel, addressOf('id-1'));
  // And on to a third: nothing of the second remains.
  for (const id of ['id-2', 'id-3', 'id-3']) {
    expect(readdress(batch, parcel, addressOf(id))).toBe(true);
    expect(batch.bytes.equals(batchOf(parcel, addressOf(id)).bytes)).toBe(true);
  }
});

test.for([
  ['another parcel of the same bytes', parcelOf(payloads), 'id-2'],
  ['an id of another length', undefined, 'id-10'],
  ['an id that is longer when quoted', undefined, 'id-"'],
  ['an id of other letters than ASCII', undefined, 'id-é'],
] as const)('a batch is not readdressed for %s', ([, other, id]) => {
  const parcel = parcelOf(payloads);
  const batch = batchOf(parcel, addressOf('id-1'));
  const before = Buffer.from(batch.bytes);
  expect(readdress(batch, other ?? parcel, addressOf(id))).toBe(false);
  expect(batch.bytes.equals(before)).toBe(true);
});
