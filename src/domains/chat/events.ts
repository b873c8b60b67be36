import { z } from 'zod';
import {
  bool,
  defineEvents,
  type EventInterface,
  event,
  idsOf,
  int,
  listOf,
  type Recipient,
  ref,
  token,
} from '../../events/define.ts';
import { parseTopicKey, type TopicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import { type Db, statement } from '../../platform/database.ts';

const message = ref('Message', 'The message, as it is now; a deleted one has no content.');

/** What `newMessage` and views of a conversation read: facts about one message. */
export const messageEventInterface: EventInterface = {
  name: 'MessageEvent',
  description: 'Something happened to a message.',
  fields: { message },
};
const interfaces = ['MessageEvent'];

const readPosition = z.object({ userId: z.uuid(), messageId: z.uuid() });
/** How far somebody has read. */
export type ReadPosition = z.infer<typeof readPosition>;

/**
 * Facts about conversations and their messages. Who comes and goes is told by MemberAdded, MemberRemoved and
 * MemberRoleChanged. What people wrote is free text: read through the message, never stored here.
 */
export const chatEvents = defineEvents('conversation', {
  ConversationCreated: event({
    wireName: 'conversation:new',
    description:
      'A conversation was begun. Also in the own topic of everybody it was begun with, whose open streams gain it.',
    fields: {
      conversation: ref('Conversation', 'The conversation.'),
      participantIds: idsOf('Everybody it was begun with, whoever began it included.'),
    },
    copies: ({ participantIds }) => participantIds,
    access: () => ({ effect: 'begun' }),
    notify: {
      reasons: ['ADDED'],
      recipients: ({ data }) => data.participantIds.map((userId) => ({ userId, reason: 'ADDED' })),
      thread: ({ topic }) => conversationThread(topic),
      subject: ({ topic }) => conversationOf(topic),
      title: ({ actor, subject }) => `${actor} added you to ${subject || 'a conversation'}`,
    },
  }),
  MessageSent: event({
    wireName: ['message:new', 'message', 'new-message'],
    description: 'Somebody wrote a message.',
    interfaces,
    fields: { message, mentionedIds: idsOf('People mentioned in it.') },
    notify: {
      reasons: ['MENTIONED', 'REPLIED', 'MESSAGE'],
      actorFollows: true,
      recipients: async ({ data }, db) => [...mentioned(data.mentionedIds), ...(await answered(db, data.messageId))],
      everyone: 'MESSAGE',
      seenByViewers: true,
      thread: ({ topic }) => conversationThread(topic),
      subject: ({ topic }) => conversationOf(topic),
      title: ({ actor, subject, reason }) => {
        const place = subject || 'a conversation';
        if (reason === 'MENTIONED') return `${actor} mentioned you in ${place}`;
        if (reason === 'REPLIED') return `${actor} answered you in ${place}`;
        return subject ? `${actor} wrote in ${subject}` : `${actor} wrote to you`;
      },
    },
  }),
  MessageEdited: event({
    wireName: 'message:updated',
    description: 'The author changed the content or the mentions of a message.',
    interfaces,
    fields: { message, newlyMentionedIds: idsOf('People mentioned now who were not before.') },
    notify: {
      reasons: ['MENTIONED'],
      recipients: ({ data }) => mentioned(data.newlyMentionedIds),
      seenByViewers: true,
      thread: ({ topic }) => conversationThread(topic),
      subject: ({ topic }) => conversationOf(topic),
      title: ({ actor, subject }) => `${actor} mentioned you in ${subject || 'a conversation'}`,
    },
  }),
  MessageDeleted: event({
    wireName: 'message:deleted',
    description: 'The author deleted a message: its place stays, everything in it is gone.',
    interfaces,
    fields: { message },
  }),
  ReactionChanged: event({
    description: 'Somebody put an emoji to a message, or took theirs back.',
    interfaces,
    fields: { message, emoji: token('The emoji.'), on: bool('Whether it is there now, of whoever did it.') },
  }),
  MessagesRead: event({
    wireName: 'read',
    description:
      'People have read further, all of them since the last such event, of which there is one a second at most. Those who do not share it are left out.',
    fields: {
      positions: listOf(
        'ReadPosition',
        readPosition,
        'How far each of them has read by now; empty where more than 100 people take part.',
      ),
      readers: int('How many people have read further.'),
    },
  }),
});

function mentioned(userIds: readonly string[]): Recipient[] {
  return userIds.map((userId) => ({ userId, reason: 'MENTIONED' }));
}

const answeredSql = {
  name: 'answered-message',
  text: `
    SELECT answered."authorId" FROM "Message" m JOIN "Message" answered ON answered.id = m."replyToId"
    WHERE m.id = $1::uuid`,
};

/** Whose message this one answers. */
async function answered(db: Db | Tx, messageId: string): Promise<Recipient[]> {
  const [message] = await statement<{ authorId: string }>(db, answeredSql, [messageId]);
  return message ? [{ userId: message.authorId, reason: 'REPLIED' }] : [];
}

function conversationOf(topic: TopicKey): { model: string; id: string } {
  return { model: 'Conversation', id: parseTopicKey(topic).id };
}

/** Everything that is told of a conversation shares a row, which reading the conversation marks as read. */
export function conversationThread(topic: TopicKey): string {
  return `topic:${parseTopicKey(topic).id}`;
}
