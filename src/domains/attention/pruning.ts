import { type DueHandler, schedule } from '../../events/due.ts';
import type { Services } from '../../graphql/context.ts';

/** Kind of the due work that removes old deliveries. */
export const deliveryPruning = 'prune-deliveries';

const dayMs = 86_400_000;
/** Rows deleted in one transaction: short enough for the embedded database's only connection. */
const rowsAtOnce = 1_000;

/**
 * Removes deliveries older than EVENT_RETENTION_DAYS, once a day, and at once again while there are more. What is held
 * stays, however long.
 */
export function pruneDeliveries({ clock, config }: Services): DueHandler {
  return async (tx) => {
    const now = clock.now().getTime();
    const before = new Date(now - config.eventRetentionDays * dayMs);
    const removed = await tx.$executeRaw`
      DELETE FROM "Delivery" WHERE ctid IN (
        SELECT ctid FROM "Delivery" WHERE "createdAt" < ${before} AND state <> 'HELD' LIMIT ${rowsAtOnce})`;
    return new Date(now + (removed < rowsAtOnce ? dayMs : 0));
  };
}

/** Makes pruning due now; it schedules itself from then on. Called at each start, which does no harm. */
export function scheduleDeliveryPruning({ transaction, clock }: Services): Promise<void> {
  const origin = { actorId: null, correlationId: null };
  return transaction(origin, (tx) => schedule(tx, { kind: deliveryPruning, key: 'all', dueAt: clock.now() }));
}
