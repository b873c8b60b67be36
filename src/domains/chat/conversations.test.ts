import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { readInbox } from '../../../test/support/inbox.ts';
import type { Person } from '../../../test/support/world.ts';
import { newId } from '../../platform/ids.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(async () => app[Symbol.asyncDispose]());

const fields =
  'id kind title metadata externalId createdAt viewerRole topic { id kind } participants { nodes { role user { id } } }';
const createConversation = `mutation ($input: CreateConversationInput!) { createConversation(input: $input) {
  created conversation { ${fields} headCursor } eventCursor } }`;

/** What createConversation answers, or its refusal. */
async function create(person: Person, input: Record<string, unknown>) {
  const { data, errors } = await app.graphql(person, createConversation, { input });
  return errors?.[0] ? refusal(errors[0]) : data.createConversation;
}

function refusal({ message, extensions }: { message: string; extensions?: { code?: string; field?: unknown } }) {
  return { code: extensions?.code, message, ...(extensions?.field !== undefined && { field: extensions.field }) };
}

/** The conversation as a query shows it, or the refusal. */
async function read(person: Person, id: string, selection = fields) {
  const document = `query ($id: ID!) { conversation(id: $id) { ${selection} } }`;
  const { data, errors } = await app.graphql(person, document, { id });
  return errors?.[0] ? refusal(errors[0]) : data.conversation;
}

async function log(topic: `${'conversation' | 'user'}:${string}`) {
  const events = await app.services.eventLog.after(topic, 0);
  return events.map(({ kind, data, home }) => ({ kind, data, home }));
}

const noSuchConversation = { code: 'FORBIDDEN', message: 'No such conversation, or no access to it.' };

