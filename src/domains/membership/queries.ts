import { topicKey } from '../../events/topic.ts';
import type { Membership, Prisma, Topic, User } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { roleHere } from './access.ts';
import type { ActivityPage } from './activity.ts';
import { kindOf } from './topics.ts';

/** What Pothos adds to a query so that everything selected comes at once. */
type Selected<Include, Select> = { include?: Include; select?: Select };

/** Members of a topic by person id, which is the order in which people came to the workspace. Asks for no access. */
export function listMembers(
  { db }: Context,
  topicId: string,
  { before, after, limit, inverted }: ActivityPage,
  query: Selected<Prisma.MembershipInclude, Prisma.MembershipSelect>,
): Promise<Membership[]> {
  for (const [field, cursor] of Object.entries({ before, after })) {
    if (cursor === undefined || isId(cursor)) continue;
    throw new AppError('VALIDATION_ERROR', 'This is not a cursor of this list.', { field });
  }
  return db.membership.findMany({
    ...query,
    where: { topicId, userId: { ...(after && { gt: after }), ...(before && { lt: before }) } },
    orderBy: { userId: inverted ? 'desc' : 'asc' },
    take: limit,
  });
}

/** The place of a member in the list. */
export function memberCursor({ userId }: Membership): string {
  return userId;
}

/** A person of the viewer's workspace, active or not: those whom a command named. */
export function readPerson(
  { db, workspaceId }: Context,
  userId: string,
  query: Selected<Prisma.UserInclude, Prisma.UserSelect>,
): Promise<User> {
  return db.user.findFirstOrThrow({ ...query, where: { id: userId, workspaceId } });
}

/** The topic a command was about; null when whoever asks can read it no more, as after leaving it. */
export async function readTopicIfAny(
  context: Context,
  topicId: string,
  query: Selected<Prisma.TopicInclude, Prisma.TopicSelect>,
): Promise<Topic | null> {
  const { kind } = await context.db.topic.findUniqueOrThrow({ where: { id: topicId }, select: { kind: true } });
  if (!(await roleHere(context, topicKey(kindOf(kind), topicId)))) return null;
  return context.db.topic.findUniqueOrThrow({ ...query, where: { id: topicId } });
}

/** A membership as it is now; null when it has ended or whoever asks can read the topic no more. */
export async function readMembershipIfAny(
  context: Context,
  { topicId, userId }: { topicId: string; userId: string },
  query: Selected<Prisma.MembershipInclude, Prisma.MembershipSelect>,
): Promise<Membership | null> {
  if (!(await readTopicIfAny(context, topicId, {}))) return null;
  return context.db.membership.findUnique({ ...query, where: { topicId_userId: { topicId, userId } } });
}
