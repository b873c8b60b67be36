import { append } from '../../events/append.ts';
import type { DueHandler } from '../../events/due.ts';
import { topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Services } from '../../graphql/context.ts';
import { remindMinutesOf } from '../attention/access.ts';
import { reminderEvents } from './events.ts';

/**
 * Due work of one person: reminds them of their open tasks, each so many minutes before it is due as they chose, and
 * answers when the next reminder comes. Of several of one task that a stopped server missed, the last is told.
 */
export function remindOfTasks({ clock, config }: Pick<Services, 'clock' | 'config'>): DueHandler {
  return async (tx, { key: userId, dueAt: from }) => {
    const now = clock.now();
    const minutes = await remindMinutesOf(tx, userId, config);
    if (minutes.length === 0) return null;
    const due = await remindersOf(tx, { userId, minutes, from, until: now });
    const last = new Map(due.map((reminder) => [reminder.dueTaskId, reminder]));
    for (const reminder of last.values()) {
      append(tx, topicKey('user', userId), reminderEvents.TaskDueSoon, reminder);
    }
    return nextReminder(tx, { userId, minutes, after: now });
  };
}

interface Reminder {
  dueTaskId: string;
  projectId: string;
  minutes: number;
}

/** Reminders from one moment to another, both included, in the order of time. */
function remindersOf(
  tx: Tx,
  { from, until, ...whose }: { userId: string; minutes: readonly number[]; from: Date; until: Date },
): Promise<Reminder[]> {
  return tx.$queryRaw<Reminder[]>`
    SELECT "taskId" AS "dueTaskId", "projectId", minutes FROM (${reminders(whose)}) AS reminder
    WHERE at BETWEEN ${from} AND ${until} ORDER BY at, "taskId"`;
}

async function nextReminder(
  tx: Tx,
  { after, ...whose }: { userId: string; minutes: readonly number[]; after: Date },
): Promise<Date | null> {
  const [next] = await tx.$queryRaw<{ at: Date | null }[]>`
    SELECT min(at) AS at FROM (${reminders(whose)}) AS reminder WHERE at > ${after}`;
  return next?.at ?? null;
}

/** Every reminder of somebody's open tasks in the projects they may read. */
function reminders({ userId, minutes }: { userId: string; minutes: readonly number[] }): Prisma.Sql {
  return Prisma.sql`
    SELECT t.id AS "taskId", t."projectId", before.minutes, t."dueAt" - make_interval(mins => before.minutes) AS at
    FROM "Task" t CROSS JOIN unnest(${[...minutes]}::int[]) AS before (minutes)
    JOIN "Topic" p ON p.id = t."projectId" AND p."deletedAt" IS NULL
    JOIN "Membership" m ON m."topicId" = t."projectId" AND m."userId" = t."assigneeId"
    WHERE t."assigneeId" = ${userId}::uuid AND t."deletedAt" IS NULL AND t.status <> 'DONE'`;
}
