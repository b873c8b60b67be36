import { z } from 'zod';
import { type Cursor, decodeCursor, markOf } from '../../events/cursor.ts';
import { namesOf } from '../../events/define.ts';
import { scheduleBy } from '../../events/due.ts';
import { cursorExpired } from '../../events/log.ts';
import { topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { parseInput } from '../../platform/validation.ts';
import { begin, celebrateIfClear, throughout } from './bulk.ts';
import { change, type NotificationsResult } from './changes.ts';
import { maxIdsInEvent, type NotificationAction, notificationActions, notificationEvents } from './events.ts';
import { matching, type NotificationFilter, ownedBy } from './filter.ts';
import { noSuchNotification } from './queries.ts';
import { snoozing } from './snoozing.ts';

/** Marks one of the viewer's own. Throws NOT_FOUND for all others. */
export async function markNotificationRead(
  context: Context,
  { id }: { id: string },
): Promise<NotificationsResult & { notificationId: string }> {
  return command(context, 'READ', async (tx) => {
    const which = await ownAmong(tx, context, [id]);
    return { notificationId: id, ...(await change(tx, changingOf(context), { which, action: 'READ' })) };
  });
}

/** One command. Whoever leaves nothing unread with it has achieved something. */
async function command<Result extends NotificationsResult>(
  context: Context,
  action: NotificationAction,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  return context.transaction(async (tx) => {
    const answer = await work(tx);
    if (answer.changed > 0) await celebrateIfClear(tx, changingOf(context), action);
    return answer;
  });
}

function changingOf({ viewer, clock }: Context) {
  return { userId: viewer.userId, now: clock.now() };
}

/**
 * Marks all of the viewer's, or with `before`, a cursor of their inbox, those to which nothing was added after
 * it: what arrived while they were looking stays unread.
 * @throws VALIDATION_ERROR when it is no cursor of their inbox, CURSOR_EXPIRED when it is of another history.
 */
export async function markAllNotificationsRead(
  context: Context,
  { before }: { before?: string | null | undefined },
): Promise<NotificationsResult> {
  const cursor = before == null ? null : inboxCursor(context, before);
  return throughout(context, () =>
    command(context, 'READ', async (tx) => {
      const own = ownedBy(context.viewer);
      if (cursor) await requireKnown(tx, cursor);
      // What is growing just now, and in the log only after this: begin() leaves it alone.
      const condition = cursor
        ? Prisma.sql`${own} AND id NOT IN (
            SELECT (e.data->>'notificationId')::uuid FROM event e
            WHERE e.topic = ${cursor.topic} AND e.seq > ${cursor.seq}
              AND e.kind = ${notificationEvents.NotificationUpserted.kind})`
        : own;
      return begin(tx, context, condition, { action: 'READ', until: null });
    }),
  );
}

export interface UpdateNotificationsInput {
  ids?: readonly string[] | null | undefined;
  filter?: NotificationFilter | null | undefined;
  action: NotificationAction;
  /** Of SNOOZE: a moment to come, at most MAX_SNOOZE_DAYS ahead. */
  until?: Date | null | undefined;
}

const updateSchema = z.object({
  ids: z.array(z.string()).min(1).max(maxIdsInEvent).nullish(),
  action: z.enum(namesOf(notificationActions)),
});

/**
 * Does `action` to the listed ones, or to any number that match.
 * @throws NOT_FOUND when one is not the viewer's; VALIDATION_ERROR for `until` without SNOOZE and the other way round.
 */
export async function updateNotifications(
  context: Context,
  input: UpdateNotificationsInput,
): Promise<NotificationsResult> {
  const { ids, action } = parseInput(updateSchema, { ids: input.ids, action: input.action });
  const { filter } = input;
  if ((ids == null) === (filter == null)) {
    throw new AppError('VALIDATION_ERROR', 'Say which: either ids or filter.', { field: 'ids' });
  }
  const run = () =>
    command(context, action, async (tx) => {
      // Not before: a retry with the same key is answered as the first was, whatever the time is by then.
      const until = snoozedUntil(context, action, input.until ?? null);
      if (!ids) return begin(tx, context, await matching(tx, context, filter ?? {}), { action, until });
      if (until) await scheduleBy(tx, { kind: snoozing, key: context.viewer.userId, dueAt: until });
      const which = await ownAmong(tx, context, ids);
      return change(tx, changingOf(context), { which, action, until });
    });
  return ids ? run() : throughout(context, run);
}

const dayMs = 86_400_000;

function snoozedUntil({ clock, config }: Context, action: NotificationAction, until: Date | null): Date | null {
  const refuse = (message: string) => new AppError('VALIDATION_ERROR', message, { field: 'until' });
  if (action !== 'SNOOZE') {
    if (until) throw refuse('until belongs to SNOOZE.');
    return null;
  }
  if (!until) throw refuse('SNOOZE needs until.');
  const aheadMs = until.getTime() - clock.now().getTime();
  if (aheadMs <= 0) throw refuse('until must lie in the future.');
  if (aheadMs > config.maxSnoozeDays * dayMs) throw refuse(`until lies more than ${config.maxSnoozeDays} days ahead.`);
  return until;
}

/** These rows, for {@link change}. Throws NOT_FOUND unless every one is the viewer's. */
async function ownAmong(tx: Tx, { viewer }: Context, ids: readonly string[]): Promise<Prisma.Sql> {
  const asked = [...new Set(ids)];
  if (!asked.every(isId)) throw noSuchNotification();
  const found = await tx.notification.count({ where: { userId: viewer.userId, id: { in: asked } } });
  if (found < asked.length) throw noSuchNotification();
  return Prisma.sql`FROM "Notification" n WHERE ${ownedBy(viewer)} AND id = ANY(${asked}::uuid[])`;
}

function inboxCursor({ viewer }: Context, text: string): Cursor {
  const notOne = (cause?: unknown) =>
    new AppError('VALIDATION_ERROR', 'before is not a cursor of your inbox.', { field: 'before', cause });
  let cursor: Cursor;
  try {
    cursor = decodeCursor(text);
  } catch (cause) {
    throw notOne(cause);
  }
  if (cursor.topic !== topicKey('user', viewer.userId)) throw notOne();
  return cursor;
}

/** Old cursors will do, those of another history (a restored database) would choose the wrong rows. */
async function requireKnown(tx: Tx, cursor: Cursor): Promise<void> {
  if (cursor.seq === 0) return;
  const { topic } = cursor;
  const [at] = await tx.$queryRaw<
    { id: string }[]
  >`SELECT id FROM event WHERE topic = ${topic} AND seq = ${cursor.seq}`;
  if (at && markOf(at.id) === cursor.mark) return;
  const head = await tx.topicHead.findUnique({ where: { topic } });
  throw cursorExpired([{ topic, seq: Number(head?.seq ?? 0), eventId: head?.eventId }]);
}
