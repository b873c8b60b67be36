import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
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
