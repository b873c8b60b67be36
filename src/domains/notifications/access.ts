import { append } from '../../events/append.ts';
import { type TopicKey, topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { newId } from '../../platform/ids.ts';
import { acknowledge } from '../attention/access.ts';
import { maxIdsInEvent, type NotificationAction, type NotificationChange, notificationEvents } from './events.ts';
import { ownedBy } from './filter.ts';

export { findNotifications } from './queries.ts';
export { titleOf, topicOf } from './shown.ts';

/** What the commands of this domain answer. */
export interface NotificationsResult {
  /** How many notifications changed. */
  changed: number;
  /** Null when nothing changed. */
  eventId: string | null;
  /** For `undo`; null when nothing changed, and for SEEN. */
  changeId: string | null;
}

/** Which rows an action changes; the others are as they should be, and nothing is said of them. */
const unlike: Record<NotificationAction, (until: Date | null) => Prisma.Sql> = {
  READ: () => Prisma.sql`"readAt" IS NULL`,
  UNREAD: () => Prisma.sql`"readAt" IS NOT NULL`,
  SEEN: () => Prisma.sql`"seenAt" IS NULL`,
  DONE: () => Prisma.sql`"doneAt" IS NULL`,
  UNDONE: () => Prisma.sql`"doneAt" IS NOT NULL`,
  SNOOZE: (until) => Prisma.sql`"expiredAt" IS NULL AND "snoozedUntil" IS DISTINCT FROM ${until}::timestamptz`,
  UNSNOOZE: () => Prisma.sql`"snoozedUntil" IS NOT NULL`,
};

// What is read was seen, and what is done was read. The columns refer to the updated table, n.
const effect: Record<NotificationAction, (now: Date, until: Date | null) => Prisma.Sql> = {
  READ: (now) => Prisma.sql`"readAt" = ${now}, "seenAt" = coalesce(n."seenAt", ${now})`,
  UNREAD: () => Prisma.sql`"readAt" = NULL, "doneAt" = NULL`,
  SEEN: (now) => Prisma.sql`"seenAt" = ${now}`,
  DONE: (now) =>
    Prisma.sql`"doneAt" = ${now}, "readAt" = coalesce(n."readAt", ${now}), "seenAt" = coalesce(n."seenAt", ${now}),
      "snoozedUntil" = NULL`,
  UNDONE: () => Prisma.sql`"doneAt" = NULL`,
  SNOOZE: (now, until) =>
    Prisma.sql`"snoozedUntil" = ${until}, "seenAt" = coalesce(n."seenAt", ${now}), "doneAt" = NULL`,
  UNSNOOZE: () => Prisma.sql`"snoozedUntil" = NULL`,
};

/** What `undo` needs: when it was, and how the row was before. */
const replaced = (now: Date) => Prisma.sql`jsonb_build_object('at', ${now}::timestamptz, 'readAt', n."readAt",
  'seenAt', n."seenAt", 'doneAt', n."doneAt", 'snoozedUntil', n."snoozedUntil")`;

/** Why what is held of a row is not told any more; absent: it is. */
const cancels: Partial<Record<NotificationAction, 'READ' | 'DONE' | 'SNOOZED'>> = {
  READ: 'READ',
  DONE: 'DONE',
  SNOOZE: 'SNOOZED',
};

/** Changes the rows and appends the fact to the viewer's own topic. `until` is SNOOZE's. */
export async function change(
  tx: Tx,
  context: Context,
  { condition, action, until = null }: { condition: Prisma.Sql; action: NotificationAction; until?: Date | null },
): Promise<NotificationsResult> {
  const { userId } = context.viewer;
  const now = context.clock.now();
  const changeId = action === 'SEEN' ? null : newId();
  const undoable = changeId ? Prisma.sql`, "changeId" = ${changeId}::uuid, replaced = ${replaced(now)}` : Prisma.empty;
  // Locked in the order of ids, so that two devices of one person never wait for each other in a circle.
  const rows = await tx.$queryRaw<{ id: string }[]>`
    WITH chosen AS (
      SELECT id FROM "Notification" WHERE ${condition} AND ${unlike[action](until)} ORDER BY id FOR UPDATE)
    UPDATE "Notification" n SET ${effect[action](now, until)} ${undoable} FROM chosen WHERE n.id = chosen.id
    RETURNING n.id`;
  if (rows.length === 0) return { changed: 0, eventId: null, changeId: null };
  const ids = rows.map(({ id }) => id);
  const { [action]: cancelled = null } = cancels;
  if (cancelled || action === 'SEEN') {
    const dropped = await acknowledge(tx, userId, { notificationIds: ids, cancelled, now });
    await rememberDropped(tx, dropped);
  }
  return { changed: rows.length, eventId: appendChange(tx, userId, { ids, action, changeId }), changeId };
}

/** So that `undo` holds again what the change dropped. */
async function rememberDropped(tx: Tx, dropped: readonly { id: string; notificationId: string }[]): Promise<void> {
  if (dropped.length === 0) return;
  await tx.$executeRaw`
    UPDATE "Notification" n SET replaced = n.replaced || jsonb_build_object('dropped', of_row.ids)
    FROM (SELECT notification_id, jsonb_agg(delivery_id) AS ids
      FROM unnest(${dropped.map(({ notificationId }) => notificationId)}::uuid[],
        ${dropped.map(({ id }) => id)}::uuid[]) AS pair (notification_id, delivery_id)
      GROUP BY notification_id) of_row
    WHERE n.id = of_row.notification_id AND n.replaced IS NOT NULL`;
}

/** Says in a person's own topic what happened to rows of theirs. Answers the event's id. */
export function appendChange(
  tx: Tx,
  userId: string,
  { ids, action, changeId = null }: { ids: readonly string[]; action: NotificationChange; changeId?: string | null },
): string {
  const all = ids.length > maxIdsInEvent;
  return append(tx, topicKey('user', userId), notificationEvents.NotificationsChanged, {
    ids: all ? [] : ids.toSorted(),
    all,
    action,
    changeId,
  });
}

/**
 * Marks the viewer's notification of a thread as read when its newest event is at or before `seq` in the topic; null:
 * whatever it is. For who has read the thing itself.
 */
export async function markThreadRead(
  tx: Tx,
  context: Context,
  { topic, thread, seq }: { topic: TopicKey; thread: string; seq: number | null },
): Promise<void> {
  const upTo =
    seq === null
      ? Prisma.empty
      : Prisma.sql`AND EXISTS (SELECT FROM event e WHERE e.id = "Notification"."eventId" AND e.topic = ${topic}
          AND e.seq <= ${seq})`;
  const condition = Prisma.sql`${ownedBy(context.viewer)} AND "threadKey" = ${thread} ${upTo}`;
  await change(tx, context, { condition, action: 'READ' });
}
