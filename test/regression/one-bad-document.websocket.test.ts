import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';

// Found on 2026-11-20: a document that fails at every event made the whole topic catch up, event by event.
test('a subscription whose document fails at each event harms only itself', async () => {
  await using app = await startApp();
  const {
    owner,
    members: [other],
    project,
  } = await app.world.project({ members: 1 });
  if (!other) throw new Error('no other member');
  await using failing = await app.socket(other);
  await using healthy = await app.socket(owner);
  await failing.subscribe(
    'subscription ($id: ID!) { taskUpdated(projectId: $id) { __typename task { comments(first: -1) { nodes { id } } } } }',
    { id: project.id },
  );
  const good = await healthy.subscribe('subscription ($id: ID!) { taskUpdated(projectId: $id) { __typename id } }', {
    id: project.id,
  });

  for (let nth = 0; nth < 3; nth++) {
    await app.world.task({ project, by: owner });
    await good.next('TaskCreated');
    await expect
      .poll(() => failing.frames.filter((frame) => frame.includes('"VALIDATION_ERROR"')).length)
      .toBe(nth + 1);
  }
  expect(app.logs.filter((line) => /live\.(delivery|catch-up)-failed/.test(line))).toEqual([]);
});
