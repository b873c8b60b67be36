import { expect, test } from 'vitest';
import { type NamedRows, sharedRows } from './namedRows.ts';

/** Rows that count how often they are read. */
function counted(fails = 0): NamedRows & { reads: string[] } {
  const reads: string[] = [];
  return {
    reads,
    async find(model, id) {
      reads.push(`${model}:${id}`);
      if (reads.length <= fails) throw new Error('the database is away');
      return { id };
    },
  };
}

test('a row is read once for all who ask for the same of it, and anew for who asks for more', async () => {
  const source = counted();
  const rows = sharedRows(source);
  const [one, other] = await Promise.all([rows.find('task', '1', {}), rows.find('task', '1', {})]);
  expect(one).toBe(other);
  await rows.find('task', '1', { include: { assignee: true } });
  await rows.find('task', '2', {});
  await rows.find('user', '1', {});
  expect(source.reads).toEqual(['task:1', 'task:1', 'task:2', 'user:1']);
});

test('a failed reading is tried again by the next who asks', async () => {
  const source = counted(1);
  const rows = sharedRows(source);
  await expect(rows.find('task', '1', {})).rejects.toThrow('the database is away');
  expect(await rows.find('task', '1', {})).toEqual({ id: '1' });
  expect(source.reads).toHaveLength(2);
});
