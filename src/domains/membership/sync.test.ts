import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import type { Person } from '../../../test/support/world.ts';
import { encodeCursor } from '../../events/cursor.ts';
import { topicKey } from '../../events/topic.ts';
import { newId } from '../../platform/ids.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(async () => app[Symbol.asyncDispose]());

const syncDocument = `query ($topics: [TopicRef!]!, $since: [Cursor!]!, $limit: Int) {
  sync(topics: $topics, since: $since, limit: $limit) {
    items { __typename ... on Event { id cursor topic { id } } ... on AccessLost { lost: topic } ... on TaskEvent { task { title } } }
    cursors { topic cursor } hasMore
  }
}`;

interface Item {
  __typename: string;
  id: string;
  cursor: string;
  topic: { id: string };
}
interface Page {
  items: Item[];
  cursors: { topic: string; cursor: string }[];
  hasMore: boolean;
}

async function sync(person: Person, variables: Record<string, unknown>): Promise<Page> {
  return (await app.ask(person, syncDocument, variables)).sync;
}

async function refusal(person: Person, variables: Record<string, unknown>) {
  const { errors } = await app.graphql(person, syncDocument, variables);
  return { message: errors?.[0]?.message, ...errors?.[0]?.extensions };
}

/** Everything after the cursors, page by page, as a client reads it. */
async function syncAll(person: Person, topics: object[], since: string[], limit: number): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursors = since; ; ) {
    const page = await sync(person, { topics, since: cursors, limit });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    items.push(...page.items);
    if (!page.hasMore) return items;
    cursors = page.cursors.map(({ cursor }) => cursor);
  }
}

const kinds = (items: readonly Item[]) => items.map(({ __typename }) => __typename);
const projectTopic = ({ id }: { id: string }) => ({ kind: 'PROJECT', id });
const leave = (person: Person, { id }: { id: string }) =>
  app.ask(person, 'mutation ($id: ID!) { leaveTopic(input: { topicId: $id }) { topicId } }', { id });

test('goes on behind the last message one has of a conversation, also where another was edited since', async () => {
  const { owner, members, conversation } = await app.world.conversation({ members: 1 });
  const [member] = members as [Person];
  const [first, last] = [
    await app.world.message({ conversation, by: owner }),
    await app.world.message({ conversation, by: owner }),
  ];
  await app.world.message({ conversation, by: owner });
  await app.ask(owner, 'mutation ($input: EditMessageInput!) { editMessage(input: $input) { eventCursor } }', {
    input: { messageId: first.id, content: 'Edited' },
  });
  const document = `query ($topics: [TopicRef!]!, $since: [Cursor!]!, $last: [ID!]) {
    sync(topics: $topics, since: $since, lastMessages: $last) { items { __typename } cursors { cursor } } }`;
  const topics = [{ kind: 'CONVERSATION', id: conversation.id }];
  const page = (await app.ask(member, document, { topics, since: [], last: [last.id] })).sync;
  expect(kinds(page.items)).toEqual(['MessageSent', 'MessageEdited']);
  const since = page.cursors.map(({ cursor }: { cursor: string }) => cursor);
  expect((await app.ask(member, document, { topics, since, last: [first.id] })).sync.items).toEqual([]);
  const foreign = await app.world.conversation();
  const secret = await app.world.message({ conversation: foreign.conversation, by: foreign.owner });
  for (const id of [secret.id, newId(), 'x']) {
    const { errors } = await app.graphql(member, document, { topics, since: [], last: [id] });
    expect(errors?.[0]).toMatchObject({
      message: 'No such message, or no access to it.',
      extensions: { code: 'NOT_FOUND', field: 'lastMessages.0' },
    });
  }
});

async function headCursor(person: Person, { id }: { id: string }): Promise<string> {
  return (await app.ask(person, 'query ($id: ID!) { project(id: $id) { headCursor } }', { id })).project.headCursor;
}

