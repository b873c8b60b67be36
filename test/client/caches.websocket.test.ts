// What is on the screen changes with the events, without a query and without a line of the application's own.
import { createClient } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { belfryCache, belfryExchange } from '../../src/client/urql/core.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openClient } from '../support/client.ts';
import { waitLimitMs } from '../support/waiting.ts';
import { ways } from '../support/ways.ts';
import type { Person } from '../support/world.ts';

const board = `query ($projectId: ID!, $status: TaskStatus) {
  tasks(projectId: $projectId, status: $status, first: 50) {
    nodes { id title status } pageInfo { hasNextPage endCursor } headCursor } }`;
const tasks = `subscription ($projectId: ID!, $after: Cursor) { taskUpdated(projectId: $projectId, after: $after) {
  __typename id topic { id } task { id title status } } }`;
const inbox = `query { notifications(first: 20) { nodes { id title } pageInfo { hasNextPage hasPreviousPage }
  counts { total unread unseen } } }`;
const openInbox = `query { notifications(first: 20, filter: { states: [UNREAD, READ] }) { nodes { id title }
  pageInfo { hasNextPage hasPreviousPage } } }`;
const changes = `subscription { inbox { __typename id counts { total unread unseen }
  ... on NotificationUpserted { notification { id title } } } }`;
const talk = `query ($id: ID!) { conversation(id: $id) { id messages(last: 20) { nodes { id content }
  pageInfo { hasNextPage } } } }`;
const withOffers = `query ($id: ID!) { conversation(id: $id) { id
  messages(last: 20) { nodes { id content } pageInfo { hasNextPage } }
  offers(last: 5) { nodes { id title amount { minorUnits } } pageInfo { hasNextPage } } } }`;
const everything = `subscription ($topics: [TopicRef!]!) { events(topics: $topics) { __typename
  ... on Event { id topic { id } } ... on MessageSent { message { id content } }
  ... on OfferCreated { offer { id title amount { minorUnits } } } } }`;

const list = '{ projects(first: 50) { nodes { id } pageInfo { hasNextPage } } }';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.[Symbol.asyncDispose]());

interface Inbox {
  notifications: { nodes: { id: string; title: string }[]; counts: { total: number; unread: number } };
}
interface Titled {
  title: string;
}
const titlesOf = (answers: readonly unknown[]) =>
  (answers.at(-1) as { tasks: { nodes: Titled[] } } | undefined)?.tasks.nodes.map(({ title }) => title);
const soon = (read: () => unknown) => expect.poll(read, { timeout: waitLimitMs });

/** A member of `count` projects, and how to remove them from each. */
async function memberOf(count: number) {
  const member = await app.world.person();
  const projects = [];
  for (let nth = 0; nth < count; nth++) {
    const { owner, project } = await app.world.project();
    await app.world.member({ project, by: owner, person: member });
    const remove = 'mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { eventCursor } }';
    projects.push({
      project,
      remove: () => app.ask(owner, remove, { input: { topicId: project.id, userId: member.id } }),
    });
  }
  return { member, projects };
}

/** A library in front of a client whose requests are counted. */
function open(person: Person, way: (typeof ways)[string]) {
  let requests = 0;
  const counting: typeof fetch = (...parameters) => {
    requests++;
    return fetch(...parameters);
  };
  const opened = openClient(app, person, { fetch: counting });
  return { opened, library: way(opened.client), requests: () => requests };
}

