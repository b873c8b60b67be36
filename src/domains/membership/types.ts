import { queryFromInfo } from '@pothos/plugin-prisma';
import { resolveCursorConnection } from '@pothos/plugin-relay';
import type { TopicKey } from '../../events/topic.ts';
import type { Membership as MembershipRow } from '../../generated/prisma/client.ts';
import { builder, inTopic, perViewer } from '../../graphql/builder.ts';
import { headCursorOf, roleHere } from './here.ts';
import { listMembers, memberCursor } from './queries.ts';
import { topicOfRow } from './topics.ts';

export const TopicKind = builder.enumType('TopicKind', {
  description: 'What a topic is.',
  values: {
    USER: { description: 'What concerns one person.' },
    PROJECT: { description: 'A project.' },
    CONTENT: { description: 'A page.' },
    CONVERSATION: { description: 'A conversation.' },
  } as const,
});

export const TopicRole = builder.enumType('TopicRole', {
  description: 'What a member may do in a topic.',
  values: {
    OWNER: { description: 'Everything, deleting it included. A topic keeps at least one.' },
    ADMIN: { description: 'Changes it and manages its members up to their own role.' },
    MEMBER: { description: 'Works in it.' },
    GUEST: { description: 'Reads it and comments.' },
  } as const,
});

export const Membership = builder.prismaObject('Membership', {
  description: 'That somebody belongs to a topic.',
  fields: (t) => ({
    user: t.relation('user', { ...inTopic, description: 'The member.' }),
    role: t.expose('role', { type: TopicRole, description: 'What they may do in the topic.' }),
    joinedAt: t.expose('createdAt', { type: 'DateTime', description: 'When they became a member.' }),
  }),
});

const MembershipConnection = builder.connectionObject(
  { type: Membership, name: 'MembershipConnection', description: 'A page of members.' },
  { name: 'MembershipEdge', description: 'A member in the list.' },
);

export const Topic = builder.prismaObject('Topic', {
  description: 'What people follow: a project, a page, a conversation, or what concerns one person.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the project, page, conversation or person.' }),
    kind: t.expose('kind', { type: TopicKind, description: 'What it is.' }),
    externalId: t.exposeString('externalId', {
      nullable: true,
      description: 'Its id in another application, accepted wherever its id is; null when it has none.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

for (const model of ['Topic', 'Project', 'Content', 'Conversation'] as const) {
  const keyOf = topicOfRow[model] as (row: { id: string }) => TopicKey;
  builder.prismaObjectField(model, model === 'Conversation' ? 'participants' : 'members', (t) =>
    t.connection(
      {
        ...inTopic,
        type: Membership,
        nullable: true,
        description:
          'Who belongs to it, those who joined the workspace first coming first; null, with an error, for those who may not read it.',
        authScopes: async (row, _args, context) => (await roleHere(context, keyOf(row))) !== null,
        resolve: ({ id }, args, context, info) =>
          resolveCursorConnection<Promise<MembershipRow[]>>({ args, toCursor: memberCursor }, (page) =>
            listMembers(context, id, page, queryFromInfo({ context, info, paths: [['nodes'], ['edges', 'node']] })),
          ),
      },
      MembershipConnection,
    ),
  );
}

for (const model of ['Project', 'Content', 'Conversation'] as const) {
  const keyOf = topicOfRow[model] as (row: { id: string }) => TopicKey;
  builder.prismaObjectFields(model, (t) => ({
    topic: t.relation('topic', { ...inTopic, description: 'The same as a topic.' }),
    externalId: t.string({
      nullable: true,
      description: 'Its id in another application, accepted wherever its id is; null when it has none or is deleted.',
      select: { topic: { select: { externalId: true } } },
      resolve: ({ topic }) => topic.externalId,
    }),
    viewerRole: t.field({
      ...perViewer,
      type: TopicRole,
      nullable: true,
      description: 'What whoever asks may do in it; null when they may not read it any more.',
      resolve: (row, _args, context) => roleHere(context, keyOf(row)),
    }),
    headCursor: t.field({
      type: 'Cursor',
      nullable: true,
      description:
        'Place in its log before it was read: go on behind it and nothing is missed. Null where it was reached through another object or an event.',
      resolve: (row, _args, context) => headCursorOf(context, keyOf(row)),
    }),
  }));
}