describe('sync', () => {
  test('answers what happened after a cursor, oldest first, and where that ends', async () => {
    const { owner, project } = await app.world.project();
    const since = [await headCursor(owner, project)];
    for (const title of ['a', 'b', 'c']) await app.world.task({ project, by: owner, title });
    const page = await sync(owner, { topics: [projectTopic(project)], since });
    expect(page.items).toMatchObject(['a', 'b', 'c'].map((title) => ({ __typename: 'TaskCreated', task: { title } })));
    expect(page.cursors).toEqual([{ topic: project.id, cursor: page.items[2]?.cursor }]);
    expect(page.hasMore).toBe(false);
    const after = page.cursors.map(({ cursor }) => cursor);
    expect(after).toEqual([await headCursor(owner, project)]);
    expect(await sync(owner, { topics: [projectTopic(project)], since: after })).toEqual({ ...page, items: [] });
  });

  test('over several topics, in pages of any size: each fact once and in order', async () => {
    const owner = await app.world.person();
    const projects: { id: string }[] = [];
    for (let n = 0; n < 3; n++) projects.push((await app.world.project({ owner })).project);
    const since = await Promise.all(projects.map((project) => headCursor(owner, project)));
    const expected: string[] = [];
    for (let n = 0; n < 12; n++) {
      const project = projects[(n * n) % 3] as { id: string };
      await app.world.task({ project, by: owner, title: `${n}` });
      expected.push(`${n}`);
    }
    const titles = (items: Item[]) => items.map((item) => (item as unknown as { task: { title: string } }).task.title);
    for (const limit of [1, 5, 12, 500]) {
      expect(titles(await syncAll(owner, projects.map(projectTopic), since, limit)), `${limit}`).toEqual(expected);
    }
    // The person's own topic has entries that are not shown: pages may be short, nothing is missing.
    expect(titles(await syncAll(owner, [{ kind: 'USER' }], since, 2))).toEqual(expected);
  });

  test('a topic without a cursor begins where the person joined it', async () => {
    const { owner, project } = await app.world.project();
    await app.world.task({ project, by: owner });
    const person = await app.world.member({ project, by: owner });
    await app.world.task({ project, by: owner });
    const { items } = await sync(person, { topics: [{ kind: 'USER' }], since: [] });
    expect(kinds(items)).toEqual(['MemberAdded', 'TaskCreated']);
    expect(kinds((await sync(owner, { topics: [projectTopic(project)], since: [] })).items)).toEqual([
      'ProjectCreated',
      'TaskCreated',
      'MemberAdded',
      'TaskCreated',
    ]);
  });

  test('a cursor of a topic that is theirs no more gives AccessLost, and the others go on', async () => {
    const { owner, members, project } = await app.world.project({ members: 1 });
    const [person] = members as [Person];
    const other = await app.world.project({ owner: person });
    const since = [await headCursor(person, project), await headCursor(person, other.project)];
    await leave(person, project);
    await app.world.task({ project, by: owner, title: 'secret' });
    await app.world.task({ project: other.project, by: person, title: 'mine' });
    const topics = [projectTopic(project), projectTopic(other.project)];
    for (const asked of [topics, [{ kind: 'USER' }]]) {
      const page = await sync(person, { topics: asked, since });
      expect(page.items).toMatchObject([
        { __typename: 'TaskCreated', task: { title: 'mine' } },
        { __typename: 'AccessLost', lost: project.id },
      ]);
      expect(page.cursors.map(({ topic }) => topic)).not.toContain(project.id);
    }
    expect(await refusal(person, { topics, since: since.slice(1) })).toMatchObject({
      code: 'FORBIDDEN',
      message: 'No such project, or no access to it.',
    });
  });

  test('an ended project is lost for all', async () => {
    const { owner, project } = await app.world.project();
    const since = [await headCursor(owner, project)];
    await app.ask(owner, 'mutation ($id: ID!) { deleteProject(input: { projectId: $id }) { eventCursor } }', {
      id: project.id,
    });
    const { items, cursors } = await sync(owner, { topics: [projectTopic(project)], since });
    expect(items).toEqual([{ __typename: 'AccessLost', lost: project.id }]);
    expect(cursors).toEqual([]);
  });

  test('a cursor that cannot be continued is CURSOR_EXPIRED with all heads', async () => {
    const { owner, project } = await app.world.project();
    const second = await app.world.project({ owner });
    const topics = [projectTopic(project), projectTopic(second.project)];
    const heads = [await headCursor(owner, project), await headCursor(owner, second.project)];
    const topic = topicKey('project', project.id);
    for (const cursor of [
      encodeCursor({ topic, seq: 99, eventId: newId() }),
      encodeCursor({ topic, seq: 1, eventId: newId() }),
    ]) {
      expect(await refusal(owner, { topics, since: [cursor, heads[1]] })).toMatchObject({
        code: 'CURSOR_EXPIRED',
        headCursors: heads,
      });
    }
  });

  test('checks its arguments', async () => {
    const { owner, project } = await app.world.project();
    const topics = [projectTopic(project)];
    const invalid = async (variables: Record<string, unknown>) => {
      const { code, field } = (await refusal(owner, { topics, since: [], ...variables })) as Record<string, unknown>;
      return [code, field];
    };
    expect(await invalid({ topics: [] })).toEqual(['VALIDATION_ERROR', 'topics']);
    expect(await invalid({ since: [await headCursor(owner, project), 'garbage'] })).toEqual([
      'VALIDATION_ERROR',
      'since.1',
    ]);
    expect(await invalid({ since: Array(1001).fill('x') })).toEqual(['VALIDATION_ERROR', 'since']);
    for (const limit of [0, -1, 501]) expect(await invalid({ limit })).toEqual(['VALIDATION_ERROR', 'limit']);
  });
});

