import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { run } from '../../../test/support/commands.ts';
import { arrivedBefore } from '../../../test/support/fence.ts';
import type { State } from '../../../test/support/state.ts';
import { verifyEvents } from '../../../test/support/verifyEvents.ts';
import type { Person } from '../../../test/support/world.ts';
import { events, newMessage } from '../../client/documents.ts';

let app: TestApp;
let second: TestApp;
beforeAll(async () => {
  app = await startApp();
  second = await startApp({ with: app });
});
afterAll(async () => {
  await second?.[Symbol.asyncDispose]();
  await app?.[Symbol.asyncDispose]();
});

describe('newMessage', () => {
  test('delivers messages to everybody in the conversation, whoever wrote them, on any server', async () => {
    const { owner, members, conversation } = await app.world.conversation({ members: 1 });
    const [member] = members as [Person];
    const variables = { conversationId: conversation.id };
    const streams = [
      await (await app.socket(owner)).subscribe(newMessage, variables),
      await (await second.socket(member)).subscribe(newMessage, variables),
    ];
    const { id } = await app.world.message({ conversation, by: member, content: 'Hello' });
    for (const stream of streams) {
      const { value, cursor } = await stream.next();
      expect(value).toMatchObject({ cursor, message: { id, content: 'Hello', author: { id: member.id } } });
    }
  });

  test('is refused to others, and the socket stays', async () => {
    const { conversation } = await app.world.conversation();
    const stranger = await app.world.person();
    const socket = await app.socket(stranger);
    const refused = await socket.subscribe(newMessage, { conversationId: conversation.id });
    expect(await refused.error()).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    await socket.ping();
  });
});

describe('a stream over everything a person belongs to', () => {
  test('gains a conversation that is begun with them, from its beginning and on any server', async () => {
    const [owner, other] = [await app.world.person(), await app.world.person()];
    const socket = await second.socket(other);
    const stream = await socket.subscribe(events, { topics: [{ kind: 'USER' }] });
    await stream.next('Checkpoint');
    const { conversation } = await app.world.conversation({ owner, members: [other] });
    await app.world.message({ conversation, by: owner });
    expect((await stream.next('Checkpoint')).value).toMatchObject({
      cursors: expect.arrayContaining([expect.objectContaining({ topic: conversation.id })]),
    });
    expect((await stream.next('ConversationCreated')).value).toMatchObject({ topic: { id: conversation.id } });
    expect((await stream.next('MessageSent')).value).toMatchObject({ topic: { id: conversation.id } });
    expect(stream.waiting).toEqual([]);
  });

  test('gains a conversation they are added to, and loses it with their membership', async () => {
    const { owner, conversation } = await app.world.conversation();
    const other = await app.world.person();
    const stream = await (await second.socket(other)).subscribe(events, { topics: [{ kind: 'USER' }] });
    await stream.next('Checkpoint');
    const membership = { topicId: conversation.id, userId: other.id };
    await run(app, owner, 'addMember', membership);
    await app.world.message({ conversation, by: owner });
    await stream.next('MemberAdded');
    await stream.next('MessageSent');
    await run(app, owner, 'removeMember', membership);
    await app.world.message({ conversation, by: owner });
    expect((await stream.next('AccessLost', 1_000)).value).toMatchObject({ topicId: conversation.id });
    // Nothing of it comes any more: a later event of another conversation is the next.
    await app.world.message({ conversation, by: owner });
    const before = await arrivedBefore(stream, 'ConversationCreated', () =>
      app.world.conversation({ owner, members: [other] }),
    );
    expect(before.filter(({ value }) => value.__typename !== 'Checkpoint')).toEqual([]);
  });
});

