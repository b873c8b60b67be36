import { resolveCursorConnection } from '@pothos/plugin-relay';
import type { LoggedEvent } from '../../events/log.ts';
import { builder } from '../../graphql/builder.ts';
import { stream } from '../../graphql/stream.ts';
import { activity, activityCursor } from './activity.ts';
import { type SyncPage, sync } from './sync.ts';
import { asTopics } from './topics.ts';
import { TopicKind } from './types.ts';

const TopicRef = builder.inputType('TopicRef', {
  description:
    'A topic. Without `id`, of kind USER only: everything whoever asks belongs to, topics joined later included.',
  fields: (t) => ({
    kind: t.field({ type: TopicKind, required: true, description: 'What it is.' }),
    id: t.id({ description: 'Its id or externalId.' }),
  }),
});

// Made from the declared events (graphql/eventTypes.ts), and known by name only.
const StreamItem = 'StreamItem' as never;
const TopicCursor = 'TopicCursor' as never;

const SyncPageRef = builder.objectRef<SyncPage>('SyncPage').implement({
  description: 'What happened in some topics, or the first part of it.',
  fields: (t) => ({
    items: t.field({
      type: [StreamItem],
      description: "Each topic's events in their order, then the topics that can be read no more.",
      resolve: ({ items }) => items as never,
    }),
    cursors: t.field({
      type: [TopicCursor],
      description: 'Where this page ends in each topic: `since` of the next page, or `after` of a stream.',
      resolve: ({ cursors }) => cursors as never,
    }),
    hasMore: t.exposeBoolean('hasMore', {
      description: 'Whether there is more after this page, even when it is empty.',
    }),
  }),
});

builder.queryField('activity', (t) =>
  t.connection(
    {
      type: 'Event',
      description:
        'What happened in topics, newest first. Cursors of its pages are not places in a log: to go on live use `sync` or a stream.',
      authScopes: { authenticated: true },
      args: {
        topics: t.arg({
          type: [TopicRef],
          description: 'The topics, 1 to 100; absent: everything whoever asks belongs to.',
        }),
        types: t.arg({ type: ['EventType'], description: 'Only these kinds; absent: all.' }),
      },
      resolve: (_root, { topics, types, ...args }, context) =>
        resolveCursorConnection<Promise<LoggedEvent[]>>({ args, toCursor: activityCursor }, (page) =>
          activity(context, { topics, types }, page),
        ),
    },
    { name: 'EventConnection', description: 'A page of events.' },
    { name: 'EventEdge', description: 'An event in the list.' },
  ),
);

builder.queryField('sync', (t) =>
  t.field({
    type: SyncPageRef,
    description:
      'What happened in topics after the cursors: the same as a stream with `after` would deliver, in pages.',
    authScopes: { authenticated: true },
    args: {
      topics: t.arg({ type: [TopicRef], required: true, description: 'The topics, 1 to 100.' }),
      since: t.arg({
        type: ['Cursor'],
        required: true,
        description:
          'The last cursor of each topic. A topic without one begins where the person joined it; their own topic at its end.',
      }),
      lastMessages: t.arg.idList({
        description:
          'In place of a cursor: the last message one has of a conversation, one for each of them; a cursor of the same conversation comes first.',
      }),
      limit: t.arg.int({ description: 'So many entries of the log at most, 1 to 500; default 100.' }),
    },
    resolve: (_root, args, context) => sync(context, args),
  }),
);

builder.subscriptionField('events', (t) =>
  t.field({
    type: StreamItem,
    description:
      'Everything that happens in topics. Opens with a Checkpoint; a topic that can be read no more gives AccessLost and the others go on.',
    authScopes: { authenticated: true },
    args: {
      topics: t.arg({ type: [TopicRef], required: true, description: 'The topics, 1 to 100.' }),
      types: t.arg({ type: ['EventType'], description: 'Only these kinds; absent: all.' }),
      after: t.arg({
        type: ['Cursor'],
        description:
          'The last cursor of each topic, to go on behind them; a topic without one begins where the person joined it. Absent: from now on.',
      }),
    },
    subscribe: (_root, { topics, types, after }) =>
      stream({
        topics: asTopics(topics),
        only: types ? new Set(types) : null,
        after: after ?? null,
        several: true,
      }) as never,
    resolve: (item) => item as never,
  }),
);
