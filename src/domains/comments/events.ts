import type { Recipient } from '../../events/define.ts';
import { defineEvents, event, idsOf, ref } from '../../events/define.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Db } from '../../platform/database.ts';
import { taskThread } from '../tasks/events.ts';

const task = ref('Task', 'The task the comment is about.');
const comment = ref('Comment', 'The comment, as it is now; a deleted one has no text.');

/** Facts about comments on tasks, in the log of the task's project. */
export const commentEvents = defineEvents('project', {
  TaskCommented: event({
    wireName: 'task.commented',
    description: 'Somebody commented on a task.',
    interfaces: ['TaskEvent'],
    fields: { task, comment, mentionedIds: idsOf('People mentioned in it.') },
    notify: {
      reasons: ['MENTIONED', 'COMMENTED'],
      recipients: async ({ data }, db) => [
        ...mentioned(data.mentionedIds),
        ...(await concerned(db, data.taskId, data.commentId)),
      ],
      thread: ({ data }) => taskThread(data.taskId),
      subject: ({ data }) => ({ model: 'Task', id: data.taskId }),
      title: ({ actor, subject, reason }) =>
        reason === 'MENTIONED' ? `${actor} mentioned you on ${subject}` : `${actor} commented on ${subject}`,
    },
  }),
  CommentEdited: event({
    description: 'The text or the mentions of a comment changed.',
    fields: { comment, task, newlyMentionedIds: idsOf('People mentioned now who were not before.') },
    notify: {
      reasons: ['MENTIONED'],
      recipients: ({ data }) => mentioned(data.newlyMentionedIds),
      thread: ({ data }) => taskThread(data.taskId),
      subject: ({ data }) => ({ model: 'Task', id: data.taskId }),
      title: ({ actor, subject }) => `${actor} mentioned you on ${subject}`,
    },
  }),
  CommentDeleted: event({
    description: 'A comment was deleted: its place stays, its text is gone.',
    fields: { comment, task },
  }),
});

function mentioned(userIds: readonly string[]): Recipient[] {
  return userIds.map((userId) => ({ userId, reason: 'MENTIONED' }));
}

/** The task's assignee and creator and everybody who commented before. */
async function concerned(db: Db | Tx, taskId: string, commentId: string): Promise<Recipient[]> {
  const task = await db.task.findUnique({ where: { id: taskId }, select: { assigneeId: true, creatorId: true } });
  // Grouped by the database: `distinct` would fetch a row for every comment.
  const earlier = await db.comment.groupBy({
    by: ['authorId'],
    where: { taskId, deletedAt: null, id: { lt: commentId } },
    orderBy: { authorId: 'asc' },
  });
  const userIds = [task?.assigneeId, task?.creatorId, ...earlier.map(({ authorId }) => authorId)];
  return [...new Set(userIds)]
    .filter((userId) => typeof userId === 'string')
    .map((userId) => ({ userId, reason: 'COMMENTED' }));
}
