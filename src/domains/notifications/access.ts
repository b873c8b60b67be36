import type { TopicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { change } from './changes.ts';
import { ownedBy } from './filter.ts';

export { findNotifications } from './queries.ts';
export { titleOf, topicOf } from './shown.ts';

/**
 * Marks the viewer's notification of a thread as read when its newest event is at or before `seq` in the topic; null:
 * whatever it is. For who has read the thing itself.
 */
export async function markThreadRead(
  tx: Tx,
  { viewer, clock }: Context,
  { topic, thread, seq }: { topic: TopicKey; thread: string; seq: number | null },
): Promise<void> {
  const upTo =
    seq === null
      ? Prisma.empty
      : Prisma.sql`AND EXISTS (SELECT FROM event e WHERE e.id = n."eventId" AND e.topic = ${topic} AND e.seq <= ${seq})`;
  const which = Prisma.sql`FROM "Notification" n WHERE ${ownedBy(viewer)} AND "threadKey" = ${thread} ${upTo}`;
  await change(tx, { userId: viewer.userId, now: clock.now() }, { which, action: 'READ' });
}
