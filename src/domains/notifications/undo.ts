import { Prisma } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { begin, stop, throughout } from './bulk.ts';
import type { NotificationsResult } from './changes.ts';
import { ownedBy } from './filter.ts';

/**
 * Takes a change of the viewer's notifications back, within UNDO_WINDOW_MS of its end: each is again as it was, and what
 * was dropped of it waits again. One to which something happened since stays as it is. What still goes on of it is stopped.
 *
 * Throws CONFLICT when nothing of it can be taken back, whether it ever was or not.
 */
export async function undo(context: Context, { changeId }: { changeId: string }): Promise<NotificationsResult> {
  const { viewer, clock, config, transaction } = context;
  if (!isId(changeId)) throw nothingToUndo();
  return throughout(context, () =>
    transaction(async (tx) => {
      await stop(tx, viewer.userId, changeId);
      const since = new Date(clock.now().getTime() - config.undoWindowMs);
      const own = Prisma.sql`${ownedBy(viewer)} AND "changeId" = ${changeId}::uuid`;
      const [newest] = await tx.$queryRaw<object[]>`
        SELECT 1 AS one FROM "Notification" WHERE ${own} AND (replaced->>'at')::timestamptz > ${since} LIMIT 1`;
      const undone = newest && (await begin(tx, context, own, { action: 'UNDO', until: null, changeId }));
      if (!undone || undone.changed === 0) throw nothingToUndo();
      return undone;
    }),
  );
}

function nothingToUndo(): AppError {
  return new AppError(
    'CONFLICT',
    'This cannot be taken back: too much time has passed, it was taken back already, or more happened since.',
    { field: 'changeId' },
  );
}
