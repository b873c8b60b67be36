import { type BuilderTypes, builder, perViewer } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import type { NotificationsResult } from './changes.ts';
import { markAllNotificationsRead, markNotificationRead, updateNotifications } from './commands.ts';
import './inbox.ts';
import { countNotifications, listNotifications, readNotification } from './queries.ts';
import {
  InboxCountsRef,
  NotificationActionEnum,
  NotificationReason,
  NotificationRef,
  NotificationStateEnum,
} from './types.ts';
import { undo } from './undo.ts';

type Types = PothosSchemaTypes.ExtendDefaultTypes<BuilderTypes>;

/** What can be said of a notification, in the filter and in its exclusions. */
function matchFields(t: PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>) {
  return {
    states: t.field({ type: [NotificationStateEnum], required: false, description: 'Where they stand.' }),
    types: t.field({ type: ['EventType'], required: false, description: 'Kinds of the newest event.' }),
    reasons: t.field({ type: [NotificationReason], required: false, description: 'Why you were told.' }),
    topics: t.idList({
      required: false,
      description: 'Ids or externalIds of the projects, pages and conversations it happened in.',
    }),
    search: t.string({
      required: false,
      description:
        'Words, each of which stands in the title of the task, page, conversation or offer, in the name of the project or of somebody behind it; at most 100 characters and 10 words. Places you can no longer read are not searched.',
    }),
  };
}

const NotificationMatchInput = builder.inputType('NotificationMatch', {
  description: 'Notifications of which all of this holds. What is absent holds of all; an empty list of none.',
  fields: matchFields,
});

const NotificationFilterInput = builder.inputType('NotificationFilter', {
  description: 'Which notifications. What is absent does not restrict; an empty list chooses none.',
  fields: (t) => ({
    unreadOnly: t.boolean({ required: false, description: 'True: only those in the state UNREAD.' }),
    ...matchFields(t),
    not: t.field({
      type: [NotificationMatchInput],
      required: false,
      description: 'Those are left out of which all that one of these says holds; at most 10.',
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
          resolve: (_page, _args, context) => countNotifications(context.db, context.viewer),
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

/** What commands answer about a change. */
function changeFields(t: PothosSchemaTypes.ObjectFieldBuilder<Types, NotificationsResult>) {
  return {
    counts: t.field({
      type: InboxCountsRef,
      description: 'How many you have now.',
      resolve: (_result, _args, context) => countNotifications(context.db, context.viewer),
    }),
    changeId: t.id({
      nullable: true,
      description:
        'For `undo`, within 10 seconds unless the server is set otherwise; null: there is nothing to take back.',
      resolve: ({ changeId }) => changeId ?? null,
    }),
  };
}

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
    ...changeFields(t),
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
    ...changeFields(t),
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
    until: t.field({
      type: 'DateTime',
      required: false,
      description: 'With SNOOZE, and only then: when they come back, at most a year ahead.',
    }),
  }),
  run: (context, input) => updateNotifications(context, input),
  outputFields: (t) => ({
    changed: t.int({ description: 'How many were not so before.', resolve: ({ changed }) => changed }),
    ...changeFields(t),
  }),
});

mutation('undo', {
  description:
    'Takes a change of your notifications back: each is as it was, and what was dropped of it waits again. One to which something happened since stays as it is. CONFLICT when there is nothing left to take back.',
  inputFields: (t) => ({
    changeId: t.id({ required: true, description: 'From the answer, or the change in `inbox`.' }),
  }),
  run: (context, input) => undo(context, input),
  outputFields: (t) => ({
    changed: t.int({ description: 'How many are as they were.', resolve: ({ changed }) => changed }),
    ...changeFields(t),
  }),
});
