import { append } from '../../events/append.ts';
import { parseTopicKey, type TopicKindName } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Context, Viewer } from '../../graphql/context.ts';
import { type TopicPermission, type TopicRole, topicRoleMay } from '../../graphql/permissions.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { followAutomatically } from '../attention/access.ts';
import { requirePerson } from '../identity/access.ts';
import { releaseTasksOf } from '../tasks/access.ts';
import { serialiseTimersOf, stopTimerOf } from '../time/access.ts';
import { requireTopic, rolesOf, type TopicHeld } from './access.ts';
import { isExternalId } from './asked.ts';
import { membershipEvents } from './events.ts';
import { requireMayActOn, requireMayGive, requireMayHold, requireOwnerLeft, requireRoleOf } from './rules.ts';
import { nounOf } from './topics.ts';

/** Which project, page or conversation: its id, or with `kind` also its externalId. */
export interface TopicInput {
  readonly topicId: string;
  readonly kind?: TopicKindName | null | undefined;
}

/** What the membership commands answer; `eventId` null when nothing changed. */
export interface MembershipResult {
  readonly topicId: string;
  readonly userId: string;
  readonly eventId: string | null;
}

/**
 * Makes the topic of a new project, page or conversation, and its first memberships: the owner's and `others`. The
 * domain row of the same id comes after it. `joinedEventId` is the `…Created` event's. `closed`: who belongs to it
 * never changes.
 * @throws VALIDATION_ERROR and CONFLICT with field `externalId`.
 */
export async function createTopic(
  tx: Tx,
  topic: {
    id: string;
    workspaceId: string;
    kind: Exclude<TopicKindName, 'user'>;
    externalId?: string | null | undefined;
    ownerId: string;
    /** Absent: OWNER. */
    ownerRole?: TopicRole;
    others?: readonly { userId: string; role: TopicRole }[];
    closed?: boolean;
    joinedEventId: string;
    createdAt: Date;
  },
): Promise<void> {
  const { id, workspaceId, joinedEventId, createdAt, externalId = null, closed = false } = topic;
  const kind = topic.kind.toUpperCase() as Uppercase<typeof topic.kind>;
  if (externalId !== null && !isExternalId(externalId)) {
    throw new AppError(
      'VALIDATION_ERROR',
      'externalId has 1 to 200 visible characters without spaces and is no UUID.',
      {
        field: 'externalId',
      },
    );
  }
  // Waits for another transaction that is making the same externalId; a plain insert would end this one with an error.
  const made = await tx.$executeRaw`
    INSERT INTO "Topic" (id, "workspaceId", kind, "externalId", closed, "createdAt")
    VALUES (${id}::uuid, ${workspaceId}::uuid, ${kind}::"TopicKind", ${externalId}, ${closed}, ${createdAt})
    ON CONFLICT ("workspaceId", kind, "externalId") DO NOTHING`;
  if (made === 0) {
    throw new AppError('CONFLICT', `The externalId belongs to another ${nounOf(topic.kind)}.`, { field: 'externalId' });
  }
  const members = [{ userId: topic.ownerId, role: topic.ownerRole ?? 'OWNER' }, ...(topic.others ?? [])];
  await tx.membership.createMany({
    data: members.map(({ userId, role }) => ({ topicId: id, userId, role, joinedEventId, createdAt })),
  });
  await followAutomatically(
    tx,
    id,
    members.map(({ userId }) => ({ userId, origin: userId === topic.ownerId ? 'AUTHORED' : 'JOINED' })),
  );
}

/**
 * Makes an active person of the workspace a member. Somebody who has the role already: nothing happens.
 * @throws FORBIDDEN, NOT_FOUND for the person, CONFLICT for a member with another role and for a guest of the
 * workspace who would manage the topic, RATE_LIMITED.
 */
