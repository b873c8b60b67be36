import { z } from 'zod';
import { append } from '../../events/append.ts';
import { parseTopicKey, type TopicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Context } from '../../graphql/context.ts';
import { topicRoleMay } from '../../graphql/permissions.ts';
import { AppError } from '../../platform/errors.ts';
import { isId, newId } from '../../platform/ids.ts';
import { takeWriting } from '../../platform/limits.ts';
import { parseInput, perConfig, requiredProse } from '../../platform/validation.ts';
import { readersAmong } from '../membership/access.ts';
import { lockComment, lockSubject, type Subject } from './access.ts';
import { commentEvents } from './events.ts';

/** What the commands of this domain answer; `eventId` is null when nothing changed. */
export interface CommentResult {
  commentId: string;
  eventId: string | null;
}

/** What is commented on: one of the two. */
export interface AddCommentInput {
  taskId?: string | null | undefined;
  /** Id or externalId. */
  contentId?: string | null | undefined;
  text: string;
  /** The comment it answers, on the same task or page. */
  replyTo?: string | null | undefined;
  /** People to mention; absent and null: nobody. */
  mentions?: readonly string[] | null | undefined;
}

export interface EditCommentInput {
  commentId: string;
  text?: string | null | undefined;
  /** Replaces the mentions; absent and null leave them. */
  mentions?: readonly string[] | null | undefined;
  expectedVersion?: number | null | undefined;
}

const maxMentions = 50;
const mentionsSchema = z
  .array(z.string())
  .max(maxMentions)
  .transform((ids) => [...new Set(ids)]);

const addSchema = perConfig((config) =>
  z
    .object({
      taskId: z.string().nullish(),
      contentId: z.string().nullish(),
      text: requiredProse(config.commentMaxChars),
      replyTo: z.string().nullish(),
      mentions: mentionsSchema.nullish(),
    })
    .refine(({ taskId, contentId }) => (taskId == null) !== (contentId == null), 'must name either a task or a page'),
);
const editSchema = perConfig((config) =>
  z.object({
    commentId: z.string(),
    text: requiredProse(config.commentMaxChars).optional(),
    mentions: mentionsSchema.nullish(),
    expectedVersion: z.int().nullish(),
  }),
);

/** Comments on a task or a page. */
export async function addComment(context: Context, input: AddCommentInput): Promise<CommentResult> {
  const { text, mentions, replyTo, ...about } = parseInput(addSchema(context.config), input);
  const mentionedIds = mentions ?? [];
  await takeWriting(context.services.limits, context.viewer.userId, mentionedIds.length);
  return context.transaction(async (tx) => {
    const { viewer } = context;
    const { subject, topic } = await lockSubject(tx, viewer, about);
    await requireReaders(tx, topic, mentionedIds);
    const replyToId = replyTo == null ? null : await requireReplyTo(tx, replyTo, subject);
    const commentId = newId();
    await tx.comment.create({
      select: { id: true },
      data: {
        id: commentId,
        topicId: parseTopicKey(topic).id,
        ...subject,
        replyToId,
        authorId: viewer.userId,
        text,
        mentionedIds,
        createdAt: context.clock.now(),
      },
    });
    const { taskId, contentId } = subject;
    const eventId =
      contentId === null
        ? append(tx, topic, commentEvents.TaskCommented, { taskId, commentId, mentionedIds })
        : append(tx, topic, commentEvents.CommentAdded, { contentId, commentId, replyToId, mentionedIds });
    return { commentId, eventId };
  });
}

/** Changes the viewer's own comment. Only people mentioned for the first time are told. */
export async function editComment(context: Context, input: EditCommentInput): Promise<CommentResult> {
  const { commentId, expectedVersion, ...patch } = parseInput(editSchema(context.config), input);
  await takeWriting(context.services.limits, context.viewer.userId, patch.mentions?.length);
  return context.transaction(async (tx) => {
    const { comment, subject, topic } = await lockComment(tx, context.viewer, commentId);
    if (comment.authorId !== context.viewer.userId) {
      throw new AppError('FORBIDDEN', 'You may not edit the comment of somebody else.');
    }
    requireVersion(comment, expectedVersion);
    const text = patch.text ?? comment.text;
    const mentionedIds = patch.mentions ?? comment.mentionedIds;
    const newlyMentionedIds = mentionedIds.filter((id) => !comment.mentionedIds.includes(id));
    const same = mentionedIds.length === comment.mentionedIds.length && newlyMentionedIds.length === 0;
    if (text === comment.text && same) return { commentId, eventId: null };
    // Those mentioned before may have left since; the mention stays true.
    await requireReaders(tx, topic, newlyMentionedIds);
    await tx.comment.update({
      where: { id: commentId },
      select: { id: true },
      data: { text, mentionedIds, editedAt: context.clock.now(), version: { increment: 1 } },
    });
    const eventId = append(tx, topic, commentEvents.CommentEdited, { commentId, ...subject, newlyMentionedIds });
    return { commentId, eventId };
  });
}

/** Deletes a comment, one's own or with `comment:delete-any` anybody's: its row stays, without text and mentions. */
export async function deleteComment(
  context: Context,
  { commentId, expectedVersion }: { commentId: string; expectedVersion?: number | null | undefined },
): Promise<CommentResult> {
  return context.transaction(async (tx) => {
    const { comment, subject, topic, role } = await lockComment(tx, context.viewer, commentId);
    if (comment.authorId !== context.viewer.userId && !topicRoleMay(role, 'comment:delete-any')) {
      throw new AppError('FORBIDDEN', 'You may not delete the comment of somebody else.');
    }
    requireVersion(comment, expectedVersion);
    await tx.comment.update({
      where: { id: commentId },
      select: { id: true },
      data: { text: '', mentionedIds: [], deletedAt: context.clock.now(), version: { increment: 1 } },
    });
    return { commentId, eventId: append(tx, topic, commentEvents.CommentDeleted, { commentId, ...subject }) };
  });
}

/** Throws VALIDATION_ERROR when somebody may not read the project or page, whoever they are. */
async function requireReaders(tx: Tx, topic: TopicKey, userIds: readonly string[]): Promise<void> {
  const { kind, id } = parseTopicKey(topic);
  const readers = new Set(await readersAmong(tx, id, userIds));
  if (userIds.every((userId) => readers.has(userId))) return;
  const whom = kind === 'content' ? 'may not read the page' : 'is not an active member of the project';
  throw new AppError('VALIDATION_ERROR', `mentions names somebody who ${whom}.`, { field: 'mentions' });
}

/** The id of a comment that can be answered. Throws VALIDATION_ERROR for any other, whether or not there is one. */
async function requireReplyTo(tx: Tx, commentId: string, subject: Subject): Promise<string> {
  const comment =
    isId(commentId) &&
    (await tx.comment.findFirst({ where: { id: commentId, ...subject, deletedAt: null }, select: { id: true } }));
  if (comment) return comment.id;
  throw new AppError('VALIDATION_ERROR', 'replyTo names no comment on the same task or page.', { field: 'replyTo' });
}

function requireVersion({ version }: { version: number }, expectedVersion: number | null | undefined): void {
  if (expectedVersion == null || expectedVersion === version) return;
  throw new AppError('CONFLICT', `The comment is at version ${version}. Read it again and decide again.`, {
    field: 'expectedVersion',
  });
}
