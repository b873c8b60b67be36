import { type TopicKey, topicKey, topicKinds } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Viewer } from '../../graphql/context.ts';
import type { Db } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { isExternalId } from '../membership/access.ts';

/** Which notifications. Absent and null parts choose all; an empty list chooses none. */
export interface NotificationFilter {
  unreadOnly?: boolean | null | undefined;
  /** Kinds of the newest event. */
  types?: readonly string[] | null | undefined;
  reasons?: readonly string[] | null | undefined;
  /** Ids or externalIds of topics, whether or not they may still be read. */
  topics?: readonly string[] | null | undefined;
}

/** More entries in one list are refused. */
const maxListed = 100;

/** The condition for the viewer's notifications that match; columns of `"Notification"` without a prefix. */
export async function matching(db: Db | Tx, viewer: Viewer, filter: NotificationFilter): Promise<Prisma.Sql> {
  for (const name of ['types', 'reasons', 'topics'] as const) {
    if ((filter[name]?.length ?? 0) <= maxListed) continue;
    throw new AppError('VALIDATION_ERROR', `${name} has more than ${maxListed} items.`, { field: `filter.${name}` });
  }
  const { unreadOnly, types, reasons, topics } = filter;
  const conditions = [ownedBy(viewer)];
  if (unreadOnly) conditions.push(Prisma.sql`"readAt" IS NULL`);
  if (types) conditions.push(Prisma.sql`type = ANY(${[...types]}::text[])`);
  if (reasons) conditions.push(Prisma.sql`reason = ANY(${[...reasons]}::text[])`);
  if (topics) conditions.push(Prisma.sql`topic = ANY(${await keysOf(db, viewer, topics)}::text[])`);
  return Prisma.join(conditions, ' AND ');
}

/** The guard of everything in this domain: nobody reads or changes another person's notifications. */
export function ownedBy({ userId }: Viewer): Prisma.Sql {
  return Prisma.sql`"userId" = ${userId}::uuid`;
}

/** Keys the named topics can have; names of none have no notifications either. */
async function keysOf(db: Db | Tx, { workspaceId }: Viewer, topics: readonly string[]): Promise<TopicKey[]> {
  const externalIds = topics.filter(isExternalId);
  const named =
    externalIds.length === 0
      ? []
      : await db.topic.findMany({ where: { workspaceId, externalId: { in: externalIds } }, select: { id: true } });
  const ids = [...topics.filter(isId), ...named.map(({ id }) => id)];
  return ids.flatMap((id) => topicKinds.map((kind) => topicKey(kind, id)));
}