export async function addMember(
  context: Context,
  input: TopicInput & { userId: string; role?: TopicRole | null | undefined },
): Promise<MembershipResult> {
  const role = input.role ?? 'MEMBER';
  await context.services.limits.take('told.person', context.viewer.userId);
  return context.transaction(async (tx) => {
    const { topic, own, member } = await open(tx, context, input, 'member:add', 'You may not add members here.');
    requireMayGive(own, role);
    requireRoleOf(topic.key, role);
    const userId = await requireMayBe(tx, context, input.userId, role);
    if (member?.role === role) return { topicId: topic.id, userId, eventId: null };
    if (member) {
      throw new AppError('CONFLICT', `Already a member, as ${member.role}. Use changeMemberRole.`, { field: 'userId' });
    }
    return { topicId: topic.id, userId, eventId: await insertMember(tx, context, topic, { userId, role }) };
  });
}

/**
 * Makes somebody who is no member one, and appends the fact: for commands that have decided that it may be done.
 * @throws CONFLICT for a guest of the workspace who would manage the topic, NOT_FOUND for nobody of the workspace.
 */
export async function addFirstMember(
  tx: Tx,
  context: Context,
  topic: Pick<TopicHeld, 'key' | 'id'>,
  member: { userId: string; role: TopicRole },
): Promise<void> {
  await requireMayBe(tx, context, member.userId, member.role);
  await insertMember(tx, context, topic, member);
}

async function insertMember(
  tx: Tx,
  { clock }: Context,
  topic: Pick<TopicHeld, 'key' | 'id'>,
  { userId, role }: { userId: string; role: TopicRole },
): Promise<string> {
  const eventId = append(tx, topic.key, membershipEvents.MemberAdded, { userId, role });
  await tx.membership.create({
    data: { topicId: topic.id, userId, role, joinedEventId: eventId, createdAt: clock.now() },
  });
  await followAutomatically(tx, topic.id, [{ userId, origin: 'JOINED' }]);
  return eventId;
}

/**
 * Ends a membership; one's own as {@link leaveTopic} does. Of a project their open tasks become nobody's, and a timer
 * of theirs that runs there stops.
 * @throws FORBIDDEN, NOT_FOUND for somebody who is no member, CONFLICT for the last owner.
 */
export function removeMember(context: Context, input: TopicInput & { userId: string }): Promise<MembershipResult> {
  const leaving = input.userId === context.viewer.userId;
  return context.transaction(async (tx) => {
    const { topic, own, member, othersOwning } = await open(
      tx,
      context,
      input,
      leaving ? null : 'member:remove',
      'You may not remove members here.',
    );
    if (!member) throw noSuchMember();
    requireMayActOn(own, member.role);
    requireOwnerLeft(member.role, othersOwning);
    const { userId } = input;
    await tx.membership.delete({ where: { topicId_userId: { topicId: topic.id, userId } } });
    const left = (await rolesOf(tx, { userId, workspaceId: context.viewer.workspaceId }, [topic.key])).get(topic.key);
    const eventId = append(tx, topic.key, membershipEvents.MemberRemoved, { userId, remainsAs: left ?? null });
    if (parseTopicKey(topic.key).kind === 'project') {
      const now = context.clock.now();
      await serialiseTimersOf(tx, userId);
      await releaseTasksOf(tx, topic.key, userId, now);
      await stopTimerOf(tx, { userId, projectId: topic.id }, now);
    }
    return { topicId: topic.id, userId, eventId };
  });
}

/** Ends one's own membership. @throws FORBIDDEN when there is none, CONFLICT for the last owner. */
export function leaveTopic(context: Context, input: TopicInput): Promise<MembershipResult> {
  return removeMember(context, { ...input, userId: context.viewer.userId });
}

/**
 * Changes what a member may do; the role they have already: nothing happens. A timer of theirs that runs there stops
 * when they may not track time any more.
 * @throws FORBIDDEN, NOT_FOUND for somebody who is no member or not active, CONFLICT when `expectedRole` is not
 * theirs, for the last owner, and for a guest of the workspace who would manage the topic.
 */
