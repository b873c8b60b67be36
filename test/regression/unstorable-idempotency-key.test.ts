import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';

const create = 'mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { id } } }';

// Found on 2026-11-20: PostgreSQL refused the first, which was told as INTERNAL_ERROR, and stored the others as the
// same character, so that two intents shared a key.
test.each(['a\0b', '\ud800', 'b\udc00'])('an idempotencyKey that cannot be stored is refused: %j', async (key) => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  const input = { projectId: project.id, title: 'Once', idempotencyKey: key };
  const { errors } = await app.graphql(owner, create, { input });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION_ERROR', field: 'idempotencyKey' });
});
