import { append } from '../../events/append.ts';
import { topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Context } from '../../graphql/context.ts';
import { isId, newId } from '../../platform/ids.ts';
import { releaseNaturally } from '../attention/access.ts';
import { lockTask } from '../tasks/access.ts';
import { noSuchEntry, serialiseTimersOf } from './access.ts';
import { timeEvents } from './events.ts';

/** What the commands of this domain answer. */
export interface TimerResult {
  /** The entry started, or stopped by stopTimer; null when no timer ran. */
  entryId: string | null;
  /** The entry that startTimer stopped first; null when none ran. */
  stoppedId: string | null;
  eventId: string | null;
}

/**
 * Starts a timer of the viewer on a task. Their other one, on whatever task of whatever project, is stopped
 * first; one that runs on this very task goes on, and nothing changes.
 */
export async function startTimer(context: Context, { taskId }: { taskId: string }): Promise<TimerResult> {
  return context.transaction(async (tx) => {
    const { userId } = context.viewer;
    await serialiseTimersOf(tx, userId);
    const { task, topic } = await lockTask(tx, context.viewer, taskId, 'time:track', 'use');
    const running = await tx.timeEntry.findFirst({
      where: { userId, stoppedAt: null },
      select: { id: true, taskId: true },
    });
    if (running?.taskId === taskId) return { entryId: running.id, stoppedId: null, eventId: null };
    const now = context.clock.now();
    const stopped = running ? await stop(tx, running.id, now) : null;
    const entryId = newId();
    await tx.timeEntry.create({
      select: { id: true },
      data: { id: entryId, taskId, projectId: task.projectId, userId, startedAt: now },
    });
    const eventId = append(tx, topic, timeEvents.TimeStarted, { taskId, entryId });
    return { entryId, stoppedId: stopped && running ? running.id : null, eventId };
  });
}

/**
 * Stops the viewer's timer: the entry of `id`, or the one that runs. Whoever started it may stop it, also when
 * they are no longer in the project. Nothing changes when it is stopped already.
 *
 * Throws NOT_FOUND for an `id` that is not an entry of theirs.
 */
export async function stopTimer(context: Context, { id }: { id?: string | null | undefined }): Promise<TimerResult> {
  return context.transaction(async (tx) => {
    const { userId } = context.viewer;
    await serialiseTimersOf(tx, userId);
    if (id != null && !isId(id)) throw noSuchEntry();
    const entry = await tx.timeEntry.findFirst({
      where: id == null ? { userId, stoppedAt: null } : { userId, id },
      select: { id: true, stoppedAt: true },
    });
    if (!entry && id != null) throw noSuchEntry();
    if (!entry) return { entryId: null, stoppedId: null, eventId: null };
    const now = context.clock.now();
    const eventId = entry.stoppedAt ? null : await stop(tx, entry.id, now);
    if (eventId !== null) await releaseNaturally(tx, userId, { cause: 'TIMER_STOPPED', now });
    return { entryId: entry.id, stoppedId: null, eventId };
  });
}

/** Stops an entry and appends the fact to the log of its own project. Null when it was stopped meanwhile. */
async function stop(tx: Tx, id: string, now: Date): Promise<string | null> {
  // deleteTask stops timers without the lock above: whoever sets stoppedAt first appends the fact.
  const [entry] = await tx.timeEntry.updateManyAndReturn({
    where: { id, stoppedAt: null },
    data: { stoppedAt: now },
    select: { taskId: true, projectId: true },
  });
  if (!entry) return null;
  const topic = topicKey('project', entry.projectId);
  return append(tx, topic, timeEvents.TimeStopped, { taskId: entry.taskId, entryId: id });
}
