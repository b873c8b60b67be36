import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import type { Person } from '../../../test/support/world.ts';
import { newId } from '../../platform/ids.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(async () => app[Symbol.asyncDispose]());

const fields = `id content version createdAt updatedAt editedAt deletedAt isEdited metadata reactions { emoji count viewerHas } author { id } conversation { id }
  attachments { externalFileId label } mentions { id } replyTo { id }`;

/** What a command about a message answers, or its refusal. */
async function run(person: Person, command: string, input: Record<string, unknown>) {
  const type = `${command[0]?.toUpperCase()}${command.slice(1)}Input!`;
  const document = `mutation ($input: ${type}) { ${command}(input: $input) { message { ${fields} } eventCursor } }`;
  const { data, errors } = await app.graphql(person, document, { input });
  if (!errors?.[0]) return data[command];
  const { message, extensions } = errors[0];
  return { code: extensions?.code, message, ...(extensions?.field !== undefined && { field: extensions.field }) };
}

async function messagesOf(person: Person, conversation: { id: string }, args = 'first: 100') {
  const document = `query ($id: ID!) { messages(conversationId: $id, ${args}) { headCursor nodes { ${fields} } } }`;
  return (await app.ask(person, document, { id: conversation.id })).messages;
}

const noSuchMessage = { code: 'NOT_FOUND', message: 'No such message, or no access to it.' };

