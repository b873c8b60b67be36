import { type DueHandler, schedule, scheduleBy } from '../../events/due.ts';
import type { Tx } from '../../events/transaction.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Context, Services } from '../../graphql/context.ts';
import { newId } from '../../platform/ids.ts';
import { celebrate, lockAttention } from '../attention/access.ts';
import { type Changing, change, type NotificationsResult, takeBack, unlike } from './changes.ts';
import type { NotificationAction } from './events.ts';
import { countNotifications } from './queries.ts';
import { snoozing } from './snoozing.ts';

// A change of any number of rows: chosen at one moment, changed in steps of BULK_CHANGE_ROWS, each a transaction. One
// transaction for 100,000 rows with 200,000 deliveries took more than the 10 s it may last, and all that time whoever had
// something to tell the person waited for it.
//
// - A row to which something happens after the choice is left alone: how it stood is compared when it is locked.
// - The request goes on until all is done. Whatever ends it before that, due work does the rest.
// - A person's bulk changes are done one after the other, whatever devices they come from.

/** Kind of the due work that goes on with what a server left undone; its key is the person's id. */
export const bulkChange = 'bulk-change';

/** When due work takes over: a request is through with 100,000 rows before. */
const takeOverMs = 60_000;

/** What is done to each row. */
export interface Bulk {
  readonly action: NotificationAction | 'UNDO';
  /** Of SNOOZE. */
  readonly until: Date | null;
  /** What `undo` will take back; null: it cannot be; of UNDO: what it takes back. */
  readonly changeId: string | null;
}

/** Thrown in the transaction of a command whose person's last bulk change is not through. */
class Unfinished extends Error {}

/** Which row it is and how it stands, for knowing whether anything but SEEN happened to it since. */
const mark = Prisma.sql`hashtextextended(concat_ws(' ', n.id, n."eventId", n."changeId", n."updatedAt"), 0)`;

/** Runs a command that begins with {@link begin}, and returns when all of what it began is done. */
export async function throughout<Result>(context: Context, command: () => Promise<Result>): Promise<Result> {
  const { services, viewer, correlationId } = context;
  const origin = { actorId: viewer.userId, correlationId };
  const finish = async () => {
    if ((await services.database.db.bulkChange.count({ where: { userId: viewer.userId } })) === 0) return;
    while (await services.transaction(origin, (tx) => step(tx, services, viewer.userId)));
  };
  for (;;) {
    try {
      const result = await command();
      await finish();
      return result;
    } catch (error) {
      if (!(error instanceof Unfinished)) throw error;
      // Another device's, or of a server that died; then ours.
      await finish();
    }
  }
}

/**
 * Chooses the rows, and changes the first of them. `condition` is about `n`, of the viewer's only. Call it within
 * {@link throughout}, before anything of the person's is locked. With more than one step `changed` is how many were chosen.
 */
export async function begin(
  tx: Tx,
  { viewer: { userId }, clock, config }: Context,
  condition: Prisma.Sql,
  bulk: Omit<Bulk, 'changeId'> & { readonly changeId?: string },
): Promise<NotificationsResult> {
  const { action, until, changeId = action === 'SEEN' ? null : newId() } = bulk;
  const now = clock.now();
  const size = config.bulkChangeRows;
  const differs = action === 'UNDO' ? Prisma.sql`true` : unlike[action](until);
  const which = Prisma.sql`FROM "Notification" n WHERE ${condition} AND ${differs}`;
  const [under] = await tx.$queryRaw<object[]>`SELECT 1 AS one FROM "BulkChange" WHERE "userId" = ${userId}::uuid`;
  if (under) throw new Unfinished();
  // One more than are changed now says whether there are more.
  const found = await tx.$queryRaw<Chosen[]>`
    SELECT n.id, ${mark}::text AS mark ${which} ORDER BY n.id LIMIT ${size + 1}`;
  const chosen = found.slice(0, size);
  const last = chosen.at(-1);
  const isLast = found.length <= size;
  const rest = isLast || !last ? 0 : await keepRest(tx, userId, { action, until, changeId }, { which, last });
  const done = await apply(tx, { userId, now }, { action, until, changeId }, { chosen, isLast });
  if (rest === 0) return done;
  await schedule(tx, { kind: bulkChange, key: userId, dueAt: new Date(now.getTime() + takeOverMs) });
  return { ...done, changed: done.changed + rest, changeId: action === 'UNDO' ? null : changeId };
}

interface Chosen {
  readonly id: string;
  readonly mark: string;
}

