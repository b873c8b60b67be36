import { encodeCursor, type Head } from '../../events/cursor.ts';
import { topicKey } from '../../events/topic.ts';
import type { Prisma, Task, TaskStatus } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { pageId } from '../../platform/validation.ts';
import { requireTopic, roleHere } from '../membership/access.ts';
import { noSuchTask, requireTask } from './access.ts';

/** What Pothos adds to a query so that everything selected comes at once. */
export type TaskQuery = { include?: Prisma.TaskInclude; select?: Prisma.TaskSelect };

/** A task the viewer may read. Throws NOT_FOUND, also for a deleted one. */
export async function readTask(context: Context, taskId: string, query: TaskQuery): Promise<Task> {
  const { task } = await requireTask(context.db, context.viewer, taskId, 'project:read');
  return context.db.task.findUniqueOrThrow({ ...query, where: { id: task.id } });
}

/** The task a command has just written, deleted or not; access is asked again for retries, whose command did not. Throws NOT_FOUND. */
export async function readWrittenTask(context: Context, taskId: string, query: TaskQuery): Promise<Task> {
  const select = query.select && { select: { ...query.select, projectId: true } };
  const task = await context.db.task.findUniqueOrThrow({ ...query, ...select, where: { id: taskId } });
  if (!(await roleHere(context, topicKey('project', task.projectId)))) throw noSuchTask();
  return task;
}

/** Arguments of the list of tasks. */
export interface TaskListArgs {
  /** Id or externalId. */
  projectId: string;
  /** Absent and null: all. */
  status?: TaskStatus | null | undefined;
  after?: string | null | undefined;
  before?: string | null | undefined;
}

/** The heads that were read before the rows of a list, by the list's arguments, which Pothos hands on as they are. */
const headsBefore = new WeakMap<object, Head>();

/**
 * Tasks of a project that are not deleted, in the order they were made. The project's head is read first, so
 * that whoever goes on behind it misses nothing; hearing of what the list already shows is harmless.
 */
export async function listTasks(
  context: Context,
  args: TaskListArgs,
  { cursor: _cursor, skip: _skip, ...query }: TaskQuery & Pick<Prisma.TaskFindManyArgs, 'cursor' | 'skip' | 'take'>,
): Promise<Task[]> {
  const from = pageId(args);
  const { key, id } = await requireTopic(context.db, context.viewer, 'project', args.projectId, 'project:read');
  const [head] = await context.services.eventLog.heads([key]);
  if (head) headsBefore.set(args, head);
  return context.db.task.findMany({
    ...query,
    where: {
      projectId: id,
      deletedAt: null,
      ...(args.status ? { status: args.status } : {}),
      // Not Prisma's cursor: it skips the first row found, which is the wrong one when that of the cursor has left
      // the list, deleted or at another status.
      ...(from ? { id: args.after != null ? { gt: from } : { lt: from } } : {}),
    },
    orderBy: { id: 'asc' },
  });
}

/** Where the project's log stood before {@link listTasks} with these arguments read its rows. */
export function headCursorOf(args: object): string {
  const head = headsBefore.get(args);
  if (!head) throw new Error('the list was not read');
  return encodeCursor(head);
}
