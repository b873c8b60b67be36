import type { TopicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Comment } from '../../generated/prisma/client.ts';
import type { Viewer } from '../../graphql/context.ts';
import type { TopicRole } from '../../graphql/permissions.ts';
import type { Db } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { noSuchTask, requireTask } from '../tasks/access.ts';

/** A comment as somebody may reach it. */
export interface HeldComment {
  readonly comment: Comment & { taskId: string };
  readonly topic: TopicKey;
  readonly role: TopicRole;
}

/** What is said of a comment that is missing, deleted, or of something one may not read. */
export function noSuchComment(): AppError {
  return new AppError('NOT_FOUND', 'No such comment, or no access to it.');
}

/** The comment, for somebody who may read its task. Throws NOT_FOUND, also when either of them is deleted. */
export async function requireComment(db: Db | Tx, viewer: Viewer, commentId: string): Promise<HeldComment> {
  const comment = isId(commentId) ? await db.comment.findUnique({ where: { id: commentId } }) : null;
  return heldComment(db, viewer, comment);
}

/** {@link requireComment} with the row locked until the transaction ends. */
export async function lockComment(tx: Tx, viewer: Viewer, commentId: string): Promise<HeldComment> {
  if (!isId(commentId)) throw noSuchComment();
  const [comment] = await tx.$queryRaw<Comment[]>`
    SELECT * FROM "Comment" WHERE id = ${commentId}::uuid FOR NO KEY UPDATE`;
  return heldComment(tx, viewer, comment ?? null);
}

async function heldComment(db: Db | Tx, viewer: Viewer, comment: Comment | null): Promise<HeldComment> {
  if (!comment || comment.deletedAt || comment.taskId === null) throw noSuchComment();
  const { taskId } = comment;
  const { topic, role } = await requireTask(db, viewer, taskId, 'project:read').catch((error: unknown) => {
    // The sentence is about what was asked for.
    throw error instanceof AppError && error.code === noSuchTask().code ? noSuchComment() : error;
  });
  return { comment: { ...comment, taskId }, topic, role };
}
