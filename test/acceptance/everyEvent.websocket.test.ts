// What begins and ends is told to whoever belongs to it; and every event and every command has its verifyEvents.
import { globSync, readFileSync } from 'node:fs';
import { type GraphQLObjectType, getNamedType, isUnionType } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { run } from '../support/commands.ts';
import { takeUntil } from '../support/inbox.ts';
import type { Subscription } from '../support/subscription.ts';
import { verifyBelonging } from '../support/verifyBelonging.ts';
import type { Person } from '../support/world.ts';

type Change = { cursor: string; counts: object; attention?: object };
type Inbox = Subscription<{ inbox: Change }>;

test('what one belongs to begins, changes and ends as its events say, also for a client that was away', async () => {
  await using app = await startApp();
  await using second = await startApp({ with: app });
  const [person, other] = [await app.world.person(), await app.world.person()];
  const [doomed, kept] = [await app.world.project({ owner: person }), await app.world.project({ owner: person })];
  const page = await app.world.content({ owner: person });
  const left = await app.world.conversation({ owner: other, members: [person] });
  const metadata = { order: 7 };
  const seen = await verifyBelonging(app, {
    person,
    query: `{ projects { nodes { id name version deleted } } contents { nodes { id title status version deleted } }
      conversations { nodes { id title kind metadata } } }`,
    resumeOn: second,
    act: [
      () => app.world.project({ owner: person }),
      () => app.world.content({ owner: person, published: false }),
      () => app.world.conversation({ owner: other, members: [person], input: { metadata } }),
      () => app.world.conversation({ owner: person, members: [other], kind: 'DIRECT' }),
      async () => {
        const { project } = await app.world.project({ owner: person });
        const { content } = await app.world.content({ owner: person, published: false });
        await run(app, person, 'deleteProject', { projectId: project.id });
        await run(app, person, 'deleteContent', { contentId: content.id });
      },
      () => run(app, person, 'deleteProject', { projectId: doomed.project.id }),
      () => run(app, person, 'deleteContent', { contentId: page.content.id }),
      () => run(app, other, 'removeParticipant', { conversationId: left.conversation.id, userId: person.id }),
      () => app.world.project({ owner: person }),
      () => app.world.content({ owner: person }),
      () => app.world.conversation({ owner: other, members: [person] }),
      () => run(app, person, 'updateProject', { projectId: kept.project.id, name: 'Renamed' }),
    ],
  });
  expect(new Set(seen.map(({ __typename }) => __typename))).toEqual(
    new Set([
      'ContentCreated',
      'ContentDeleted',
      'ContentPublished',
      'ConversationCreated',
      'ProjectCreated',
      'ProjectDeleted',
      'ProjectUpdated',
    ]),
  );
});

interface About {
  project: string;
  notification: string;
  /** What the command before answered for `undo`; empty: nothing. */
  change: string;
}

/** What commands about one's own inbox and attention are given, by name, in this order. */
const ofOneself: Readonly<Record<string, (about: About) => object>> = {
  markNotificationRead: ({ notification }) => ({ id: notification }),
  updateNotifications: ({ notification }) => ({ ids: [notification], action: 'UNREAD' }),
  markAllNotificationsRead: () => ({}),
  undo: ({ change }) => ({ changeId: change }),
  follow: ({ project }) => ({ topic: { kind: 'PROJECT', id: project }, level: 'ALL' }),
  unfollow: ({ project }) => ({ topic: { kind: 'PROJECT', id: project } }),
  setRule: () => ({ channel: 'ALERT', eventType: 'TASK_COMMENTED', value: 'OFF' }),
  resetRules: () => ({ channel: 'ALERT' }),
  updateAttention: () => ({ preset: 'CALM' }),
  startFocus: () => ({ minutes: 25 }),
  endFocus: () => ({}),
  pauseAlerts: () => ({}),
  resumeAlerts: () => ({}),
  releaseHeld: () => ({}),
};

