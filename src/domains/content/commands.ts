import { append } from '../../events/append.ts';
import type { Change } from '../../events/define.ts';
import { topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Content } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { roleMay, type TopicPermission } from '../../graphql/permissions.ts';
import { AppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { parseInput } from '../../platform/validation.ts';
import { createTopic } from '../membership/commands.ts';
import { type HeldContent, lockContent } from './access.ts';
import { contentEvents } from './events.ts';
import {
  type ContentInput,
  type CreateContentInput,
  createContentSchema,
  type UpdateContentInput,
  updateContentSchema,
} from './input.ts';

/** What the content commands answer; `eventId` null when nothing changed. */
export interface ContentResult {
  readonly contentId: string;
  readonly eventId: string | null;
}

/**
 * Creates a page as a draft; the viewer is its first author.
 * @throws VALIDATION_ERROR, FORBIDDEN for guests and bots of the workspace, CONFLICT for an externalId in use.
 */
export async function createContent(context: Context, input: CreateContentInput): Promise<ContentResult> {
  const { type, title, body = '' } = parseInput(createContentSchema(context.config), input);
  return context.transaction(async (tx) => {
    const { userId, workspaceId, workspaceRole } = context.viewer;
    if (!roleMay(workspaceRole, 'content:create')) {
      throw new AppError('FORBIDDEN', 'You may not create pages in this workspace.');
    }
    const id = newId();
    const now = context.clock.now();
    const eventId = append(tx, topicKey('content', id), contentEvents.ContentCreated, {
      contentId: id,
      ownerId: userId,
    });
    await createTopic(tx, {
      id,
      workspaceId,
      kind: 'content',
      externalId: input.externalId,
      ownerId: userId,
      joinedEventId: eventId,
      createdAt: now,
    });
    await tx.content.create({
      select: { id: true },
      data: { id, type, title, body, createdAt: now, updatedAt: now },
    });
    return { contentId: id, eventId };
  });
}

/**
 * Changes type, title or text; what is absent stays, a text of null is taken away.
 * @throws VALIDATION_ERROR, FORBIDDEN, CONFLICT when `expectedVersion` is not the page's.
 */
export async function updateContent(context: Context, input: UpdateContentInput): Promise<ContentResult> {
  const patch = parseInput(updateContentSchema(context.config), input);
  return context.transaction(async (tx) => {
    const { content, topic } = await lock(tx, context, input, 'content:update', 'change');
    const changes = changesOf(content, patch);
    if (changes.length === 0) return { contentId: content.id, eventId: null };
    await save(tx, context, content.id, patch);
    const contentId = content.id;
    return {
      contentId,
      eventId: append(tx, topic, contentEvents.ContentUpdated, { contentId, changes, coalesced: 1 }),
    };
  });
}

/**
 * Lets everybody in the workspace read the page; one that is published: nothing happens.
 * @throws FORBIDDEN, CONFLICT when `expectedVersion` is not the page's.
 */
export function publishContent(context: Context, input: ContentInput): Promise<ContentResult> {
  return context.transaction(async (tx) => {
    const { content, topic } = await lock(tx, context, input, 'content:publish', 'access');
    if (content.status === 'PUBLISHED') return { contentId: content.id, eventId: null };
    await save(tx, context, content.id, { status: 'PUBLISHED', publishedAt: context.clock.now() });
    await tx.topic.update({ where: { id: content.id }, data: { open: true } });
    return {
      contentId: content.id,
      eventId: append(tx, topic, contentEvents.ContentPublished, { contentId: content.id }),
    };
  });
}

/**
 * Makes the page a draft again, cutting off everybody but its authors; a draft: nothing happens.
 * @throws FORBIDDEN, CONFLICT when `expectedVersion` is not the page's.
 */
export function unpublishContent(context: Context, input: ContentInput): Promise<ContentResult> {
  return context.transaction(async (tx) => {
    const { content, topic } = await lock(tx, context, input, 'content:publish', 'access');
    if (content.status === 'DRAFT') return { contentId: content.id, eventId: null };
    await save(tx, context, content.id, { status: 'DRAFT', publishedAt: null });
    await tx.topic.update({ where: { id: content.id }, data: { open: false } });
    const eventId = append(tx, topic, contentEvents.ContentUnpublished, { contentId: content.id });
    return { contentId: content.id, eventId };
  });
}

/**
 * Deletes a page with everything on it: the rows stay as tombstones that nobody can reach, and its externalId may be
 * given to another.
 * @throws FORBIDDEN, CONFLICT when `expectedVersion` is not the page's.
 */
export function deleteContent(context: Context, input: ContentInput): Promise<ContentResult> {
  return context.transaction(async (tx) => {
    const { content, topic } = await lock(tx, context, input, 'content:delete', 'access');
    const { id } = content;
    const deletedAt = context.clock.now();
    await save(tx, context, id, { deletedAt });
    await tx.topic.update({ where: { id }, data: { deletedAt, externalId: null } });
    return { contentId: id, eventId: append(tx, topic, contentEvents.ContentDeleted, { contentId: id }) };
  });
}

async function lock(
  tx: Tx,
  { viewer }: Context,
  { contentId, expectedVersion }: ContentInput,
  permission: TopicPermission,
  lock: 'access' | 'change',
): Promise<HeldContent> {
  const held = await lockContent(tx, viewer, contentId, permission, lock);
  const { version } = held.content;
  if (expectedVersion != null && expectedVersion !== version) {
    throw new AppError('CONFLICT', `The page is at version ${version}. Read it again and decide again.`, {
      field: 'expectedVersion',
    });
  }
  return held;
}

async function save(tx: Tx, { clock }: Context, id: string, data: Partial<Omit<Content, 'version'>>): Promise<void> {
  await tx.content.update({
    where: { id },
    select: { id: true },
    data: { ...data, version: { increment: 1 }, updatedAt: clock.now() },
  });
}

/** The fields updateContent may set; absent: it stays. */
interface ContentPatch {
  type?: Content['type'] | undefined;
  title?: string | undefined;
  body?: string | undefined;
}

// A Record, so that a field added to the patch does not go by silently. Free text is read through the row.
const quoted: Record<keyof ContentPatch, boolean> = { type: true, title: false, body: false };

/** What the patch changes in the page; empty when it holds what is already there. */
function changesOf(content: Content, patch: ContentPatch): Change[] {
  return (Object.keys(quoted) as (keyof ContentPatch)[]).flatMap((field) => {
    const [from, to] = [content[field], patch[field]];
    if (to === undefined || from === to) return [];
    return [quoted[field] ? { field, from, to } : { field, from: null, to: null }];
  });
}
