import { append } from '../../events/append.ts';
import { topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Task } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { AppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { parseInput } from '../../platform/validation.ts';
import { celebrate, dropOvertaken, planReminders, releaseNaturally } from '../attention/access.ts';
import { holdMember, rememberRole, requireRole, requireTopic } from '../membership/access.ts';
import { stopTimersOn } from '../time/access.ts';
import { lockTask, refusalOf } from './access.ts';
import { changesOf } from './changes.ts';
import { taskEvents, taskThread } from './events.ts';
import {
  type AssignTaskInput,
  assignTaskSchema,
  type CreateTaskInput,
  createTaskSchema,
  type DeleteTaskInput,
  type UpdateTaskInput,
  updateTaskSchema,
} from './input.ts';

/** What the commands of this domain answer; `eventId` is null when nothing changed. */
export interface TaskResult {
  taskId: string;
  eventId: string | null;
}

/** Creates a task. With an assignee two facts are appended, and `eventId` is the later one. */
export async function createTask(context: Context, input: CreateTaskInput): Promise<TaskResult> {
  const {
    projectId,
    status,
    priority,
    assigneeId = null,
    ...rest
  } = parseInput(createTaskSchema(context.config), input);
  return context.transaction(async (tx) => {
    const { viewer } = context;
    const topic = await requireTopic(tx, viewer, 'project', projectId, 'task:create', refusalOf('task:create'));
    rememberRole(context, topic.key, topic.role);
    if (rest.estimateMinutes != null) requireRole(topic.role, 'task:read-estimate', refusalOf('task:read-estimate'));
    if (assigneeId !== null) await requireAssignee(tx, topic.id, assigneeId);
    const taskId = newId();
    const now = context.clock.now();
    await planReminder(tx, { assigneeId, dueAt: rest.dueAt ?? null }, now);
    await tx.task.create({
      select: { id: true },
      data: {
        ...rest,
        id: taskId,
        projectId: topic.id,
        creatorId: viewer.userId,
        assigneeId,
        ...(status ? { status } : {}),
        ...(priority ? { priority } : {}),
        createdAt: now,
        updatedAt: now,
      },
    });
    const created = append(tx, topic.key, taskEvents.TaskCreated, { taskId });
    if (assigneeId === null) return { taskId, eventId: created };
    const eventId = append(tx, topic.key, taskEvents.TaskAssigned, { taskId, assigneeId, previousAssigneeId: null });
    return { taskId, eventId };
  });
}

/** Changes fields of a task; nothing is written when they hold what is already there. */
export async function updateTask(context: Context, input: UpdateTaskInput): Promise<TaskResult> {
  const { taskId, expectedVersion, ...patch } = parseInput(updateTaskSchema(context.config), input);
  return context.transaction(async (tx) => {
    const { task, topic, role } = await lockTask(tx, context.viewer, taskId, 'task:update', 'change');
    rememberRole(context, topic, role);
    // Setting a value would say whether it differs from the one there.
    if (patch.estimateMinutes !== undefined) {
      requireRole(role, 'task:read-estimate', refusalOf('task:read-estimate'));
    }
    requireVersion(task, expectedVersion);
    const changes = changesOf(task, patch);
    if (changes.length === 0) return { taskId, eventId: null };
    await saveTask(tx, context, taskId, patch);
    const now = context.clock.now();
    if (patch.dueAt !== undefined || patch.status !== undefined) {
      await planReminder(tx, { ...task, ...patch }, now);
      await dropReminders(tx, context, task);
    }
    if (patch.status === 'DONE' && task.status !== 'DONE') await finish(tx, context.viewer.userId, task, now);
    // Last: what a release waits for while it holds what is dropped here is not waited for any more.
    if (patch.dueAt !== undefined || patch.status !== undefined) await dropReminders(tx, context, task);
    return { taskId, eventId: append(tx, topic, taskEvents.TaskUpdated, { taskId, changes }) };
  });
}

/** What finishing a task is for who finishes it: a natural end, at which alerts may be told, and a joy. */
async function finish(tx: Tx, userId: string, { id, projectId }: Task, now: Date): Promise<void> {
  await releaseNaturally(tx, userId, { cause: 'TASK_DONE', now });
  // Two people finish the last two tasks: the second waits for the first to commit, and then sees that none is open.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`finishing ${projectId}`}, 0))`;
  const open = await tx.task.findFirst({
    where: { projectId, deletedAt: null, status: { not: 'DONE' } },
    select: { id: true },
  });
  const achieved = open
    ? ({ achievement: 'TASK_DONE', taskId: id, projectId } as const)
    : ({ achievement: 'PROJECT_DONE', taskId: null, projectId } as const);
  await celebrate(tx, userId, achieved, now);
}

/** Looks again when the assignee is to be reminded, if anybody is. */
async function planReminder(
  tx: Tx,
  { assigneeId, dueAt }: Pick<Task, 'assigneeId' | 'dueAt'>,
  now: Date,
): Promise<void> {
  if (assigneeId !== null && dueAt !== null && dueAt > now) await planReminders(tx, assigneeId, now);
}

/** Reminders that wait, for the end of quiet hours or a batch, and are true no more. */
async function dropReminders(tx: Tx, { services }: Context, { id, projectId }: Task): Promise<void> {
  await dropOvertaken(tx, services.events, { topic: topicKey('project', projectId), thread: taskThread(id) });
}

/** Gives a task to a member of its project, GUESTs included, or takes it from whoever has it. */
export async function assignTask(context: Context, input: AssignTaskInput): Promise<TaskResult> {
  const { taskId, assigneeId, expectedVersion } = parseInput(assignTaskSchema, input);
  return context.transaction(async (tx) => {
    const { task, topic, role } = await lockTask(tx, context.viewer, taskId, 'task:assign', 'change');
    rememberRole(context, topic, role);
    requireVersion(task, expectedVersion);
    if (task.assigneeId === assigneeId) return { taskId, eventId: null };
    if (assigneeId !== null) await requireAssignee(tx, task.projectId, assigneeId);
    await saveTask(tx, context, taskId, { assigneeId });
    await planReminder(tx, { ...task, assigneeId }, context.clock.now());
    await dropReminders(tx, context, task);
    const eventId = append(tx, topic, taskEvents.TaskAssigned, {
      taskId,
      assigneeId,
      previousAssigneeId: task.assigneeId,
    });
    return { taskId, eventId };
  });
}

/** Deletes a task: its row stays for the events that name it. Timers running on it are stopped. */
export async function deleteTask(context: Context, { taskId, expectedVersion }: DeleteTaskInput): Promise<TaskResult> {
  return context.transaction(async (tx) => {
    const { task, topic, role } = await lockTask(tx, context.viewer, taskId, 'task:delete', 'change');
    rememberRole(context, topic, role);
    requireVersion(task, expectedVersion);
    await stopTimersOn(tx, taskId, context.clock.now());
    await saveTask(tx, context, taskId, { deletedAt: context.clock.now() });
    return { taskId, eventId: append(tx, topic, taskEvents.TaskDeleted, { taskId }) };
  });
}

async function saveTask(tx: Tx, { clock }: Context, id: string, data: Partial<Omit<Task, 'version'>>): Promise<void> {
  await tx.task.update({
    where: { id },
    select: { id: true },
    data: { ...data, version: { increment: 1 }, updatedAt: clock.now() },
  });
}

/** Throws CONFLICT when the caller has read another version; null and absent expect nothing. */
function requireVersion({ version }: Task, expectedVersion: number | null | undefined): void {
  if (expectedVersion == null || expectedVersion === version) return;
  throw new AppError('CONFLICT', `The task is at version ${version}. Read it again and decide again.`, {
    field: 'expectedVersion',
  });
}

/**
 * Throws VALIDATION_ERROR for anybody who is no active member, whoever they are. The membership lasts until the
 * transaction ends: who removes the member finds the task among theirs.
 */
async function requireAssignee(tx: Tx, topicId: string, userId: string): Promise<void> {
  if (await holdMember(tx, topicId, userId)) return;
  throw new AppError('VALIDATION_ERROR', 'assigneeId is not an active member of the project.', {
    field: 'assigneeId',
  });
}
