// The twenty scenarios of REQUIREMENTS.md R20, T1 to T20 (#247–#266), as their document tells them: over real sockets,
// on two servers that share a database and a Redis. `app` is the one, `other` the other; T18 has two processes.
import { Redis } from 'ioredis';
import { UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendMessage } from '../../src/client/documents.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { run } from '../support/commands.ts';
import { follow, only, refused, say, streamOfEvents } from '../support/conversation.ts';
import { followInbox } from '../support/inbox.ts';
import { nextSignal, signals, type TwoServers, twoServers } from '../support/presence.ts';
import { startServerProcess } from '../support/process.ts';
import { openSocket } from '../support/socket.ts';
import type { Person } from '../support/world.ts';

let servers: TwoServers;
let app: TestApp;
let other: TestApp;
beforeAll(async () => {
  servers = await twoServers();
  ({ app, other } = servers);
});
afterAll(() => servers?.[Symbol.asyncDispose]());

const editMessage = `mutation ($input: EditMessageInput!) {
  editMessage(input: $input) { message { id content isEdited } } }`;
const deleteMessage = `mutation ($input: DeleteMessageInput!) {
  deleteMessage(input: $input) { message { id content deletedAt } } }`;
const messages = `query ($id: ID!) { messages(conversationId: $id, first: 100) { nodes { id content } } }`;

const everything = [{ kind: 'USER' }];

/** How a socket ends that presents these connection parameters, and what it was told before. */
async function rejected(connectionParams?: Record<string, unknown>) {
  const socket = await app.socket(undefined, { init: false });
  socket.send({ type: 'connection_init', ...(connectionParams && { payload: connectionParams }) });
  return { ...(await socket.closed()), frames: socket.frames };
}

/** A conversation of two who follow it, each on a server of their own. */
async function talk() {
  const { owner, members, conversation } = await app.world.conversation({ members: 1 });
  const [member] = members as [Person];
  const [ada, bo] = [await follow(app, owner, only(conversation)), await follow(other, member, only(conversation))];
  return { conversation, ada, bo };
}

async function contentsOf(conversation: { id: string }, by: Person): Promise<string[]> {
  const page = await app.ask(by, messages, { id: conversation.id });
  return page.messages.nodes.map(({ content }: { content: string }) => content);
}

test('T1 a valid token connects: who one is, which connection, how many topics; no error, and the socket stays', async () => {
  const { owner } = await app.world.conversation();
  const socket = await app.socket(owner);
  expect(socket.acknowledged).toMatchObject({
    userId: owner.id,
    sessionId: expect.any(String),
    topicCount: 1,
  });
  await socket.ping();
  expect(socket.frames.map((frame) => JSON.parse(frame).type)).toEqual(['connection_ack', 'pong']);
});

test('T2 an invalid token is UNAUTHORIZED: the socket is closed, with nothing acknowledged', async () => {
  const person = await app.world.person();
  const [header, payload] = (await app.token(person)).split('.');
  const claims = { sub: person.externalId, workspace: person.workspace.slug };
  const invalid = { code: 4401, reason: 'Invalid authentication token', frames: [] };
  for (const authToken of ['malformed', `${header}.${payload}.AAAA`, new UnsecuredJWT(claims).encode()]) {
    expect(await rejected({ authToken })).toEqual(invalid);
  }
  const authToken = await app.token(person, { exp: Math.floor(app.clock.now().getTime() / 1000) - 3600 });
  expect(await rejected({ authToken })).toEqual({ code: 4403, reason: 'Token expired', frames: [] });
});

test('T3 no token is UNAUTHORIZED: the socket is closed', async () => {
  expect(await rejected()).toEqual({ code: 4401, reason: 'Missing authentication token', frames: [] });
});

test('T4 a message sent over the socket is acknowledged, and delivered to its sender and the others', async () => {
  const { conversation, ada, bo } = await talk();
  const input = { conversationId: conversation.id, content: 'Hello' };
  const { message } = (await say(ada.socket, sendMessage, { input })).sendMessage;
  expect(message).toMatchObject({ content: 'Hello' });
  for (const { stream } of [ada, bo]) {
    const { value } = await stream.next('MessageSent');
    expect(value).toMatchObject({ message: { ...message, author: { id: ada.person.id } } });
  }
});

