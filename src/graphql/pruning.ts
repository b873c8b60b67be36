import { type DueHandler, schedule } from '../events/due.ts';
import type { Services } from './context.ts';

/** Kind of the due work that removes what has expired. */
export const pruning = 'prune-idempotency-records';

const dayMs = 86_400_000;
/** Rows deleted in one transaction: short enough for the embedded database's only connection. */
const rowsAtOnce = 1_000;

/** Removes idempotency records older than IDEMPOTENCY_TTL_DAYS, once a day, and at once again while there are more. */
export function pruneIdempotencyRecords({ clock, config }: Services): DueHandler {
  return async (tx) => {
    const before = new Date(clock.now().getTime() - config.idempotencyTtlDays * dayMs);
    const removed = await tx.$executeRaw`
      DELETE FROM idempotency_record WHERE ctid IN (
        SELECT ctid FROM idempotency_record WHERE created_at < ${before} LIMIT ${rowsAtOnce})`;
    return new Date(clock.now().getTime() + (removed < rowsAtOnce ? dayMs : 0));
  };
}

/** Makes pruning due now; it schedules itself from then on. Called at each start, which does no harm. */
export function schedulePruning({ transaction, clock }: Services): Promise<void> {
  const origin = { actorId: null, correlationId: null };
  return transaction(origin, (tx) => schedule(tx, { kind: pruning, key: 'all', dueAt: clock.now() }));
}
