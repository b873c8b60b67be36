import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';

// Found on 2026-11-20: a page size given as a variable was counted as one item, whatever its value.
test('a document costs what its page sizes say, also where they are variables', async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  const document = `query ($id: ID!, $n: Int) { tasks(projectId: $id, first: $n) { nodes {
    id title comments(first: $n) { nodes { id text author { id name } } } } } }`;
  const ask = (n: number | null) => app.graphql(owner, document, { id: project.id, n });

  expect((await ask(5)).errors).toBeUndefined();
  expect((await ask(100)).errors?.[0]?.extensions?.code).toBe('VALIDATION_ERROR');
  await using socket = await app.socket(owner);
  const refused = await socket.subscribe(document, { id: project.id, n: 100 });
  expect((await refused.error()).extensions?.code).toBe('VALIDATION_ERROR');
  const answered = await socket.subscribe(document, { id: project.id, n: 5 });
  expect((await answered.next()).value).toMatchObject({ nodes: [] });
});
