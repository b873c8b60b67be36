import { expect, test } from 'vitest';
import { startApp } from './app.ts';

const events = `subscription ($projectId: ID!, $after: Cursor) {
  taskUpdated(projectId: $projectId, after: $after) { __typename cursor task { id title } } }`;

test.for(['postgresql', 'pglite'] as const)('a server, its world and a stream stand on %s', async (engine) => {
  await using app = await startApp({ engine });
  const { owner, project, members } = await app.world.project({ members: 2 });
  const socket = await app.socket(members[0]);
  const stream = await socket.subscribe(events, { projectId: project.id });
  const task = await app.world.task({ project, by: owner });
  const created = await stream.next('TaskCreated');
  expect(created.data).toMatchObject({ taskUpdated: { task: { id: task.id, title: task.title } } });
  expect(stream.cursor).toBe(created.cursor);
});

test('what happens on one server reaches the other', async () => {
  await using app = await startApp();
  await using other = await startApp({ with: app });
  const { owner, project } = await app.world.project();
  const socket = await other.socket(owner);
  const stream = await socket.subscribe(events, { projectId: project.id });
  await app.world.task({ project, by: owner });
  await stream.next('TaskCreated');
});

test('waiting in vain says what did arrive', async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  const socket = await app.socket(owner);
  const stream = await socket.subscribe(events, { projectId: project.id });
  await app.world.task({ project, by: owner, title: 'Sharpen the saw' });
  await expect(stream.next('TaskDeleted', 200)).rejects.toThrow(/waited for TaskDeleted[\s\S]*Sharpen the saw/);
});
