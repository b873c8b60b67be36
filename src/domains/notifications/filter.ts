import { type TopicKey, topicKey, topicKinds } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Context, Viewer } from '../../graphql/context.ts';
import type { Db } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { isExternalId } from '../membership/access.ts';
import { searching } from './search.ts';
import { type NotificationState, stateIs } from './states.ts';

/** What can be said of a notification. Absent and null parts hold of all; an empty list of none. */
export interface NotificationMatch {
  states?: readonly NotificationState[] | null | undefined;
  /** Kinds of the newest event. */
  types?: readonly string[] | null | undefined;
  reasons?: readonly string[] | null | undefined;
  /** Ids or externalIds of topics, whether or not they may still be read. */
  topics?: readonly string[] | null | undefined;
  /** Words, each of which stands in the title of the thing, the name of the place or of somebody behind it. */
  search?: string | null | undefined;
}

/** Which notifications. */
export interface NotificationFilter extends NotificationMatch {
  unreadOnly?: boolean | null | undefined;
  /** What matches one of these is left out. */
  not?: readonly NotificationMatch[] | null | undefined;
}

/** More entries in one list are refused. */
const maxListed = 100;
/** More exclusions are refused. */
const maxExclusions = 10;

/**
 * The condition for the viewer's notifications that match; columns of `"Notification"` without a prefix. `db` is where
 * it will be used.
 * @throws VALIDATION_ERROR for lists and searches that are too long.
 */
export async function matching(db: Db | Tx, context: Context, filter: NotificationFilter): Promise<Prisma.Sql> {
  const { not, unreadOnly } = filter;
  if ((not?.length ?? 0) > maxExclusions) throw tooMany('filter.not', maxExclusions);
  const conditions = [ownedBy(context.viewer), ...(await saying(db, context, filter, 'filter'))];
  if (unreadOnly) conditions.push(stateIs(['UNREAD']));
  for (const [nth, excluded] of (not ?? []).entries()) {
    const all = await saying(db, context, excluded, `filter.not.${nth}`);
    // What says nothing holds of everything.
    conditions.push(all.length === 0 ? Prisma.sql`false` : Prisma.sql`NOT (${Prisma.join(all, ' AND ')})`);
  }
  return Prisma.join(conditions, ' AND ');
}

async function saying(db: Db | Tx, context: Context, match: NotificationMatch, field: string): Promise<Prisma.Sql[]> {
  const { states, types, reasons, topics, search } = match;
  for (const name of ['states', 'types', 'reasons', 'topics'] as const) {
    if ((match[name]?.length ?? 0) > maxListed) throw tooMany(`${field}.${name}`, maxListed);
  }
  return [
    ...(states ? [stateIs(states)] : []),
    ...(types ? [Prisma.sql`type = ANY(${[...types]}::text[])`] : []),
    ...(reasons ? [Prisma.sql`reason = ANY(${[...reasons]}::text[])`] : []),
    ...(topics ? [Prisma.sql`topic = ANY(${await keysOf(db, context.viewer, topics)}::text[])`] : []),
    ...(search == null ? [] : await searching(db, context, search, `${field}.search`)),
  ];
}

function tooMany(field: string, most: number): AppError {
  return new AppError('VALIDATION_ERROR', `${field} has more than ${most} items.`, { field });
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
