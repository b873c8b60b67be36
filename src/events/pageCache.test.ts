import { expect, test } from 'vitest';
import { manualClock } from '../../test/support/clock.ts';
import { newId } from '../platform/ids.ts';
import type { LoggedEvent } from './log.ts';
import { createPageCache } from './pageCache.ts';
import type { TopicKey } from './topic.ts';

const topic: TopicKey = `project:${newId()}`;

/** A cache of so many bytes, over pages of one event of about 10,000. */
function cacheOf(maxBytes: number) {
  const clock = manualClock();
  const reads: number[] = [];
  const after = async (_topic: TopicKey, seq: number) => {
    reads.push(seq);
    return seq < 100 ? [{ seq: seq + 1, data: { text: 'x'.repeat(9_500) } } as unknown as LoggedEvent] : [];
  };
  return { clock, reads, cache: createPageCache({ after }, clock, maxBytes) };
}

test('pages are kept for those who come just behind, and the oldest go when they are too many bytes', async () => {
  const { cache, reads, clock } = cacheOf(35_000);
  for (const seq of [1, 2, 3, 1, 2, 3]) await cache.after(topic, seq);
  await Promise.all([4, 4, 4].map((seq) => cache.after(topic, seq)));
  expect(reads).toEqual([1, 2, 3, 4]);
  expect(cache.bytes).toBeLessThanOrEqual(35_000);
  for (const seq of [2, 3, 4, 1]) await cache.after(topic, seq);
  expect(reads).toEqual([1, 2, 3, 4, 1]);
  clock.advance('2s');
  await cache.after(topic, 100);
  expect(cache.bytes).toBe(0);
});

test('one page that is greater than what is kept is handed to all who wait for it', async () => {
  const { cache, reads } = cacheOf(1_000);
  const pages = await Promise.all([1, 1, 1].map((seq) => cache.after(topic, seq)));
  expect(pages.map((page) => page.length)).toEqual([1, 1, 1]);
  expect(reads).toEqual([1]);
  expect(cache.bytes).toBe(0);
});
