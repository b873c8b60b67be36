import { append } from '../../events/append.ts';
import { type TopicKey, topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { acknowledge } from '../attention/access.ts';
import { maxIdsInEvent, type NotificationAction, notificationEvents } from './events.ts';
import { ownedBy } from './filter.ts';

/** What the commands of this domain answer. */
export interface NotificationsResult {
  /** How many notifications changed. */
  changed: number;
  /** Null when nothing changed. */
  eventId: string | null;
}

/** Which rows an action changes; the others are as they should be, and nothing is said of them. */
const unlike: Record<NotificationAction, Prisma.Sql> = {
  READ: Prisma.sql`"readAt" IS NULL`,
  UNREAD: Prisma.sql`"readAt" IS NOT NULL`,
  SEEN: Prisma.sql`"seenAt" IS NULL`,
};

// What is read was seen. The columns refer to the updated table, n.
const effect: Record<NotificationAction, (now: Date) => Prisma.Sql> = {
  READ: (now) => Prisma.sql`"readAt" = ${now}, "seenAt" = coalesce(n."seenAt", ${now})`,
  UNREAD: () => Prisma.sql`"readAt" = NULL`,
  SEEN: (now) => Prisma.sql`"seenAt" = ${now}`,
};

/** Changes the rows and appends the fact to the viewer's own topic. */
export async function change(
  tx: Tx,
  context: Context,
  { condition, action }: { condition: Prisma.Sql; action: NotificationAction },
): Promise<NotificationsResult> {
  // Locked in the order of ids, so that two devices of one person never wait for each other in a circle.
  const rows = await tx.$queryRaw<{ id: string }[]>`
    WITH chosen AS (SELECT id FROM "Notification" WHERE ${condition} AND ${unlike[action]} ORDER BY id FOR UPDATE)
    UPDATE "Notification" n SET ${effect[action](context.clock.now())} FROM chosen WHERE n.id = chosen.id
    RETURNING n.id`;
  if (rows.length === 0) return { changed: 0, eventId: null };
  if (action !== 'UNREAD') {
    const notificationIds = rows.map(({ id }) => id);
    const now = context.clock.now();
    await acknowledge(tx, context.viewer.userId, { notificationIds, read: action === 'READ', now });
  }
  const all = rows.length > maxIdsInEvent;
  const eventId = append(tx, topicKey('user', context.viewer.userId), notificationEvents.NotificationsChanged, {
    ids: all ? [] : rows.map(({ id }) => id).sort(),
    all,
    action,
  });
  return { changed: rows.length, eventId };
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
