import { expect, test } from 'vitest';
import { startApp } from './app.ts';
import { verifyEvents } from './verifyEvents.ts';

const query = `query ($projectId: ID!) {
  project(id: $projectId) { id name }
  tasks(projectId: $projectId, first: 10) { headCursor
    nodes { id title status deletedAt assignee { id name } comments(first: 5) { nodes { id text author { id name } } } } } }`;

const updateTask = 'mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { task { id } } }';

test('stale state and events make the fresh state, also on another server', async () => {
  await using app = await startApp();
  await using other = await startApp({ with: app });
  const { owner, project } = await app.world.project();
  const task = await app.world.task({ project, by: owner });
  const seen = await verifyEvents(app, {
    person: owner,
    topic: { kind: 'PROJECT', id: project.id },
    query,
    variables: { projectId: project.id },
    resumeOn: other,
    act: [
      () => app.world.task({ project, by: owner, assignee: owner }),
      () => app.world.comment({ task, by: owner }),
      () => app.ask(owner, updateTask, { input: { taskId: task.id, title: 'Fetch water' } }),
      () =>
        app.ask(owner, 'mutation ($input: DeleteTaskInput!) { deleteTask(input: $input) { eventCursor } }', {
          input: { taskId: task.id },
        }),
    ],
  });
  expect(seen.map(({ __typename }) => __typename)).toEqual([
    'TaskCreated',
    'TaskAssigned',
    'TaskCommented',
    'TaskUpdated',
    'TaskDeleted',
  ]);
});

test('a state that the events do not bring about is noticed', async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  const task = await app.world.task({ project, by: owner });
  const verified = verifyEvents(app, {
    person: owner,
    topic: { kind: 'PROJECT', id: project.id },
    query,
    variables: { projectId: project.id },
    act: async () => {
      await app.ask(owner, updateTask, { input: { taskId: task.id, status: 'DONE' } });
      // Behind the log's back.
      await app.services.database.db.project.update({
        where: { id: project.id },
        data: { name: 'Renamed in silence' },
      });
    },
  });
  await expect(verified).rejects.toThrow('stale state + events = fresh state');
});
