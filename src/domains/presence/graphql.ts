import type { InputFieldMap, InputShapeFromFields } from '@pothos/core';
import type { Signal, SignalKind } from '../../events/signals.ts';
import { parseTopicKey, type TopicKey } from '../../events/topic.ts';
import { type BuilderTypes, builder, inTopic, perViewer } from '../../graphql/builder.ts';
import type { Context } from '../../graphql/context.ts';
import { mutation } from '../../graphql/mutation.ts';
import { stream } from '../../graphql/stream.ts';
import { pageId } from '../../platform/validation.ts';
import { asTopics, roleHere, topicOfRow } from '../membership/access.ts';
import { type Signalled, setTyping, setViewing, updateMe } from './commands.ts';
import { type PresenceOf, presenceOf, presenceOfAll, sharesWith, type Viewers, viewersOf } from './queries.ts';

// ── signals ─────────────────────────────────────────────────────────────────────────────────────

const TopicSignal = builder.interfaceRef<Signal>('TopicSignal').implement({
  description:
    'Something about a moment in a topic. It sets a state until `expiresAt` or a newer signal; it may come late, twice or not at all, and is never replayed.',
  resolveType: ({ kind }) => kind,
  fields: (t) => ({
    topic: t.prismaField({
      ...inTopic,
      type: 'Topic',
      description: 'Where it happens.',
      resolve: (query, { topic }, _args, { db }) =>
        db.topic.findUniqueOrThrow({ ...query, where: { id: parseTopicKey(topic).id } }),
    }),
    topicId: t.id({ description: 'Id of the topic.', resolve: ({ topic }) => parseTopicKey(topic).id }),
    user: t.prismaField({
      ...inTopic,
      type: 'User',
      nullable: true,
      description: 'Who; null where there are too many for names, or a count is put right: then `count` says how many.',
      resolve: (query, { userId }, _args, { db }) =>
        userId === null ? null : db.user.findUnique({ ...query, where: { id: userId } }),
    }),
    userId: t.exposeID('userId', { nullable: true, description: 'Id of the person; null as `user` is.' }),
    count: t.exposeInt('count', {
      nullable: true,
      description: 'For how many people of the topic it is true now; null where nobody counts.',
    }),
    at: t.field({ type: 'DateTime', description: 'When it was sent.', resolve: ({ atMs }) => new Date(atMs) }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'Do not believe it any longer than this.',
      resolve: ({ expiresAtMs }) => new Date(expiresAtMs),
    }),
    version: t.exposeFloat('version', {
      description: 'Of two signals of one kind, topic and person the one with the greater version is the newer.',
    }),
  }),
});

const PresenceStatus = builder.enumType('PresenceStatus', {
  description: 'Whether somebody is there.',
  values: {
    ONLINE: { description: 'At least one device is connected.' },
    OFFLINE: { description: 'The last device is gone.' },
  } as const,
});

const signalRef = (kind: SignalKind) => builder.objectRef<Signal>(kind);

const TypingSignal = signalRef('TypingSignal').implement({
  description: 'Somebody types in the topic, or has stopped.',
  interfaces: [TopicSignal],
  fields: (t) => ({ typing: t.exposeBoolean('active', { description: 'Whether they type.' }) }),
});

const ViewingSignal = signalRef('ViewingSignal').implement({
  description: 'Somebody looks at the topic, or no more.',
  interfaces: [TopicSignal],
  fields: (t) => ({ viewing: t.exposeBoolean('active', { description: 'Whether they look at it.' }) }),
});

const PresenceSignal = signalRef('PresenceSignal').implement({
  description: 'Somebody who belongs to the topic came online or went offline.',
  interfaces: [TopicSignal],
  fields: (t) => ({
    status: t.field({
      type: PresenceStatus,
      description: 'Whether they are there.',
      resolve: ({ active }) => (active ? 'ONLINE' : 'OFFLINE'),
    }),
  }),
});