test('T5 a message to a conversation of others is FORBIDDEN, and nobody hears of it', async () => {
  const { conversation, ada, bo } = await talk();
  const intruder = await other.socket(await app.world.person());
  const input = { conversationId: conversation.id, content: 'Let me in' };
  expect(await refused(intruder, sendMessage, { input })).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  // Streams are in order: what comes first is the fence.
  const fence = await app.world.message({ conversation, by: ada.person });
  for (const { stream, socket } of [ada, bo]) {
    expect((await stream.next()).value).toMatchObject({ __typename: 'MessageSent', message: { id: fence.id } });
    expect(socket.frames.join()).not.toContain('Let me in');
  }
  expect(await contentsOf(conversation, ada.person)).toEqual([fence.content]);
});

test('T6 a message sent over HTTP is delivered over the socket', async () => {
  const { conversation, ada } = await talk();
  const input = { conversationId: conversation.id, content: 'By post' };
  const { id } = (await other.ask(ada.person, sendMessage, { input })).sendMessage.message;
  expect((await ada.stream.next('MessageSent')).value).toMatchObject({ message: { id, content: 'By post' } });
});

test('T7 both devices of a person receive a message sent from one, and Redis shows two sockets', async () => {
  const { conversation, ada } = await talk();
  const phone = await follow(other, ada.person, only(conversation));
  const { id } = (
    await say(phone.socket, sendMessage, { input: { conversationId: conversation.id, content: 'From the phone' } })
  ).sendMessage.message;
  for (const { stream } of [ada, phone]) expect((await stream.next('MessageSent')).value.message.id).toBe(id);

  const redis = new Redis(app.environment.REDIS_URL ?? '');
  const key = `${app.environment.REDIS_PREFIX}ws:connections:${ada.person.id}`;
  const sessionIds = [ada, phone].map(({ socket }) => socket.acknowledged.sessionId);
  await expect.poll(() => redis.zrange(key, 0, -1)).toEqual(expect.arrayContaining(sessionIds));
  expect(await redis.zcard(key)).toBe(2);
  await redis.quit();
});

test('T8 editing one’s own message is acknowledged with it, and delivered to everybody', async () => {
  const { conversation, ada, bo } = await talk();
  const { id } = await app.world.message({ conversation, by: ada.person });
  const { message } = (await say(ada.socket, editMessage, { input: { messageId: id, content: 'Better' } })).editMessage;
  expect(message).toMatchObject({ id, content: 'Better', isEdited: true });
  for (const { stream } of [ada, bo]) expect((await stream.next('MessageEdited')).value.message).toMatchObject(message);
});

test('T9 editing the message of somebody else is FORBIDDEN, and it stays as it is', async () => {
  const { conversation, ada, bo } = await talk();
  const { id, content } = await app.world.message({ conversation, by: ada.person });
  const error = await refused(bo.socket, editMessage, { input: { messageId: id, content: 'Mine now' } });
  expect(error).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  await app.world.message({ conversation, by: ada.person, content: 'Fence' });
  expect((await ada.stream.take(2)).map(({ value }) => value.__typename)).toEqual(['MessageSent', 'MessageSent']);
  expect(await contentsOf(conversation, bo.person)).toEqual([content, 'Fence']);
});

test('T10 deleting one’s own message is acknowledged, and delivered to everybody', async () => {
  const { conversation, ada, bo } = await talk();
  const { id } = await app.world.message({ conversation, by: ada.person });
  const { message } = (await say(ada.socket, deleteMessage, { input: { messageId: id } })).deleteMessage;
  expect(message).toMatchObject({ id, deletedAt: expect.any(String) });
  for (const { stream } of [ada, bo]) {
    expect((await stream.next('MessageDeleted')).value.message).toMatchObject({ id, content: null });
  }
});

test('T11, T12 the others in a conversation hear who comes online, and who goes', async () => {
  const { owner, members, conversation } = await app.world.conversation({ members: 1 });
  const [member] = members as [Person];
  const stream = await (await app.socket(owner)).subscribe(signals, { topics: only(conversation) });
  const socket = await other.socket(member);
  const ofMember = { __typename: 'PresenceSignal', userId: member.id, topicId: conversation.id } as const;
  await nextSignal(stream, { ...ofMember, status: 'ONLINE' });
  socket.close(1000);
  await nextSignal(stream, { ...ofMember, status: 'OFFLINE' });
});

