import { expect, test } from 'vitest';
import { batchOf, type Outgoing, readdress, textFrame } from './frames.ts';

const payloads = [Buffer.from('{"data":{"a":1}}'), Buffer.from(JSON.stringify({ data: 'x'.repeat(70_000) }))];
const quoted = (...ids: string[]) => ids.map((id) => JSON.stringify(id));

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
  const ping = textFrame('{"type":"ping"}');
  const [small, large] = payloads as [Buffer, Buffer];
  const { bytes } = batchOf({ payloads: [small, ping, large], quotedIds: ['"one"', undefined, '"zwölf ☃"'] });
  expect(messagesIn(bytes)).toEqual([
    { id: 'one', type: 'next', payload: JSON.parse(small.toString()) },
    { type: 'ping' },
    { id: 'zwölf ☃', type: 'next', payload: JSON.parse(large.toString()) },
  ]);
});

test('a batch readdressed is the batch that the other ids would have made', () => {
  const batch = batchOf({ payloads, quotedIds: quoted('id-1', 'id-2') });
  const other: Outgoing = { payloads, quotedIds: quoted('id-3', 'id-4') };
  expect(readdress(batch, other)).toBe(true);
  expect(batch.bytes.equals(batchOf(other).bytes)).toBe(true);
  // And on to a third: nothing of the second remains.
  const third: Outgoing = { payloads, quotedIds: quoted('id-5', 'id-2') };
  expect(readdress(batch, third)).toBe(true);
  expect(batch.bytes.equals(batchOf(third).bytes)).toBe(true);
});

test.for([
  ['another payload of the same bytes', { payloads: [Buffer.from(payloads[0] as Buffer)], quotedIds: quoted('id-2') }],
  ['more messages', { payloads, quotedIds: quoted('id-2', 'id-3') }],
  ['an id of another length', { payloads: payloads.slice(0, 1), quotedIds: quoted('id-10') }],
  ['an id of other letters than ASCII', { payloads: payloads.slice(0, 1), quotedIds: quoted('id-é') }],
  ['a complete frame of the same bytes', { payloads: payloads.slice(0, 1), quotedIds: [undefined] }],
] as const)('a batch is not readdressed for %s', ([, outgoing]) => {
  const batch = batchOf({ payloads: payloads.slice(0, 1), quotedIds: quoted('id-1') });
  const before = Buffer.from(batch.bytes);
  expect(readdress(batch, outgoing)).toBe(false);
  expect(batch.bytes.equals(before)).toBe(true);
});