describe.each(Object.entries(ways).filter(([name]) => name !== 'the client itself'))('with %s', (_name, way) => {
  test('rows that are created, changed, moved to another column and deleted', async () => {
    const { owner, project } = await app.world.project();
    const first = await app.world.task({ project, by: owner, title: 'First' });
    const { opened, library, requests } = open(owner, way);
    using _ = opened;
    const variables = { projectId: project.id };
    const all = library.look(board, variables);
    const todo = library.look(board, { ...variables, status: 'TODO' });
    const done = library.look(board, { ...variables, status: 'DONE' });
    await soon(() => [all, todo, done].map(titlesOf)).toEqual([['First'], ['First'], []]);
    library.follow({ query: tasks, variables });
    await opened.state('LIVE');
    expect(requests()).toBe(3);

    const second = await app.world.task({ project, by: owner, title: 'Second' });
    await soon(() => [all, todo, done].map(titlesOf)).toEqual([['First', 'Second'], ['First', 'Second'], []]);
    const update = 'mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { eventCursor } }';
    await app.ask(owner, update, { input: { taskId: first.id, title: 'Done', status: 'DONE' } });
    await soon(() => [all, todo, done].map(titlesOf)).toEqual([['Done', 'Second'], ['Second'], ['Done']]);
    const remove = 'mutation ($input: DeleteTaskInput!) { deleteTask(input: $input) { eventCursor } }';
    await app.ask(owner, remove, { input: { taskId: second.id } });
    await soon(() => [all, todo, done].map(titlesOf)).toEqual([['Done'], [], ['Done']]);
    expect(requests()).toBe(3);
  });

  test('the projects somebody is added to and removed from, also while away', async () => {
    const { member, projects } = await memberOf(2);
    const [first, second] = projects;
    if (!first || !second) throw new Error('no projects');
    const { opened, library, requests } = open(member, way);
    using _ = opened;
    const answers = library.look(list, {});
    const shown = () =>
      (answers.at(-1) as { projects: { nodes: { id: string }[] } } | undefined)?.projects.nodes.map(({ id }) => id);
    library.follow({ query: everything, variables: { topics: [{ kind: 'USER' }] } });
    await opened.state('LIVE');
    await soon(shown).toEqual([first.project.id, second.project.id]);
    expect(requests()).toBe(1);
    const third = await app.world.project();
    await app.world.member({ project: third.project, by: third.owner, person: member });
    await soon(shown).toEqual([first.project.id, second.project.id, third.project.id]);
    opened.client.disconnect();
    await first.remove();
    opened.client.reconnect();
    await soon(shown).toEqual([second.project.id, third.project.id]);
  });

  test('an inbox with a filter that only the server can judge: rows enter, stay, leave and come back', async () => {
    const { owner, project, members } = await app.world.project({ members: 1 });
    const [person = owner] = members;
    await app.settled();
    const { opened, library } = open(person, way);
    using _ = opened;
    const notifications = library.look(openInbox, {});
    await soon(() => notifications.length).toBe(1);
    library.follow({ query: changes, variables: {} });
    await opened.state('LIVE');
    const shown = () => (notifications.at(-1) as Inbox | undefined)?.notifications.nodes.map(({ title }) => title);
    const count = shown()?.length ?? 0;
    const task = await app.world.task({ project, by: owner, title: 'For you', assignee: person });
    await soon(() => shown()?.filter((title) => title.includes('For you'))).toHaveLength(1);
    const comment = 'mutation ($input: AddCommentInput!) { addComment(input: $input) { eventCursor } }';
    await app.ask(owner, comment, { input: { taskId: task.id, text: 'It is for you.' } });
    await soon(() => shown()?.[0]).toContain('commented');
    expect(shown()?.length).toBeGreaterThan(count);

    // What was put off comes back.
    const { nodes } = (await app.ask(person, openInbox)).notifications;
    const until = new Date(app.clock.now().getTime() + 60_000).toISOString();
    const later = 'mutation ($input: UpdateNotificationsInput!) { updateNotifications(input: $input) { changed } }';
    await app.ask(person, later, { input: { ids: [nodes[0].id], action: 'SNOOZE', until } });
    await soon(() => shown()?.length).toBe(nodes.length - 1);
    app.clock.advance('2m');
    await soon(() => shown()?.length).toBe(nodes.length);
  });

  test('what may not be read is null, and holds up nothing beside it', async () => {
    const { owner, members } = await app.world.project({ members: 2 });
    const [person = owner, onlooker = owner] = members;
    const { conversation } = await app.world.conversation({ owner, members: [person, onlooker] });
    const create = 'mutation ($input: CreateOfferInput!) { createOffer(input: $input) { eventCursor } }';
    const offer = (title: string) => {
      const amount = { minorUnits: 100, currency: 'EUR' };
      return app.ask(owner, create, {
        input: { conversationId: conversation.id, recipientId: person.id, title, amount },
      });
    };
    await offer('First');
    const { opened, library, requests } = open(onlooker, way);
    using _ = opened;
    const answers = library.look(withOffers, { id: conversation.id });
    await soon(() => answers.length).toBe(1);
    library.follow({ query: everything, variables: { topics: [{ kind: 'USER' }] } });
    await opened.state('LIVE');
    await app.world.message({ conversation, by: owner, content: 'One' });
    await soon(() => answers.at(-1)).toMatchObject({
      conversation: {
        messages: { nodes: [{ content: 'One' }] },
        offers: { nodes: [{ title: 'First', amount: null }] },
      },
    });
    await offer('Second');
    await app.world.message({ conversation, by: owner, content: 'Two' });
    await soon(() => answers.at(-1)).toMatchObject({
      conversation: {
        messages: { nodes: [{ content: 'One' }, { content: 'Two' }] },
        offers: { nodes: [{ title: 'First' }, { title: 'Second', amount: null }] },
      },
    });
    expect(requests()).toBe(1);
  });

  test('the inbox with its counts, and a conversation', async () => {
    const { owner, project, members } = await app.world.project({ members: 1 });
    const [person = owner] = members;
    const { conversation } = await app.world.conversation({ owner, members: [person] });
    // What being added has to say is said before.
    await app.settled();
    const { opened, library, requests } = open(person, way);
    using _ = opened;
    const notifications = library.look(inbox, {});
    const messages = library.look(talk, { id: conversation.id });
    await soon(() => [notifications.length, messages.length]).toEqual([1, 1]);
    const { notifications: before } = notifications[0] as Inbox;
    library.follow({ query: changes, variables: {} });
    library.follow({ query: everything, variables: { topics: [{ kind: 'USER' }] } });
    await opened.state('LIVE');
    await app.world.task({ project, by: owner, title: 'For you', assignee: person });
    await soon(() => notifications.at(-1)).toMatchObject({
      notifications: {
        nodes: [{ title: expect.stringContaining('For you') }, ...before.nodes.map(({ id }) => ({ id }))],
        counts: { total: before.counts.total + 1, unread: before.counts.unread + 1 },
      },
    });
    for (const content of ['One', 'Two']) await app.world.message({ conversation, by: owner, content });
    await soon(() => messages.at(-1)).toMatchObject({
      conversation: { messages: { nodes: [{ content: 'One' }, { content: 'Two' }] } },
    });
    expect(requests()).toBe(2);
  });
});

