import DataLoader from 'dataloader';
import { z } from 'zod';
import { append } from '../../events/append.ts';
import type { Context } from '../../graphql/context.ts';
import { parseInput, whole } from '../../platform/validation.ts';
import { lockContent } from './access.ts';
import type { ContentResult } from './commands.ts';
import { contentEvents } from './events.ts';

export interface RateContentInput {
  /** Id or externalId. */
  contentId: string;
  /** 1 to 5. */
  value: number;
}

const rateSchema = z.object({ value: whole(1, 5) });

/**
 * Rates a page, once per person: a second time changes the rating. The same value again: nothing happens.
 * @throws VALIDATION_ERROR, FORBIDDEN.
 */
export async function rateContent(context: Context, input: RateContentInput): Promise<ContentResult> {
  const { value } = parseInput(rateSchema, input);
  return context.transaction(async (tx) => {
    const { userId } = context.viewer;
    const { content, topic } = await lockContent(tx, context.viewer, input.contentId, 'content:rate', 'change');
    const contentId = content.id;
    const where = { contentId_userId: { contentId, userId } };
    const before = await tx.rating.findUnique({ where, select: { value: true } });
    if (before?.value === value) return { contentId, eventId: null };
    const updatedAt = context.clock.now();
    await tx.rating.upsert({
      where,
      select: { value: true },
      create: { contentId, userId, value, createdAt: updatedAt, updatedAt },
      update: { value, updatedAt },
    });
    // Neither version nor updatedAt: an author who writes meanwhile must not be told of a conflict.
    await tx.content.update({
      where: { id: contentId },
      select: { id: true },
      data: {
        ratingCount: { increment: before ? 0 : 1 },
        ratingSum: { increment: value - (before?.value ?? 0) },
      },
    });
    const previousValue = before?.value ?? null;
    return { contentId, eventId: append(tx, topic, contentEvents.RatingAdded, { contentId, value, previousValue }) };
  });
}

const ratings = {};

/** The viewer's rating of a page; null: none. Those of a list are read together. */
export function ratingByViewer(context: Context, contentId: string): Promise<number | null> {
  const loader = context.once(
    ratings,
    ({ db, viewer }) =>
      new DataLoader<string, number | null>(async (contentIds) => {
        const found = await db.rating.findMany({
          where: { userId: viewer.userId, contentId: { in: [...contentIds] } },
        });
        const byContent = new Map(found.map((rating) => [rating.contentId, rating.value]));
        return contentIds.map((id) => byContent.get(id) ?? null);
      }),
  );
  return loader.load(contentId);
}
