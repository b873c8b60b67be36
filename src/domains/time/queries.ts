import type { Prisma, TimeEntry } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { topicRoleMay } from '../../graphql/permissions.ts';
import { timeReaders } from './access.ts';

/** What Pothos adds to a query so that everything selected comes at once. */
export type TimeEntryQuery = { include?: Prisma.TimeEntryInclude; select?: Prisma.TimeEntrySelect };

/** The viewer's own timer; null when none runs. Whether it may be read is the type's business. */
export function readRunningTimer(context: Context, query: TimeEntryQuery): Promise<TimeEntry | null> {
  return context.db.timeEntry.findFirst({ ...query, where: { userId: context.viewer.userId, stoppedAt: null } });
}

/** A time entry for whoever may read it; null for everybody else. */
export async function readEntry(context: Context, entryId: string): Promise<TimeEntry | null> {
  const entry = await context.db.timeEntry.findUnique({ where: { id: entryId } });
  if (!entry) return null;
  const { key, permission } = timeReaders(entry).topic;
  return topicRoleMay(await context.roleIn(key), permission) ? entry : null;
}

/** A time entry whose reader is checked by its type; null for null. */
export async function loadEntry(
  context: Context,
  entryId: string | null,
  query: TimeEntryQuery,
): Promise<TimeEntry | null> {
  return entryId === null ? null : context.db.timeEntry.findUnique({ ...query, where: { id: entryId } });
}
