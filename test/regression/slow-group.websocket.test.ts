import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { gate, watchField } from '../support/gates.ts';

// Found on 2026-11-20: one member whose document was slow to execute kept every event from everybody on the topic.
test('a subscription that is slow to execute is not waited for: the others hear at once, and it hears everything later', async () => {
  await using app = await startApp();
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [slow = owner] = members;
  const variables = { projectId: project.id };
  const heavy = await (await app.socket(slow)).subscribe(
    'subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { __typename task { description } } }',
    variables,
  );
  const quick = await (await app.socket(owner)).subscribe(
    'subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { __typename task { id } } }',
    variables,
  );
  const executing = gate(({ what }) => what === 'Task.description');
  using _watching = watchField('Task', 'description', executing.onStep);
  const first = await app.world.task({ project, by: owner });
  await executing.reached();
  expect((await quick.next('TaskCreated')).value.task.id).toBe(first.id);
  // Nor is it waited for at the next ones.
  const second = await app.world.task({ project, by: owner });
  expect((await quick.next('TaskCreated')).value.task.id).toBe(second.id);
  expect(heavy.waiting).toEqual([]);

  executing.open();
  expect((await heavy.take(2)).map(({ value }) => value.__typename)).toEqual(['TaskCreated', 'TaskCreated']);
});
