import { z } from 'zod';
import { append } from '../../events/append.ts';
import { parseTopicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Context } from '../../graphql/context.ts';
import { topicRoleMay } from '../../graphql/permissions.ts';
import { AppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { parseInput, perConfig, requiredProse } from '../../platform/validation.ts';
import { topicMembers } from '../membership/access.ts';
import { lockTask } from '../tasks/access.ts';
import { lockComment } from './access.ts';
import { commentEvents } from './events.ts';

/** What the commands of this domain answer; `eventId` is null when nothing changed. */
export interface CommentResult {
  commentId: string;
  eventId: string | null;
}

export interface AddCommentInput {
  taskId: string;
  text: string;
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
  z.object({ taskId: z.string(), text: requiredProse(config.commentMaxChars), mentions: mentionsSchema.nullish() }),
);
const editSchema = perConfig((config) =>
  z.object({
    commentId: z.string(),
    text: requiredProse(config.commentMaxChars).optional(),
    mentions: mentionsSchema.nullish(),
    expectedVersion: z.int().nullish(),
  }),
);

/** Comments on a task. */
export async function addComment(context: Context, input: AddCommentInput): Promise<CommentResult> {
  const { taskId, text, mentions } = parseInput(addSchema(context.config), input);
  const mentionedIds = mentions ?? [];
  await context.services.limits.take('messages.person', context.viewer.userId);
  return context.transaction(async (tx) => {
    const { viewer } = context;
    const { task, topic } = await lockTask(tx, viewer, taskId, 'comment:add', 'use');
    await requireReaders(tx, task.projectId, mentionedIds);
    const commentId = newId();
    await tx.comment.create({
      select: { id: true },
      data: {
        id: commentId,
        topicId: task.projectId,
        taskId,
        authorId: viewer.userId,
        text,
        mentionedIds,
        createdAt: context.clock.now(),
      },
    });
    return { commentId, eventId: append(tx, topic, commentEvents.TaskCommented, { taskId, commentId, mentionedIds }) };
  });
}

/** Changes the viewer's own comment. Only people mentioned for the first time are told. */
export async function editComment(context: Context, input: EditCommentInput): Promise<CommentResult> {
  const { commentId, expectedVersion, ...patch } = parseInput(editSchema(context.config), input);
  return context.transaction(async (tx) => {
    const { comment, topic } = await lockComment(tx, context.viewer, commentId);
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
    await requireReaders(tx, parseTopicKey(topic).id, newlyMentionedIds);
    await tx.comment.update({
      where: { id: commentId },
      select: { id: true },
      data: { text, mentionedIds, editedAt: context.clock.now(), version: { increment: 1 } },
    });
    const { taskId } = comment;
    return {
      commentId,
      eventId: append(tx, topic, commentEvents.CommentEdited, { commentId, taskId, newlyMentionedIds }),
    };
  });
}

/** Deletes a comment, one's own or with `comment:delete-any` anybody's: its row stays, without text and mentions. */
export async function deleteComment(
  context: Context,
  { commentId, expectedVersion }: { commentId: string; expectedVersion?: number | null | undefined },
): Promise<CommentResult> {
  return context.transaction(async (tx) => {
    const { comment, topic, role } = await lockComment(tx, context.viewer, commentId);
    if (comment.authorId !== context.viewer.userId && !topicRoleMay(role, 'comment:delete-any')) {
      throw new AppError('FORBIDDEN', 'You may not delete the comment of somebody else.');
    }
    requireVersion(comment, expectedVersion);
    await tx.comment.update({
      where: { id: commentId },
      select: { id: true },
      data: { text: '', mentionedIds: [], deletedAt: context.clock.now(), version: { increment: 1 } },
    });
    return {
      commentId,
      eventId: append(tx, topic, commentEvents.CommentDeleted, { commentId, taskId: comment.taskId }),
    };
  });
}

/** Throws VALIDATION_ERROR naming the first who is no active reader of the project, whoever they are. */
async function requireReaders(tx: Tx, topicId: string, userIds: readonly string[]): Promise<void> {
  if (userIds.length === 0) return;
  const readers = new Set(await topicMembers(tx, topicId));
  const missing = userIds.find((id) => !readers.has(id));
  if (missing === undefined) return;
  throw new AppError('VALIDATION_ERROR', 'mentions names somebody who is not an active member of the project.', {
    field: 'mentions',
  });
}

function requireVersion({ version }: { version: number }, expectedVersion: number | null | undefined): void {
  if (expectedVersion == null || expectedVersion === version) return;
  throw new AppError('CONFLICT', `The comment is at version ${version}. Read it again and decide again.`, {
    field: 'expectedVersion',
  });
}