test('T13 somebody connected hears of a conversation begun with them, is in it, and finds it in their inbox', async () => {
  const owner = await app.world.person();
  const bo = await follow(other, await app.world.person(), everything);
  const inbox = await followInbox(other, bo.person);
  const { conversation } = await app.world.conversation({ owner, members: [bo.person] });
  expect((await bo.stream.next('ConversationCreated')).value).toMatchObject({ topic: { id: conversation.id } });
  expect((await inbox.next('NotificationUpserted')).value).toMatchObject({
    notification: { reason: 'ADDED', topic: { id: conversation.id } },
  });
  // Nothing was subscribed to since: the open stream has gained the conversation.
  const { id } = await app.world.message({ conversation, by: owner });
  expect((await bo.stream.next('MessageSent')).value).toMatchObject({ message: { id } });
});

test('T14 a participant who is added is told to the others, hears of it themselves, and is in the conversation', async () => {
  const { conversation, ada, bo } = await talk();
  const chidi = await follow(other, await app.world.person(), everything);
  const inbox = await followInbox(app, chidi.person);
  await run(app, ada.person, 'addParticipant', { conversationId: conversation.id, userId: chidi.person.id });
  const added = { topic: { id: conversation.id }, actor: { id: ada.person.id }, user: { id: chidi.person.id } };
  for (const { stream } of [ada, bo, chidi]) expect((await stream.next('MemberAdded')).value).toMatchObject(added);
  expect((await inbox.next('NotificationUpserted')).value).toMatchObject({ notification: { reason: 'ADDED' } });
  const { id } = await app.world.message({ conversation, by: bo.person });
  expect((await chidi.stream.next('MessageSent')).value).toMatchObject({ message: { id } });
});

test('T15 a participant who is removed is told to the others, and is out of the conversation within a second', async () => {
  const { conversation, ada, bo } = await talk();
  const chidi = await follow(other, await app.world.person(), everything);
  const participant = { conversationId: conversation.id, userId: chidi.person.id };
  await run(app, ada.person, 'addParticipant', participant);
  await chidi.stream.next('MemberAdded');
  await run(app, ada.person, 'removeParticipant', participant);
  const removedAtMs = performance.now();
  const lost = await chidi.stream.next('AccessLost');
  expect(lost.value).toMatchObject({ topicId: conversation.id });
  expect(lost.arrivedAtMs - removedAtMs).toBeLessThan(1_000);
  for (const { stream } of [ada, bo]) {
    expect((await stream.next('MemberRemoved')).value).toMatchObject({ user: { id: chidi.person.id } });
  }
  await app.world.message({ conversation, by: ada.person, content: 'Among ourselves' });
  await bo.stream.next('MessageSent');
  expect(await refused(chidi.socket, messages, { id: conversation.id })).toMatchObject({
    extensions: { code: 'FORBIDDEN' },
  });
  await app.world.conversation({ owner: ada.person, members: [chidi.person] });
  await chidi.stream.next('ConversationCreated');
  expect(chidi.socket.frames.join()).not.toContain('Among ourselves');
});

test('T16 who was away gets everything that was missed, once and in order, by sync and by resuming', async () => {
  const { conversation, ada, bo } = await talk();
  const known = await app.world.message({ conversation, by: ada.person });
  const { cursor: since = '' } = await bo.stream.next('MessageSent');
  bo.socket.drop();
  await bo.socket.closed();

  const missed = [];
  for (const by of [ada.person, ada.person, ada.person]) missed.push(await app.world.message({ conversation, by }));
  await run(app, ada.person, 'editMessage', { messageId: known.id, content: 'Edited meanwhile' });
  await run(app, ada.person, 'deleteMessage', { messageId: missed[1]?.id });
  const expected = [
    ...missed.map(({ id }) => ({ __typename: 'MessageSent', message: { id } })),
    { __typename: 'MessageEdited', message: { id: known.id } },
    { __typename: 'MessageDeleted', message: { id: missed[1]?.id } },
  ];

  const back = await app.socket(bo.person);
  const topics = only(conversation);
  const sync = `query ($topics: [TopicRef!]!, $since: [Cursor!]!) { sync(topics: $topics, since: $since) {
    hasMore items { __typename ... on MessageEvent { message { id } } } } }`;
  const answer = await say(back, sync, { topics, since: [since] });
  expect(answer.sync).toEqual({ hasMore: false, items: expected });
  const resumed = await back.subscribe(streamOfEvents, { topics, after: [since] });
  await resumed.next('Checkpoint');
  expect((await resumed.take(expected.length)).map(({ value }) => value)).toMatchObject(expected);
});

