import { topicKey } from '../../events/topic.ts';
import { builder, inTopic, perViewer } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import { nodeRef, registerNode } from '../../graphql/node.ts';
import { stream } from '../../graphql/stream.ts';
import { pageId } from '../../platform/validation.ts';
import { peopleInOrder } from '../identity/access.ts';
import { headCursorOf } from '../membership/access.ts';
import { chatEvents } from './events.ts';
import { type Attachment, deleteMessage, editMessage, sendMessage } from './messages.ts';
import { conversationOf, listMessages, readMessage, readWrittenMessage } from './queries.ts';
import { hasReacted, type ReactionCount, reactionsOf, toggleReaction } from './reactions.ts';

const AttachmentRef = builder.objectRef<Attachment>('Attachment').implement({
  description: 'A file that belongs to a message and is kept by another application.',
  fields: (t) => ({
    externalFileId: t.exposeID('externalFileId', { description: 'Its id in that application.' }),
    label: t.string({
      nullable: true,
      description: 'What to call it; null when nothing is said.',
      resolve: ({ label }) => label ?? null,
    }),
  }),
});

const ReactionRef = builder.objectRef<ReactionCount>('Reaction').implement({
  description: 'An emoji that people have put to a message.',
  fields: (t) => ({
    emoji: t.exposeString('emoji', { description: 'The emoji.' }),
    count: t.exposeInt('count', { description: 'How many people have put it there.' }),
    viewerHas: t.boolean({
      ...perViewer,
      description: 'Whether whoever asks is one of them.',
      resolve: (counted, _args, context) => hasReacted(context, counted),
    }),
  }),
});

/** For lists that never lose a row. */
function byId(args: Parameters<typeof pageId>[0]) {
  pageId(args);
  return { orderBy: { id: 'asc' } } as const;
}

builder.prismaObject('Message', {
  description: 'What somebody wrote in a conversation.',
  interfaces: [nodeRef],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the message.' }),
    conversation: t.relation('conversation', { ...inTopic, description: 'Where it was written.' }),
    author: t.relation('author', { ...inTopic, description: 'Who wrote it.' }),
    content: t.string({
      nullable: true,
      description: 'What was written, as plain text; null when the message was deleted.',
      resolve: ({ content, deletedAt }) => (deletedAt ? null : content),
    }),
    attachments: t.field({
      ...inTopic,
      type: [AttachmentRef],
      description: 'Files that belong to it, in the order given.',
      resolve: ({ attachments }) => attachments as unknown as Attachment[],
    }),
    mentions: t.prismaField({
      ...inTopic,
      type: ['User'],
      description: 'The people mentioned in it, in the order given.',
      resolve: (query, { mentionedIds }, _args, context) => peopleInOrder(context, mentionedIds, query),
    }),
    metadata: t.expose('metadata', {
      type: 'JSON',
      nullable: true,
      description: 'What the application keeps with it, as it was given; null when nothing was.',
    }),
    replyTo: t.relation('replyTo', {
      ...inTopic,
      nullable: true,
      description: 'The message it answers, which may be deleted by now; null: none.',
    }),
    replies: t.relatedConnection(
      'replies',
      {
        ...inTopic,
        cursor: 'id',
        description: 'The messages that answer it, oldest first; deleted ones keep their place.',
        query: byId,
      },
      { name: 'MessageRepliesConnection', description: 'A page of answers to a message.' },
      { name: 'MessageRepliesEdge', description: 'An answer in the list.' },
    ),
    reactions: t.field({
      ...inTopic,
      type: [ReactionRef],
      description: 'What people have put to it, each emoji once, in the order they were first put.',
      resolve: ({ id }, _args, context) => reactionsOf(context, id),
    }),
    isEdited: t.boolean({
      description: 'Whether its author has changed it since.',
      resolve: ({ editedAt }) => editedAt !== null,
    }),
    version: t.exposeInt('version', { description: 'Rises with every change; hand it back as `expectedVersion`.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was written.' }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      description: 'When it was written, edited or deleted last; reactions leave it.',
    }),
    editedAt: t.expose('editedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was edited last; null: never.',
    }),
    deletedAt: t.expose('deletedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was deleted; null: it was not.',
    }),
  }),
});

registerNode('Message', (context, id) => readMessage(context, id, {}));

builder.prismaObjectField('Conversation', 'messages', (t) =>
  t.relatedConnection(
    'messages',
    {
      ...inTopic,
      cursor: 'id',
      description:
        'What was written in it, oldest first; deleted messages keep their place. `last: 20` are the newest.',
      query: byId,
    },
    { name: 'ConversationMessagesConnection', description: 'A page of messages of a conversation.' },
    { name: 'ConversationMessagesEdge', description: 'A message in the list.' },
  ),
);