test('the embedded database answers the same: memberships, activity and sync', async () => {
  await using embedded = await startApp({ engine: 'pglite' });
  const { owner, members, project } = await embedded.world.project({ members: 1, externalId: 'shed' });
  const [person] = members as [Person];
  await embedded.world.task({ project, by: owner });
  const { activity } = await embedded.ask(person, '{ activity { nodes { __typename } } }');
  const { sync: page } = await embedded.ask(person, syncDocument, {
    topics: [{ kind: 'PROJECT', id: 'shed' }],
    since: [],
  });
  expect(kinds(activity.nodes).reverse()).toEqual(['ProjectCreated', 'MemberAdded', 'TaskCreated']);
  expect(kinds(page.items)).toEqual(['MemberAdded', 'TaskCreated']);
  await embedded.ask(person, 'mutation ($id: ID!) { leaveTopic(input: { topicId: $id }) { topicId } }', {
    id: project.id,
  });
  expect(await embedded.ask(person, '{ activity { nodes { id } } }')).toEqual({ activity: { nodes: [] } });
});

test('of timers neither sync nor activity tells those who may not read times, also on pages of nothing else', async () => {
  const { owner, members, project } = await app.world.project({ members: ['GUEST', 'MEMBER'] });
  const [guest, member] = members as [Person, Person];
  const since = [await headCursor(owner, project)];
  const task = await app.world.task({ project, by: owner });
  for (const command of ['startTimer(input: { taskId: $id })', 'stopTimer(input: {})']) {
    await app.ask(member, `mutation { ${command.replace('$id', `"${task.id}"`)} { eventCursor } }`, {});
  }
  await app.ask(owner, 'mutation ($id: ID!) { updateTask(input: { taskId: $id, title: "Last" }) { eventCursor } }', {
    id: task.id,
  });
  const everything = ['TaskCreated', 'TimeStarted', 'TimeStopped', 'TaskUpdated'];
  const feed = 'query ($topics: [TopicRef!]) { activity(topics: $topics, first: 4) { nodes { __typename } } }';
  const topics = [projectTopic(project)];
  for (const [person, heard] of [
    [member, everything],
    [guest, ['TaskCreated', 'TaskUpdated']],
  ] as const) {
    expect(kinds(await syncAll(person, topics, since, 1))).toEqual(heard);
    const { activity } = await app.ask(person, feed, { topics });
    const shown = activity.nodes.map(({ __typename }: Item) => __typename).filter((kind: string) => /^T/.test(kind));
    expect(shown.toReversed()).toEqual(heard);
  }
});
