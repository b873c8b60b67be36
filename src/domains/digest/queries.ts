import { z } from 'zod';
import type { Prisma } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { moment, pageId, parseInput } from '../../platform/validation.ts';
import { digestPlanOf, heldForDigest, nextDigest } from '../attention/access.ts';
import { addressOf, compose } from './compose.ts';
import type { DigestMessage } from './message.ts';

/** A digest that was not sent. */
export interface Preview extends DigestMessage {
  readonly at: Date;
  /** Notifications in it. */
  readonly count: number;
}

const previewSchema = z.object({ at: moment.nullish() });

/**
 * The viewer's digest as it would go out at `at`, absent: at its next time; null: none would, or there is nothing to tell.
 * @throws VALIDATION_ERROR for a moment before 2000 or after 2199.
 */
export async function previewDigest(context: Context, asked: Date | null | undefined): Promise<Preview | null> {
  const { at } = parseInput(previewSchema, { at: asked });
  const { db, clock, config, viewer } = context;
  const { userId } = viewer;
  const now = clock.now();
  const row = await db.attention.findUnique({ where: { userId } });
  const slot = at ?? nextDigest(digestPlanOf(row, config), now);
  const person = await db.user.findUniqueOrThrow({ where: { id: userId } });
  if (!slot || addressOf(person) === null) return null;
  const held = await heldForDigest(db, userId, slot);
  const { message, count } = await compose(context, held, { person, slot, id: 'preview', now: slot });
  return message && { ...message, at: slot, count };
}

/** A page of the viewer's digests, the newest first. */
export function listRuns(
  { db, viewer: { userId } }: Context,
  args: Parameters<typeof pageId>[0],
  query: Prisma.DigestRunFindManyArgs,
) {
  pageId(args);
  return db.digestRun.findMany({ ...query, where: { userId }, orderBy: { id: 'desc' } });
}

/** One of the viewer's; null: none of theirs. */
export function findRun({ db, viewer: { userId } }: Context, id: string, query: Prisma.DigestRunFindFirstArgs) {
  return db.digestRun.findFirst({ ...query, where: { id, userId } });
}
