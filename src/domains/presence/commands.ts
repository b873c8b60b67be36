import { z } from 'zod';
import type { TopicKey } from '../../events/topic.ts';
import type { Context } from '../../graphql/context.ts';
import { AppError } from '../../platform/errors.ts';
import { line, parseInput } from '../../platform/validation.ts';
import { asTopics, requireTopic, type TopicRefShape } from '../membership/access.ts';

/** What the two commands about a moment answer. */
export interface Signalled {
  /** Until when it holds; say so again before. In the past or now: it is over. */
  readonly expiresAt: Date;
}

/**
 * Says that the viewer looks at a topic, for 30 seconds, or no more. Of somebody who does not share their presence
 * others are told nothing; it only keeps them from being alerted of what they see. @throws FORBIDDEN, VALIDATION_ERROR.
 */
export async function setViewing(
  context: Context,
  { topic, viewing }: { topic: TopicRefShape; viewing: boolean },
): Promise<Signalled> {
  const { db, viewer, services } = context;
  const key = await requireReadable(context, topic);
  const { sharePresence } = await db.user.findUniqueOrThrow({
    where: { id: viewer.userId },
    select: { sharePresence: true },
  });
  return { expiresAt: await services.presence.view(key, viewer.userId, viewing, sharePresence) };
}

/** Says that the viewer types in a topic, for 6 seconds, or no more. @throws FORBIDDEN, VALIDATION_ERROR. */
export async function setTyping(
  context: Context,
  { topic, typing }: { topic: TopicRefShape; typing: boolean },
): Promise<Signalled> {
  const key = await requireReadable(context, topic);
  return { expiresAt: context.services.presence.type(key, context.viewer.userId, typing) };
}

async function requireReadable({ db, viewer }: Context, topic: TopicRefShape): Promise<TopicKey> {
  const [asked] = asTopics([topic]);
  if (asked?.id === undefined) {
    throw new AppError('VALIDATION_ERROR', 'topic must name one topic by its id.', { field: 'topic.id' });
  }
  // Of any kind of topic: whoever has a role in it may read it.
  const { key } = await requireTopic(db, viewer, asked.kind, asked.id, 'project:read');
  return key;
}

const nameMaxChars = 200;
const meInput = z.object({
  name: line(nameMaxChars).nullish(),
  sharePresence: z.boolean().nullish(),
  shareReadReceipts: z.boolean().nullish(),
});

/** What {@link updateMe} answers. */
export interface MeResult {
  readonly eventId: null;
  readonly userId: string;
  readonly shareChanged: boolean;
}

/** Changes what the viewer says of themselves; absent: it stays. @throws VALIDATION_ERROR. */
export async function updateMe(
  context: Context,
  input: {
    name?: string | null | undefined;
    sharePresence?: boolean | null | undefined;
    shareReadReceipts?: boolean | null | undefined;
  },
): Promise<MeResult> {
  const { viewer, services, clock } = context;
  const { name, sharePresence, shareReadReceipts } = parseInput(meInput, input);
  const result = await context.transaction(async (tx) => {
    const [before] = await tx.$queryRaw<{ sharePresence: boolean }[]>`
      SELECT "sharePresence" FROM "User" WHERE id = ${viewer.userId}::uuid FOR NO KEY UPDATE`;
    await tx.user.update({
      where: { id: viewer.userId },
      data: {
        ...(name == null ? {} : { name }),
        ...(sharePresence == null ? {} : { sharePresence }),
        ...(shareReadReceipts == null ? {} : { shareReadReceipts }),
        version: { increment: 1 },
        updatedAt: clock.now(),
      },
    });
    const shareChanged = sharePresence != null && sharePresence !== before?.sharePresence;
    return { eventId: null, userId: viewer.userId, shareChanged };
  });
  // After the commit, and only a signal: who misses it asks for presence, or believes the older one for minutes.
  if (result.shareChanged) await services.presence.shareChanged(viewer.userId);
  return result;
}
