import type { Recipient } from '../../events/define.ts';
import { defineEvents, event, idsOf, optionalId, optionalRef, ref } from '../../events/define.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Db } from '../../platform/database.ts';
import { contentThread } from '../content/events.ts';
import { topicMembers } from '../membership/access.ts';
import { taskThread } from '../tasks/events.ts';

const comment = ref('Comment', 'The comment, as it is now; a deleted one has no text.');
// Not `task` and `content`, which other events always have: a document that selects both would be refused.
const either = {
  taskId: optionalId('Id of the task it is about; null: it is about a page.'),
  contentId: optionalId('Id of the page it is about; null: it is about a task.'),
};

/** Of whoever follows everything in the place. */
const followers = {
  title: ({ actor, subject }: { actor: string; subject: string }) => `${actor} commented on ${subject}`,
};

/** Facts about comments, in the log of the page, or of the task's project. */
export const commentEvents = {
  ...defineEvents('project', {
    TaskCommented: event({
      wireName: 'task.commented',
      description: 'Somebody commented on a task.',
      interfaces: ['TaskEvent'],
      fields: {
        task: ref('Task', 'The task the comment is about.'),
        comment,
        mentionedIds: idsOf('People mentioned in it.'),
      },
      notify: {
        reasons: ['MENTIONED', 'COMMENTED'],
        actorFollows: true,
        recipients: async ({ data }, db) => [
          ...mentioned(data.mentionedIds),
          ...(await concerned(db, data.taskId, data.commentId)),
        ],
        thread: ({ data }) => taskThread(data.taskId),
        subject: ({ data }) => ({ model: 'Task', id: data.taskId }),
        title,
        followers,
      },
    }),
  }),
  ...defineEvents('content', {
    CommentAdded: event({
      wireName: 'new-comment',
      description: 'Somebody commented on a page, or answered a comment on it.',
      interfaces: ['ContentEvent'],
      fields: {
        content: ref('Content', 'The page the comment is about.'),
        comment,
        replyTo: optionalRef('Comment', 'The comment it answers; null: none.'),
        mentionedIds: idsOf('People mentioned in it.'),
      },
      notify: {
        reasons: ['MENTIONED', 'REPLIED', 'COMMENTED'],
        actorFollows: true,
        recipients: async ({ data }, db) => [
          ...mentioned(data.mentionedIds),
          ...(await answered(db, data.replyToId)),
          ...(await topicMembers(db, data.contentId)).map((userId) => ({ userId, reason: 'COMMENTED' })),
        ],
        thread: ({ data }) => contentThread(data.contentId),
        subject: ({ data }) => ({ model: 'Content', id: data.contentId }),
        title,
        followers,
      },
    }),
  }),
  ...defineEvents(['project', 'content'], {
    CommentEdited: event({
      description: 'The text or the mentions of a comment changed.',
      fields: { comment, ...either, newlyMentionedIds: idsOf('People mentioned now who were not before.') },
      notify: {
        reasons: ['MENTIONED'],
        recipients: ({ data }) => mentioned(data.newlyMentionedIds),
        thread: ({ data }) => (data.taskId ? taskThread(data.taskId) : contentThread(data.contentId ?? '')),
        subject: ({ data }) =>
          data.taskId ? { model: 'Task', id: data.taskId } : { model: 'Content', id: data.contentId ?? '' },
        title,
      },
    }),
    CommentDeleted: event({
      description: 'A comment was deleted: its place stays, its text is gone.',
      fields: { comment, ...either },
    }),
  }),
};

function title({ actor, subject, reason }: { actor: string; subject: string; reason: string }): string {
  if (reason === 'MENTIONED') return `${actor} mentioned you on ${subject}`;
  return reason === 'REPLIED' ? `${actor} answered you on ${subject}` : `${actor} commented on ${subject}`;
}

/** Who wrote the comment that is answered, unless it is deleted. */
async function answered(db: Db | Tx, commentId: string | null): Promise<Recipient[]> {
  if (commentId === null) return [];
  const comment = await db.comment.findFirst({ where: { id: commentId, deletedAt: null }, select: { authorId: true } });
  return comment ? [{ userId: comment.authorId, reason: 'REPLIED' }] : [];
}

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