describe('sendMessage', () => {
  test('writes what was given, and everybody in the conversation reads it', async () => {
    const { owner, members, conversation } = await app.world.conversation({ members: 2 });
    const [member] = members as [Person, Person];
    const first = await app.world.message({ conversation, by: owner });
    const { message, eventCursor } = await run(member, 'sendMessage', {
      conversationId: conversation.id,
      content: '  Hello\r\n<b>you</b>  ',
      attachments: [{ externalFileId: 'file-1', label: 'Plan' }, { externalFileId: 'file-2' }],
      replyToId: first.id,
      mentions: [owner.id],
      metadata: { source: 'app', order: [3, 1, 2] },
    });
    expect(message).toEqual({
      id: expect.any(String),
      content: 'Hello\n<b>you</b>',
      version: 1,
      createdAt: app.clock.now().toISOString(),
      updatedAt: app.clock.now().toISOString(),
      editedAt: null,
      deletedAt: null,
      isEdited: false,
      reactions: [],
      metadata: { source: 'app', order: [3, 1, 2] },
      author: { id: member.id },
      conversation: { id: conversation.id },
      attachments: [
        { externalFileId: 'file-1', label: 'Plan' },
        { externalFileId: 'file-2', label: null },
      ],
      mentions: [{ id: owner.id }],
      replyTo: { id: first.id },
    });
    const { nodes, headCursor } = await messagesOf(owner, conversation);
    expect(nodes).toEqual([expect.objectContaining({ id: first.id }), message]);
    expect(headCursor).toBe(eventCursor);
    const { node } = await app.ask(
      owner,
      `query ($id: ID!) { node(id: $id) { ... on Message {
      replies { nodes { id } } } } }`,
      { id: first.id },
    );
    expect(node.replies.nodes).toEqual([{ id: message.id }]);
  });

  test.each([
    ['empty content', 'content', { content: '' }],
    ['blank content', 'content', { content: ' \n\t ' }],
    ['content of 5,001 characters', 'content', { content: 'x'.repeat(5001) }],
    ['content with NUL', 'content', { content: 'a\u0000b' }],
    ['eleven attachments', 'attachments', { attachments: Array(11).fill({ externalFileId: 'f' }) }],
    ['an attachment without a file', 'attachments.0.externalFileId', { attachments: [{ externalFileId: '' }] }],
    ['a long label', 'attachments.0.label', { attachments: [{ externalFileId: 'f', label: 'x'.repeat(256) }] }],
    ['metadata over 8 KB', 'metadata', { metadata: { x: 'x'.repeat(8192) } }],
    ['metadata that is no object', 'metadata', { metadata: 7 }],
    ['51 mentions', 'mentions', { mentions: Array.from({ length: 51 }, () => newId()) }],
    ['a mention of a stranger', 'mentions', { mentions: [newId()] }],
    ['a mention of nobody', 'mentions', { mentions: ['nobody'] }],
  ])('refuses %s, and writes nothing', async (_what, field, input) => {
    const { owner, conversation } = await app.world.conversation();
    const answer = await run(owner, 'sendMessage', { conversationId: conversation.id, content: 'Hello', ...input });
    expect(answer).toMatchObject({ code: 'VALIDATION_ERROR', field });
    expect((await messagesOf(owner, conversation)).nodes).toEqual([]);
    expect(await app.services.eventLog.after(`conversation:${conversation.id}`, 1)).toEqual([]);
  });

  test('takes 5,000 characters, ten attachments and labels of 255', async () => {
    const { owner, conversation } = await app.world.conversation();
    const attachments = Array(10).fill({ externalFileId: 'f'.repeat(255), label: '🙂'.repeat(255) });
    const content = '🙂'.repeat(5000);
    const answer = await run(owner, 'sendMessage', { conversationId: conversation.id, content, attachments });
    expect(answer.message).toMatchObject({ content, attachments });
  });

  test('only participants write; missing and foreign conversations are the same', async () => {
    const { conversation, owner, members } = await app.world.conversation({ members: 1 });
    const [member] = members as [Person];
    const admin = await app.world.person({ role: 'ADMIN' });
    const stranger = await app.world.person({ workspace: await app.world.newWorkspace() });
    for (const [person, id] of [
      [admin, conversation.id],
      [stranger, conversation.id],
      [owner, newId()],
      [owner, 'no-such'],
    ] as const) {
      expect(await run(person, 'sendMessage', { conversationId: id, content: 'Hello' })).toEqual({
        code: 'FORBIDDEN',
        message: 'No such conversation, or no access to it.',
      });
    }
    expect(
      (await run(member, 'sendMessage', { conversationId: conversation.id, content: 'Hello' })).message.content,
    ).toBe('Hello');
    expect((await messagesOf(owner, conversation)).nodes).toHaveLength(1);
  });

  test('answers only messages of the same conversation', async () => {
    const { owner, conversation } = await app.world.conversation();
    const { conversation: another } = await app.world.conversation({ owner });
    const elsewhere = await app.world.message({ conversation: another, by: owner });
    for (const replyToId of [elsewhere.id, newId(), 'nothing']) {
      const answer = await run(owner, 'sendMessage', { conversationId: conversation.id, content: 'Re', replyToId });
      expect(answer).toEqual({ ...noSuchMessage, field: 'replyToId' });
    }
    expect((await messagesOf(owner, conversation)).nodes).toEqual([]);
  });

  test('a retry with the same key sends once, also fifty at once', async () => {
    const { owner, conversation } = await app.world.conversation();
    const input = { conversationId: conversation.id, content: 'Once', idempotencyKey: 'client-1' };
    const answers = await Promise.all(Array.from({ length: 50 }, () => run(owner, 'sendMessage', input)));
    expect(new Set(answers.map(({ message }) => message.id)).size).toBe(1);
    expect((await messagesOf(owner, conversation)).nodes).toHaveLength(1);
    const other = await run(owner, 'sendMessage', { ...input, content: 'Twice' });
    expect(other).toMatchObject({ code: 'CONFLICT', field: 'idempotencyKey' });
  });

  test('is limited to 60 messages a minute, and says when to come back', async () => {
    await using limited = await startApp({ config: { RATE_LIMITS: 'on', USER_RATE_LIMIT: '1000/10s' } });
    const { owner, conversation } = await limited.world.conversation();
    const input = { conversationId: conversation.id, content: 'Again' };
    const send = () =>
      limited.graphql(owner, 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { eventCursor } }', {
        input,
      });
    for (let nth = 0; nth < 60; nth++) expect((await send()).errors).toBeUndefined();
    const { errors } = await send();
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) });
  });
});

