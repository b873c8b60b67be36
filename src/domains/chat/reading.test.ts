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

type Id = { id: string };

async function read(person: Person, conversation: Id, upTo?: Id) {
  const document = `mutation ($input: MarkConversationReadInput!) { markConversationRead(input: $input) {
    conversation { unreadCount } eventCursor } }`;
  const input = { conversationId: conversation.id, ...(upTo && { upTo: upTo.id }) };
  const { data, errors } = await app.graphql(person, document, { input });
  if (!errors?.[0]) return data.markConversationRead.conversation.unreadCount;
  const { message, extensions } = errors[0];
  return { code: extensions?.code, message, ...(extensions?.field !== undefined && { field: extensions.field }) };
}

async function unread(person: Person, conversation: Id): Promise<number> {
  const document = 'query ($id: ID!) { conversation(id: $id) { unreadCount } }';
  return (await app.ask(person, document, { id: conversation.id })).conversation.unreadCount;
}

/** How far everybody has read, as somebody sees it: ids of messages by person. */
async function positions(viewer: Person, conversation: Id): Promise<Record<string, string | null>> {
  const document = `query ($id: ID!) { conversation(id: $id) {
    participants(first: 100) { nodes { user { id } lastReadMessage { id } } } } }`;
  const { participants } = (await app.ask(viewer, document, { id: conversation.id })).conversation;
  return Object.fromEntries(
    participants.nodes.map(({ user, lastReadMessage }: { user: Id; lastReadMessage: Id | null }) => [
      user.id,
      lastReadMessage?.id ?? null,
    ]),
  );
}

/** The receipts in the log so far. */
async function receipts({ id }: Id) {
  const events = await app.services.eventLog.after(`conversation:${id}`, 0);
  return events.filter(({ kind }) => kind === 'MessagesRead').map(({ data }) => data);
}

/** The same, and a second passes: work that began before it ends by the time of then. */
async function receiptsSecondBySecond(conversation: Id) {
  app.clock.advance('1s');
  return receipts(conversation);
}

const alertsOf = async (person: Person) => {
  const events = await app.services.eventLog.after(`user:${person.id}`, 0);
  return events.filter(({ kind }) => kind === 'NotificationUpserted').map(({ data }) => data.alert);
};

async function talking(members = 1, messages = 3) {
  const world = await app.world.conversation({ members });
  const sent: Id[] = [];
  for (let nth = 0; nth < messages; nth++) {
    sent.push(await app.world.message({ conversation: world.conversation, by: world.owner }));
  }
  return { ...world, member: world.members[0] as Person, sent };
}

describe('unreadCount', () => {
  test('counts what others wrote since one joined and read, without what was deleted', async () => {
    const { owner, member, conversation, sent } = await talking();
    expect([await unread(owner, conversation), await unread(member, conversation)]).toEqual([0, 3]);
    await app.world.message({ conversation, by: member });
    expect([await unread(owner, conversation), await unread(member, conversation)]).toEqual([1, 3]);
    await app.ask(owner, 'mutation ($input: DeleteMessageInput!) { deleteMessage(input: $input) { eventCursor } }', {
      input: { messageId: sent[2]?.id },
    });
    expect(await unread(member, conversation)).toBe(2);
    expect(await read(member, conversation, sent[0])).toBe(1);
    expect(await read(member, conversation)).toBe(0);

    const late = await app.world.person();
    await app.ask(owner, 'mutation ($input: AddParticipantInput!) { addParticipant(input: $input) { eventCursor } }', {
      input: { conversationId: conversation.id, userId: late.id },
    });
    expect(await unread(late, conversation)).toBe(0);
    await app.world.message({ conversation, by: owner });
    expect(await unread(late, conversation)).toBe(1);
  });
});

