import { addParticipant, removeParticipant, whoIsOnline } from '../documents/scenarios.ts';
import { type Line, pause } from './line.ts';
import { contentsOf, holds, refusal, type Scenario, type Stage, write } from './stage.ts';

const everything = [{ kind: 'USER' as const }];
const lookEveryMs = 400;
// Whoever was lost, with a page that was closed, still counts as online for ten seconds.
const offlineWithinMs = 14_000;
const outWithinMs = 1_000;

/** Resolves when the reader, who is not connected here, is not online either. */
async function readerIsOffline({ reader, signal }: Stage, asker: Line): Promise<void> {
  const giveUpMs = performance.now() + offlineWithinMs;
  for (;;) {
    const [presence] = (await asker.ask(whoIsOnline, { userIds: [reader.id] })).presence;
    if (presence && !presence.online) return;
    holds(
      performance.now() < giveUpMs,
      `${reader.someone.name} is connected elsewhere too, in another window perhaps.`,
    );
    await pause(lookEveryMs, signal);
  }
}

/** The reader comes into a conversation with the author, who hears of it. */
async function readerComes(stage: Stage) {
  const { author, reader, open, begin } = stage;
  const authors = open(author);
  const place = await begin(authors, [reader]);
  const heard = await authors.followSignals(place.topics);
  await readerIsOffline(stage, authors);
  const readers = open(reader);
  await readers.follow(place.topics);
  const hears = (status: 'ONLINE' | 'OFFLINE') =>
    heard.next('PresenceSignal', (signal) => {
      return signal.userId === reader.id && signal.topicId === place.id && signal.status === status;
    });
  await hears('ONLINE');
  return { readers, hears };
}

/** Somebody who follows everything of theirs, and their inbox. */
async function followAll(line: Line) {
  const [heard, inbox] = await Promise.all([line.follow(everything), line.followInbox()]);
  return { line, heard, inbox };
}

export const people: readonly Scenario[] = [
  {
    name: 'T11',
    words: 'The others hear that a user is online.',
    async play(stage) {
      await readerComes(stage);
      return undefined;
    },
  },
  {
    name: 'T12',
    words: 'The others hear that a user is offline.',
    async play(stage) {
      const { readers, hears } = await readerComes(stage);
      readers.close();
      await hears('OFFLINE');
      return undefined;
    },
  },
  {
    name: 'T13',
    words: 'A new conversation is notified to who is in it, and joined without doing anything.',
    async play({ author, reader, open, begin }) {
      const { heard, inbox } = await followAll(open(reader));
      const authors = open(author);
      const place = await begin(authors, [reader]);
      await heard.next('ConversationCreated', ({ topic }) => topic.id === place.id);
      await inbox.next('NotificationUpserted', ({ notification }) => {
        return notification?.reason === 'ADDED' && notification.topic?.id === place.id;
      });
      // Nothing was subscribed to since: the open stream has gained the conversation.
      const { id } = await write(authors, place, 'Welcome');
      await heard.next('MessageSent', ({ message }) => message.id === id);
      return undefined;
    },
  },
  {
    name: 'T14',
    words: 'A participant added: the others hear of it, so does whoever was added, who is in the conversation.',
    async play({ talk, author: host, third, open }) {
      const { place, author, reader } = await talk();
      const added = await followAll(open(third));
      await author.line.ask(addParticipant, { input: { conversationId: place.id, userId: third.id } });
      for (const { heard } of [author, reader, added]) {
        const { actor } = await heard.next('MemberAdded', ({ topic, user }) => {
          return topic.id === place.id && user?.id === third.id;
        });
        holds(actor?.id === host.id, 'It is said to have been done by somebody else.');
      }
      await added.inbox.next('NotificationUpserted', ({ notification }) => {
        return notification?.reason === 'ADDED' && notification.topic?.id === place.id;
      });
      const { id } = await write(reader.line, place, 'Welcome');
      await added.heard.next('MessageSent', ({ message }) => message.id === id);
      return undefined;
    },
  },
  {
    name: 'T15',
    words: 'A participant removed: the others hear of it, and whoever was removed is out within a second.',
    async play({ talk, third, open, begin }) {
      const { place, author, reader } = await talk();
      const removed = open(third);
      const heard = await removed.follow(everything);
      const input = { conversationId: place.id, userId: third.id };
      await author.line.ask(addParticipant, { input });
      await heard.next('MemberAdded', ({ topic }) => topic.id === place.id);
      const askedAtMs = performance.now();
      await author.line.ask(removeParticipant, { input });
      await heard.next('AccessLost', ({ topicId }) => topicId === place.id);
      const outMs = performance.now() - askedAtMs;
      holds(outMs < outWithinMs, `It took ${Math.round(outMs)} ms.`);
      for (const one of [author, reader]) await one.heard.next('MemberRemoved', ({ user }) => user?.id === third.id);
      const secret = await write(author.line, place, 'Among ourselves');
      await reader.heard.next('MessageSent', ({ message }) => message.id === secret.id);
      await refusal('FORBIDDEN', contentsOf(removed, place));
      // What comes later shows that nothing came before.
      const next = await begin(author.line, [third]);
      await heard.next('ConversationCreated', ({ topic }) => topic.id === next.id);
      holds(!JSON.stringify(removed.sockets.frames).includes('Among ourselves'), 'What was said since was heard.');
      return `out after ${Math.round(outMs)} ms`;
    },
  },
];
