import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { encodeCursor } from '../../src/events/cursor.ts';
import { topicKey } from '../../src/events/topic.ts';
import { isPublic } from '../../src/graphql/eventTypes.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { backEnd, commandsOf, run } from '../support/commands.ts';
import { watchField } from '../support/gates.ts';
import { eventKinds, shareableDocument } from '../support/shareable.ts';
import type { TestSocket } from '../support/socket.ts';
import type { Person } from '../support/world.ts';

const taskUpdated = (selection: string, argument = '$projectId') =>
  `subscription ($projectId: ID!, $types: [EventType!]) {
    taskUpdated(projectId: ${argument}, types: $types) { __typename task { ${selection} } } }`;

let app: TestApp;
beforeAll(async () => {
  // Documents that select everything are heavier than those of people.
  app = await startApp({ config: { MAX_COST: '1000000', MAX_TOKENS: '20000', MAX_DEPTH: '20' } });
});
afterAll(() => app?.[Symbol.asyncDispose]());

const sockets: TestSocket[] = [];
/** A socket that ends with its test. */
async function connect(person: Person): Promise<TestSocket> {
  const socket = await app.socket(person);
  sockets.push(socket);
  return socket;
}
afterEach(async () => {
  await Promise.all(sockets.splice(0).map((socket) => socket[Symbol.asyncDispose]()));
  // Each test begins with nothing open, so that it can count.
  await expect.poll(() => app.hub.sizes).toEqual({ topics: 0, members: 0, groups: 0 });
});

/** Counts executions of a subscription's root field. */
function executions(field: string): Disposable & { count: number } {
  const counter = { count: 0, [Symbol.dispose]: () => watch[Symbol.dispose]() };
  const watch = watchField('Subscription', field, () => void counter.count++);
  return counter;
}

describe('one execution', () => {
  test('serves everybody with the same selection and role, however they wrote it and wherever they began', async () => {
    const { owner, members, project } = await app.world.project({ members: 8 });
    const task = await app.world.task({ project, by: owner });
    const [head] = await app.services.eventLog.heads([topicKey('project', project.id)]);
    const after = head && encodeCursor(head);
    const documents = [
      { document: taskUpdated('id title'), variables: { projectId: project.id } },
      { document: taskUpdated('id title', `"${project.id}"`).replace('$projectId: ID!, ', ''), variables: {} },
      {
        document: taskUpdated('id title'),
        variables: { projectId: project.id, types: ['TASK_UPDATED', 'TASK_DELETED'] },
      },
      { document: taskUpdated('id, , title'), variables: { projectId: project.id }, after },
    ];
    const streams = await Promise.all(
      members.map(async (member, index) => {
        const { document, variables, after: from } = documents[index % documents.length] ?? fail();
        const socket = await connect(member);
        const id = 'x'.repeat(index + 1);
        return socket.subscribe(document, variables, { id, ...(from && { after: from }) });
      }),
    );
    using counter = executions('taskUpdated');
    await run(app, owner, 'updateTask', { taskId: task.id, title: 'Once' });
    for (const stream of streams) expect((await stream.next()).value.task).toEqual({ id: task.id, title: 'Once' });
    expect(counter.count).toBe(1);
    expect(app.hub.sizes).toMatchObject({ topics: 1, members: 8, groups: 1 });

    // Those who filter it out neither get it nor cost an execution of their own.
    await run(app, owner, 'addComment', { taskId: task.id, text: 'Hidden from some' });
    await run(app, owner, 'updateTask', { taskId: task.id, title: 'Twice' });
    const kinds = await Promise.all(
      streams.map(async (stream, index) =>
        (await stream.take(index % 4 === 2 ? 1 : 2)).map(({ value }) => value.__typename),
      ),
    );
    for (const [index, seen] of kinds.entries()) {
      expect(seen).toEqual(index % 4 === 2 ? ['TaskUpdated'] : ['TaskCommented', 'TaskUpdated']);
    }
    expect(counter.count).toBe(3);
  });

  test('serves only those with the same selection, variables, role in the topic and role in the workspace', async () => {
    const admin = await app.world.person({ role: 'ADMIN' });
    const { owner, members, project } = await app.world.project({ members: ['MEMBER', 'MEMBER', 'GUEST'] });
    await app.world.member({ project, by: owner, person: admin });
    const task = await app.world.task({ project, by: owner });
    const [first, second, guest] = members as [Person, Person, Person];
    const comments = `subscription ($projectId: ID!, $first: Int) { taskUpdated(projectId: $projectId) {
      __typename task { id comments(first: $first) { nodes { text } } } } }`;
    const groups: [Person, string, object][] = [
      [first, taskUpdated('id'), {}],
      [guest, taskUpdated('id'), {}],
      [admin, taskUpdated('id'), {}],
      [first, taskUpdated('title'), {}],
      [first, comments, { first: 1 }],
      [first, comments, { first: 2 }],
    ];
    for (const [person, document, variables] of [...groups, [second, taskUpdated('id'), {}] as const]) {
      await (await connect(person)).subscribe(document, { projectId: project.id, ...variables });
    }
    using counter = executions('taskUpdated');
    await run(app, owner, 'updateTask', { taskId: task.id, title: 'Changed' });
    await expect.poll(() => counter.count).toBe(groups.length);
  });

  test('is each viewer’s own where a field depends on them, and nobody sees what another may', async () => {
    const email = (name: string) => `${name}@example.com`;
    const [owner, member, admin] = await Promise.all([
      app.world.person({ email: email('owner') }),
      app.world.person({ email: email('member') }),
      app.world.person({ email: email('admin'), role: 'ADMIN' }),
    ]);
    const { project } = await app.world.project({ owner });
    for (const person of [member, admin]) await app.world.member({ project, by: owner, person });
    const task = await app.world.task({ project, by: owner, assignee: member });
    const document = taskUpdated('creator { email } assignee { email }');
    const people = [owner, member, admin];
    const theirs = await Promise.all(people.map((person) => connect(person)));
    // A second device of the same person shares.
    theirs.push(await connect(admin));
    const streams = await Promise.all(theirs.map((socket) => socket.subscribe(document, { projectId: project.id })));
    using counter = executions('taskUpdated');
    await run(app, owner, 'updateTask', { taskId: task.id, title: 'Changed' });
    const seen = await Promise.all(streams.map((stream) => stream.next()));
    expect(seen.map(({ value }) => [value.task.creator.email, value.task.assignee.email])).toEqual([
      [email('owner'), null],
      [null, email('member')],
      [email('owner'), email('member')],
      [email('owner'), email('member')],
    ]);
    expect(counter.count).toBe(3);
    expect(theirs[0]?.frames.join()).not.toContain(email('member'));
    expect(theirs[1]?.frames.join()).not.toContain(email('owner'));
  });
});

