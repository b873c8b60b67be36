import { expect, test } from 'vitest';
import { startApp } from '../../test/support/app.ts';
import { watchStatements } from '../../test/support/gates.ts';
import { topicKey } from './topic.ts';

test('the pages of topics that are asked for in one turn are read by one statement, and are what each reads by itself', async () => {
  await using app = await startApp({ config: { LOG_PAGE_SIZE: '5' } });
  const { owner, project } = await app.world.project();
  const { project: busy } = await app.world.project({ owner });
  for (let nth = 0; nth < 7; nth++) await app.world.task({ project: busy, by: owner });
  const { eventLog } = app.services;
  const nobodys = topicKey('project', '00000000-0000-7000-8000-000000000000');
  const asked = [busy.id, project.id].flatMap((id) => [0, 2, 99].map((seq) => [topicKey('project', id), seq] as const));

  const alone = [];
  for (const [topic, seq] of asked) alone.push(await eventLog.after(topic, seq));
  let statements = 0;
  using _watching = watchStatements(app, ({ what }) => void (what === 'page asked' && statements++));
  const [none, ...together] = await Promise.all([
    eventLog.after(nobodys, 0),
    ...asked.map(([topic, seq]) => eventLog.after(topic, seq)),
  ]);
  expect(together).toEqual(alone);
  expect(none).toEqual([]);
  expect(statements).toBe(1);
  // Bounded each, and in order.
  expect(together.slice(0, 3).map((page) => page.map(({ seq }) => seq))).toEqual([
    [1, 2, 3, 4, 5],
    [3, 4, 5, 6, 7],
    [],
  ]);
});