describe('markConversationRead', () => {
  test('moves the position forward and never back, also from two devices at once', async () => {
    const { owner, member, conversation, sent } = await talking(1, 5);
    await read(member, conversation, sent[2]);
    expect((await positions(owner, conversation))[member.id]).toBe(sent[2]?.id);
    await read(member, conversation, sent[0]);
    expect((await positions(owner, conversation))[member.id]).toBe(sent[2]?.id);
    await Promise.all([3, 4, 1, 4, 0, 3].map((nth) => read(member, conversation, sent[nth])));
    expect((await positions(owner, conversation))[member.id]).toBe(sent[4]?.id);
  });

  test('is for participants, and for messages of the conversation', async () => {
    const { owner, conversation } = await talking();
    const elsewhere = await talking();
    const stranger = await app.world.person({ role: 'ADMIN' });
    const noSuchMessage = { code: 'NOT_FOUND', message: 'No such message, or no access to it.', field: 'upTo' };
    for (const upTo of [elsewhere.sent[0], { id: newId() }, { id: 'nothing' }]) {
      expect(await read(owner, conversation, upTo)).toEqual(noSuchMessage);
    }
    const noSuchConversation = { code: 'FORBIDDEN', message: 'No such conversation, or no access to it.' };
    for (const id of [conversation.id, newId(), 'no-such'])
      expect(await read(stranger, { id })).toEqual(noSuchConversation);
  });

  test('marks the notification of the conversation read as far as was read, and never the reverse', async () => {
    const { member, owner, conversation, sent } = await talking();
    await app.settled();
    const notification = async () => (await readInbox(app, member)).nodes[0];
    expect(await notification()).toMatchObject({ count: 4, readAt: null });
    await read(member, conversation, sent[1]);
    expect(await notification()).toMatchObject({ readAt: null });
    await read(member, conversation, sent[2]);
    expect(await notification()).toMatchObject({ readAt: expect.any(String) });

    await app.world.message({ conversation, by: owner });
    await app.settled();
    const { id, count, readAt } = (await notification()) ?? {};
    expect({ count, readAt }).toEqual({ count: 1, readAt: null });
    await app.ask(
      member,
      'mutation ($input: MarkNotificationReadInput!) { markNotificationRead(input: $input) { eventCursor } }',
      {
        input: { id },
      },
    );
    expect(await unread(member, conversation)).toBe(1);
  });

  test('a message that was read before its notification was made does not alert', async () => {
    const { member, owner, conversation } = await talking(1, 0);
    await app.settled();
    for (let round = 0; round < 10; round++) {
      const message = await app.world.message({ conversation, by: owner });
      await read(member, conversation, message);
    }
    await app.settled();
    expect((await readInbox(app, member)).nodes).toMatchObject([{ readAt: expect.any(String) }]);
    expect(await unread(member, conversation)).toBe(0);
  });
});