describe('events of a conversation', () => {
  const messages = `query ($id: ID!) { messages(conversationId: $id, first: 100) { headCursor nodes {
    id content isEdited version updatedAt deletedAt author { id } replyTo { id } mentions { id }
    attachments { externalFileId label } metadata reactions { emoji count viewerHas } } } }`;

  test('tell everything about messages, also to a client that was away and comes back on another server', async () => {
    const { owner, members, conversation } = await app.world.conversation({ members: 1 });
    const [member] = members as [Person];
    const first = await app.world.message({ conversation, by: owner });
    const other = await app.world.message({ conversation, by: owner });
    const seen = await verifyEvents(app, {
      person: member,
      topic: { kind: 'CONVERSATION', id: conversation.id },
      query: messages,
      variables: { id: conversation.id },
      tombstones: true,
      resumeOn: second,
      act: [
        () => app.world.message({ conversation, by: owner, mentions: [member], input: { replyToId: first.id } }),
        () => run(app, owner, 'toggleReaction', { messageId: other.id, emoji: '👍' }),
        () => run(app, member, 'toggleReaction', { messageId: other.id, emoji: '🎉' }),
        () => run(app, owner, 'editMessage', { messageId: other.id, content: 'Edited' }),
        () => run(app, member, 'toggleReaction', { messageId: other.id, emoji: '👍' }),
        () => run(app, owner, 'toggleReaction', { messageId: other.id, emoji: '👍' }),
        () => run(app, owner, 'deleteMessage', { messageId: first.id }),
        () => app.world.message({ conversation, by: member, input: { metadata: { a: 1 } } }),
      ],
    });
    expect(seen.map(({ __typename }) => __typename)).toEqual([
      'MessageSent',
      'ReactionChanged',
      'ReactionChanged',
      'MessageEdited',
      'ReactionChanged',
      'ReactionChanged',
      'MessageDeleted',
      'MessageSent',
    ]);
  });

  test('tell who takes part and how far they have read', async () => {
    const { owner, members, conversation } = await app.world.conversation({ members: 1 });
    const [member] = members as [Person];
    const third = await app.world.person();
    const message = await app.world.message({ conversation, by: owner });
    const participant = { conversationId: conversation.id, userId: third.id };
    const seen = await verifyEvents(app, {
      person: owner,
      topic: { kind: 'CONVERSATION', id: conversation.id },
      query: `query ($id: ID!) { conversation(id: $id) { headCursor id participants(first: 10) {
        nodes { role user { id } lastReadMessage { id } } } } }`,
      variables: { id: conversation.id },
      resumeOn: second,
      // `events` shows the same, but the document of verifyEvents only brings objects.
      reduce(state, event) {
        const { nodes } = (state.conversation as { participants: { nodes: State[] } }).participants;
        const index = nodes.findIndex(({ user }) => (user as { id: string }).id === third.id);
        if (event.__typename === 'MemberAdded') {
          nodes.push({ __typename: 'Membership', role: 'MEMBER', user: user(third), lastReadMessage: null });
        }
        if (event.__typename === 'MemberRemoved') nodes.splice(index, 1);
        if (event.__typename !== 'MessagesRead') return;
        const node = nodes.find(({ user: of }) => (of as { id: string }).id === member.id);
        if (node) node.lastReadMessage = { __typename: 'Message', id: message.id };
      },
      act: [
        () => run(app, owner, 'addParticipant', participant),
        () => run(app, owner, 'removeParticipant', participant),
        () => run(app, owner, 'addParticipant', participant),
        async () => {
          await run(app, member, 'markConversationRead', { conversationId: conversation.id });
          await expect.poll(async () => (await kindsOf(conversation)).includes('MessagesRead')).toBe(true);
        },
        () => run(app, third, 'leaveConversation', { conversationId: conversation.id }),
      ],
    });
    expect(seen.map(({ __typename }) => __typename)).toEqual([
      'MemberAdded',
      'MemberRemoved',
      'MemberAdded',
      'MessagesRead',
      'MemberRemoved',
    ]);
  });

  test('sync returns what newMessage leaves out: edits, deletions, reactions and receipts', async () => {
    const { owner, members, conversation } = await app.world.conversation({ members: 1 });
    const [member] = members as [Person];
    const topics = [{ kind: 'CONVERSATION', id: conversation.id }];
    const sync = `query ($topics: [TopicRef!]!, $since: [Cursor!]!) { sync(topics: $topics, since: $since) {
      items { __typename ... on MessagesRead { readers positions { user { id } messageId } } } cursors { cursor } } }`;
    const before = (await app.ask(owner, sync, { topics, since: [] })).sync;
    const { id: messageId } = await app.world.message({ conversation, by: owner });
    await run(app, owner, 'editMessage', { messageId, content: 'Edited' });
    await run(app, member, 'toggleReaction', { messageId, emoji: '👍' });
    await run(app, member, 'markConversationRead', { conversationId: conversation.id });
    await expect.poll(async () => (await kindsOf(conversation)).includes('MessagesRead')).toBe(true);
    await run(app, owner, 'deleteMessage', { messageId });
    const { items } = (
      await app.ask(owner, sync, { topics, since: before.cursors.map(({ cursor }: { cursor: string }) => cursor) })
    ).sync;
    expect(items).toEqual([
      { __typename: 'MessageSent' },
      { __typename: 'MessageEdited' },
      { __typename: 'ReactionChanged' },
      { __typename: 'MessagesRead', readers: 1, positions: [{ user: { id: member.id }, messageId }] },
      { __typename: 'MessageDeleted' },
    ]);
  });

  test('one person’s own reactions are never another’s, in one frame for all or in one’s own', async () => {
    const { owner, members, conversation } = await app.world.conversation({ members: 1 });
    const [member] = members as [Person];
    const { id: messageId } = await app.world.message({ conversation, by: owner });
    const document = `subscription ($topics: [TopicRef!]!) { events(topics: $topics) { __typename
      ... on MessageEvent { message { reactions { emoji viewerHas } } } } }`;
    const topics = [{ kind: 'CONVERSATION', id: conversation.id }];
    const streams = [];
    for (const person of [owner, member])
      streams.push(await (await app.socket(person)).subscribe(document, { topics }));
    await run(app, member, 'toggleReaction', { messageId, emoji: '👍' });
    const has = [];
    for (const stream of streams) has.push((await stream.next('ReactionChanged')).value.message.reactions[0].viewerHas);
    expect(has).toEqual([false, true]);
  });
});

