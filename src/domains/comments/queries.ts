import type { Comment, Content, Prisma, Task } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { noSuchComment, requireComment, subjectOf, topicOfComment } from './access.ts';

/** What Pothos adds to a query so that everything selected comes at once. */
export type CommentQuery = { include?: Prisma.CommentInclude; select?: Prisma.CommentSelect };

/** A comment the viewer may read. Throws NOT_FOUND, also for a deleted one. */
export async function readComment(context: Context, commentId: string, query: CommentQuery): Promise<Comment> {
  const { comment } = await requireComment(context.db, context.viewer, commentId);
  return context.db.comment.findUniqueOrThrow({ ...query, where: { id: comment.id } });
}

/** The comment a command has just written, deleted or not; access is asked again, for retries. Throws NOT_FOUND. */
export async function readWrittenComment(context: Context, commentId: string, query: CommentQuery): Promise<Comment> {
  const written = await context.db.comment.findUniqueOrThrow({
    where: { id: commentId },
    select: { topicId: true, taskId: true },
  });
  if (!(await context.roleIn(topicOfComment(written)))) throw noSuchComment();
  return context.db.comment.findUniqueOrThrow({ ...query, where: { id: commentId } });
}

/** The task or page a comment is about, deleted or not, with the name of its type. */
export async function readSubject({ db }: Context, comment: Comment): Promise<['Task', Task] | ['Content', Content]> {
  const { taskId, contentId } = subjectOf(comment);
  return contentId === null
    ? ['Task', await db.task.findUniqueOrThrow({ where: { id: taskId } })]
    : ['Content', await db.content.findUniqueOrThrow({ where: { id: contentId } })];
}
