import { bool, defineEvents, event, idsOf, oneOf, ref } from '../../events/define.ts';

/** What a person can do to their notifications. */
export const notificationActions = ['READ', 'UNREAD', 'SEEN'] as const;
export type NotificationAction = (typeof notificationActions)[number];

/** With more than these an event does not list what changed. */
export const maxIdsInEvent = 100;

/** Changes of a person's inbox, in the log of their own topic; read through `inbox`. */
export const notificationEvents = defineEvents('user', {
  NotificationUpserted: event({
    description:
      'A notification is new, or something was added to it; it is unread again, and unseen but for those who were looking.',
    stream: 'inbox',
    fields: {
      notification: ref('Notification', 'The notification, as it is now.'),
      alert: bool('Whether to alert now. A replay never alerts again.'),
    },
  }),
  NotificationsChanged: event({
    description: 'The person did something to their notifications, on whatever device.',
    stream: 'inbox',
    fields: {
      ids: idsOf(`The notifications, at most ${maxIdsInEvent}; empty with \`all\`.`),
      all: bool('More changed than is listed: read the notifications again.'),
      action: oneOf('NotificationAction', notificationActions, 'What was done.'),
    },
  }),
});
