import { append } from '../../events/append.ts';
import type { DueHandler } from '../../events/due.ts';
import { topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
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
  { userId, minutes, from, until }: { userId: string; minutes: readonly number[]; from: Date; until: Date },
): Promise<Reminder[]> {
  return tx.$queryRaw<Reminder[]>`
    SELECT t.id AS "dueTaskId", t."projectId", before.minutes
    FROM "Task" t CROSS JOIN unnest(${[...minutes]}::int[]) AS before (minutes)
    WHERE t."assigneeId" = ${userId}::uuid AND t."deletedAt" IS NULL AND t.status <> 'DONE'
      AND t."dueAt" - make_interval(mins => before.minutes) BETWEEN ${from} AND ${until}
    ORDER BY t."dueAt" - make_interval(mins => before.minutes), t.id`;
}

async function nextReminder(
  tx: Tx,
  { userId, minutes, after }: { userId: string; minutes: readonly number[]; after: Date },
): Promise<Date | null> {
  const [next] = await tx.$queryRaw<{ at: Date | null }[]>`
    SELECT min(t."dueAt" - make_interval(mins => before.minutes)) AS at
    FROM "Task" t CROSS JOIN unnest(${[...minutes]}::int[]) AS before (minutes)
    WHERE t."assigneeId" = ${userId}::uuid AND t."deletedAt" IS NULL AND t.status <> 'DONE'
      AND t."dueAt" - make_interval(mins => before.minutes) > ${after}`;
  return next?.at ?? null;
}
