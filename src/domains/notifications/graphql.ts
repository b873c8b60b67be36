import { builder, perViewer } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import { markAllNotificationsRead, markNotificationRead, updateNotifications } from './commands.ts';
import './inbox.ts';
import { countNotifications, listNotifications, readNotification } from './queries.ts';
import { InboxCountsRef, NotificationActionEnum, NotificationReason, NotificationRef } from './types.ts';

const NotificationFilterInput = builder.inputType('NotificationFilter', {
  description: 'Which notifications. What is absent does not restrict; an empty list chooses none.',
  fields: (t) => ({
    unreadOnly: t.boolean({ required: false, description: 'True: only those not read.' }),
    types: t.field({ type: ['EventType'], required: false, description: 'Kinds of the newest event.' }),
    reasons: t.field({ type: [NotificationReason], required: false, description: 'Why you were told.' }),
    topics: t.idList({
      required: false,
      description: 'Ids or externalIds of the projects, pages and conversations it happened in.',
    }),
  }),
});

builder.queryFields((t) => ({
  notification: t.prismaField({
    type: 'Notification',
    description: 'One of your notifications. NOT_FOUND for all others, whether they exist or not.',
    authScopes: { authenticated: true },
    args: { id: t.arg.id({ required: true, description: 'Id of the notification.' }) },
    resolve: (query, _root, { id }, context) => readNotification(context, id, query),
  }),
  notifications: t.connection(
    {
      type: NotificationRef,
      description: 'Your notifications, newest first; 20 unless asked for, 100 at most.',
      authScopes: { authenticated: true },
      args: {
        filter: t.arg({ type: NotificationFilterInput, description: 'Which of them; absent: all.' }),
      },
      resolve: (_root, args, context) => listNotifications(context, args),
    },
    {
      name: 'NotificationConnection',
      description: 'A page of notifications.',
      fields: (fields) => ({
        counts: fields.field({
          ...perViewer,
          type: InboxCountsRef,
          description: 'Of all your notifications, whatever the filter.',
          resolve: (_page, _args, context) => countNotifications(context),
        }),
        headCursor: fields.field({
          type: 'Cursor',
          description: 'Where your inbox stood before the list was read: go on with `inbox(after: headCursor)`.',
          resolve: ({ headCursor }) => headCursor,
        }),
      }),
    },
    { name: 'NotificationEdge', description: 'A notification in the list.' },
  ),
}));

mutation('markNotificationRead', {
  description: 'Marks one of your notifications as read.',
  inputFields: (t) => ({ id: t.id({ required: true, description: 'Id of the notification.' }) }),
  run: (context, input) => markNotificationRead(context, input),
  outputFields: (t) => ({
    notification: t.prismaField({
      type: 'Notification',
      description: 'The notification, read.',
      resolve: (query, { notificationId }, _args, context) => readNotification(context, notificationId, query),
    }),
    counts: t.field({
      type: InboxCountsRef,
      description: 'How many you have now.',
      resolve: (_result, _args, context) => countNotifications(context),
    }),
  }),
});

mutation('markAllNotificationsRead', {
  description: 'Marks your notifications as read.',
  inputFields: (t) => ({
    before: t.field({
      type: 'Cursor',
      required: false,
      description:
        'A cursor of your inbox (`headCursor`, or of the last change you received): what arrived after it stays unread. Absent: all.',
    }),
  }),
  run: (context, input) => markAllNotificationsRead(context, input),
  outputFields: (t) => ({
    changed: t.int({ description: 'How many were not read before.', resolve: ({ changed }) => changed }),
    counts: t.field({
      type: InboxCountsRef,
      description: 'How many you have now.',
      resolve: (_result, _args, context) => countNotifications(context),
    }),
  }),
});

mutation('updateNotifications', {
  description: 'Does something to several of your notifications at once: to those listed, or to all that match.',
  inputFields: (t) => ({
    ids: t.idList({
      required: false,
      description: 'Which, at most 100; NOT_FOUND when one is not yours. Either this or `filter`.',
    }),
    filter: t.field({
      type: NotificationFilterInput,
      required: false,
      description: 'Which; any number. Either this or `ids`.',
    }),
    action: t.field({ type: NotificationActionEnum, required: true, description: 'What to do.' }),
  }),
  run: (context, input) => updateNotifications(context, input),
  outputFields: (t) => ({
    changed: t.int({ description: 'How many were not so before.', resolve: ({ changed }) => changed }),
    counts: t.field({
      type: InboxCountsRef,
      description: 'How many you have now.',
      resolve: (_result, _args, context) => countNotifications(context),
    }),
  }),
});