test('T17 a ping is answered, with the time of the server, and tells how long the way is', async () => {
  const socket = await app.socket(await app.world.person());
  const pong = await socket.ping({ sentAt: 17 });
  expect(pong).toMatchObject({ sentAt: 17 });
  const sentAtMs = performance.now();
  const { ping } = await say(socket, '{ ping { event timestamp } }', {});
  expect(performance.now() - sentAtMs).toBeLessThan(5_000);
  expect(ping).toEqual({ event: 'pong', timestamp: app.clock.now().getTime() });
});

test('T18 a message sent on one server process reaches who is connected to another', async () => {
  await using process = await startServerProcess(app);
  const { conversation, ada, bo } = await talk();
  await using socket = await openSocket({
    url: process.socketUrl,
    connectionParams: { authToken: await app.token(ada.person) },
  });
  const there = await socket.subscribe(streamOfEvents, { topics: only(conversation) });
  await there.next('Checkpoint');
  const input = { conversationId: conversation.id, content: 'From process to process' };
  const { id } = (await say(socket, sendMessage, { input })).sendMessage.message;
  for (const stream of [bo.stream, ada.stream, there])
    expect((await stream.next('MessageSent')).value.message.id).toBe(id);
  const answer = await app.world.message({ conversation, by: bo.person });
  expect((await there.next('MessageSent')).value.message).toMatchObject(answer);
  // A process loads the whole server first.
}, 60_000);

test('T19 a message without content is a VALIDATION_ERROR that names the field, and is not created', async () => {
  const { conversation, ada, bo } = await talk();
  for (const content of ['', ' \n ']) {
    const error = await refused(ada.socket, sendMessage, { input: { conversationId: conversation.id, content } });
    expect(error).toMatchObject({ extensions: { code: 'VALIDATION_ERROR', field: 'content' } });
  }
  const fence = await app.world.message({ conversation, by: ada.person });
  expect((await bo.stream.next()).value).toMatchObject({ message: { id: fence.id } });
  expect(await contentsOf(conversation, ada.person)).toEqual([fence.content]);
});

/** Whether an operation is answered with data, and not with an error. */
const isAnswered = ({ next }: { next: () => Promise<unknown> }): Promise<boolean> =>
  next().then(
    () => true,
    () => false,
  );

test('T20 messages in quick succession are RATE_LIMITED, told for how long, until that time is over', async () => {
  const high = { WS_RATE_LIMIT: '1000/1h', USER_RATE_LIMIT: '1000/1h' };
  const config = { ...high, RATE_LIMITS: 'on', MESSAGE_RATE_LIMIT: '3/4s' };
  await using limited = await startApp({ with: app, config });
  const { owner, conversation } = await app.world.conversation();
  const { socket, stream } = await follow(limited, owner, only(conversation));
  const send = (content: string) =>
    socket.subscribe(sendMessage, { input: { conversationId: conversation.id, content } });
  const operations = await Promise.all(['one', 'two', 'three', 'four', 'five'].map(send));
  const accepted = await Promise.all(operations.map(isAnswered));
  expect(accepted.filter(Boolean)).toHaveLength(3);
  for (const operation of operations.filter((_, nth) => !accepted[nth])) {
    const { extensions } = await operation.error();
    expect(extensions).toMatchObject({ code: 'RATE_LIMITED', limit: { name: 'messages.person', limit: 3 } });
    expect(extensions?.retryAfterMs).toBeGreaterThan(0);
    expect(extensions?.retryAfterMs).toBeLessThanOrEqual(4_000);
  }
  await expect.poll(async () => isAnswered(await send('later'))).toBe(true);
  const arrived = (await stream.take(4)).map(({ value }) => value.message.content);
  expect(new Set(arrived.slice(0, 3)).size).toBe(3);
  expect(arrived[3]).toBe('later');
  // Messages of one instant have no order among them but that of the log.
  expect((await contentsOf(conversation, owner)).sort()).toEqual(arrived.sort());
});
