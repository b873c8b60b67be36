import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { backEnd, run } from '../../../test/support/commands.ts';
import type { Person } from '../../../test/support/world.ts';
import { newId } from '../../platform/ids.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(async () => app[Symbol.asyncDispose]());

const activityDocument = `query ($topics: [TopicRef!], $types: [EventType!], $first: Int, $after: String, $last: Int, $before: String) {
  activity(topics: $topics, types: $types, first: $first, after: $after, last: $last, before: $before) {
    nodes { __typename id type topic { id } actor { id } ... on MemberAdded { user { id } role } ... on TaskEvent { task { title } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;
const everyTopic = [{ kind: 'USER' }];
const projectTopic = ({ id }: { id: string }) => ({ kind: 'PROJECT', id });

interface Page {
  nodes: { __typename: string; id: string; topic: { id: string } }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
}

async function activity(person: Person, variables: Record<string, unknown> = {}): Promise<Page> {
  return (await app.ask(person, activityDocument, variables)).activity;
}

async function refusal(person: Person, variables: Record<string, unknown>) {
  const { errors } = await app.graphql(person, activityDocument, variables);
  return { message: errors?.[0]?.message, code: errors?.[0]?.extensions?.code, field: errors?.[0]?.extensions?.field };
}

const kinds = ({ nodes }: Page) => nodes.map(({ __typename }) => __typename);
const ids = ({ nodes }: Page) => nodes.map(({ id }) => id);

describe('activity', () => {
  test('shows what happened in a project, newest first, with what each fact leads to', async () => {
    const { owner, members, project } = await app.world.project({ members: 1, externalId: 'feed-1' });
    await app.world.task({ project, by: owner, title: 'Paint' });
    const page = await activity(owner, { topics: [projectTopic(project)] });
    expect(page.nodes).toMatchObject([
      { __typename: 'TaskCreated', type: 'TASK_CREATED', topic: { id: project.id }, task: { title: 'Paint' } },
      {
        __typename: 'MemberAdded',
        type: 'MEMBER_ADDED',
        actor: { id: owner.id },
        user: { id: members[0]?.id },
        role: 'MEMBER',
      },
      { __typename: 'ProjectCreated', type: 'PROJECT_CREATED', actor: { id: owner.id } },
    ]);
    expect(await activity(owner, { topics: [{ kind: 'PROJECT', id: 'feed-1' }] })).toEqual(page);
  });

  test('without topics it is of everything one belongs to, each fact once, nothing of the inbox', async () => {
    const first = await app.world.project({ members: 1 });
    const [person] = first.members as [Person];
    const second = await app.world.project({ owner: person });
    await app.world.project();
    const task = await app.world.task({ project: first.project, by: first.owner, assignee: person });
    await app.settled();
    const page = await activity(person);
    expect(kinds(page)).toEqual(['TaskAssigned', 'TaskCreated', 'ProjectCreated', 'MemberAdded', 'ProjectCreated']);
    expect(new Set(page.nodes.map(({ topic }) => topic.id))).toEqual(new Set([first.project.id, second.project.id]));
    expect(await activity(person, { topics: everyTopic })).toEqual(page);
    expect(kinds(await activity(person, { topics: [{ kind: 'USER', id: person.id }] }))).toEqual([]);
    expect(kinds(await activity(person, { types: ['TASK_CREATED', 'PROJECT_CREATED'] }))).toEqual([
      'TaskCreated',
      'ProjectCreated',
      'ProjectCreated',
    ]);
    expect(kinds(await activity(person, { types: [] }))).toEqual([]);
    expect(task.id).toBeDefined();
  });

  test('is paged both ways over several topics', async () => {
    const owner = await app.world.person();
    const projects = [await app.world.project({ owner }), await app.world.project({ owner })];
    for (let n = 0; n < 6; n++) {
      const { project } = projects[n % 2] ?? projects[0] ?? (await app.world.project());
      await app.world.task({ project, by: owner });
    }
    const topics = projects.map(({ project }) => projectTopic(project));
    const all = await activity(owner, { topics });
    expect(all.nodes).toHaveLength(8);

    const down: string[] = [];
    let page = await activity(owner, { topics, first: 3 });
    expect(page.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    for (;;) {
      down.push(...ids(page));
      if (!page.pageInfo.hasNextPage) break;
      page = await activity(owner, { topics, first: 3, after: page.pageInfo.endCursor });
    }
    expect(down).toEqual(ids(all));

    const up: string[] = [];
    page = await activity(owner, { topics, last: 3 });
    for (;;) {
      up.unshift(...ids(page));
      if (!page.pageInfo.hasPreviousPage) break;
      page = await activity(owner, { topics, last: 3, before: page.pageInfo.startCursor });
    }
    expect(up).toEqual(ids(all));
    const between = { topics, after: ids(all)[1], before: ids(all)[5] };
    expect(ids(await activity(owner, between))).toEqual(ids(all).slice(2, 5));
  });

  test('is of pages, conversations and what other applications say as well, and paged both ways over all of them', async () => {
    const reader = await app.world.person();
    const { owner, project } = await app.world.project();
    await app.world.member({ project, by: owner, person: reader });
    // Read by everybody, with a membership of nobody but its author.
    const { owner: author, content } = await app.world.content({ externalId: 'article-7' });
    const { conversation } = await app.world.conversation({ owner, members: [reader] });
    const shop = await backEnd(app);
    for (let nth = 0; nth < 3; nth++) {
      await app.world.task({ project, by: owner });
      await run(app, author, 'updateContent', { contentId: content.id, title: `Draft ${nth}` });
      await app.world.message({ conversation, by: owner });
      await shop.publish({ topic: { kind: 'USER', id: reader.id }, name: 'invoice.paid' });
    }
    const topics = [
      { kind: 'PROJECT', id: project.id },
      { kind: 'CONTENT', id: 'article-7' },
      { kind: 'CONVERSATION', id: conversation.id },
      { kind: 'USER', id: reader.id },
    ];
    const all = await activity(reader, { topics, first: 100 });
    expect(new Set(kinds(all).slice(0, 4))).toEqual(
      new Set(['ExternalEvent', 'MessageSent', 'ContentUpdated', 'TaskCreated']),
    );
    expect(new Set(all.nodes.map(({ topic }) => topic.id))).toEqual(
      new Set([project.id, content.id, conversation.id, reader.id]),
    );
    const down: string[] = [];
    const up: string[] = [];
    for (let page = await activity(reader, { topics, first: 4 }); ; ) {
      down.push(...ids(page));
      if (!page.pageInfo.hasNextPage) break;
      page = await activity(reader, { topics, first: 4, after: page.pageInfo.endCursor });
    }
    for (let page = await activity(reader, { topics, last: 4 }); ; ) {
      up.unshift(...ids(page));
      if (!page.pageInfo.hasPreviousPage) break;
      page = await activity(reader, { topics, last: 4, before: page.pageInfo.startCursor });
    }
    expect([down, up]).toEqual([ids(all), ids(all)]);

    // Without topics it is of what one belongs to: a page that everybody may read is not among it.
    const own = await activity(reader, { first: 100 });
    expect(new Set(own.nodes.map(({ topic }) => topic.id))).toEqual(new Set([project.id, conversation.id, reader.id]));

    // A page that is a draft again, and a conversation one has left, are refused like any other.
    await run(app, author, 'unpublishContent', { contentId: content.id });
    await run(app, reader, 'leaveTopic', { topicId: conversation.id });
    for (const topic of [topics[1], topics[2]]) {
      expect(await refusal(reader, { topics: [topics[0], topic] })).toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  test('of a topic one may not read is refused, missing or not', async () => {
    const { project } = await app.world.project();
    const person = await app.world.person({ role: 'ADMIN' });
    const own = await app.world.project({ owner: person });
    for (const id of [project.id, newId(), 'x']) {
      const answer = await refusal(person, { topics: [projectTopic(own.project), { kind: 'PROJECT', id }] });
      expect(answer).toMatchObject({ code: 'FORBIDDEN', message: 'No such project, or no access to it.' });
    }
    expect(await refusal(person, { topics: [{ kind: 'USER', id: newId() }] })).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('checks its arguments', async () => {
    const person = await app.world.person();
    const invalid = async (variables: Record<string, unknown>) => (await refusal(person, variables)).field;
    expect(await invalid({ topics: [] })).toBe('topics');
    expect(await invalid({ topics: Array(101).fill({ kind: 'USER' }) })).toBe('topics');
    expect(await invalid({ topics: [{ kind: 'USER' }, { kind: 'PROJECT' }] })).toBe('topics.1.id');
    expect(await invalid({ after: 'x' })).toBe('after');
    expect(await invalid({ before: '' })).toBe('before');
  });

  test('ends for somebody who was removed', async () => {
    const { owner, members, project } = await app.world.project({ members: 1 });
    const [person] = members as [Person];
    const input = { topicId: project.id };
    await app.ask(person, 'mutation ($input: LeaveTopicInput!) { leaveTopic(input: $input) { topicId } }', { input });
    expect(await refusal(person, { topics: [projectTopic(project)] })).toMatchObject({ code: 'FORBIDDEN' });
    expect(kinds(await activity(person))).toEqual([]);
    expect(kinds(await activity(owner))[0]).toBe('MemberRemoved');
  });
});
