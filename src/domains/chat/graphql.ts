import { queryFromInfo } from '@pothos/plugin-prisma';
import { resolveCursorConnection } from '@pothos/plugin-relay';
import { type BuilderTypes, builder } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import { nodeRef, registerNode } from '../../graphql/node.ts';
import { addMember, leaveTopic, type MembershipResult, removeMember } from '../membership/commands.ts';
import { createConversation } from './commands.ts';
import { type ListedConversation, listConversations, readConversation, readConversationIfAny } from './queries.ts';

const ConversationKind = builder.enumType('ConversationKind', {
  description: 'What a conversation is for.',
  values: {
    DIRECT: { description: 'Of two people, who have one; nobody joins or leaves it.' },
    GROUP: { description: 'Of any number of people.' },
    TALK: { description: 'About something in particular, such as an offer.' },
  } as const,
});

// `participants`, `viewerRole` and what all topics have in common come from membership, `viewers` from presence.
const Conversation = builder.prismaObject('Conversation', {
  description: 'Where people write to each other.',
  interfaces: [nodeRef],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the conversation, and of its topic.' }),
    kind: t.expose('kind', { type: ConversationKind, description: 'What it is for.' }),
    title: t.exposeString('title', { nullable: true, description: 'Name to show; null: it has none.' }),
    metadata: t.expose('metadata', {
      type: 'JSON',
      nullable: true,
      description: 'What the application keeps with it, as it was given; null when nothing was.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was begun.' }),
  }),
});

registerNode('Conversation', (context, id) => readConversation(context, id, {}));

builder.queryFields((t) => ({
  conversation: t.prismaField({
    type: Conversation,
    nullable: true,
    description: 'A conversation one takes part in; null, with an error, for any other.',
    authScopes: { authenticated: true },
    args: { id: t.arg.id({ required: true, description: 'Its id or externalId.' }) },
    resolve: (query, _root, { id }, context) => readConversation(context, id, query),
  }),
  conversations: t.connection(
    {
      type: Conversation,
      description: 'The conversations one takes part in, the one with the newest message first.',
      authScopes: { authenticated: true },
      resolve: (_root, args, context, info) =>
        resolveCursorConnection<Promise<ListedConversation[]>>({ args, toCursor: ({ place }) => place }, (page) =>
          listConversations(context, page, queryFromInfo({ context, info, paths: [['nodes'], ['edges', 'node']] })),
        ),
    },
    { name: 'ConversationConnection', description: 'A page of conversations.' },
    { name: 'ConversationEdge', description: 'A conversation in the list.' },
  ),
}));

mutation('createConversation', {
  description:
    'Begins a conversation: whoever asks is its first OWNER, the others are MEMBERs and are told. For ADMINs and MEMBERs of the workspace. A DIRECT one with somebody one has one with already is that one.',
  inputFields: (t) => ({
    kind: t.field({ type: ConversationKind, required: true, description: 'What it is for.' }),
    participantIds: t.idList({
      required: true,
      description:
        'Ids of the others, at most CONVERSATION_MAX_INVITED (100); exactly one for DIRECT. More people are added one by one.',
    }),
    title: t.string({ description: 'Name to show, one line; absent: none. A DIRECT conversation has none.' }),
    metadata: t.field({
      type: 'JSON',
      description: 'A JSON object to keep with it, at most METADATA_MAX_BYTES bytes (8192).',
    }),
    externalId: t.string({
      description:
        'Its id in another application, to name it by: 1 to 200 visible characters without spaces, no UUID, of no other conversation of the workspace.',
    }),
  }),
  run: (context, input) => createConversation(context, input),
  outputFields: (t) => ({
    conversation: t.prismaField({
      type: Conversation,
      nullable: true,
      description: 'The conversation; null when whoever asks does not take part in it any more.',
      resolve: (query, { conversationId }, _args, context) => readConversationIfAny(context, conversationId, query),
    }),
    created: t.boolean({
      description: 'Whether it was begun now; false: the two people had it already.',
      resolve: ({ eventId }) => eventId !== null,
    }),
  }),
});

type Types = PothosSchemaTypes.ExtendDefaultTypes<BuilderTypes>;
type PayloadBuilder = PothosSchemaTypes.ObjectFieldBuilder<Types, MembershipResult>;

const whichConversation = 'Id or externalId of the conversation.';

/** What the three commands answer that membership has under other names: `addMember`, `removeMember`, `leaveTopic`. */
const aboutConversation = (t: PayloadBuilder) => ({
  conversation: t.prismaField({
    type: Conversation,
    nullable: true,
    description: 'The conversation; null when whoever asks does not take part in it any more.',
    resolve: (query, { topicId }, _args, context) => readConversationIfAny(context, topicId, query),
  }),
});

const aboutPerson = (t: PayloadBuilder) => ({
  ...aboutConversation(t),
  user: t.prismaField({
    type: 'User',
    description: 'The person.',
    resolve: (query, { userId }, _args, { db, workspaceId }) =>
      db.user.findFirstOrThrow({ ...query, where: { id: userId, workspaceId } }),
  }),
});

mutation('addParticipant', {
  description:
    'Adds a person of the workspace to a conversation; its other name is addMember. For its OWNERs and ADMINs, up to their own role; nobody is added to a DIRECT one. Their open streams gain it at once.',
  inputFields: (t) => ({
    conversationId: t.id({ required: true, description: whichConversation }),
    userId: t.id({ required: true, description: 'Id of the person.' }),
    role: t.field({
      type: 'TopicRole' as never,
      defaultValue: 'MEMBER' as never,
      description: 'What they may do in it.',
    }),
  }),
  run: (context, { conversationId, userId, role }) =>
    addMember(context, { topicId: conversationId, kind: 'conversation', userId, role }),
  outputFields: aboutPerson,
});

mutation('removeParticipant', {
  description:
    'Ends the part a person has in a conversation; its other name is removeMember. For its OWNERs and ADMINs, not for somebody of a higher role. Their streams of it end before anything that is committed later.',
  inputFields: (t) => ({
    conversationId: t.id({ required: true, description: whichConversation }),
    userId: t.id({ required: true, description: 'Id of the person.' }),
  }),
  run: (context, { conversationId, userId }) =>
    removeMember(context, { topicId: conversationId, kind: 'conversation', userId }),
  outputFields: aboutPerson,
});

mutation('leaveConversation', {
  description:
    'Ends the part whoever asks has in a conversation; its other name is leaveTopic. The last OWNER makes somebody else OWNER first; nobody leaves a DIRECT one.',
  inputFields: (t) => ({ conversationId: t.id({ required: true, description: whichConversation }) }),
  run: (context, { conversationId }) => leaveTopic(context, { topicId: conversationId, kind: 'conversation' }),
  outputFields: aboutConversation,
});
