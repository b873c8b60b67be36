import { schedule } from '../../events/due.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Db } from '../../platform/database.ts';
import type { ReleaseCause } from './events.ts';
import { attentionDue } from './telling.ts';

export { type DecidedFor, decideFor, recordDeliveries, type Told } from './telling.ts';

/** What made somebody follow a topic without having said so. */
export const followOrigins = ['ASSIGNED', 'MENTIONED', 'COMMENTED', 'AUTHORED', 'JOINED'] as const;
export type FollowOrigin = (typeof followOrigins)[number];

/** Lets people follow a topic because of what they did or were given; whatever they chose, or followed, stays. */
export async function followAutomatically(
  tx: Tx,
  topicId: string,
  people: readonly { readonly userId: string; readonly origin: FollowOrigin }[],
): Promise<void> {
  if (people.length === 0) return;
  await tx.follow.createMany({
    data: people.map(({ userId, origin }) => ({ userId, topicId, origin, level: 'PARTICIPATING' as const })),
    skipDuplicates: true,
  });
}

/** People who want to hear of everything in a topic. */
export async function followersOfAll(db: Db | Tx, topicId: string, now: Date): Promise<string[]> {
  const rows = await db.follow.findMany({
    where: { topicId, level: 'ALL', OR: [{ until: null }, { until: { gt: now } }] },
    select: { userId: true },
  });
  return rows.map(({ userId }) => userId);
}

/**
 * A moment at which somebody came to a natural end of something: what waits for their next batch is told now, after the
 * commit; what focus, quiet hours or a pause hold goes on waiting. Nudge the due work afterwards.
 */
export async function releaseNaturally(
  tx: Tx,
  userId: string,
  { cause, now }: { cause: Extract<ReleaseCause, 'TASK_DONE' | 'TIMER_STOPPED'>; now: Date },
): Promise<void> {
  const where = { userId, channel: 'ALERT', state: 'HELD', decision: 'BATCH' } as const;
  const held = await tx.delivery.findFirst({ where, select: { id: true } });
  if (!held) return;
  await schedule(tx, { kind: attentionDue.natural, key: userId, dueAt: now, data: { cause } });
}

/**
 * Somebody has seen, or read, notifications of theirs: that acknowledges what was told of them, and what is held of one
 * that was read need not be told any more.
 */
export async function acknowledge(
  tx: Tx,
  userId: string,
  { notificationIds, read, now }: { notificationIds: readonly string[]; read: boolean; now: Date },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE "Delivery" SET "seenAt" = coalesce("seenAt", ${now}),
      state = CASE WHEN ${read} AND state = 'HELD' THEN 'CANCELLED' ELSE state END,
      cancelled = CASE WHEN ${read} AND state = 'HELD' THEN 'READ' ELSE cancelled END
    WHERE "userId" = ${userId}::uuid AND "notificationId" = ANY(${[...notificationIds]}::uuid[])
      AND ("seenAt" IS NULL OR (${read} AND state = 'HELD'))`;
}