export function changeMemberRole(
  context: Context,
  input: TopicInput & { userId: string; role: TopicRole; expectedRole?: TopicRole | null | undefined },
): Promise<MembershipResult> {
  const { role, expectedRole } = input;
  return context.transaction(async (tx) => {
    const { topic, own, member, othersOwning } = await open(
      tx,
      context,
      input,
      'member:change-role',
      'You may not change roles here.',
    );
    if (!member) throw noSuchMember();
    if (expectedRole && expectedRole !== member.role) {
      throw new AppError('CONFLICT', `Their role is ${member.role} by now.`, { field: 'expectedRole' });
    }
    requireMayActOn(own, member.role);
    requireMayGive(own, role);
    requireRoleOf(topic.key, role);
    const userId = await requireMayBe(tx, context, input.userId, role);
    if (member.role === role) return { topicId: topic.id, userId, eventId: null };
    requireOwnerLeft(member.role, othersOwning);
    await tx.membership.update({ where: { topicId_userId: { topicId: topic.id, userId } }, data: { role } });
    const eventId = append(tx, topic.key, membershipEvents.MemberRoleChanged, { userId, role });
    if (parseTopicKey(topic.key).kind === 'project' && !topicRoleMay(role, 'time:track')) {
      await serialiseTimersOf(tx, userId);
      await stopTimerOf(tx, { userId, projectId: topic.id }, context.clock.now());
    }
    return { topicId: topic.id, userId, eventId };
  });
}

interface Opened {
  readonly topic: TopicHeld;
  /** The viewer's role. */
  readonly own: TopicRole;
  /** The person in question, when they are a member. */
  readonly member: { readonly role: TopicRole } | undefined;
  /** Active owners beside the person in question. */
  readonly othersOwning: number;
}

/**
 * Locks the topic and reads who belongs to it. Everything that changes memberships waits here for its turn and
 * reads after it: two owners leaving at once would otherwise each see the other stay. `permission` null: any member.
 */
async function open(
  tx: Tx,
  { viewer }: Context,
  input: TopicInput & { userId: string },
  permission: TopicPermission | null,
  sentence: string,
): Promise<Opened> {
  const { kind = null, topicId, userId } = input;
  if (kind === 'user') {
    throw new AppError('VALIDATION_ERROR', 'Nobody can be a member of what is somebody’s own.', { field: 'kind' });
  }
  // Of every kind alike: whoever has a role in it may read it.
  const topic = await requireTopicLocked(tx, viewer, kind, topicId, permission ?? 'project:read', sentence);
  const { closed } = await tx.topic.findUniqueOrThrow({ where: { id: topic.id }, select: { closed: true } });
  if (closed) {
    throw new AppError('CONFLICT', 'A direct conversation is of its two people: nobody joins, leaves or changes role.');
  }
  const rows = await tx.membership.findMany({
    where: {
      topicId: topic.id,
      OR: [...(isId(userId) ? [{ userId }] : []), { role: 'OWNER' }],
    },
    select: { userId: true, role: true, user: { select: { deactivatedAt: true } } },
  });
  const owners = rows.filter((row) => row.role === 'OWNER' && row.user.deactivatedAt === null);
  return {
    topic,
    own: topic.role,
    member: rows.find((row) => row.userId === userId),
    othersOwning: owners.filter((row) => row.userId !== userId).length,
  };
}

/**
 * {@link requireTopic}, with the topic locked until the transaction ends: for commands that change who reads it
 * or whether it exists. Others who write in the topic are not kept waiting (NO KEY).
 */
export async function requireTopicLocked(
  tx: Tx,
  viewer: Viewer,
  kind: TopicKindName | null,
  idOrExternalId: string,
  permission: TopicPermission,
  sentence?: string,
): Promise<TopicHeld> {
  const { id } = await requireTopic(tx, viewer, kind, idOrExternalId, permission, sentence);
  await tx.$queryRaw`SELECT 1 AS locked FROM "Topic" WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
  // Asked again: whoever held the lock before may have taken the viewer's role, or deleted the topic.
  return requireTopic(tx, viewer, kind, id, permission, sentence);
}

/** The id of an active person of the workspace who can hold the role. */
async function requireMayBe(tx: Tx, { viewer }: Context, userId: string, role: TopicRole): Promise<string> {
  const person = await requirePerson(tx, viewer.workspaceId, userId);
  requireMayHold(person.role, role);
  return person.id;
}

function noSuchMember(): AppError {
  return new AppError('NOT_FOUND', 'No such member.', { field: 'userId' });
}