const SignalUnion = builder.unionType('Signal', {
  description: 'What the stream of signals delivers. `... on TopicSignal { version }` works inside it.',
  // AccessLost is made in graphql/eventTypes.ts, and known by name only.
  types: [TypingSignal, ViewingSignal, PresenceSignal, 'AccessLost' as never],
  resolveType: (item) => (item as { kind: string }).kind,
});

builder.subscriptionField('signals', (t) =>
  t.field({
    type: SignalUnion,
    description:
      'Who types, looks and is there, as it happens: nothing is kept, and what a slow client cannot take is dropped. Never tells whoever asks about themselves. A topic that can be read no more gives AccessLost and the others go on; the only topic, FORBIDDEN.',
    authScopes: { authenticated: true },
    args: {
      topics: t.arg({ type: ['TopicRef'], required: true, description: 'The topics, 1 to 100.' }),
    },
    subscribe: (_root, { topics }) => {
      const asked = asTopics(topics);
      const several = asked.length > 1 || asked.some(({ id }) => id === undefined);
      return stream({ topics: asked, several, signals: true }) as never;
    },
    resolve: (item) => item as never,
  }),
);

type Types = PothosSchemaTypes.ExtendDefaultTypes<BuilderTypes>;

/** A mutation about a moment: no event, thus no `eventCursor`, and nothing an `idempotencyKey` could protect. */
function signalMutation<Fields extends InputFieldMap>(
  name: string,
  description: string,
  inputFields: (t: PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>) => Fields,
  run: (context: Context, input: InputShapeFromFields<Fields>) => Promise<Signalled>,
): void {
  builder.relayMutationField(
    name,
    { description: `Input of ${name}.`, inputFields } as never,
    {
      description,
      authScopes: { authenticated: true },
      resolve: (_root: unknown, { input }: { input: InputShapeFromFields<Fields> }, context: Context) =>
        run(context, input),
    } as never,
    {
      description: `What ${name} answers.`,
      outputFields: (t: PothosSchemaTypes.ObjectFieldBuilder<Types, Signalled>) => ({
        expiresAt: t.expose('expiresAt', {
          type: 'DateTime',
          description: 'Until when it holds; say so again before. Not after now: it is over.',
        }),
      }),
    } as never,
  );
}

signalMutation(
  'setTyping',
  'Says that whoever asks types in a topic, for 6 seconds, or has stopped.',
  (t) => ({
    topic: t.field({ type: 'TopicRef', required: true, description: 'A topic they may read.' }),
    typing: t.boolean({ required: true, description: 'Whether they type.' }),
  }),
  (context, input) => setTyping(context, input),
);

signalMutation(
  'setViewing',
  'Says that whoever asks looks at a topic, for 30 seconds, or no more. Of somebody who does not share their presence nothing is told.',
  (t) => ({
    topic: t.field({ type: 'TopicRef', required: true, description: 'A topic they may read.' }),
    viewing: t.boolean({ required: true, description: 'Whether they look at it.' }),
  }),
  (context, input) => setViewing(context, input),
);

// ── presence ────────────────────────────────────────────────────────────────────────────────────

const Presence = builder.objectRef<PresenceOf>('Presence').implement({
  description: 'Whether somebody is there. A snapshot: `signals` tells what changes.',
  fields: (t) => ({
    user: t.field({
      ...inTopic,
      type: 'User' as never,
      description: 'The person.',
      resolve: ({ user }) => user as never,
    }),
    online: t.exposeBoolean('online', {
      nullable: true,
      description: 'Whether a device is connected, or was until a moment ago; null when it cannot be told just now.',
    }),
    devices: t.exposeInt('devices', { description: 'How many devices are connected.' }),
    sessionCount: t.int({
      ...perViewer,
      nullable: true,
      description: 'How many connections they have; for themselves and ADMINs.',
      authScopes: ({ user }) => ({ $any: { self: user.id, workspace: 'workspace:manage-people' } }),
      resolve: ({ sessionCount }) => sessionCount,
    }),
    lastSeenAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When they last came or went; null: never yet.',
      resolve: ({ user }) => user.lastSeenAt,
    }),
  }),
});

