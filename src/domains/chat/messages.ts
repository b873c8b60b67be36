import { append } from '../../events/append.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Message } from '../../generated/prisma/client.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { AppError } from '../../platform/errors.ts';
import { isId, newId } from '../../platform/ids.ts';
import { takeWriting } from '../../platform/limits.ts';
import { parseInput } from '../../platform/validation.ts';
import { readersAmong, requireTopic } from '../membership/access.ts';
import { lockMessage, noSuchMessage } from './access.ts';
import { chatEvents } from './events.ts';
import { messageChange, newMessage } from './input.ts';

/** What the commands about a message answer; `eventId` is null when nothing changed. */
export interface MessageResult {
  messageId: string;
  eventId: string | null;
}

/** A file that is kept by another application. */
export interface Attachment {
  externalFileId: string;
  label?: string | null | undefined;
}

export interface SendMessageInput {
  conversationId: string;
  content: string;
  attachments?: readonly Attachment[] | null | undefined;
  /** A message of the same conversation. */
  replyToId?: string | null | undefined;
  mentions?: readonly string[] | null | undefined;
  metadata?: unknown;
}

/**
 * Writes a message.
 * @throws VALIDATION_ERROR, FORBIDDEN, RATE_LIMITED, NOT_FOUND when the message replied to is deleted, missing or of
 * another conversation.
 */
export async function sendMessage(context: Context, input: SendMessageInput): Promise<MessageResult> {
  const { conversationId, replyToId = null, ...rest } = input;
  const { content, attachments, mentions, metadata } = parseInput(newMessage(context.config), rest);
  const { viewer, clock, services } = context;
  await takeWriting(services.limits, viewer.userId, mentions?.length);
  return context.transaction(async (tx) => {
    const topic = await requireTopic(tx, viewer, 'conversation', conversationId, 'message:send');
    const mentionedIds = mentions ?? [];
    await requireMentionable(tx, topic.id, mentionedIds);
    if (replyToId !== null) await requireReplyable(tx, topic.id, replyToId);
    const messageId = newId();
    const eventId = append(tx, topic.key, chatEvents.MessageSent, { messageId, mentionedIds });
    const now = clock.now();
    await tx.message.create({
      select: { id: true },
      data: {
        id: messageId,
        conversationId: topic.id,
        authorId: viewer.userId,
        eventId,
        content,
        attachments: (attachments ?? []).map(({ externalFileId, label = null }) => ({ externalFileId, label })),
        mentionedIds,
        replyToId,
        createdAt: now,
        updatedAt: now,
        ...(metadata && { metadata }),
      },
    });
    return { messageId, eventId };
  });
}

export interface EditMessageInput {
  messageId: string;
  content?: string | null | undefined;
  /** Replaces the mentions; absent and null leave them. */
  mentions?: readonly string[] | null | undefined;
  expectedVersion?: number | null | undefined;
}

/**
 * Changes the viewer's own message. Only people mentioned for the first time are told.
 * @throws VALIDATION_ERROR, NOT_FOUND, also for a deleted one, FORBIDDEN for another person's, CONFLICT, RATE_LIMITED.
 */
export async function editMessage(context: Context, input: EditMessageInput): Promise<MessageResult> {
  const { messageId, ...rest } = input;
  const { expectedVersion, ...change } = parseInput(messageChange(context.config), {
    ...rest,
    content: rest.content ?? undefined,
  });
  await takeWriting(context.services.limits, context.viewer.userId, change.mentions?.length);
  return context.transaction(async (tx) => {
    const { message, topic } = await lockMessage(tx, context.viewer, messageId);
    requireOwn(message, context, 'edit');
    requireVersion(message, expectedVersion);
    const content = change.content ?? message.content;
    const mentionedIds = change.mentions ?? message.mentionedIds;
    const newlyMentionedIds = mentionedIds.filter((id) => !message.mentionedIds.includes(id));
    const same = mentionedIds.length === message.mentionedIds.length && newlyMentionedIds.length === 0;
    if (content === message.content && same) return { messageId, eventId: null };
    // Those mentioned before may have left since; the mention stays true.
    await requireMentionable(tx, message.conversationId, newlyMentionedIds);
    const now = context.clock.now();
    await tx.message.update({
      where: { id: messageId },
      select: { id: true },
      data: { content, mentionedIds, editedAt: now, updatedAt: now, version: { increment: 1 } },
    });
    return { messageId, eventId: append(tx, topic, chatEvents.MessageEdited, { messageId, newlyMentionedIds }) };
  });
}

/**
 * Deletes the viewer's own message with everything in it; its place stays.
 * @throws NOT_FOUND, also for a deleted one, FORBIDDEN for another person's, CONFLICT.
 */
export async function deleteMessage(
  context: Context,
  { messageId, expectedVersion }: { messageId: string; expectedVersion?: number | null | undefined },
): Promise<MessageResult> {
  return context.transaction(async (tx) => {
    const { message, topic } = await lockMessage(tx, context.viewer, messageId);
    requireOwn(message, context, 'delete');
    requireVersion(message, expectedVersion);
    const now = context.clock.now();
    await tx.reaction.deleteMany({ where: { messageId } });
    await tx.message.update({
      where: { id: messageId },
      select: { id: true },
      data: {
        content: '',
        attachments: [],
        mentionedIds: [],
        metadata: Prisma.DbNull,
        deletedAt: now,
        updatedAt: now,
        version: { increment: 1 },
      },
    });
    return { messageId, eventId: append(tx, topic, chatEvents.MessageDeleted, { messageId }) };
  });
}

function requireOwn({ authorId }: Message, { viewer }: Context, verb: 'edit' | 'delete'): void {
  if (authorId === viewer.userId) return;
  throw new AppError('FORBIDDEN', `You may not ${verb} the message of somebody else.`);
}

function requireVersion({ version }: Message, expectedVersion: number | null | undefined): void {
  if (expectedVersion == null || expectedVersion === version) return;
  throw new AppError('CONFLICT', `The message is at version ${version}. Read it again and decide again.`, {
    field: 'expectedVersion',
  });
}

/** Throws VALIDATION_ERROR when somebody is no active participant, whoever they are. */
async function requireMentionable(tx: Tx, topicId: string, userIds: readonly string[]): Promise<void> {
  if ((await readersAmong(tx, topicId, userIds)).length === userIds.length) return;
  throw new AppError('VALIDATION_ERROR', 'mentions names somebody who is not an active participant.', {
    field: 'mentions',
  });
}

async function requireReplyable(tx: Tx, conversationId: string, messageId: string): Promise<void> {
  const found = isId(messageId)
    ? await tx.message.count({ where: { id: messageId, conversationId, deletedAt: null } })
    : 0;
  if (found === 0) throw noSuchMessage('replyToId');
}
