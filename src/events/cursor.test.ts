import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../platform/errors.ts';
import { decodeCursor, encodeCursor, type Head, markOf } from './cursor.ts';
import { topicKey, topicKinds } from './topic.ts';

const uuid = fc.uuid();
const place: fc.Arbitrary<Head> = fc
  .record({
    kind: fc.constantFrom(...topicKinds),
    id: uuid,
    eventId: uuid,
    seq: fc.oneof(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 2 ** 48 - 1 })),
  })
  .map(({ kind, id, seq, eventId }) => ({ topic: topicKey(kind, id), seq, eventId }));

test('a cursor names the place it was made of', () => {
  fc.assert(
    fc.property(place, (at) => {
      const mark = markOf(at.seq === 0 ? undefined : at.eventId);
      expect(decodeCursor(encodeCursor(at))).toEqual({ topic: at.topic, seq: at.seq, mark });
    }),
  );
});

test('two places have two cursors, and the place before the first event has one', () => {
  fc.assert(
    fc.property(place, place, (one, other) => {
      const same =
        one.topic === other.topic &&
        one.seq === other.seq &&
        (one.seq === 0 || markOf(one.eventId) === markOf(other.eventId));
      expect(encodeCursor(one) === encodeCursor(other)).toBe(same);
    }),
  );
});

test('a cursor travels in addresses and JSON as it is', () => {
  fc.assert(
    fc.property(place, (at) => {
      expect(encodeCursor(at)).toMatch(/^[\w-]{38}$/);
    }),
  );
});

test('whatever was not made by the server is VALIDATION_ERROR, and nothing else is ever thrown', () => {
  const garbage = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.base64String(),
    fc.uint8Array({ minLength: 26, maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
    // A real one with one character changed, cut off or with something behind it.
    fc.tuple(place, fc.nat(37), fc.string({ unit: 'binary', maxLength: 2 })).map(([at, index, text]) => {
      const real = encodeCursor(at);
      return real.slice(0, index) + text + real.slice(index + 1);
    }),
    place.map((at) => `${encodeCursor(at)}=`),
    place.map((at) => ` ${encodeCursor(at)}`),
  );
  fc.assert(
    fc.property(garbage, (text) => {
      const decoded = decodeOrError(text);
      if (decoded instanceof AppError) {
        expect(decoded.code).toBe('VALIDATION_ERROR');
        expect(decoded.details.field).toBe('after');
      } else {
        // Another cursor by chance: then it is that one, written in the only way it can be.
        expect(encodeCursor({ ...decoded, eventId: decoded.mark }).slice(0, 30)).toBe(text.slice(0, 30));
      }
    }),
    { numRuns: 1_000 },
  );
});

function decodeOrError(text: string) {
  try {
    return decodeCursor(text);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