test('what one decides about one’s inbox and attention, one’s other devices have, also after they were away', async () => {
  await using app = await startApp();
  await using second = await startApp({ with: app });
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [person] = members as [Person];
  const fields = 'preset state quietWindows { days from to } batchTimes focus { until } held version';
  const query = `{ attention { ${fields} } notifications { headCursor counts { unread unseen total } nodes { id } } }`;
  const document = `subscription ($after: Cursor) { inbox(after: $after) { __typename cursor counts { unread unseen total }
    ... on AttentionChanged { attention { ${fields} } } } }`;
  const follow = async (server: TestApp, after: string): Promise<Inbox> =>
    (await server.socket(person)).subscribe(document, { after }) as Promise<Inbox>;

  await app.world.task({ project, by: owner, assignee: person });
  await app.settled();
  const stale = await app.ask(person, query);
  const about = { project: project.id, notification: stale.notifications.nodes[0].id };
  const head = stale.notifications.headCursor;
  const staying = await follow(app, head);
  const socket = await app.socket(person);
  const cutOff = (await socket.subscribe(document, { after: head })) as Inbox;
  const told: string[] = [];
  let change = '';
  for (const [index, [name, input]] of Object.entries(ofOneself).entries()) {
    if (index === 6) socket.drop();
    // Something waits for the last of them.
    if (name === 'releaseHeld') await heldTask();
    const answer = await decide(name, input({ ...about, change }));
    told.push(answer.eventCursor);
    change = answer.changeId ?? '';
  }
  await socket.closed();
  await app.settled();
  const fresh = await app.ask(person, query);
  const resumed = await follow(second, cutOff.waiting.at(-1)?.cursor ?? head);
  const isLast = ({ cursor }: { cursor?: string }) => cursor === fresh.notifications.headCursor;
  const seenStaying = await takeUntil(staying as never, isLast);
  const seenCutOff = [...cutOff.waiting.map(({ value }) => value), ...(await takeUntil(resumed as never, isLast))];
  expect(seenCutOff.map(({ cursor }) => cursor)).toEqual(seenStaying.map(({ cursor }) => cursor));
  expect(seenStaying.map(({ cursor }) => cursor)).toEqual(expect.arrayContaining(told));
  for (const seen of [seenStaying, seenCutOff] as never as Change[][]) {
    expect(seen.findLast(({ attention }) => attention)?.attention).toEqual(fresh.attention);
    expect(seen.at(-1)?.counts).toEqual(fresh.notifications.counts);
  }

  async function decide(name: string, input: object): Promise<{ eventCursor: string; changeId?: string }> {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}`;
    const selection = /Notification|undo/.test(name) ? 'eventCursor changeId' : 'eventCursor';
    const mutation = `mutation ($input: ${type}Input!) { answer: ${name}(input: $input) { ${selection} } }`;
    return (await app.ask(person, mutation, { input })).answer;
  }

  async function heldTask(): Promise<void> {
    await app.world.task({ project, by: owner, assignee: person });
    await app.settled();
  }
});

// What begins with `verifyEvents(` or `verifyBelonging(` in a test, up to the next test.
const proofs = globSync('{src,test/acceptance}/**/*.test.ts').flatMap((file) =>
  readFileSync(file, 'utf8')
    .split(/^ *test[.(]/m)
    .flatMap((block) => block.split(/await verify(?:Events|Belonging)\(/).slice(1)),
);

/** Kinds that change nothing a query shows, and where it is tested that they come, once. */
const momentary: Readonly<Record<string, string>> = {
  AccessLost: 'access.websocket.test.ts',
  AchievementEarned: 'celebrating.websocket.test.ts',
  Checkpoint: 'topics.websocket.test.ts',
  TaskDueSoon: 'reminders.websocket.test.ts',
};

test('every kind of event that streams show is expected by a test with verifyEvents', () => {
  const item = schema.getType('StreamItem');
  const kinds = isUnionType(item) ? item.getTypes().map(({ name }) => name) : [];
  const expected = new Set(proofs.flatMap((text) => text.slice(text.indexOf('expect(')).match(/(?<=')[A-Z]\w+(?=')/g)));
  expect(kinds.filter((kind) => !expected.has(kind)).sort()).toEqual(Object.keys(momentary));
});

/** Mutations behind what `test/support` makes. */
const made: Readonly<Record<string, string>> = {
  project: 'createProject',
  content: 'createContent',
  conversation: 'createConversation',
  task: 'createTask',
  comment: 'addComment',
  message: 'sendMessage',
  publish: 'publishEvent',
};

/** Commands whose facts `events` does not show, and where it is tested what those bring about. */
const elsewhere: Readonly<Record<string, string>> = {
  deactivateUser: 'identity.test.ts: an internal event, which ends what the person has open',
  endSession: 'identity.websocket.test.ts: an internal event',
  reactivateUser: 'identity.test.ts: an internal event',
  refreshSession: 'sessions.websocket.test.ts: appends nothing',
  renewUnsubscribeLink: 'digest/digest.test.ts: appends nothing',
  sendDigestNow: 'digest/digest.test.ts: appends nothing',
  setWorkspaceRole: 'identity.test.ts: an internal event',
  updateMe: 'identity.test.ts: appends nothing',
};

test('every command that appends an event is done in a test with verifyEvents, or said to be tested elsewhere', () => {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {})
    .filter(({ type }) => 'eventCursor' in (getNamedType(type) as GraphQLObjectType).getFields())
    .map(({ name }) => name);
  const done = new Set(
    proofs.flatMap((text) => [
      ...(text.match(/(?<=')[a-z]\w+(?=')/g) ?? []),
      ...[...text.matchAll(/(?:world|shop)\.(\w+)\(/g)].map(([, what = '']) => made[what]),
    ]),
  );
  for (const name of Object.keys(ofOneself)) done.add(name);
  expect(mutations.filter((name) => !done.has(name)).sort()).toEqual(Object.keys(elsewhere).sort());
});
