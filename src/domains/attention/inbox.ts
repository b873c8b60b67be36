import type { LoggedEvent } from '../../events/log.ts';
import { builder, perViewer } from '../../graphql/builder.ts';
import { findNotifications } from '../notifications/access.ts';
import { AttentionChangeEnum, ReleaseCauseEnum } from './enums.ts';
import { type AttentionChange, attentionEvents, type ReleaseCause } from './events.ts';
import { attentionOf } from './queries.ts';
import { DeliveryRef } from './ruleTypes.ts';
import { summaryOf } from './summary.ts';
import { withImplied } from './telling.ts';
import { AttentionRef } from './types.ts';

const { BatchReleased, AttentionChanged } = attentionEvents;

/** After this a client that comes back hears of a release without being alerted: it is history by then. */
const alertWithinMs = 60_000;

builder.objectRef<LoggedEvent>(BatchReleased.kind).implement({
  description: BatchReleased.description,
  interfaces: ['InboxChange'],
  fields: (t) => ({
    ids: t.idList({
      ...perViewer,
      description: 'The notifications, at most 100.',
      resolve: ({ data }) => data.ids as string[],
    }),
    notifications: t.prismaField({
      ...perViewer,
      type: ['Notification'],
      description: 'The notifications as they are now, in the order of `ids`; those that are gone are left out.',
      resolve: (query, { data }, _args, context) => findNotifications(context, data.ids as string[], query),
    }),
    count: t.int({
      ...perViewer,
      description: 'How many alerts had waited.',
      resolve: ({ data }) => data.count as number,
    }),
    cause: t.field({
      ...perViewer,
      type: ReleaseCauseEnum,
      description: 'What brought it about.',
      resolve: ({ data }) => data.cause as ReleaseCause,
    }),
    summary: t.string({
      ...perViewer,
      description: 'One sentence about what happened meanwhile, with names only as far as you may read them now.',
      resolve: (change, _args, context) => summaryOf(context, change),
    }),
    alert: t.boolean({
      ...perViewer,
      description: 'Whether to alert now, once for all of it. False in a replay.',
      resolve: ({ at }, _args, { clock }) => clock.now().getTime() - at.getTime() <= alertWithinMs,
    }),
  }),
});

builder.objectRef<LoggedEvent>(AttentionChanged.kind).implement({
  description: AttentionChanged.description,
  interfaces: ['InboxChange'],
  fields: (t) => ({
    change: t.field({
      ...perViewer,
      type: AttentionChangeEnum,
      description: 'What changed.',
      resolve: ({ data }) => data.change as AttentionChange,
    }),
    attention: t.field({
      ...perViewer,
      type: AttentionRef,
      description: 'Your attention as it is now.',
      resolve: (_change, _args, context) => attentionOf(context),
    }),
  }),
});

builder.prismaObjectField('Notification', 'why', (t) =>
  t.field({
    ...perViewer,
    type: [DeliveryRef],
    description: 'How it was decided whether and when to tell you of the newest event, one for each channel.',
    resolve: async ({ userId, eventId }, _args, { db }) =>
      withImplied(await db.delivery.findMany({ where: { userId, eventId }, orderBy: { channel: 'asc' } })),
  }),
);
