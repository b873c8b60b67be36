import { append } from '../../events/append.ts';
import type { DueHandler } from '../../events/due.ts';
import { topicKey } from '../../events/topic.ts';
import type { Services } from '../../graphql/context.ts';
import { isInterruptible } from '../attention/access.ts';
import { notificationEvents } from './events.ts';

/** Kind of the due work that brings back what was snoozed; its key is the person's id. */
export const snoozing = 'snoozed-notifications';

/**
 * Brings back what somebody snoozed until now: unread, unseen and on top. However many come back together, one of them
 * alerts, and none in a pause, in focus or in quiet hours; the person chose the time, so no batch time is waited for.
 */
export function wakeSnoozed({ clock, config }: Pick<Services, 'clock' | 'config'>): DueHandler {
  return async (tx, { key: userId }) => {
    const now = clock.now();
    const woken = await tx.$queryRaw<{ id: string }[]>`
      WITH due AS (SELECT id FROM "Notification" WHERE "userId" = ${userId}::uuid AND "snoozedUntil" <= ${now}
        ORDER BY id FOR UPDATE)
      UPDATE "Notification" n SET "snoozedUntil" = NULL, "readAt" = NULL, "seenAt" = NULL, "updatedAt" = ${now},
        "changeId" = NULL, replaced = NULL
      FROM due WHERE n.id = due.id RETURNING n.id`;
    const mayAlert = woken.length > 0 && (await isInterruptible(tx, userId, { now, config }));
    woken.forEach(({ id }, nth) => {
      append(tx, topicKey('user', userId), notificationEvents.NotificationUpserted, {
        notificationId: id,
        alert: mayAlert && nth === 0,
      });
    });
    const { _min: next } = await tx.notification.aggregate({ where: { userId }, _min: { snoozedUntil: true } });
    return next.snoozedUntil;
  };
}
