import { bool, defineEvents, event, idsOf, namesOf, oneOf, optionalId, ref } from '../../events/define.ts';

/** What a person can do to their notifications. */
export const notificationActions = {
  READ: { description: 'You know what it says. Also seen.' },
  UNREAD: { description: 'You want to come back to it. It is no longer done.' },
  SEEN: { description: 'You had it before your eyes; it stays unread.' },
  DONE: { description: 'You have finished with it. Also read; it comes back when more happens.' },
  UNDONE: { description: 'You have not finished with it after all.' },
  SNOOZE: {
    description:
      'You put it away until a time: it is not counted as unread, and comes back unread then, or as soon as something in it is meant for you in person.',
  },
  UNSNOOZE: { description: 'You want it back now.' },
} as const;
export type NotificationAction = keyof typeof notificationActions;

/** What can happen to notifications, beside more being added. */
export const notificationChanges = {
  ...notificationActions,
  UNDO: { description: 'You took a change back.' },
  EXPIRE: { description: 'What they were about is gone.' },
} as const;
export type NotificationChange = keyof typeof notificationChanges;

/** With more than these an event does not list what changed. */
export const maxIdsInEvent = 100;

/** Changes of a person's inbox, in the log of their own topic; read through `inbox`. */
export const notificationEvents = defineEvents('user', {
  NotificationUpserted: event({
    description:
      'A notification is new, something was added to it, or it comes back from being snoozed; it is unread again, and unseen but for those who were looking.',
    stream: 'inbox',
    fields: {
      notification: ref('Notification', 'The notification, as it is now.'),
      alert: bool('Whether to alert now. A replay never alerts again.'),
    },
  }),
  NotificationsChanged: event({
    description:
      'The person did something to their notifications, on whatever device, or what they were about is gone.',
    stream: 'inbox',
    fields: {
      ids: idsOf(`The notifications, at most ${maxIdsInEvent}; empty with \`all\`.`),
      all: bool('More changed than is listed: read the notifications again.'),
      action: oneOf('NotificationChange', namesOf(notificationChanges), 'What was done.'),
      changeId: optionalId('For `undo`; null: this cannot be taken back.'),
    },
  }),
});
