import { encodeCursor } from '../../events/cursor.ts';
import { topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import { type Notification, Prisma } from '../../generated/prisma/client.ts';
import type { Context, Viewer } from '../../graphql/context.ts';
import type { Db } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { matching, type NotificationFilter } from './filter.ts';
import { type PageArgs, pageSql, parsePage, toConnection } from './page.ts';
import type { InboxCounts } from './states.ts';

/** What Pothos adds to a query so that everything selected comes at once. */
export type NotificationQuery = { include?: Prisma.NotificationInclude; select?: Prisma.NotificationSelect };

/**
 * A page of the viewer's notifications, newest first. `headCursor` is where their own topic stood before any row
 * (or count, when asked for later) was read: `inbox(after: headCursor)` goes on without a gap.
 */
export async function listNotifications(
  context: Context,
  { filter, ...args }: PageArgs & { filter?: NotificationFilter | null | undefined },
) {
  const wanted = parsePage(args);
  const headCursor = await inboxHead(context);
  const condition = await matching(context.db, context, filter ?? {});
  const found = await context.db.$queryRaw<Notification[]>(pageSql(condition, wanted));
  return { ...toConnection(found, wanted), headCursor };
}

/** Where the viewer's own topic stands. */
async function inboxHead({ services, viewer }: Context): Promise<string> {
  const topic = topicKey('user', viewer.userId);
  const [head] = await services.eventLog.heads([topic]);
  return encodeCursor(head ?? { topic, seq: 0 });
}

/**
 * Exact, read now. Not by counting, which took 75 to 150 ms for 100,000 notifications, with every change of them on every device:
 * triggers keep the sums (prisma/migrations, inbox_counts).
 */
export async function countNotifications(db: Db | Tx, { userId }: Pick<Viewer, 'userId'>): Promise<InboxCounts> {
  const sum = (column: keyof InboxCounts) => Prisma.raw(`coalesce(sum(${column}), 0)::int AS ${column}`);
  const [counts] = await db.$queryRaw<InboxCounts[]>`
    SELECT ${sum('unread')}, ${sum('unseen')}, ${sum('snoozed')}, ${sum('done')}, ${sum('total')}
    FROM "InboxCount" WHERE "userId" = ${userId}::uuid`;
  return counts ?? { unread: 0, unseen: 0, snoozed: 0, done: 0, total: 0 };
}

/** One of the viewer's own. Throws NOT_FOUND for all others, whether they exist or not. */
export async function readNotification(context: Context, id: string, query: NotificationQuery): Promise<Notification> {
  const found = await findNotification(context, id, query);
  if (!found) throw noSuchNotification();
  return found;
}

/** One of the viewer's own, or null. */
export async function findNotification(
  { db, viewer }: Context,
  id: string,
  query: NotificationQuery = {},
): Promise<Notification | null> {
  return isId(id) ? db.notification.findFirst({ ...query, where: { id, userId: viewer.userId } }) : null;
}

/** The viewer's own among `ids`, in their order. */
export async function findNotifications(
  { db, viewer }: Context,
  ids: readonly string[],
  query: NotificationQuery = {},
): Promise<Notification[]> {
  const found = await db.notification.findMany({ ...query, where: { id: { in: [...ids] }, userId: viewer.userId } });
  const byId = new Map(found.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** The same for a notification that does not exist and for another person's. */
export function noSuchNotification(): AppError {
  return new AppError('NOT_FOUND', 'No such notification.');
}