test('every kind of event, with every shareable field, is executed once for two people and never asks who they are', async () => {
  const [owner, member] = [await app.world.person({ role: 'ADMIN' }), await app.world.person({ role: 'ADMIN' })];
  const { project } = await app.world.project({ owner });
  await app.world.member({ project, by: owner, person: member, role: 'OWNER' });
  const { content } = await app.world.content({ owner, published: false });
  await run(app, owner, 'addMember', { topicId: content.id, userId: member.id, role: 'OWNER' });
  const { conversation } = await app.world.conversation({ owner, members: [member] });
  await run(app, owner, 'changeMemberRole', { topicId: conversation.id, userId: member.id, role: 'OWNER' });
  const topics = [
    { kind: 'PROJECT', id: project.id },
    { kind: 'CONTENT', id: content.id },
    { kind: 'CONVERSATION', id: conversation.id },
  ];
  const declared = [...app.services.events.values()].filter(isPublic);
  expect(eventKinds().sort()).toEqual(declared.map(({ kind }) => kind).sort());
  // What only a person's own topic has is shared by their devices: the next test.
  const kinds = declared.filter(({ topicKind }) => topicKind !== 'user').map(({ kind }) => kind);

  // From the very beginning of the log: every kind is rendered for those who catch up, and later ones live.
  const keys = [
    topicKey('project', project.id),
    topicKey('content', content.id),
    topicKey('conversation', conversation.id),
  ];
  const variables = { topics, after: keys.map((topic) => encodeCursor({ topic, seq: 0 })) };
  const streams = new Map<string, Awaited<ReturnType<TestSocket['subscribe']>>[]>();
  const both = [await connect(owner), await connect(member)];
  for (const kind of kinds) {
    const document = shareableDocument(kind);
    streams.set(kind, await Promise.all(both.map((socket) => socket.subscribe(document, variables))));
  }
  // One group for each document and topic, not one for each person.
  const places = topics.length * kinds.length;
  expect(app.hub.sizes).toMatchObject({ members: 2 * places, groups: places });

  await oneOfEachKind([owner, member], { project, content, conversation });
  for (const [kind, ofBoth] of streams) {
    for (const stream of ofBoth) {
      const delivered = await stream.next(kind);
      expect(delivered.errors, `errors in ${kind}`).toBeUndefined();
      expect(delivered.value).toMatchObject({ __typename: kind, cursor: delivered.cursor });
      expect(topics.map(({ id }) => id)).toContain(delivered.value.topic.id);
      expect(stream.waiting.flatMap(({ errors = [] }) => errors)).toEqual([]);
    }
  }
});

