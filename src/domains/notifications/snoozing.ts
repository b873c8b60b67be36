import { append } from '../../events/append.ts';
import type { DueHandler } from '../../events/due.ts';
import { topicKey } from '../../events/topic.ts';
import type { Services } from '../../graphql/context.ts';
import { isInterruptible } from '../attention/access.ts';
import { notificationEvents } from './events.ts';

/** Kind of the due work that brings back what was snoozed; its key is the person's id. */
export const snoozing = 'snoozed-notifications';

/** Rows woken in one transaction: 100,000 took 6 of the 10 s that one may last (2026-11-27). */
const rowsPerRound = 500;

/**
 * Brings back what somebody snoozed until now, in rounds: unread, unseen and on top. However many come back together, one
 * of the last round alerts, and none in a pause, in focus or in quiet hours; the person chose the time, so no batch time
 * is waited for.
 */
export function wakeSnoozed({ clock, config }: Pick<Services, 'clock' | 'config'>): DueHandler {
  return async (tx, { key: userId }) => {
    const now = clock.now();
    const woken = await tx.$queryRaw<{ id: string }[]>`
      WITH due AS (SELECT id FROM "Notification" WHERE "userId" = ${userId}::uuid AND "snoozedUntil" <= ${now}
        ORDER BY id LIMIT ${rowsPerRound} FOR UPDATE)
      UPDATE "Notification" n SET "snoozedUntil" = NULL, "readAt" = NULL, "seenAt" = NULL, "updatedAt" = ${now},
        "changeId" = NULL, replaced = NULL
      FROM due WHERE n.id = due.id RETURNING n.id`;
    const { _min } = await tx.notification.aggregate({ where: { userId }, _min: { snoozedUntil: true } });
    const next = _min.snoozedUntil;
    const isLast = next === null || next > now;
    const mayAlert = isLast && woken.length > 0 && (await isInterruptible(tx, userId, { now, config }));
    woken.forEach(({ id }, nth) => {
      append(tx, topicKey('user', userId), notificationEvents.NotificationUpserted, {
        notificationId: id,
        alert: mayAlert && nth === 0,
      });
    });
    // Not the time they were snoozed until: whatever else is due meanwhile has its turn.
    return isLast ? next : now;
  };
}