/** Writes down what follows the first step. Answers how many rows that is. */
async function keepRest(
  tx: Tx,
  userId: string,
  { action, until, changeId }: Bulk,
  { which, last }: { which: Prisma.Sql; last: Chosen },
): Promise<number> {
  const [kept] = await tx.$queryRaw<{ rest: number }[]>`
    INSERT INTO "BulkChange" ("userId", action, until, "changeId", ids, marks)
    SELECT ${userId}::uuid, ${action}, ${until}::timestamptz, ${changeId}::uuid, coalesce(array_agg(id), '{}'),
      coalesce(array_agg(mark), '{}')
    FROM (SELECT n.id, ${mark} AS mark ${which} AND n.id > ${last.id}::uuid ORDER BY n.id) AS row
    ON CONFLICT ("userId") DO NOTHING RETURNING cardinality(ids) AS rest`;
  if (!kept) throw new Unfinished();
  return kept.rest;
}

/** Does the next step of what a person has begun. False when there is no more. */
async function step(tx: Tx, { clock, config }: Pick<Services, 'clock' | 'config'>, userId: string): Promise<boolean> {
  const size = config.bulkChangeRows;
  const [under] = await tx.$queryRaw<(Bulk & { ids: string[]; marks: string[]; isLast: boolean })[]>`
    SELECT action, until, "changeId", ids[through + 1 : through + ${size}::int] AS ids,
      marks[through + 1 : through + ${size}::int]::text[] AS marks, through + ${size}::int >= cardinality(ids) AS "isLast"
    FROM "BulkChange" WHERE "userId" = ${userId}::uuid FOR UPDATE`;
  if (!under) return false;
  const { ids, marks, isLast, ...bulk } = under;
  const changing = { userId, now: clock.now() };
  const chosen = ids.map((id, nth) => ({ id, mark: marks[nth] ?? '' }));
  await apply(tx, changing, bulk, { chosen, isLast });
  if (isLast) {
    await tx.bulkChange.delete({ where: { userId }, select: { userId: true } });
    // Also when the last of them were left alone: something was changed before.
    await celebrateIfClear(tx, changing, bulk.action);
  } else {
    await tx.bulkChange.update({ where: { userId }, data: { through: { increment: size } }, select: { userId: true } });
  }
  return !isLast;
}

async function apply(
  tx: Tx,
  changing: Changing,
  { action, until, changeId }: Bulk,
  { chosen, isLast }: { chosen: readonly Chosen[]; isLast: boolean },
): Promise<NotificationsResult> {
  const { userId, now } = changing;
  // No join: while a change is under way PostgreSQL takes next to nothing to be left of it, and compared each row with
  // each of the chosen: 36 s instead of 10 for 20,000 rows in steps of 500 (2026-11-27).
  const which = Prisma.sql`
    FROM "Notification" n WHERE n."userId" = ${userId}::uuid AND n.id = ANY(${chosen.map(({ id }) => id)}::uuid[])
      AND ${mark} = ANY(${chosen.map((one) => one.mark)}::bigint[])`;
  // Before any row is locked, as waking does it.
  if (action === 'SNOOZE' && until) await scheduleBy(tx, { kind: snoozing, key: userId, dueAt: until });
  if (action !== 'UNDO') return change(tx, changing, { which, action, until, changeId });
  // What is snoozed again may be due.
  await scheduleBy(tx, { kind: snoozing, key: userId, dueAt: now });
  await lockAttention(tx, [userId]);
  return takeBack(tx, changing, { which, isLast });
}

/** Stops what goes on of a change, so that no more of it follows: what it has done so far is all there is of it. */
export async function stop(tx: Tx, userId: string, changeId: string): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM "BulkChange" WHERE "userId" = ${userId}::uuid AND "changeId" = ${changeId}::uuid AND action <> 'UNDO'`;
}

/** Whoever leaves nothing unread by READ or DONE has achieved something. */
export async function celebrateIfClear(tx: Tx, { userId, now }: Changing, action: Bulk['action']): Promise<void> {
  if (action !== 'READ' && action !== 'DONE') return;
  if ((await countNotifications(tx, { userId })).unread > 0) return;
  await celebrate(tx, userId, { achievement: 'INBOX_CLEARED', taskId: null, projectId: null }, now);
}

/** Due work of one person: a step of what is left undone. */
export function goOnWithBulkChange(services: Pick<Services, 'clock' | 'config'>): DueHandler {
  return async (tx, { key: userId }) => ((await step(tx, services, userId)) ? services.clock.now() : null);
}