describe('receipts', () => {
  test('the first reader is told of at once, all those of the next second as one', async () => {
    const { members, conversation, sent } = await talking(20, 1);
    const messageId = sent[0]?.id;
    const [first, ...others] = members as [Person, ...Person[]];
    await read(first, conversation);
    await expect
      .poll(() => receipts(conversation))
      .toEqual([{ positions: [{ userId: first.id, messageId }], readers: 1 }]);
    await Promise.all(others.map((person) => read(person, conversation)));
    expect(await receipts(conversation)).toHaveLength(1);
    app.clock.advance('1s');
    await expect.poll(async () => (await receipts(conversation)).length).toBe(2);
    expect((await receipts(conversation))[1]).toEqual({
      positions: others.map(({ id }) => ({ userId: id, messageId })).sort((a, b) => (a.userId < b.userId ? -1 : 1)),
      readers: 19,
    });
    // Nobody reads any more: the work is finished, and nothing is said.
    app.clock.advance('1s');
    const waiting = () =>
      app.services.database.query('SELECT 1 FROM due_work WHERE key = $1', [`conversation:${conversation.id}`]);
    await expect.poll(waiting).toEqual([]);
    expect(await receipts(conversation)).toHaveLength(2);
  });

  test('readers at all moments are all told, with one event a second at most', async () => {
    const { members, conversation, sent } = await talking(30, 4);
    let seconds = 0;
    const ticking = new AbortController();
    const ticks = (async () => {
      while (!ticking.signal.aborted) {
        app.clock.advance('1s');
        seconds++;
        await app.services.database.query('SELECT pg_sleep(0.02)');
      }
    })();
    for (const message of sent) await Promise.all(members.map((person) => read(person, conversation, message)));
    ticking.abort();
    await ticks;
    const during = (await receipts(conversation)).length;
    await expect
      .poll(async () => {
        const told = new Map<string, string>();
        for (const { positions: of } of await receiptsSecondBySecond(conversation)) {
          for (const { userId, messageId } of of as { userId: string; messageId: string }[])
            told.set(userId, messageId);
        }
        return [...told].filter(([, messageId]) => messageId === sent.at(-1)?.id).length;
      })
      .toBe(30);
    expect(during).toBeLessThanOrEqual(seconds + 1);
  });

  test('above 100 participants it is said how many have read, and no longer who', async () => {
    const { owner, members, conversation } = await talking(100, 1);
    await Promise.all(members.slice(0, 3).map((person) => read(person, conversation)));
    await read(owner, conversation);
    await expect
      .poll(async () =>
        (await receiptsSecondBySecond(conversation)).reduce((sum, { readers }) => sum + Number(readers), 0),
      )
      .toBe(4);
    for (const { positions: named } of await receipts(conversation)) expect(named).toEqual([]);
  });

  test('nothing is told of somebody who does not share it, and they see their own', async () => {
    const { owner, members, conversation, sent } = await talking(2, 1);
    const [silent, other] = members as [Person, Person];
    const messageId = sent[0]?.id;
    const { updateMe } = await app.ask(
      silent,
      'mutation { updateMe(input: { shareReadReceipts: false }) { user { shareReadReceipts sharePresence } } }',
    );
    expect(updateMe.user).toEqual({ shareReadReceipts: false, sharePresence: true });
    await read(silent, conversation);
    await read(other, conversation);
    const told = [{ positions: [{ userId: other.id, messageId }], readers: 1 }];
    await expect.poll(() => receiptsSecondBySecond(conversation)).toEqual(told);
    expect((await positions(owner, conversation))[silent.id]).toBe(null);
    expect((await positions(silent, conversation))[silent.id]).toBe(messageId);
    expect(await unread(silent, conversation)).toBe(0);
    const { users } = {
      users: await app.graphql(
        owner,
        `query ($id: ID!) { conversation(id: $id) {
      participants { nodes { user { shareReadReceipts } } } } }`,
        { id: conversation.id },
      ),
    };
    expect(users.errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  });
});

test('whoever looks at a conversation has the notification seen already and is not alerted, also in secret', async () => {
  const { owner, members, conversation } = await talking(3, 0);
  const [away, looking, secret] = members as [Person, Person, Person];
  await app.settled();
  await app.ask(secret, 'mutation { updateMe(input: { sharePresence: false }) { eventCursor } }');
  for (const person of [looking, secret]) {
    await app.ask(person, 'mutation ($input: SetViewingInput!) { setViewing(input: $input) { expiresAt } }', {
      input: { topic: { kind: 'CONVERSATION', id: conversation.id }, viewing: true },
    });
  }
  await app.world.message({ conversation, by: owner, mentions: [looking] });
  await app.settled();
  const states = await Promise.all(
    [away, looking, secret].map(async (person) => {
      const [{ seenAt, readAt, type } = { seenAt: '', readAt: '', type: '' }] = (await readInbox(app, person)).nodes;
      return { type, seen: seenAt !== null, read: readAt !== null, alert: (await alertsOf(person)).at(-1) };
    }),
  );
  const seen = { type: 'MESSAGE_SENT', seen: true, read: false, alert: false };
  expect(states).toEqual([{ type: 'MESSAGE_SENT', seen: false, read: false, alert: true }, seen, seen]);
  const { viewers } = (
    await app.ask(owner, 'query ($id: ID!) { conversation(id: $id) { viewers { count users { id } } } }', {
      id: conversation.id,
    })
  ).conversation;
  expect(viewers).toEqual({ count: 1, users: [{ id: looking.id }] });
});
