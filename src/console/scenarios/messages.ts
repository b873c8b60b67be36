import { sendMessage } from '../documents/conversation.ts';
import { deleteMessage, editMessage, sessionsQuery, whoIsOnline } from '../documents/scenarios.ts';
import { pause } from './line.ts';
import { contentsOf, holds, isSame, refusal, type Scenario, write } from './stage.ts';

const lookEveryMs = 300;

/** What a retry of the same message says, so that there is one. */
const once = () => ({ idempotencyKey: crypto.randomUUID() });

export const messages: readonly Scenario[] = [
  {
    name: 'T4',
    words: 'A message sent over the socket is acknowledged, and delivered to its sender and the others.',
    async play({ talk, author: { id } }) {
      const { place, author, reader } = await talk();
      const input = { conversationId: place.id, content: 'Hello', ...once() };
      const { message } = (await author.line.say(sendMessage, { input })).sendMessage;
      holds(message.content === 'Hello', 'The acknowledgement has another text.');
      for (const { heard } of [author, reader]) {
        const event = await heard.next('MessageSent');
        holds(event.message.id === message.id && event.message.content === 'Hello', 'Another message was delivered.');
        holds(event.message.author.id === id, 'It is by somebody else.');
      }
      return undefined;
    },
  },
  {
    name: 'T5',
    words: 'A message to a foreign conversation is FORBIDDEN, and nothing is broadcast.',
    async play({ talk, third, open }) {
      const { place, author, reader } = await talk();
      const content = 'Let me in';
      await refusal('FORBIDDEN', open(third).say(sendMessage, { input: { conversationId: place.id, content } }));
      // Streams are in order: what comes first shows that nothing came before.
      const fence = await write(author.line, place, 'Fence');
      for (const { heard, line } of [author, reader]) {
        await heard.next('MessageSent', ({ message }) => message.id === fence.id);
        const sent = heard.all.filter(({ __typename }) => __typename === 'MessageSent');
        holds(sent.length === 1 && !JSON.stringify(line.sockets.frames).includes(content), 'It was broadcast.');
      }
      holds(isSame(await contentsOf(author.line, place), ['Fence']), 'It was written.');
      return undefined;
    },
  },
  {
    name: 'T6',
    words: 'A message sent over HTTP is received over the socket.',
    async play({ talk }) {
      const { place, author, reader } = await talk();
      const { id } = await write(author.line, place, 'By post');
      const { message } = await reader.heard.next('MessageSent');
      holds(message.id === id && message.content === 'By post', 'Another message was received.');
      return undefined;
    },
  },
  {
    name: 'T7',
    words: 'Two devices of a person both receive it, and the registry (Redis, where there is one) shows both.',
    async play({ author, open, begin, signal }) {
      const [laptop, phone] = ['scenario-laptop', 'scenario-phone'].map((deviceId) => open(author, { deviceId }));
      if (!laptop || !phone) throw new Error('There are no two devices.');
      const place = await begin(laptop);
      const both = await Promise.all([laptop, phone].map((line) => line.follow(place.topics)));
      const input = { conversationId: place.id, content: 'From the phone', ...once() };
      const { id } = (await phone.say(sendMessage, { input })).sendMessage.message;
      for (const heard of both) await heard.next('MessageSent', ({ message }) => message.id === id);
      const wanted = [laptop, phone].map(({ client }) => client.session?.sessionId);
      for (;;) {
        const known = new Set((await laptop.ask(sessionsQuery, {})).sessions.map(({ id }) => id));
        if (wanted.every((id) => id !== undefined && known.has(id))) break;
        await pause(lookEveryMs, signal);
      }
      const [presence] = (await laptop.ask(whoIsOnline, { userIds: [author.id] })).presence;
      holds((presence?.devices ?? 0) >= 2, `Of ${author.someone.name} ${presence?.devices} device is known.`);
      return `${presence?.devices} devices`;
    },
  },
  {
    name: 'T8',
    words: 'Editing one’s own message is acknowledged, and delivered as an update.',
    async play({ talk }) {
      const { place, author, reader } = await talk();
      const { id } = await write(author.line, place, 'Good');
      const edited = (await author.line.say(editMessage, { input: { messageId: id, content: 'Better' } })).editMessage;
      const { content, isEdited } = edited.message;
      holds(content === 'Better' && isEdited, 'The acknowledgement does not show the change.');
      for (const { heard } of [author, reader]) {
        const { message } = await heard.next('MessageEdited');
        holds(message.id === id && message.content === 'Better' && message.isEdited, 'Another change was delivered.');
      }
      return undefined;
    },
  },
  {
    name: 'T9',
    words: 'Editing the message of somebody else is FORBIDDEN, and it stays as it is.',
    async play({ talk }) {
      const { place, author, reader } = await talk();
      const { id } = await write(author.line, place, 'Mine');
      await refusal('FORBIDDEN', reader.line.say(editMessage, { input: { messageId: id, content: 'Mine now' } }));
      const fence = await write(author.line, place, 'Fence');
      await author.heard.next('MessageSent', ({ message }) => message.id === fence.id);
      const edits = author.heard.all.filter(({ __typename }) => __typename === 'MessageEdited');
      holds(edits.length === 0, 'An edit was broadcast.');
      holds(isSame(await contentsOf(reader.line, place), ['Mine', 'Fence']), 'The text has changed.');
      return undefined;
    },
  },
  {
    name: 'T10',
    words: 'Deleting one’s own message is acknowledged, and delivered as a deletion.',
    async play({ talk }) {
      const { place, author, reader } = await talk();
      const { id } = await write(author.line, place, 'Not for long');
      const deleted = (await author.line.say(deleteMessage, { input: { messageId: id } })).deleteMessage.message;
      holds(deleted.deletedAt !== null, 'The acknowledgement does not say since when.');
      for (const { heard } of [author, reader]) {
        const { message } = await heard.next('MessageDeleted');
        holds(message.id === id && message.content === null, 'Its text was delivered once more.');
      }
      return undefined;
    },
  },
];

export const emptyMessage: Scenario = {
  name: 'T19',
  words: 'A message without content is a VALIDATION_ERROR that names the field, and is not created.',
  async play({ talk }) {
    const { place, author, reader } = await talk();
    for (const content of ['', ' \n ']) {
      const input = { conversationId: place.id, content };
      const { details } = await refusal('VALIDATION_ERROR', author.line.say(sendMessage, { input }));
      holds(details.field === 'content', `The field at fault is said to be “${details.field}”.`);
    }
    const fence = await write(author.line, place, 'Fence');
    await reader.heard.next('MessageSent', ({ message }) => message.id === fence.id);
    const sent = reader.heard.all.filter(({ __typename }) => __typename === 'MessageSent');
    holds(sent.length === 1, 'An empty message was broadcast.');
    holds(isSame(await contentsOf(author.line, place), ['Fence']), 'An empty message was created.');
    return undefined;
  },
};