builder.queryField('messages', (t) =>
  t.prismaConnection(
    {
      type: 'Message',
      cursor: 'id',
      description: 'The messages of a conversation, oldest first; deleted ones keep their place.',
      authScopes: { authenticated: true },
      args: { conversationId: t.arg.id({ required: true, description: 'Id or externalId of the conversation.' }) },
      resolve: (query, _root, args, context) => listMessages(context, args, query),
    },
    {
      name: 'QueryMessagesConnection',
      description: 'A page of messages.',
      fields: (connection) => ({
        headCursor: connection.field({
          type: 'Cursor',
          nullable: true,
          description: 'Where the log of the conversation stood before the list was read: follow on with `after`.',
          resolve: (page, _args, context) => {
            const { args } = page as unknown as { args: object };
            return headCursorOf(context, topicKey('conversation', conversationOf(args)));
          },
        }),
      }),
    },
    { name: 'QueryMessagesEdge', description: 'A message in the list.' },
  ),
);

builder.subscriptionField('newMessage', (t) =>
  t.field({
    // Made from the declared events (graphql/eventTypes.ts), and known by name only.
    type: chatEvents.MessageSent.kind as never,
    description:
      'The messages of a conversation as they are written. What becomes of them later comes through `events`. Without `after` it begins now.',
    authScopes: { authenticated: true },
    args: {
      conversationId: t.arg.id({ required: true, description: 'Id or externalId of the conversation.' }),
      after: t.arg({ type: 'Cursor', description: 'Go on behind this place in the log of the conversation.' }),
    },
    subscribe: (_root, { conversationId, after }) =>
      stream({
        topics: [{ kind: 'conversation', id: conversationId }],
        kinds: new Set([chatEvents.MessageSent.kind]),
        after: after == null ? null : [after],
      }) as never,
    resolve: (event) => event as never,
  }),
);

const AttachmentInput = builder.inputType('AttachmentInput', {
  description: 'A file that is kept by another application.',
  fields: (t) => ({
    externalFileId: t.id({ required: true, description: 'Its id in that application, 1 to 255 characters.' }),
    label: t.string({ description: 'What to call it, one line of at most 255 characters.' }),
  }),
});

const expectedVersion = 'Refuse with CONFLICT when the message is at another version; absent: do it anyway.';

const content = 'Plain text of 1 to MESSAGE_MAX_CHARS characters (5000).';

mutation('sendMessage', {
  description: 'Writes a message in a conversation. The others are told, but for those who look at it: they see it.',
  inputFields: (t) => ({
    conversationId: t.id({ required: true, description: 'Id or externalId of the conversation.' }),
    content: t.string({ required: true, description: content }),
    attachments: t.field({
      type: [AttachmentInput],
      description: 'Files that belong to it, at most MESSAGE_MAX_ATTACHMENTS (10).',
    }),
    replyToId: t.id({ description: 'The message it answers: one of the same conversation that is not deleted.' }),
    mentions: t.idList({ description: 'Ids of participants, at most 50; each is told once. Absent: nobody.' }),
    metadata: t.field({
      type: 'JSON',
      description: 'A JSON object to keep with it, at most METADATA_MAX_BYTES bytes (8192).',
    }),
  }),
  run: (context, input) => sendMessage(context, input),
  outputFields: (t) => ({
    message: t.prismaField({
      type: 'Message',
      description: 'The message sent.',
      resolve: (query, { messageId }, _args, context) => readWrittenMessage(context, messageId, query),
    }),
  }),
});

mutation('editMessage', {
  description: 'Changes your own message. Only people mentioned for the first time are told.',
  inputFields: (t) => ({
    messageId: t.id({ required: true, description: 'The message.' }),
    content: t.string({ description: `${content} Absent: it stays.` }),
    mentions: t.idList({
      description: 'Ids of participants, at most 50; each is told once. Replaces those before; absent: they stay.',
    }),
    expectedVersion: t.int({ description: expectedVersion }),
  }),
  run: (context, input) => editMessage(context, input),
  outputFields: (t) => ({
    message: t.prismaField({
      type: 'Message',
      description: 'The message as it is now.',
      resolve: (query, { messageId }, _args, context) => readWrittenMessage(context, messageId, query),
    }),
  }),
});

mutation('deleteMessage', {
  description: 'Deletes your own message with everything in it. Its place stays.',
  inputFields: (t) => ({
    messageId: t.id({ required: true, description: 'The message.' }),
    expectedVersion: t.int({ description: expectedVersion }),
  }),
  run: (context, input) => deleteMessage(context, input),
  outputFields: (t) => ({
    message: t.prismaField({
      type: 'Message',
      description: 'The message, deleted: without content.',
      resolve: (query, { messageId }, _args, context) => readWrittenMessage(context, messageId, query),
    }),
  }),
});

mutation('toggleReaction', {
  description: 'Puts your emoji to a message, or takes it back.',
  inputFields: (t) => ({
    messageId: t.id({ required: true, description: 'The message.' }),
    emoji: t.string({
      required: true,
      description: 'One emoji. A message has at most MESSAGE_MAX_REACTIONS different ones (20).',
    }),
    on: t.boolean({
      description:
        'Whether it is to be there afterwards, so that doing it again changes nothing; absent: the other way round.',
    }),
  }),
  run: (context, input) => toggleReaction(context, input),
  outputFields: (t) => ({
    message: t.prismaField({
      type: 'Message',
      description: 'The message with its reactions as they are now.',
      resolve: (query, { messageId }, _args, context) => readWrittenMessage(context, messageId, query),
    }),
  }),
});
