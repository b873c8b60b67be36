import { append } from '../../events/append.ts';
import { topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { TimeEntry } from '../../generated/prisma/client.ts';
import { AppError } from '../../platform/errors.ts';
import { timeEvents } from './events.ts';

/** What is said of a time entry that is missing or may not be reached. */
export function noSuchEntry(): AppError {
  return new AppError('NOT_FOUND', 'No such time entry, or no access to it.');
}

/** What somebody needs to read a time entry, all of it: guests of a project do not see who worked how long. */
export function timeReaders({ projectId }: Pick<TimeEntry, 'projectId'>) {
  return { topic: { key: topicKey('project', projectId), permission: 'time:read' } } as const;
}

/**
 * Lets one command about a person's timers through at a time. A courtesy: the guard is the unique index
 * `TimeEntry_one_running_per_user`, which without this would answer two starts at once with an error.
 *
 * Before any task is locked and any timer stopped: whoever deletes a task locks it, then stops its timers, and two who
 * lock the same in different orders wait for each other.
 */
export async function serialiseTimersOf(tx: Tx, userId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`timer ${userId}`}, 0))`;
}

/**
 * Stops the timer of somebody who may not track time any more, in one project or anywhere, and appends the fact. For
 * commands that hold {@link serialiseTimersOf} and have ended what let the person start one in this transaction: a
 * timer that was being started is there, a later one is refused.
 */
export async function stopTimerOf(tx: Tx, who: { userId: string; projectId?: string }, now: Date): Promise<void> {
  await stopTimers(tx, who, now);
}

/**
 * Stops every timer that runs on a task and appends the facts. For commands that hold the task's row, so that
 * none can be started meanwhile.
 */
export async function stopTimersOn(tx: Tx, taskId: string, now: Date): Promise<void> {
  await stopTimers(tx, { taskId }, now);
}

async function stopTimers(
  tx: Tx,
  which: Partial<Pick<TimeEntry, 'taskId' | 'projectId' | 'userId'>>,
  now: Date,
): Promise<void> {
  const running = await tx.timeEntry.updateManyAndReturn({
    where: { ...which, stoppedAt: null },
    data: { stoppedAt: now },
    select: { id: true, taskId: true, projectId: true },
  });
  for (const { id, taskId, projectId } of running) {
    append(tx, topicKey('project', projectId), timeEvents.TimeStopped, { taskId, entryId: id });
  }
}
