import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';

const list = `query ($first: Int, $last: Int, $after: String, $before: String, $search: String) {
  users(first: $first, last: $last, after: $after, before: $before, search: $search) {
    nodes { name } pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } }`;

/** A page cursor as Pothos writes it. */
const cursorOf = (id: unknown) => Buffer.from(`GPC:S:${id}`).toString('base64');

interface Page {
  users: { nodes: { name: string }[]; pageInfo: Record<string, string | boolean | null> };
}

// Found on 2026-11-20: the id of another tenant's person as a cursor gave the page behind that person's name, and
// one that was no id INTERNAL_ERROR.
test('a page cursor tells nothing of people of other workspaces', async () => {
  await using app = await startApp();
  const { world } = app;
  const admin = await world.person({ role: 'ADMIN', name: 'Zoe' });
  for (const name of ['Ann', 'Bob', 'Cid']) await world.person({ name });
  const stranger = await world.person({ name: 'Bea', workspace: await world.newWorkspace() });
  const nobody = `${stranger.id.slice(0, -12)}000000000000`;

  const answers = await Promise.all(
    [stranger.id, nobody, 'x', '', 5].map((id) => app.graphql(admin, list, { first: 2, after: cursorOf(id) })),
  );
  for (const { data, errors } of answers) {
    expect(data).toBeNull();
    expect(errors?.[0]).toMatchObject({
      message: 'This is not a cursor of this list.',
      extensions: { code: 'VALIDATION_ERROR', field: 'after' },
    });
  }
  const active = await app.graphql(admin, '{ activeUsers(after: "R1BDOlM6eA==") { nodes { id } } }');
  expect(active.errors?.[0]?.extensions?.code).toBe('VALIDATION_ERROR');
});

test('the pages of people hang together, forward and backward, also when the one at the border has left', async () => {
  await using app = await startApp();
  const { world } = app;
  const admin = await world.person({ role: 'ADMIN', name: 'Ann' });
  const bob = await world.person({ name: 'Bob' });
  for (const name of ['Bob', 'Cid', 'Dan']) await world.person({ name });
  const ask = async (variables: Record<string, unknown>) => {
    const { users } = (await app.ask(admin, list, variables)) as Page;
    return { names: users.nodes.map(({ name }) => name), pageInfo: users.pageInfo };
  };

  const first = await ask({ first: 2 });
  expect(first).toMatchObject({ names: ['Ann', 'Bob'], pageInfo: { hasNextPage: true } });
  await app.ask(admin, 'mutation ($input: DeactivateUserInput!) { deactivateUser(input: $input) { user { id } } }', {
    input: { userId: bob.id },
  });
  const second = await ask({ first: 2, after: first.pageInfo.endCursor });
  expect(second).toMatchObject({ names: ['Bob', 'Cid'], pageInfo: { hasNextPage: true } });
  expect(await ask({ first: 2, after: second.pageInfo.endCursor })).toMatchObject({
    names: ['Dan'],
    pageInfo: { hasNextPage: false },
  });
  expect(await ask({ last: 2, before: second.pageInfo.endCursor })).toMatchObject({ names: ['Ann', 'Bob'] });
  expect(await ask({ first: 2, after: first.pageInfo.startCursor, search: 'd' })).toMatchObject({
    names: ['Cid', 'Dan'],
  });
});
