import { append } from '../../events/append.ts';
import { parseTopicKey, type TopicKey, topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Task } from '../../generated/prisma/client.ts';
import type { Viewer } from '../../graphql/context.ts';
import type { TopicPermission, TopicRole } from '../../graphql/permissions.ts';
import type { Db } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { requireRole, rolesOf } from '../membership/access.ts';
import { taskEvents } from './events.ts';

/** A task as somebody may reach it. */
export interface HeldTask {
  readonly task: Task;
  /** The topic of its project. */
  readonly topic: TopicKey;
  /** The viewer's role there. */
  readonly role: TopicRole;
}

/** What is said of a task that is missing, deleted, or of a project one may not read. */
export function noSuchTask(): AppError {
  return new AppError('NOT_FOUND', 'No such task, or no access to it.');
}

/** The task, for somebody with `permission` in its project. Throws NOT_FOUND, also for a deleted one, or FORBIDDEN. */
export async function requireTask(
  db: Db | Tx,
  viewer: Viewer,
  taskId: string,
  permission: TopicPermission,
): Promise<HeldTask> {
  const task = isId(taskId) ? await db.task.findUnique({ where: { id: taskId } }) : null;
  return heldTask(db, viewer, task, permission);
}

/**
 * {@link requireTask} with the row locked until the transaction ends. `change`: against every other holder, so
 * that what an event says about the value before is true. `use`: only against change, so that nothing is added to
 * a task while it is being deleted.
 */
export async function lockTask(
  tx: Tx,
  viewer: Viewer,
  taskId: string,
  permission: TopicPermission,
  lock: 'change' | 'use',
): Promise<HeldTask> {
  if (!isId(taskId)) throw noSuchTask();
  // NO KEY UPDATE, not UPDATE: rows that refer to the task may be inserted meanwhile.
  const [task] =
    lock === 'change'
      ? await tx.$queryRaw<Task[]>`SELECT * FROM "Task" WHERE id = ${taskId}::uuid FOR NO KEY UPDATE`
      : await tx.$queryRaw<Task[]>`SELECT * FROM "Task" WHERE id = ${taskId}::uuid FOR SHARE`;
  return heldTask(tx, viewer, task ?? null, permission);
}

async function heldTask(
  db: Db | Tx,
  viewer: Viewer,
  task: Task | null,
  permission: TopicPermission,
): Promise<HeldTask> {
  if (!task || task.deletedAt) throw noSuchTask();
  const topic = topicKey('project', task.projectId);
  const role = (await rolesOf(db, viewer, [topic])).get(topic);
  if (!role) throw noSuchTask();
  requireRole(role, permission, refusals[permission]);
  return { task, topic, role };
}

/**
 * Takes the open tasks of a project from somebody who leaves it, and appends the facts; what is done stays theirs. For
 * commands that have ended the membership in this transaction: whoever assigns meanwhile waits for it, or is waited for.
 */
export async function releaseTasksOf(tx: Tx, topic: TopicKey, userId: string, now: Date): Promise<void> {
  const { id: projectId } = parseTopicKey(topic);
  const released = await tx.task.updateManyAndReturn({
    where: { projectId, assigneeId: userId, deletedAt: null, status: { not: 'DONE' } },
    data: { assigneeId: null, version: { increment: 1 }, updatedAt: now },
    select: { id: true },
  });
  for (const { id: taskId } of released) {
    append(tx, topic, taskEvents.TaskAssigned, { taskId, assigneeId: null, previousAssigneeId: userId });
  }
}

const refusals: { readonly [Permission in TopicPermission]?: string } = {
  'task:create': 'You may not create tasks in this project.',
  'task:update': 'You may not change tasks of this project.',
  'task:assign': 'You may not assign tasks of this project.',
  'task:delete': 'You may not delete tasks of this project.',
  'task:read-estimate': 'You may not see estimates in this project, so you may not set them either.',
  'comment:add': 'You may not comment in this project.',
  'time:track': 'You may not track time in this project.',
};

/** What is said to a member whose role lacks a permission of this domain; absent: no sentence of its own. */
export function refusalOf(permission: TopicPermission): string | undefined {
  return refusals[permission];
}