test('every kind of event that only a person’s own topic has is executed once for their devices', async () => {
  const { owner, project } = await app.world.project({ owner: await app.world.person({ role: 'ADMIN' }) });
  const topics = [{ kind: 'USER', id: owner.id }];
  const kinds = [...app.services.events.values()].filter((kind) => isPublic(kind) && kind.topicKind === 'user');
  const devices = [await connect(owner), await connect(owner)];
  const streams = new Map<string, Awaited<ReturnType<TestSocket['subscribe']>>[]>();
  for (const { kind } of kinds) {
    const document = shareableDocument(kind);
    streams.set(kind, await Promise.all(devices.map((socket) => socket.subscribe(document, { topics }))));
  }
  expect(app.hub.sizes).toMatchObject({ members: 2 * kinds.length, groups: kinds.length });
  const dueAt = new Date(app.clock.now().getTime() + 61 * 60_000);
  await app.world.task({ project, by: owner, assignee: owner, input: { dueAt } });
  const finished = await app.world.task({ project, by: owner });
  await run(app, owner, 'updateTask', { taskId: finished.id, status: 'DONE' });
  app.clock.advance('1m');
  for (const [kind, ofBoth] of streams) {
    for (const stream of ofBoth) expect((await stream.next(kind)).errors, `errors in ${kind}`).toBeUndefined();
  }
});

/** Every public kind at least once, by real commands; the last ones delete the page and the project. */
async function oneOfEachKind(
  [owner, other]: readonly [Person, Person],
  { project, content, conversation }: Record<'project' | 'content' | 'conversation', { id: string }>,
): Promise<void> {
  const message = await app.world.message({ conversation, by: owner });
  await run(app, owner, 'markConversationRead', { conversationId: conversation.id });
  await run(app, owner, 'editMessage', { messageId: message.id, content: 'Edited' });
  await run(app, owner, 'toggleReaction', { messageId: message.id, emoji: '👍' });
  await run(app, owner, 'deleteMessage', { messageId: message.id });
  await oneOffer(owner, other, conversation);
  const commands = commandsOf(app, owner, project);
  const third = await app.world.person();
  const task = await app.world.task({ project, by: owner, input: { estimateMinutes: 5 } });
  await run(app, owner, 'updateProject', { projectId: project.id, name: 'Renamed' });
  await commands.add(third);
  await commands.changeRole(third, 'ADMIN');
  await commands.updateTask(task, { estimateMinutes: 7 });
  await run(app, owner, 'assignTask', { taskId: task.id, assigneeId: third.id });
  await run(app, owner, 'startTimer', { taskId: task.id });
  await run(app, owner, 'stopTimer', {});
  const comment = await app.world.comment({ task, by: owner, mentions: [third] });
  await run(app, owner, 'editComment', { commentId: comment.id, text: 'Edited' });
  await run(app, owner, 'deleteComment', { commentId: comment.id });
  await (await backEnd(app)).publish({
    topic: { kind: 'PROJECT', id: project.id },
    name: 'OrderShipped',
    data: { nth: 1 },
  });
  await commands.remove(third);
  await run(app, owner, 'deleteTask', { taskId: task.id });
  const contentId = content.id;
  await run(app, owner, 'updateContent', { contentId, title: 'Renamed' });
  await run(app, owner, 'publishContent', { contentId });
  const onPage = await app.world.comment({ content, by: owner, mentions: [third] });
  await app.world.comment({ content, by: owner, replyTo: onPage });
  await run(app, owner, 'editComment', { commentId: onPage.id, text: 'Edited' });
  await run(app, owner, 'deleteComment', { commentId: onPage.id });
  for (const value of [4, 5]) await run(app, owner, 'rateContent', { contentId, value });
  await run(app, owner, 'unpublishContent', { contentId });
  await run(app, owner, 'deleteContent', { contentId });
  await commands.deleteProject();
}