builder.prismaObjectFields('User', (t) => ({
  presence: t.field({
    ...perViewer,
    type: Presence,
    nullable: true,
    description: 'Whether they are there; null when they do not share it.',
    resolve: (user, _args, context) => presenceOf(context, user),
  }),
  lastSeenAt: t.field({
    ...perViewer,
    type: 'DateTime',
    nullable: true,
    description: 'When they last came or went; null when they do not share it, or never did.',
    resolve: (user, _args, context) => (sharesWith(context, user) ? user.lastSeenAt : null),
  }),
  sharePresence: t.boolean({
    ...perViewer,
    nullable: true,
    description: 'Whether others may see when they are there and what they look at; for themselves.',
    authScopes: ({ id }) => ({ self: id }),
    resolve: ({ sharePresence }) => sharePresence,
  }),
  shareReadReceipts: t.boolean({
    ...perViewer,
    nullable: true,
    description: 'Whether others may see how far they have read conversations; for themselves.',
    authScopes: ({ id }) => ({ self: id }),
    resolve: ({ shareReadReceipts }) => shareReadReceipts,
  }),
}));

const TopicViewers = builder.objectRef<Viewers>('TopicViewers').implement({
  description: 'Who looks at a topic. A snapshot: `signals` tells what changes.',
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'How many they are.' }),
    users: t.field({
      ...inTopic,
      type: ['User'] as never,
      nullable: true,
      description: 'Who they are; null where they are more than 50.',
      resolve: ({ users }) => users as never,
    }),
  }),
});

for (const model of ['Topic', 'Project', 'Content', 'Conversation'] as const) {
  const keyOf = topicOfRow[model] as (row: { id: string }) => TopicKey;
  builder.prismaObjectField(model, 'viewers', (t) =>
    t.field({
      ...inTopic,
      type: TopicViewers,
      nullable: true,
      description: 'Who looks at it now; null, with an error, for those who may not read it.',
      authScopes: async (row, _args, context) => (await roleHere(context, keyOf(row))) !== null,
      resolve: (row, _args, context) => viewersOf(context, keyOf(row)),
    }),
  );
}

builder.queryFields((t) => ({
  presence: t.field({
    type: [Presence],
    description:
      'Whether these people are there. Left out: those who do not share it, and those who are nobody of the workspace.',
    authScopes: { authenticated: true },
    args: { userIds: t.arg.idList({ required: true, description: 'Ids of people, at most 100.' }) },
    resolve: (_root, { userIds }, context) => presenceOfAll(context, userIds),
  }),
  activeUsers: t.prismaConnection(
    {
      type: 'User',
      cursor: 'id',
      description: 'The people of the workspace who are connected now; for ADMINs.',
      authScopes: { workspace: 'workspace:manage-people' },
      // Not Prisma's cursor: its row may be offline by now, or of another workspace.
      resolve: async ({ cursor: _cursor, skip: _skip, ...query }, _root, args, { db, workspaceId, services }) => {
        const from = pageId(args);
        const online = await services.sessions.online(workspaceId);
        return db.user.findMany({
          ...query,
          where: { id: { in: [...online], ...(from && { [args.after != null ? 'gt' : 'lt']: from }) }, workspaceId },
          orderBy: { id: 'asc' },
        });
      },
    },
    { name: 'ActiveUserConnection', description: 'A page of connected people.' },
    { name: 'ActiveUserEdge', description: 'A connected person in the list.' },
  ),
}));

mutation('updateMe', {
  description: 'Changes what whoever asks says of themselves; what is absent or null stays as it is.',
  inputFields: (t) => ({
    name: t.string({ description: 'Name to show, 1 to 200 characters.' }),
    sharePresence: t.boolean({
      description: 'Whether others may see when they are there and what they look at.',
    }),
    shareReadReceipts: t.boolean({ description: 'Whether others may see how far they have read conversations.' }),
  }),
  run: (context, input) => updateMe(context, input),
  outputFields: (t) => ({
    user: t.prismaField({
      type: 'User',
      description: 'Whoever asked, as they are now.',
      resolve: (query, { userId }, _args, { db }) => db.user.findUniqueOrThrow({ ...query, where: { id: userId } }),
    }),
  }),
});
