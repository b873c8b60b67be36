import { append } from '../../events/append.ts';
import { topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { ConversationKind } from '../../generated/prisma/client.ts';
import type { Context, Viewer } from '../../graphql/context.ts';
import { roleMay } from '../../graphql/permissions.ts';
import { AppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { parseInput } from '../../platform/validation.ts';
import { activeAmong } from '../identity/access.ts';
import { createTopic } from '../membership/commands.ts';
import { chatEvents } from './events.ts';
import { newConversation } from './input.ts';

export interface CreateConversationInput {
  kind: ConversationKind;
  /** The others; whoever asks takes part anyway. */
  participantIds: readonly string[];
  title?: string | null | undefined;
  metadata?: unknown;
  externalId?: string | null | undefined;
}

/** What {@link createConversation} answers. */
export interface CreatedConversation {
  conversationId: string;
  /** Null when the two people had their conversation already. */
  eventId: string | null;
}

/**
 * Begins a conversation with people of the workspace, all of them MEMBERs of it and the viewer its OWNER. A DIRECT
 * one has exactly one other person and no owner or title; two people have one, which is answered when it exists.
 * @throws VALIDATION_ERROR, FORBIDDEN for guests and bots of the workspace, NOT_FOUND for people who are not active
 * in it, CONFLICT for an externalId in use, RATE_LIMITED.
 */
export async function createConversation(
  context: Context,
  input: CreateConversationInput,
): Promise<CreatedConversation> {
  const { kind, externalId } = input;
  const { participantIds, title, metadata } = parseInput(newConversation(context.config), {
    participantIds: input.participantIds,
    title: input.title,
    metadata: input.metadata,
  });
  const { viewer, clock } = context;
  const { userId, workspaceId } = viewer;
  const direct = kind === 'DIRECT';
  const others = participantIds.filter((id) => id !== userId);
  if (direct) requireTwo(others, title);
  if (others.length > 0) await context.services.limits.take('told.person', userId, others.length);
  return context.transaction(async (tx) => {
    if (!roleMay(viewer.workspaceRole, 'conversation:create')) {
      throw new AppError('FORBIDDEN', 'You may not begin conversations in this workspace.');
    }
    await requireActive(tx, viewer, others);
    const directKey = direct ? [userId, ...others].sort().join(':') : null;
    const existing = directKey === null ? null : await directConversation(tx, directKey);
    if (existing) return { conversationId: existing.id, eventId: null };

    const id = newId();
    const createdAt = clock.now();
    const eventId = append(tx, topicKey('conversation', id), chatEvents.ConversationCreated, {
      conversationId: id,
      participantIds: [userId, ...others],
    });
    await createTopic(tx, {
      id,
      workspaceId,
      kind: 'conversation',
      externalId,
      ownerId: userId,
      ownerRole: direct ? 'MEMBER' : 'OWNER',
      others: others.map((other) => ({ userId: other, role: 'MEMBER' })),
      closed: direct,
      joinedEventId: eventId,
      createdAt,
    });
    await tx.conversation.create({
      data: { id, kind, title: title ?? null, directKey, createdAt, ...(metadata && { metadata }) },
    });
    return { conversationId: id, eventId };
  });
}

function requireTwo(others: readonly string[], title: string | null | undefined): void {
  if (others.length !== 1) {
    throw new AppError('VALIDATION_ERROR', 'participantIds of a direct conversation names one other person.', {
      field: 'participantIds',
    });
  }
  if (title == null) return;
  throw new AppError('VALIDATION_ERROR', 'title must be absent: a direct conversation has none.', { field: 'title' });
}

async function requireActive(tx: Tx, { workspaceId }: Viewer, userIds: readonly string[]): Promise<void> {
  const active = await activeAmong(tx, workspaceId, userIds);
  if (active.length < userIds.length) {
    throw new AppError('NOT_FOUND', 'participantIds names somebody who is not an active person of the workspace.', {
      field: 'participantIds',
    });
  }
}

/** The conversation of two people. Without one, others who want to make it wait here until this transaction ends. */
async function directConversation(tx: Tx, directKey: string): Promise<{ id: string } | null> {
  const find = () => tx.conversation.findUnique({ where: { directKey }, select: { id: true } });
  const found = await find();
  if (found) return found;
  // The unique index is the guard; this keeps the second of two from ending with its error.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`direct ${directKey}`}, 0))`;
  return find();
}
