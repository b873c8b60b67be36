import { schedule, scheduleEarlier, scheduleIfNone } from '../../events/due.ts';
import type { Tx } from '../../events/transaction.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../../platform/database.ts';
import type { Achieved, ReleaseCause } from './events.ts';
import type { AttentionConfig } from './rows.ts';
import { settingsOf } from './settings.ts';
import { attentionDue } from './telling.ts';
import { stateOf } from './timing.ts';

export { dropOvertaken } from './again.ts';
export { turnDigestOff } from './commands.ts';
export {
  heldForDigest,
  leaveOutOfDigest,
  nextDigestOf,
  settleDigest,
  takeIntoDigest,
  takenIntoDigest,
  wantedInDigest,
} from './digest.ts';
export { placeNames } from './places.ts';
export { planReminders, remindMinutesOf } from './reminding.ts';
export { lockAttention } from './rows.ts';
export { digestPlanOf } from './settings.ts';
export { attentionDue, type DecidedFor, decideFor, recordDeliveries, type Told } from './telling.ts';
export { inWords, nextDigest } from './timing.ts';

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
 * commit; what focus, quiet hours or a pause hold goes on waiting.
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
 * Somebody achieved something: it is told after the commit, if they want it. While another waits to be told, nothing is
 * added.
 */
export async function celebrate(tx: Tx, userId: string, achieved: Achieved, now: Date): Promise<void> {
  await scheduleIfNone(tx, { kind: attentionDue.celebration, key: userId, dueAt: now, data: { ...achieved } });
}

/**
 * Somebody has seen notifications of theirs: that acknowledges what was told of them. With `cancelled`, a word of
 * `cancellations`, what is held of them need not be told any more, but that what is snoozed is mailed when it is back.
 * Answers what was dropped so.
 */
export async function acknowledge(
  tx: Tx,
  userId: string,
  {
    notificationIds,
    cancelled,
    now,
  }: { notificationIds: readonly string[]; cancelled: 'READ' | 'DONE' | 'SNOOZED' | null; now: Date },
): Promise<{ id: string; notificationId: string }[]> {
  const drops =
    cancelled === null
      ? Prisma.sql`false`
      : Prisma.sql`(state = 'HELD' AND (channel = 'ALERT' OR ${cancelled} <> 'SNOOZED'))`;
  // In the order of ids, as a release locks them.
  return tx.$queryRaw<{ id: string; notificationId: string }[]>`
    WITH told AS (
        SELECT id, ${drops} AS drops FROM "Delivery"
        WHERE "userId" = ${userId}::uuid AND "notificationId" = ANY(${[...notificationIds]}::uuid[])
          AND ("seenAt" IS NULL OR ${drops}) ORDER BY id FOR UPDATE),
      acknowledged AS (
        UPDATE "Delivery" d SET "seenAt" = coalesce(d."seenAt", ${now}),
          state = CASE WHEN told.drops THEN 'CANCELLED' ELSE d.state END,
          cancelled = CASE WHEN told.drops THEN ${cancelled} ELSE d.cancelled END
        FROM told WHERE d.id = told.id RETURNING d.id, d."notificationId", told.drops)
    SELECT id, "notificationId" FROM acknowledged WHERE drops`;
}

/**
 * Holds again what {@link acknowledge} dropped, and looks at it at once: what became due meanwhile is told. With `looks`
 * false more follows, and all of it is looked at together with the last. The caller holds the person's lock.
 */
export async function holdAgain(
  tx: Tx,
  userId: string,
  { deliveryIds, looks, now }: { deliveryIds: readonly string[]; looks: boolean; now: Date },
): Promise<void> {
  const again = await tx.$queryRaw<{ channel: string; dueAt: Date | null }[]>`
    UPDATE "Delivery" SET state = 'HELD', cancelled = NULL
    WHERE "userId" = ${userId}::uuid AND id = ANY(${[...deliveryIds]}::uuid[]) AND state = 'CANCELLED'
    RETURNING channel, "dueAt"`;
  if (looks) await scheduleEarlier(tx, attentionDue.clock, [{ key: userId, dueAt: now }]);
  // Never before now: a digest that is being made would be waited for, while it waits for the person's lock.
  const mailed = again.flatMap(({ channel, dueAt }) =>
    channel === 'EMAIL' && dueAt ? [{ key: userId, dueAt: dueAt > now ? dueAt : now }] : [],
  );
  await scheduleEarlier(tx, attentionDue.digest, mailed);
}

/** What is held of things that are gone is not told any more. */
export async function dropSubjects(tx: Tx, notificationIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE "Delivery" SET state = 'CANCELLED', cancelled = 'SUBJECT_GONE'
    WHERE "notificationId" = ANY(${[...notificationIds]}::uuid[]) AND state = 'HELD'`;
}

/** Whether nothing holds a person's alerts just now but their batch times: no pause, focus or quiet hours. */
export async function isInterruptible(
  db: Db | Tx,
  userId: string,
  { now, config }: { now: Date; config: AttentionConfig },
): Promise<boolean> {
  const row = await db.attention.findUnique({ where: { userId } });
  return stateOf(settingsOf(row, config.defaultTimeZone), now).state === 'OPEN';
}
