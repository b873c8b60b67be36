import type { LoggedEvent } from '../../events/log.ts';
import type { Tx } from '../../events/transaction.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import { dropSubjects } from '../attention/access.ts';
import { appendChange } from './changes.ts';

/**
 * Lets notifications expire whose subject is gone: they are no longer counted as unread, and what is held of them is not
 * told any more. At most `size` of them; answers the last person when there may be more, else null.
 */
export async function expire(
  tx: Tx,
  { topic }: Pick<LoggedEvent, 'topic'>,
  { what, now, size }: { what: { readonly thread: string } | 'topic'; now: Date; size: number },
): Promise<{ lastUserId: string } | null> {
  const about = what === 'topic' ? Prisma.empty : Prisma.sql`AND "threadKey" = ${what.thread}`;
  const rows = await tx.$queryRaw<{ id: string; userId: string }[]>`
    WITH gone AS (
      SELECT id FROM "Notification" WHERE topic = ${topic} ${about} AND "expiredAt" IS NULL
      ORDER BY "userId", id LIMIT ${size} FOR UPDATE)
    UPDATE "Notification" n SET "expiredAt" = ${now}, "snoozedUntil" = NULL, "changeId" = NULL, replaced = NULL
    FROM gone WHERE n.id = gone.id RETURNING n.id, n."userId"`;
  if (rows.length === 0) return null;
  await dropSubjects(
    tx,
    rows.map(({ id }) => id),
  );
  const ofPeople = Map.groupBy(rows, ({ userId }) => userId);
  for (const [userId, own] of ofPeople) {
    appendChange(tx, userId, { ids: own.map(({ id }) => id), action: 'EXPIRE' });
  }
  const [lastUserId] = [...ofPeople.keys()].sort().slice(-1);
  return rows.length < size || lastUserId === undefined ? null : { lastUserId };
}
