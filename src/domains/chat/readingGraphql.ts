import { builder, inTopic, perViewer } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import { peopleInOrder } from '../identity/access.ts';
import type { ReadPosition } from './events.ts';
import { readConversationIfAny } from './queries.ts';
import { lastReadMessage, markConversationRead, sharesReading, unreadIn } from './reading.ts';

builder.objectRef<ReadPosition>('ReadPosition').implement({
  description: 'How far somebody has read a conversation.',
  fields: (t) => ({
    userId: t.exposeID('userId', { description: 'Id of the person.' }),
    messageId: t.exposeID('messageId', { description: 'Id of the last message they have read.' }),
    user: t.prismaField({
      ...inTopic,
      type: 'User',
      nullable: true,
      description: 'The person.',
      resolve: async (query, { userId }, _args, context) => (await peopleInOrder(context, [userId], query))[0] ?? null,
    }),
  }),
});

builder.prismaObjectField('Conversation', 'unreadCount', (t) =>
  t.int({
    ...perViewer,
    description:
      'Messages of others that whoever asks has not read, without those from before they joined; at most 1000.',
    resolve: ({ id }, _args, context) => unreadIn(context, id),
  }),
);

builder.prismaObjectFields('Membership', (t) => ({
  lastReadMessage: t.prismaField({
    ...perViewer,
    type: 'Message',
    nullable: true,
    description: 'Of a conversation: the last message they have read; null: none yet, or they do not share it.',
    resolve: (_query, membership, _args, context) => lastReadMessage(context, membership),
  }),
  lastReadAt: t.field({
    ...perViewer,
    type: 'DateTime',
    nullable: true,
    description: 'When they last read on; null: not yet, or they do not share it.',
    resolve: async (membership, _args, context) =>
      (await sharesReading(context, membership)) ? membership.lastReadAt : null,
  }),
}));

mutation('markConversationRead', {
  description:
    'Says that whoever asks has read a conversation up to a message, which never goes back. Their notification of it is read as well. The others are told with the next MessagesRead, of which there is one a second at most; `eventCursor` is always null.',
  inputFields: (t) => ({
    conversationId: t.id({ required: true, description: 'Id or externalId of the conversation.' }),
    upTo: t.id({ description: 'The last message that was read; absent: the newest.' }),
  }),
  run: (context, input) => markConversationRead(context, input),
  outputFields: (t) => ({
    conversation: t.prismaField({
      type: 'Conversation',
      nullable: true,
      description: 'The conversation; null when whoever asks does not take part in it any more.',
      resolve: (query, { conversationId }, _args, context) => readConversationIfAny(context, conversationId, query),
    }),
  }),
});
