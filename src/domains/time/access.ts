import { append } from '../../events/append.ts';
import { type TopicKey, topicKey } from '../../events/topic.ts';
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
 * Stops every timer that runs on a task and appends the facts. For commands that hold the task's row, so that
 * none can be started meanwhile.
 */
export async function stopTimersOn(tx: Tx, topic: TopicKey, taskId: string, now: Date): Promise<void> {
  const running = await tx.timeEntry.updateManyAndReturn({
    where: { taskId, stoppedAt: null },
    data: { stoppedAt: now },
    select: { id: true },
  });
  for (const { id } of running) append(tx, topic, timeEvents.TimeStopped, { taskId, entryId: id });
}
