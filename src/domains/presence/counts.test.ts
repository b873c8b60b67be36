import { expect, test, vi } from 'vitest';
import type { TopicKey } from '../../events/topic.ts';
import type { Database } from '../../platform/database.ts';
import { newId } from '../../platform/ids.ts';
import { createLog } from '../../platform/log.ts';
import { createOnlineCounts } from './counts.ts';

/** Counts of one project with so many members, all of whom share their presence. */
function countsOf(members: number) {
  const people = Array.from({ length: members }, () => newId());
  const id = newId();
  const topic: TopicKey = `project:${id}`;
  const online = new Set<string>();
  const told: number[] = [];
  let reads = 0;
  let version = 0;
  let away = false;
  const database = { query: async () => [{ id, members: people.join(' ') }] } as unknown as Pick<Database, 'query'>;
  const counts = createOnlineCounts({
    database,
    store: {
      async declared(userIds) {
        reads++;
        if (away) throw new Error('Redis is away');
        return { userIds: userIds.filter((userId) => online.has(userId)), version: ++version };
      },
    },
    log: createLog({ logLevel: 'silent', debug: undefined }),
    correct: (_topic, count) => told.push(count),
  });
  return {
    ...{ people, topic, online, counts, told },
    reads: () => reads,
    declare(userIds: readonly string[]) {
      for (const userId of userIds) online.add(userId);
      return ++version;
    },
    setAway: (isAway: boolean) => {
      away = isAway;
    },
  };
}

test('somebody declared before the count was read, who comes after it, is counted once', async () => {
  const { people, topic, online, counts, declare, reads, told } = countsOf(60);
  for (const person of people.slice(0, 53)) online.add(person);
  // Two were declared together; the count that is read for the first has the second in it.
  const together = declare(people.slice(53, 55));
  expect(await counts.after(1, [topic], together)).toEqual(new Map([[topic, 55]]));
  expect(await counts.after(1, [topic], together)).toEqual(new Map([[topic, 55]]));
  expect(await counts.after(1, [topic], declare(people.slice(55, 56)))).toEqual(new Map([[topic, 56]]));
  await vi.waitFor(() => expect(reads()).toBe(2), 5_000);
  expect(told).toEqual([]);
  await counts[Symbol.asyncDispose]();
});

test('people of another server are in the last count, also when Redis was away for the first attempt', async () => {
  const { people, topic, online, counts, declare, told, setAway } = countsOf(60);
  await counts.after(1, [topic], declare(people.slice(0, 55)));
  for (const person of people) online.add(person);
  setAway(true);
  setTimeout(setAway, 2_500, false);
  await vi.waitFor(() => expect(told).toEqual([60]), 8_000);
  await counts[Symbol.asyncDispose]();
});
