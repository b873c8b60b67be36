import { type TopicKey, topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Comment } from '../../generated/prisma/client.ts';
import type { Viewer } from '../../graphql/context.ts';
import type { TopicRole } from '../../graphql/permissions.ts';
import type { Db } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { lockContent } from '../content/access.ts';
import { rolesOf } from '../membership/access.ts';
import { lockTask, noSuchTask, requireTask } from '../tasks/access.ts';

/** What a comment is about: a task or a page. */
export type Subject = { readonly taskId: string; readonly contentId: null } | { taskId: null; contentId: string };

/** A comment as somebody may reach it. */
export interface HeldComment {
  readonly comment: Comment;
  readonly subject: Subject;
  readonly topic: TopicKey;
  readonly role: TopicRole;
}

/** What is said of a comment that is missing, deleted, or of something one may not read. */
export function noSuchComment(): AppError {
  return new AppError('NOT_FOUND', 'No such comment, or no access to it.');
}

/** The comment, for somebody who may read its task or page. Throws NOT_FOUND, also when either of them is deleted. */
export async function requireComment(db: Db | Tx, viewer: Viewer, commentId: string): Promise<HeldComment> {
  const comment = isId(commentId) ? await db.comment.findUnique({ where: { id: commentId } }) : null;
  return heldComment(db, viewer, comment);
}

/** {@link requireComment} with the row locked until the transaction ends. */
export async function lockComment(tx: Tx, viewer: Viewer, commentId: string): Promise<HeldComment> {
  if (!isId(commentId)) throw noSuchComment();
  const [comment] = await tx.$queryRaw<Comment[]>`
    SELECT * FROM "Comment" WHERE id = ${commentId}::uuid FOR NO KEY UPDATE`;
  // A page is unpublished or deleted before or after this, not meanwhile.
  if (comment?.contentId) {
    await tx.$queryRaw`SELECT 1 AS locked FROM "Content" WHERE id = ${comment.contentId}::uuid FOR SHARE`;
  }
  return heldComment(tx, viewer, comment ?? null);
}

/**
 * What is to be commented on, locked against change until the transaction ends: a task by its id, a page by id or
 * externalId. Throws NOT_FOUND for a task, FORBIDDEN for a page.
 */
export async function lockSubject(
  tx: Tx,
  viewer: Viewer,
  { taskId, contentId }: { taskId?: string | null | undefined; contentId?: string | null | undefined },
): Promise<{ subject: Subject; topic: TopicKey }> {
  if (contentId != null) {
    const { content, topic } = await lockContent(tx, viewer, contentId, 'comment:add', 'use');
    return { subject: { taskId: null, contentId: content.id }, topic };
  }
  const { task, topic } = await lockTask(tx, viewer, taskId ?? '', 'comment:add', 'use');
  return { subject: { taskId: task.id, contentId: null }, topic };
}

/** What a comment is about. */
export function subjectOf({ taskId, contentId }: Pick<Comment, 'taskId' | 'contentId'>): Subject {
  if (taskId !== null) return { taskId, contentId: null };
  if (contentId !== null) return { taskId: null, contentId };
  throw new AppError('INTERNAL_ERROR', 'a comment is about nothing');
}

/** The topic whose readers may read the comment. */
export function topicOfComment({ taskId, topicId }: Pick<Comment, 'taskId' | 'topicId'>): TopicKey {
  return topicKey(taskId === null ? 'content' : 'project', topicId);
}

async function heldComment(db: Db | Tx, viewer: Viewer, comment: Comment | null): Promise<HeldComment> {
  if (!comment || comment.deletedAt) throw noSuchComment();
  const subject = subjectOf(comment);
  const topic = topicOfComment(comment);
  if (subject.taskId === null) {
    const role = (await rolesOf(db, viewer, [topic])).get(topic);
    if (!role) throw noSuchComment();
    return { comment, subject, topic, role };
  }
  const { role } = await requireTask(db, viewer, subject.taskId, 'project:read').catch((error: unknown) => {
    // The sentence is about what was asked for.
    throw error instanceof AppError && error.code === noSuchTask().code ? noSuchComment() : error;
  });
  return { comment, subject, topic, role };
}