test('with urql the errors of what may not be read stand beside the data; of what was asked for they are errors', async () => {
  const { owner, project } = await app.world.project();
  await app.world.task({ project, by: owner, title: 'Estimated', input: { estimateMinutes: 60 } });
  const guest = await app.world.person({ role: 'GUEST' });
  using opened = openClient(app, guest);
  const urql = createClient({ url: '/', exchanges: [cacheExchange(belfryCache), belfryExchange(opened.client)] });
  const refused = await urql.query('query ($id: ID!) { project(id: $id) { id } }', { id: project.id }).toPromise();
  expect(refused.error?.graphQLErrors[0]?.extensions.code).toBe('FORBIDDEN');
  await app.world.member({ project, by: owner, role: 'GUEST', person: guest });
  const query = 'query ($id: ID!) { tasks(projectId: $id, first: 5) { nodes { id title estimateMinutes } } }';
  const { data, error, extensions } = await urql.query(query, { id: project.id }).toPromise();
  expect(data.tasks.nodes).toMatchObject([{ title: 'Estimated', estimateMinutes: null }]);
  expect(error).toBeUndefined();
  expect(extensions?.denied).toMatchObject([
    { path: ['tasks', 'nodes', 0, 'estimateMinutes'], extensions: { code: 'FORBIDDEN' } },
  ]);
});
