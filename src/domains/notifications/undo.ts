import { scheduleBy } from '../../events/due.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { holdAgain, lockAttention } from '../attention/access.ts';
import { appendChange, type NotificationsResult } from './access.ts';
import { ownedBy } from './filter.ts';
import { snoozing } from './snoozing.ts';

/**
 * Takes a change of the viewer's notifications back, within UNDO_WINDOW_MS: each is again as it was, and what was dropped
 * of it waits again. One to which something happened since stays as it is.
 *
 * Throws CONFLICT when nothing of it can be taken back, whether it ever was or not.
 */
export async function undo(context: Context, { changeId }: { changeId: string }): Promise<NotificationsResult> {
  const { viewer, clock, config, transaction } = context;
  const { userId } = viewer;
  if (!isId(changeId)) throw nothingToUndo();
  return transaction(async (tx) => {
    const now = clock.now();
    // The order in which waking does it; one that is snoozed again may be due.
    await scheduleBy(tx, { kind: snoozing, key: userId, dueAt: now });
    await lockAttention(tx, [userId]);
    const since = new Date(now.getTime() - config.undoWindowMs);
    const back = (column: string) => Prisma.raw(`"${column}" = (chosen.replaced->>'${column}')::timestamptz`);
    const rows = await tx.$queryRaw<{ id: string; dropped: string[] | null }[]>`
      WITH chosen AS (
        SELECT id, replaced FROM "Notification" WHERE ${ownedBy(viewer)} AND "changeId" = ${changeId}::uuid
          AND (replaced->>'at')::timestamptz > ${since} ORDER BY id FOR UPDATE)
      UPDATE "Notification" n SET ${back('readAt')}, ${back('seenAt')}, ${back('doneAt')}, ${back('snoozedUntil')},
        "changeId" = NULL, replaced = NULL
      FROM chosen WHERE n.id = chosen.id
      RETURNING n.id, chosen.replaced->'dropped' AS dropped`;
    if (rows.length === 0) throw nothingToUndo();
    await holdAgain(tx, userId, { deliveryIds: rows.flatMap(({ dropped }) => dropped ?? []), now });
    const ids = rows.map(({ id }) => id);
    return { changed: ids.length, eventId: appendChange(tx, userId, { ids, action: 'UNDO' }), changeId: null };
  });
}

function nothingToUndo(): AppError {
  return new AppError(
    'CONFLICT',
    'This cannot be taken back: too much time has passed, it was taken back already, or more happened since.',
    { field: 'changeId' },
  );
}
