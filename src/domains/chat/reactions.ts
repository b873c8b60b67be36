import DataLoader from 'dataloader';
import { append } from '../../events/append.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Context } from '../../graphql/context.ts';
import { AppError } from '../../platform/errors.ts';
import { parseInput } from '../../platform/validation.ts';
import { lockMessage } from './access.ts';
import { chatEvents } from './events.ts';
import { reaction } from './input.ts';
import type { MessageResult } from './messages.ts';

/**
 * Puts the viewer's emoji to a message or takes it back. With `on` that is how it is afterwards, so that a retry does no
 * harm; without, it is the other way round than before.
 * @throws VALIDATION_ERROR, NOT_FOUND, also for a deleted message, CONFLICT when it has too many emoji.
 */
export async function toggleReaction(
  context: Context,
  input: { messageId: string; emoji: string; on?: boolean | null | undefined },
): Promise<MessageResult> {
  const { messageId } = input;
  const { emoji } = parseInput(reaction, { emoji: input.emoji });
  const { viewer, clock, config } = context;
  return context.transaction(async (tx) => {
    // The lock keeps those who react at once from passing the limit together.
    const { topic } = await lockMessage(tx, viewer, messageId);
    const own = { messageId, emoji, userId: viewer.userId };
    const before = (await tx.reaction.count({ where: own })) > 0;
    const on = input.on ?? !before;
    if (on === before) return { messageId, eventId: null };
    if (on) {
      await requireRoom(tx, own, config.messageMaxReactions);
      await tx.reaction.create({ data: { ...own, createdAt: clock.now() } });
    } else await tx.reaction.deleteMany({ where: own });
    return { messageId, eventId: append(tx, topic, chatEvents.ReactionChanged, { messageId, emoji, on }) };
  });
}

async function requireRoom(
  tx: Tx,
  { messageId, emoji }: { messageId: string; emoji: string },
  most: number,
): Promise<void> {
  const kinds = await tx.reaction.groupBy({ by: ['emoji'], where: { messageId }, orderBy: { emoji: 'asc' } });
  if (kinds.length < most || kinds.some((kind) => kind.emoji === emoji)) return;
  throw new AppError('CONFLICT', `The message has ${most} different emoji already. Use one of them.`, {
    field: 'emoji',
  });
}

/** An emoji on a message, and how many people have put it there. */
export interface ReactionCount {
  readonly messageId: string;
  readonly emoji: string;
  readonly count: number;
}

/** The emoji of a message, in the order they were first put to it. */
export async function reactionsOf(context: Context, messageId: string): Promise<ReactionCount[]> {
  return countsLoader(context).load(messageId);
}

/** Whether the viewer has put this emoji to the message. */
export async function hasReacted(context: Context, { messageId, emoji }: ReactionCount): Promise<boolean> {
  return (await ownLoader(context).load(messageId)).has(emoji);
}

const counts = {};
const countsLoader = (context: Context) =>
  context.once(
    counts,
    ({ services }) =>
      new DataLoader<string, ReactionCount[]>(async (ids) => {
        const rows = await services.database.query<ReactionCount>(
          `SELECT "messageId", emoji, count(*)::int4 AS count FROM "Reaction" WHERE "messageId" = ANY($1::uuid[])
           GROUP BY "messageId", emoji ORDER BY min("createdAt"), emoji`,
          [ids],
        );
        const byMessage = Map.groupBy(rows, (row) => row.messageId);
        return ids.map((id) => byMessage.get(id) ?? []);
      }),
  );

const own = {};
const ownLoader = (context: Context) =>
  context.once(
    own,
    ({ db, viewer }) =>
      new DataLoader<string, Set<string>>(async (ids) => {
        const rows = await db.reaction.findMany({ where: { messageId: { in: [...ids] }, userId: viewer.userId } });
        const byMessage = Map.groupBy(rows, (row) => row.messageId);
        return ids.map((id) => new Set((byMessage.get(id) ?? []).map(({ emoji }) => emoji)));
      }),
  );
