import type { Prisma } from '../../src/generated/prisma/client.ts';

/**
 * Resolves when `count` statements of this database wait for a lock; asked in the transaction that holds what they wait for,
 * whose time limit also ends the asking.
 */
export async function waitForWaiting(tx: Prisma.TransactionClient, count: number): Promise<void> {
  for (let rows: unknown[] = []; rows.length < count; ) {
    await tx.$executeRaw`SELECT pg_stat_clear_snapshot()`;
    rows = await tx.$queryRaw`
      SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  }
}