/** An offer that is countered, then accepted. */
async function oneOffer(sender: Person, recipient: Person, conversation: { id: string }): Promise<void> {
  const amount = { minorUnits: 1250, currency: 'EUR' };
  await run(app, sender, 'createOffer', { conversationId: conversation.id, title: 'Bicycle', amount });
  const { conversation: read } = await app.ask(
    sender,
    'query ($id: ID!) { conversation(id: $id) { offers { nodes { id } } } }',
    conversation,
  );
  const [{ id: offerId }] = read.offers.nodes;
  await run(app, recipient, 'updateOffer', { offerId, status: 'COUNTERED', amount });
  await run(app, sender, 'acceptOffer', { offerId });
}

test('groups that fire in one turn never see the bytes of another, whatever their ids', async () => {
  const { owner, members, project } = await app.world.project({ members: 4 });
  const { project: second } = await app.world.project({ owner });
  for (const person of members) await app.world.member({ project: second, by: owner, person });
  const projects = [project, second];
  const theirs = await Promise.all(members.map((member) => connect(member)));
  // Twenty selections, told apart by an alias, on two topics; ids of one to four letters, the same ones on each socket.
  const expected = new Map<string, { alias: string; projectId: string }>();
  for (let nth = 0; nth < 40; nth++) {
    const [alias, projectId, id] = [`a${nth % 20}`, projects[nth % 2]?.id ?? '', `${nth ** 2}`];
    expected.set(id, { alias, projectId });
    const document = taskUpdated(`${alias}: title project { id }`);
    await Promise.all(theirs.map((socket) => socket.subscribe(document, { projectId }, { id })));
  }
  const tasks = await Promise.all(projects.map((one) => app.world.task({ project: one, by: owner })));
  const rounds = 15;
  await Promise.all(
    tasks.map(async (task) => {
      for (let nth = 0; nth < rounds; nth++) await run(app, owner, 'updateTask', { taskId: task.id, title: `T${nth}` });
    }),
  );
  for (const socket of theirs) {
    const nexts = () => socket.frames.filter((frame) => frame.includes('"type":"next"'));
    await expect.poll(() => nexts().length, { timeout: 8_000 }).toBe(40 * (rounds + 1));
    for (const frame of nexts()) {
      const { id, payload } = JSON.parse(frame);
      const { alias, projectId } = expected.get(id) ?? fail();
      expect(Object.keys(payload.data.taskUpdated.task)).toEqual([alias, 'project']);
      expect(payload.data.taskUpdated.task.project.id).toBe(projectId);
    }
  }
});

test('an id used again at once carries the new operation, while the older one is still being set up', async () => {
  const { owner, project } = await app.world.project();
  const { project: second } = await app.world.project({ owner });
  const tasks = [await app.world.task({ project, by: owner }), await app.world.task({ project: second, by: owner })];
  const socket = await connect(owner);
  const firing = new AbortController();
  const fired = Promise.all(
    tasks.map(async ({ id }) => {
      for (let nth = 0; !firing.signal.aborted; nth++)
        await run(app, owner, 'updateTask', { taskId: id, title: `${nth}` });
    }),
  );
  const document = taskUpdated('project { id }');
  for (let round = 0; round < 30; round++) {
    const id = `${round % 3}`;
    const from = socket.frames.length;
    const older = await socket.subscribe(document, { projectId: project.id }, { id, waits: false });
    older.complete();
    const newer = await socket.subscribe(document, { projectId: second.id }, { id, waits: false });
    await newer.next();
    const since = socket.frames.slice(from).map((frame) => JSON.parse(frame));
    // From where the newer one began, nothing of the older one arrives under the id.
    const begun = since.findLastIndex(
      ({ type, payload }) => type === 'ping' && payload.type === 'subscribed' && payload.id === id,
    );
    expect(begun).toBeGreaterThanOrEqual(0);
    const after = since.slice(begun).filter((message) => message.type === 'next' && message.id === id);
    expect(after.length).toBeGreaterThan(0);
    for (const { payload } of after) expect(payload.data.taskUpdated.task.project.id).toBe(second.id);
    newer.complete();
    await socket.ping();
  }
  firing.abort();
  await fired;
  expect(app.hub.sizes.members).toBe(0);
});

function fail(): never {
  throw new Error('the test is wrong');
}