describe('editMessage', () => {
  test('changes one’s own content and mentions, and says so', async () => {
    const { owner, members, conversation } = await app.world.conversation({ members: 1 });
    const { id } = await app.world.message({ conversation, by: owner });
    app.clock.advance('5s');
    const edited = await run(owner, 'editMessage', {
      messageId: id,
      content: ' Better ',
      mentions: [members[0]?.id],
      expectedVersion: 1,
    });
    expect(edited.message).toMatchObject({
      content: 'Better',
      isEdited: true,
      version: 2,
      editedAt: app.clock.now().toISOString(),
      updatedAt: app.clock.now().toISOString(),
      mentions: [{ id: members[0]?.id }],
    });
    const same = await run(owner, 'editMessage', { messageId: id, content: 'Better' });
    expect(same).toMatchObject({ eventCursor: null, message: { version: 2 } });
    const stale = await run(owner, 'editMessage', { messageId: id, content: 'Best', expectedVersion: 1 });
    expect(stale).toMatchObject({ code: 'CONFLICT', field: 'expectedVersion' });
  });
});

describe('deleteMessage', () => {
  test('takes everything in it away and leaves its place, for those who answered it too', async () => {
    const { owner, members, conversation } = await app.world.conversation({ members: 1 });
    const [member] = members as [Person];
    const attachments = [{ externalFileId: 'secret-file' }];
    const input = { attachments, metadata: { secret: 'data' } };
    const { id } = await app.world.message({
      conversation,
      by: owner,
      content: 'secret text',
      mentions: [member],
      input,
    });
    const answer = await app.world.message({ conversation, by: member, input: { replyToId: id } });
    await run(member, 'toggleReaction', { messageId: id, emoji: '👍' });
    const { message } = await run(owner, 'deleteMessage', { messageId: id });
    const tombstone = {
      id,
      content: null,
      metadata: null,
      attachments: [],
      mentions: [],
      reactions: [],
      deletedAt: app.clock.now().toISOString(),
      author: { id: owner.id },
    };
    expect(message).toMatchObject(tombstone);
    const { nodes } = await messagesOf(member, conversation);
    expect(nodes).toMatchObject([tombstone, { id: answer.id, replyTo: { id } }]);
    const row = await app.services.database.db.message.findUniqueOrThrow({ where: { id } });
    expect(JSON.stringify(row)).not.toContain('secret');
    const commands = [
      ['editMessage', { content: 'Back' }],
      ['deleteMessage', {}],
      ['toggleReaction', { emoji: '👍' }],
    ] as const;
    for (const [command, more] of commands) {
      expect(await run(owner, command, { messageId: id, ...more }), command).toEqual(noSuchMessage);
    }
    const again = { conversationId: conversation.id, content: 'Re', replyToId: id };
    expect(await run(member, 'sendMessage', again)).toEqual({ ...noSuchMessage, field: 'replyToId' });
  });
});

test('only the author edits and deletes a message; to everybody outside it does not exist', async () => {
  const { owner, members, conversation } = await app.world.conversation({ members: 1 });
  const [member] = members as [Person];
  const { id } = await app.world.message({ conversation, by: member });
  const [admin, stranger] = [
    await app.world.person({ role: 'ADMIN' }),
    await app.world.person({ workspace: await app.world.newWorkspace() }),
  ];
  for (const [command, verb, more] of [
    ['editMessage', 'edit', { content: 'Mine' }],
    ['deleteMessage', 'delete', {}],
  ] as const) {
    const forbidden = { code: 'FORBIDDEN', message: `You may not ${verb} the message of somebody else.` };
    expect(await run(owner, command, { messageId: id, ...more })).toEqual(forbidden);
    for (const person of [admin, stranger]) {
      expect(await run(person, command, { messageId: id, ...more })).toEqual(noSuchMessage);
    }
    for (const messageId of [newId(), 'nothing']) {
      expect(await run(owner, command, { messageId, ...more })).toEqual(noSuchMessage);
    }
    expect((await run(member, command, { messageId: id, ...more })).message.id).toBe(id);
  }
});

