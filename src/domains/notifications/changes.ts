import { append } from '../../events/append.ts';
import { topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import { newId } from '../../platform/ids.ts';
import { acknowledge, holdAgain } from '../attention/access.ts';
import { maxIdsInEvent, type NotificationAction, type NotificationChange, notificationEvents } from './events.ts';

/** What the commands of this domain answer. */
export interface NotificationsResult {
  /** How many notifications changed. */
  changed: number;
  /** Null when nothing changed. */
  eventId: string | null;
  /** For `undo`; null when nothing changed, and for SEEN. */
  changeId: string | null;
}

/** Whose notifications are changed, and when. */
export interface Changing {
  readonly userId: string;
  readonly now: Date;
}

/** Which rows an action changes; the others are as they should be, and nothing is said of them. */
export const unlike: Record<NotificationAction, (until: Date | null) => Prisma.Sql> = {
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

/**
 * Changes rows and appends the fact to their person's own topic. `which` says of which rows, `n`, that person's only:
 * `FROM … WHERE …`; `until` is SNOOZE's.
 */
export async function change(
  tx: Tx,
  { userId, now }: Changing,
  {
    which,
    action,
    until = null,
    changeId = action === 'SEEN' ? null : newId(),
  }: {
    which: Prisma.Sql;
    action: NotificationAction;
    until?: Date | null;
    /** Of a change in several steps: the same for all; null: it cannot be taken back. */
    changeId?: string | null;
  },
): Promise<NotificationsResult> {
  // Locked in the order of ids, so that two devices of one person never wait for each other in a circle. First the locks,
  // then a new statement: what was told of a row by whoever was waited for is acknowledged too.
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT n.id ${which} AND ${unlike[action](until)} ORDER BY n.id FOR UPDATE OF n`;
  if (rows.length === 0) return { changed: 0, eventId: null, changeId: null };
  const ids = rows.map(({ id }) => id);
  const { [action]: cancelled = null } = cancels;
  const acknowledges = cancelled !== null || action === 'SEEN';
  const dropped = acknowledges ? await acknowledge(tx, userId, { notificationIds: ids, cancelled, now }) : [];
  const undoable = changeId
    ? Prisma.sql`, "changeId" = ${changeId}::uuid,
        replaced = ${replaced(now)} || CASE WHEN dropped.ids IS NULL THEN '{}' ELSE jsonb_build_object('dropped', dropped.ids) END`
    : Prisma.empty;
  await tx.$executeRaw`
    WITH dropped AS (SELECT notification_id, jsonb_agg(delivery_id) AS ids
      FROM unnest(${dropped.map(({ notificationId }) => notificationId)}::uuid[],
        ${dropped.map(({ id }) => id)}::uuid[]) AS pair (notification_id, delivery_id) GROUP BY notification_id)
    UPDATE "Notification" n SET ${effect[action](now, until)} ${undoable}
    FROM unnest(${ids}::uuid[]) AS chosen (id) LEFT JOIN dropped ON dropped.notification_id = chosen.id
    WHERE n.id = chosen.id`;
  return { changed: ids.length, eventId: appendChange(tx, userId, { ids, action, changeId }), changeId };
}

/**
 * Makes rows again what they were before a change, and holds again what it dropped of them; the caller holds the
 * person's lock. `which` is as for {@link change}; `isLast` false: more of the same change is taken back after this.
 */
export async function takeBack(
  tx: Tx,
  { userId, now }: Changing,
  { which, isLast }: { which: Prisma.Sql; isLast: boolean },
): Promise<NotificationsResult> {
  const back = (column: string) => Prisma.raw(`"${column}" = (chosen.replaced->>'${column}')::timestamptz`);
  const rows = await tx.$queryRaw<{ id: string; dropped: string[] | null }[]>`
    WITH chosen AS (SELECT n.id, n.replaced ${which} ORDER BY n.id FOR UPDATE OF n)
    UPDATE "Notification" n SET ${back('readAt')}, ${back('seenAt')}, ${back('doneAt')}, ${back('snoozedUntil')},
      "changeId" = NULL, replaced = NULL
    FROM chosen WHERE n.id = chosen.id RETURNING n.id, chosen.replaced->'dropped' AS dropped`;
  const deliveryIds = rows.flatMap(({ dropped }) => dropped ?? []);
  await holdAgain(tx, userId, { deliveryIds, now, looks: isLast });
  if (rows.length === 0) return { changed: 0, eventId: null, changeId: null };
  const ids = rows.map(({ id }) => id);
  return { changed: ids.length, eventId: appendChange(tx, userId, { ids, action: 'UNDO' }), changeId: null };
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
