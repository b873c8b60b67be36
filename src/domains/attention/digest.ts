import type { EventRegistry } from '../../events/define.ts';
import type { Tx } from '../../events/transaction.ts';
import { type Attention, type Delivery, Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../../platform/database.ts';
import { type DecidedAgain, decideAgain, keep, lockHeld } from './again.ts';
import type { AttentionConfig } from './rows.ts';

// What the digest, which is a domain of its own, does to the deliveries that are held for it.

/** What is held for a person's digest: what was due by `dueBy`, or everything (null), the oldest first. */
export function heldForDigest(db: Db | Tx, userId: string, dueBy: Date | null): Promise<Delivery[]> {
  return db.delivery.findMany({
    where: { userId, channel: 'EMAIL', state: 'HELD', ...(dueBy && { dueAt: { lte: dueBy } }) },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
}

/** When the first of what is held for a digest after `now` is due; null: nothing is. */
export async function nextDigestOf(tx: Tx, userId: string, now: Date): Promise<Date | null> {
  const { _min } = await tx.delivery.aggregate({
    where: { userId, channel: 'EMAIL', state: 'HELD', dueAt: { gt: now } },
    _min: { dueAt: true },
  });
  return _min.dueAt;
}

/**
 * {@link heldForDigest}, locked and decided again: what is not wanted any more, or cannot be read, is cancelled and left
 * out. The caller holds the person's lock; `row` is from it.
 */
export async function wantedInDigest(
  tx: Tx,
  parts: {
    userId: string;
    row: Attention | null;
    dueBy: Date | null;
    now: Date;
    config: AttentionConfig;
    events: EventRegistry;
  },
): Promise<Delivery[]> {
  const { userId, row, dueBy, now, config, events } = parts;
  await lockHeld(tx, userId);
  const held = (await heldForDigest(tx, userId, dueBy)).map((delivery) => ({ delivery, isDue: true }));
  const again = await decideAgain(tx, held, { userId, row, now, config, events });
  const isWanted = ({ decision, overtaken }: DecidedAgain) => decision.state === 'HELD' && overtaken === null;
  await keep(
    tx,
    again.filter((one) => !isWanted(one)),
    row?.version ?? 0,
  );
  const wanted = new Set(again.filter(isWanted).map(({ delivery }) => delivery.id));
  return held.flatMap(({ delivery }) => (wanted.has(delivery.id) ? [delivery] : []));
}

/** Puts deliveries into a run of the digest: nothing else tells, drops or holds them until {@link settleDigest}. */
export async function takeIntoDigest(tx: Tx, runId: string, deliveryIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE "Delivery" SET state = 'RELEASED', "releaseId" = ${runId}::uuid WHERE id = ANY(${[...deliveryIds]}::uuid[])`;
}

/** What a run has taken. */
export function takenIntoDigest(
  db: Db | Tx,
  { userId, runId }: { userId: string; runId: string },
): Promise<Delivery[]> {
  return db.delivery.findMany({ where: { userId, channel: 'EMAIL', state: 'RELEASED', releaseId: runId } });
}

/** Drops deliveries that are held or taken, or holds them until another time. */
export async function leaveOutOfDigest(
  tx: Tx,
  deliveryIds: readonly string[],
  why: { readonly cancelled: string } | { readonly heldUntil: Date },
): Promise<void> {
  if (deliveryIds.length === 0) return;
  const ids = [...deliveryIds];
  if ('cancelled' in why) {
    await tx.$executeRaw`
      UPDATE "Delivery" SET state = 'CANCELLED', cancelled = ${why.cancelled}, "releaseId" = NULL
      WHERE id = ANY(${ids}::uuid[])`;
  } else {
    await tx.$executeRaw`
      UPDATE "Delivery" SET state = 'HELD', "releaseId" = NULL, "dueAt" = ${why.heldUntil}
      WHERE id = ANY(${ids}::uuid[])`;
  }
}

/** What became of what a run of the digest had taken: told, held again until then, or dropped. */
export async function settleDigest(
  tx: Tx,
  { userId, runId }: { userId: string; runId: string },
  outcome: { readonly sentAt: Date } | { readonly heldUntil: Date } | { readonly cancelled: string },
): Promise<void> {
  const taken = Prisma.sql`"userId" = ${userId}::uuid AND channel = 'EMAIL' AND "releaseId" = ${runId}::uuid`;
  if ('sentAt' in outcome) {
    await tx.$executeRaw`
      UPDATE "Delivery" SET state = 'RELEASED', cancelled = NULL, "sentAt" = ${outcome.sentAt}
      WHERE ${taken}`;
  } else if ('heldUntil' in outcome) {
    await tx.$executeRaw`
      UPDATE "Delivery" SET state = 'HELD', "releaseId" = NULL, "dueAt" = ${outcome.heldUntil}
      WHERE ${taken} AND state = 'RELEASED'`;
  } else {
    await tx.$executeRaw`
      UPDATE "Delivery" SET state = 'CANCELLED', cancelled = ${outcome.cancelled}
      WHERE ${taken} AND state = 'RELEASED'`;
  }
}
