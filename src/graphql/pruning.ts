import type { DueHandler } from '../events/due.ts';
import { newId } from '../platform/ids.ts';
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

/** Makes sure that pruning is scheduled; does nothing when it is. */
export async function schedulePruning({ database, clock }: Services): Promise<void> {
  await database.query(
    'INSERT INTO due_work (id, kind, key, due_at) VALUES ($1, $2, $3, $4) ON CONFLICT (kind, key) DO NOTHING',
    [newId(), pruning, 'all', clock.now()],
  );
}