test('typing is told to the others in a conversation, not to whoever types, and expires', async () => {
  const { owner, members, conversation } = await app.world.conversation({ members: 1 });
  const [member] = members as [Person];
  const topic = { kind: 'CONVERSATION', id: conversation.id };
  const signals = `subscription ($topics: [TopicRef!]!) { signals(topics: $topics) {
    __typename ... on TypingSignal { userId typing at expiresAt } } }`;
  const ofOwner = await (await app.socket(owner)).subscribe(signals, { topics: [topic] });
  const ofMember = await (await second.socket(member)).subscribe(signals, { topics: [topic] });
  const setTyping = 'mutation ($input: SetTypingInput!) { setTyping(input: $input) { expiresAt } }';
  await app.ask(owner, setTyping, { input: { topic, typing: true } });
  const { value } = await ofMember.next('TypingSignal');
  expect(value).toMatchObject({ userId: owner.id, typing: true });
  expect(Date.parse(value.expiresAt) - Date.parse(value.at)).toBe(6_000);
  // Whatever is first in the stream of whoever typed is somebody else's.
  await app.ask(member, setTyping, { input: { topic, typing: true } });
  expect((await ofOwner.next('TypingSignal')).value).toMatchObject({ userId: member.id });
  const { errors } = await app.graphql(await app.world.person(), setTyping, { input: { topic, typing: true } });
  expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
});

async function kindsOf({ id }: { id: string }): Promise<string[]> {
  return (await app.services.eventLog.after(`conversation:${id}`, 0)).map(({ kind }) => kind);
}

function user({ id }: Person): State {
  return { __typename: 'User', id };
}