describe('toggleReaction', () => {
  const reactions = async (person: Person, conversation: { id: string }) =>
    (await messagesOf(person, conversation)).nodes[0].reactions;

  test('counts each emoji once for each person, and says which are one’s own', async () => {
    const { owner, members, conversation } = await app.world.conversation({ members: 1 });
    const [member] = members as [Person];
    const { id: messageId } = await app.world.message({ conversation, by: owner });
    const react = (person: Person, emoji: string, on?: boolean) =>
      run(person, 'toggleReaction', { messageId, emoji, ...(on !== undefined && { on }) });
    await react(owner, '👍');
    app.clock.advance('1s');
    await react(member, '👩🏽‍🚀');
    await react(member, '👍', true);
    expect(await react(member, '👍', true)).toMatchObject({ eventCursor: null });
    expect(await reactions(member, conversation)).toEqual([
      { emoji: '👍', count: 2, viewerHas: true },
      { emoji: '👩🏽‍🚀', count: 1, viewerHas: true },
    ]);
    await react(member, '👍');
    await react(member, '👩🏽‍🚀', false);
    expect(await react(member, '👩🏽‍🚀', false)).toMatchObject({ eventCursor: null });
    expect(await reactions(member, conversation)).toEqual([{ emoji: '👍', count: 1, viewerHas: false }]);
    expect(await reactions(owner, conversation)).toEqual([{ emoji: '👍', count: 1, viewerHas: true }]);
  });

  test.each(['', 'x', '👍👍', ':)', '👍 ', '\u0000', '\ud83d', '1', '<b>'])(
    'refuses %j, which is not one emoji',
    async (emoji) => {
      const { owner, conversation } = await app.world.conversation();
      const { id: messageId } = await app.world.message({ conversation, by: owner });
      const answer = await run(owner, 'toggleReaction', { messageId, emoji });
      expect(answer).toMatchObject({ code: 'VALIDATION_ERROR', field: 'emoji' });
    },
  );

  test('a message has at most 20 different emoji, also when people react at once', async () => {
    const { owner, members, conversation } = await app.world.conversation({ members: 3 });
    const { id: messageId } = await app.world.message({ conversation, by: owner });
    const emoji = Array.from({ length: 24 }, (_, nth) => String.fromCodePoint(0x1f600 + nth));
    const answers = await Promise.all(
      emoji.map((one, nth) => run(members[nth % 3] as Person, 'toggleReaction', { messageId, emoji: one })),
    );
    const refused = answers.filter(({ code }) => code !== undefined);
    expect(refused).toHaveLength(4);
    expect(refused[0]).toMatchObject({ code: 'CONFLICT', field: 'emoji' });
    const [first] = await reactions(owner, conversation);
    // One that is there already may be taken up by others.
    await run(owner, 'toggleReaction', { messageId, emoji: first.emoji, on: true });
    expect(await reactions(owner, conversation)).toHaveLength(20);
  });
});

describe('messages', () => {
  test('page both ways, oldest first, and refuse cursors of other lists', async () => {
    const { owner, conversation } = await app.world.conversation();
    for (let nth = 0; nth < 5; nth++) await app.world.message({ conversation, by: owner, content: `${nth}` });
    const document = `query ($id: ID!, $after: String, $before: String, $first: Int, $last: Int) {
      conversation(id: $id) { messages(first: $first, last: $last, after: $after, before: $before) {
        nodes { content } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } } }`;
    const page = async (args: object) =>
      (await app.ask(owner, document, { id: conversation.id, ...args })).conversation.messages;
    const contents = ({ nodes }: { nodes: { content: string }[] }) => nodes.map(({ content }) => content);
    const newest = await page({ last: 2 });
    expect(contents(newest)).toEqual(['3', '4']);
    expect(contents(await page({ last: 2, before: newest.pageInfo.startCursor }))).toEqual(['1', '2']);
    const oldest = await page({ first: 2 });
    expect(contents(oldest)).toEqual(['0', '1']);
    expect(contents(await page({ first: 2, after: oldest.pageInfo.endCursor }))).toEqual(['2', '3']);
    const { errors } = await app.graphql(owner, document, { id: conversation.id, first: 1, after: 'nonsense' });
    expect(errors?.[0]?.extensions?.code).toBe('VALIDATION_ERROR');
  });
});
