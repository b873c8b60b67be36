import { encodeCursor } from '../../events/cursor.ts';
import type { LoggedEvent } from '../../events/log.ts';
import { builder, perViewer } from '../../graphql/builder.ts';
import type { Context } from '../../graphql/context.ts';
import { stream } from '../../graphql/stream.ts';
import { attentionEvents } from '../attention/events.ts';
import { type NotificationChange, notificationEvents } from './events.ts';
import { countNotifications, findNotification, findNotifications } from './queries.ts';
import { InboxCountsRef, NotificationChangeEnum } from './types.ts';

/** A change of the inbox as the log has it. */
type Change = LoggedEvent;

const { NotificationUpserted, NotificationsChanged } = notificationEvents;

const inboxKinds = new Set(
  [...Object.values(notificationEvents), ...Object.values(attentionEvents)].map(({ kind }) => kind),
);

/** After this a client that comes back hears of an event without being alerted: it is history by then. */
const alertWithinMs = 60_000;

const InboxChangeRef = builder.interfaceRef<Change>('InboxChange').implement({
  description: 'A change of your inbox, on whatever device. Changes set state, so hearing one twice is harmless.',
  resolveType: ({ kind }) => kind,
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the change.' }),
    cursor: t.field({
      type: 'Cursor',
      description: 'Its place in your inbox; pass it as `after` to go on behind it.',
      resolve: ({ topic, seq, id }) => encodeCursor({ topic, seq, eventId: id }),
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    counts: t.field({
      ...perViewer,
      type: InboxCountsRef,
      description: 'How many notifications you have now, this change and all later ones included.',
      resolve: (_change, _args, context) => countNotifications(context.db, context.viewer),
    }),
  }),
});

builder.objectRef<Change>(NotificationUpserted.kind).implement({
  description: NotificationUpserted.description,
  interfaces: [InboxChangeRef],
  fields: (t) => ({
    notification: t.prismaField({
      ...perViewer,
      type: 'Notification',
      nullable: true,
      description: 'The notification, as it is now; null when it is gone.',
      resolve: (query, change, _args, context) => findNotification(context, idOf(change), query),
    }),
    alert: t.boolean({
      ...perViewer,
      description: 'Whether to alert now. False when it was seen or read meanwhile, and in a replay.',
      resolve: (change, _args, context) => mayAlert(context, change),
    }),
  }),
});

builder.objectRef<Change>(NotificationsChanged.kind).implement({
  description: NotificationsChanged.description,
  interfaces: [InboxChangeRef],
  fields: (t) => ({
    ids: t.idList({
      ...perViewer,
      description: 'The notifications, at most 100; empty with `all`.',
      resolve: ({ data }) => data.ids as string[],
    }),
    all: t.boolean({
      ...perViewer,
      description: 'True: more changed than is listed, so read the notifications again.',
      resolve: ({ data }) => data.all as boolean,
    }),
    action: t.field({
      ...perViewer,
      type: NotificationChangeEnum,
      description: 'What was done.',
      resolve: ({ data }) => data.action as NotificationChange,
    }),
    notifications: t.prismaField({
      ...perViewer,
      type: ['Notification'],
      description: 'The notifications as they are now, in the order of `ids`; those that are gone are left out.',
      resolve: (query, { data }, _args, context) => findNotifications(context, data.ids as string[], query),
    }),
    changeId: t.id({
      ...perViewer,
      nullable: true,
      description: 'For `undo`, on any of your devices; null when it cannot be taken back.',
      resolve: ({ data }) => (data.changeId as string | null | undefined) ?? null,
    }),
  }),
});

builder.subscriptionField('inbox', (t) =>
  t.field({
    type: InboxChangeRef,
    description: 'Changes of your notifications, as they happen, on all your devices.',
    authScopes: { authenticated: true },
    args: {
      after: t.arg({
        type: 'Cursor',
        description: 'Go on behind this place: `headCursor`, or the cursor of the last change.',
      }),
    },
    subscribe: (_root, { after }) =>
      stream({
        topics: [{ kind: 'user', id: undefined }],
        kinds: inboxKinds,
        after: after == null ? null : [after],
      }),
    resolve: (change: Change) => change,
  }),
);

function idOf({ data }: Change): string {
  return data.notificationId as string;
}

/** Nobody is alerted of what they know already, nor of history: a device that was off catches up in silence. */
async function mayAlert(context: Context, change: Change): Promise<boolean> {
  if (change.data.alert !== true) return false;
  if (context.clock.now().getTime() - change.at.getTime() > alertWithinMs) return false;
  const notification = await findNotification(context, idOf(change));
  return notification !== null && notification.seenAt === null;
}