describe('createConversation', () => {
  test('makes whoever asks its owner and the others members, and tells it in their own topics', async () => {
    const [owner, other] = [await app.world.person(), await app.world.person()];
    const { created, conversation, eventCursor } = await create(owner, {
      kind: 'GROUP',
      participantIds: [other.id, owner.id, other.id],
      title: ' Lunch ',
      metadata: { colour: 'red', nested: [1, { a: null }] },
      externalId: 'lunch-1',
    });
    expect(created).toBe(true);
    expect(conversation).toEqual({
      id: expect.any(String),
      kind: 'GROUP',
      title: 'Lunch',
      metadata: { colour: 'red', nested: [1, { a: null }] },
      externalId: 'lunch-1',
      createdAt: app.clock.now().toISOString(),
      viewerRole: 'OWNER',
      topic: { id: conversation.id, kind: 'CONVERSATION' },
      headCursor: eventCursor,
      participants: {
        nodes: expect.toSatisfy((nodes: object[]) =>
          [
            { role: 'OWNER', user: { id: owner.id } },
            { role: 'MEMBER', user: { id: other.id } },
          ].every((expected) => nodes.some((node) => JSON.stringify(node) === JSON.stringify(expected))),
        ),
      },
    });
    const home = `conversation:${conversation.id}` as const;
    const data = { conversationId: conversation.id, participantIds: [owner.id, other.id] };
    expect(await log(home)).toEqual([{ kind: 'ConversationCreated', data, home: null }]);
    for (const { id } of [owner, other]) {
      expect(await log(`user:${id}`)).toContainEqual({ kind: 'ConversationCreated', data, home });
    }
    expect(await read(other, 'lunch-1', 'id viewerRole')).toEqual({ id: conversation.id, viewerRole: 'MEMBER' });
  });

  test('tells the others in their inbox, and not whoever began it', async () => {
    const { owner, members, conversation } = await app.world.conversation({ members: 2, title: 'Picnic' });
    await app.settled();
    for (const member of members) {
      expect((await readInbox(app, member)).nodes).toMatchObject([
        {
          type: 'CONVERSATION_CREATED',
          reason: 'ADDED',
          title: `${owner.name} added you to Picnic`,
          subject: { __typename: 'Conversation', id: conversation.id },
        },
      ]);
    }
    expect((await readInbox(app, owner)).nodes).toEqual([]);
  });

  test('two people have one direct conversation, whoever begins it and also when both do at once', async () => {
    const [one, other] = [await app.world.person(), await app.world.person()];
    const begin = (from: Person, to: Person) => create(from, { kind: 'DIRECT', participantIds: [to.id] });
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, nth) => (nth % 2 ? begin(one, other) : begin(other, one))),
    );
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(answers.map(({ conversation }) => conversation.id)).size).toBe(1);
    expect(answers[0].conversation).toMatchObject({ kind: 'DIRECT', title: null, viewerRole: 'MEMBER' });
    for (const { created, eventCursor } of answers) expect(eventCursor === null).toBe(!created);
    await app.settled();
    const titles = [one, other].map(async (person) => (await readInbox(app, person)).nodes.map(({ title }) => title));
    // Only one of them was told, by the other.
    expect((await Promise.all(titles)).flat()).toEqual([expect.stringMatching(/ added you to a conversation$/)]);
  });

  test('nobody joins, leaves or changes their role in a direct conversation', async () => {
    const { owner, members, conversation } = await app.world.conversation({ kind: 'DIRECT' });
    const third = await app.world.person();
    const attempts = [
      ['addMember', { userId: third.id }, 'FORBIDDEN'],
      ['removeMember', { userId: members[0]?.id }, 'FORBIDDEN'],
      ['removeMember', { userId: owner.id }, 'CONFLICT'],
      ['changeMemberRole', { userId: owner.id, role: 'OWNER' }, 'FORBIDDEN'],
      ['leaveTopic', {}, 'CONFLICT'],
    ] as const;
    for (const [name, input, code] of attempts) {
      const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`;
      const document = `mutation ($input: ${type}) { ${name}(input: $input) { eventCursor } }`;
      const { errors } = await app.graphql(owner, document, { input: { topicId: conversation.id, ...input } });
      expect(errors?.[0]?.extensions?.code, name).toBe(code);
    }
    expect(await log(`conversation:${conversation.id}`)).toHaveLength(1);
  });

  test.each([
    ['ADMIN', true],
    ['MEMBER', true],
    ['GUEST', false],
    ['BOT', false],
  ] as const)('a workspace %s may: %s', async (role, allowed) => {
    const answer = await create(await app.world.person({ role }), { kind: 'TALK', participantIds: [] });
    if (allowed) expect(answer).toMatchObject({ conversation: { kind: 'TALK', title: null } });
    else expect(answer).toEqual({ code: 'FORBIDDEN', message: 'You may not begin conversations in this workspace.' });
  });

  test.each([
    ['an empty title', 'title', { title: ' ' }],
    ['a long title', 'title', { title: 'x'.repeat(201) }],
    ['metadata that is a list', 'metadata', { metadata: [1] }],
    ['metadata that is a text', 'metadata', { metadata: 'x' }],
    ['metadata over 8 KB', 'metadata', { metadata: { text: 'ü'.repeat(4097) } }],
    [
      'metadata nested without end',
      'metadata',
      { metadata: { deep: JSON.parse('['.repeat(2049) + ']'.repeat(2049)) } },
    ],
    ['metadata with NUL', 'metadata', { metadata: { 'nul\u0000': 1 } }],
    ['metadata with half a surrogate pair', 'metadata', { metadata: { half: ['\ud800'] } }],
    ['too many people', 'participantIds', { participantIds: Array.from({ length: 101 }, () => newId()) }],
    ['an externalId that is a UUID', 'externalId', { externalId: newId() }],
    ['a direct one with nobody', 'participantIds', { kind: 'DIRECT', participantIds: [] }],
    ['a direct one with a title', 'title', { kind: 'DIRECT', participantIds: [newId()], title: 'Us' }],
  ])('refuses %s', async (_what, field, input) => {
    const owner = await app.world.person();
    const answer = await create(owner, { kind: 'GROUP', participantIds: [], ...input });
    expect(answer).toMatchObject({ code: 'VALIDATION_ERROR', field });
    expect(await log(`user:${owner.id}`)).toEqual([]);
  });

  test('metadata comes back as it was, however strange', async () => {
    const owner = await app.world.person();
    const deep = JSON.parse(`${'['.repeat(2000)}${']'.repeat(2000)}`);
    const metadata = {
      deep,
      '\\u0000': '\\\\u0000 \\ud800',
      __proto__x: { constructor: 1 },
      '🙂': [1e21, -0.5, '', null],
    };
    const { conversation } = await create(owner, { kind: 'GROUP', participantIds: [], metadata });
    expect((await read(owner, conversation.id)).metadata).toEqual(metadata);
  });

  test('people who are unknown, foreign or deactivated are the same to it', async () => {
    const owner = await app.world.person();
    const foreign = await app.world.person({ workspace: await app.world.newWorkspace() });
    const gone = await app.world.person();
    const { db } = app.services.database;
    await db.user.update({ where: { id: gone.id }, data: { deactivatedAt: app.clock.now() } });
    const answers = await Promise.all(
      [newId(), 'nobody', foreign.id, gone.id].map((id) => create(owner, { kind: 'GROUP', participantIds: [id] })),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ code: 'NOT_FOUND', field: 'participantIds' });
  });
});

describe('reading', () => {
  test('only participants read a conversation; missing and foreign ones are the same', async () => {
    const { conversation, members } = await app.world.conversation({ members: 1 });
    const admin = await app.world.person({ role: 'ADMIN' });
    const stranger = await app.world.person({ workspace: await app.world.newWorkspace() });
    for (const person of members) expect(await read(person, conversation.id, 'id')).toEqual({ id: conversation.id });
    for (const person of [admin, stranger]) {
      for (const id of [conversation.id, newId(), 'no-such', '']) {
        expect(await read(person, id)).toEqual(noSuchConversation);
      }
      expect((await app.ask(person, 'query ($id: ID!) { node(id: $id) { id } }', { id: conversation.id })).node).toBe(
        null,
      );
    }
  });

  test('participants are paged both ways, and to nobody else', async () => {
    const { owner, members, conversation } = await app.world.conversation({ members: 4 });
    const page = async (args: string, person: Person = owner) => {
      const fields = `participants(${args}) { nodes { user { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`;
      return (await read(person, conversation.id, fields)).participants;
    };
    const idsOf = ({ nodes }: { nodes: { user: { id: string } }[] }) => nodes.map(({ user }) => user.id);
    const all = idsOf(await page('first: 100'));
    expect([...all].sort()).toEqual([owner, ...members].map(({ id }) => id).sort());
    const first = await page('first: 2');
    expect(first.pageInfo).toMatchObject({ hasNextPage: true });
    const rest = await page(`first: 100, after: "${first.pageInfo.endCursor}"`);
    expect([...idsOf(first), ...idsOf(rest)]).toEqual(all);
    expect(rest.pageInfo).toMatchObject({ hasNextPage: false });
    const last = await page('last: 2');
    expect(last.pageInfo).toMatchObject({ hasPreviousPage: true });
    const before = await page(`last: 100, before: "${last.pageInfo.startCursor}"`);
    expect([...idsOf(before), ...idsOf(last)]).toEqual(all);
    const stranger = await app.world.person();
    expect(await read(stranger, conversation.id, 'participants(first: 1) { nodes { user { id } } }')).toEqual(
      noSuchConversation,
    );
  });

  test('the list has the conversation with the newest message first, and pages both ways', async () => {
    const owner = await app.world.person();
    const ids: string[] = [];
    for (let nth = 0; nth < 5; nth++) ids.push((await app.world.conversation({ owner })).conversation.id);
    await app.world.conversation();
    await app.world.message({ conversation: { id: ids[1] ?? '' }, by: owner });
    const expected = [ids[1], ids[4], ids[3], ids[2], ids[0]];
    const page = async (args: string) =>
      (await app.ask(owner, `{ conversations(${args}) { nodes { id title } pageInfo { endCursor hasNextPage } } }`))
        .conversations;
    const idsOf = ({ nodes }: { nodes: { id: string }[] }) => nodes.map(({ id }) => id);
    expect(idsOf(await page('first: 10'))).toEqual(expected);
    const first = await page('first: 2');
    expect(first.pageInfo.hasNextPage).toBe(true);
    const second = await page(`first: 2, after: "${first.pageInfo.endCursor}"`);
    const third = await page(`first: 2, after: "${second.pageInfo.endCursor}"`);
    expect([first, second, third].flatMap(idsOf)).toEqual(expected);
    expect(third.pageInfo.hasNextPage).toBe(false);
    expect(idsOf(await page(`last: 2, before: "${third.pageInfo.endCursor}"`))).toEqual(expected.slice(2, 4));
    const { errors } = await app.graphql(owner, '{ conversations(after: "nonsense") { nodes { id } } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION_ERROR', field: 'after' });
  });
});
