import { scheduleEarlier } from '../../events/due.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Attention } from '../../generated/prisma/client.ts';
import type { Config } from '../../platform/config.ts';
import { attentionDue, digestPlanOf, leaveOutOfDigest, nextDigest } from '../attention/access.ts';

/**
 * Leaves deliveries out of a digest, by the reason: what is snoozed waits for the next one, the rest is dropped. The
 * caller holds the person's lock; `row` is from it.
 */
export async function leaveOut(
  tx: Tx,
  {
    userId,
    row,
    leftOut,
    now,
    config,
  }: {
    userId: string;
    row: Attention | null;
    leftOut: ReadonlyMap<string, readonly string[]>;
    now: Date;
    config: Config;
  },
): Promise<void> {
  for (const [reason, ids] of leftOut) {
    const heldUntil = reason === 'SNOOZED' ? nextDigest(digestPlanOf(row, config), now) : null;
    if (heldUntil) {
      await leaveOutOfDigest(tx, ids, { heldUntil });
      await scheduleEarlier(tx, attentionDue.digest, [{ key: userId, dueAt: heldUntil }]);
    } else {
      await leaveOutOfDigest(tx, ids, { cancelled: reason });
    }
  }
}
