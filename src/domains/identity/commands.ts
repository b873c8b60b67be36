import { append } from '../../events/append.ts';
import { topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { User } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { roleMay, type WorkspaceRole } from '../../graphql/permissions.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { serialiseTimersOf, stopTimerOf } from '../time/access.ts';
import { noSuchPerson } from './access.ts';
import { identityEvents } from './events.ts';

/** What the commands about one person return. */
export interface PersonResult {
  readonly userId: string;
  /** Null: nothing changed. */
  readonly eventId: string | null;
}

/**
 * From the commit on the person may neither read nor write anything; what they made stays, and their tokens are
 * good again once they are reactivated. A timer of theirs that runs stops.
 * @throws AppError FORBIDDEN, NOT_FOUND, or CONFLICT for oneself and for the last ADMIN.
 */
export function deactivateUser(context: Context, { userId }: { userId: string }): Promise<PersonResult> {
  return context.transaction(async (tx) => {
    const person = await requireManaged(tx, context, userId);
    if (person.id === context.viewer.userId) throw new AppError('CONFLICT', 'You cannot deactivate yourself.');
    if (person.deactivatedAt !== null) return { userId, eventId: null };
    if (person.role === 'ADMIN') await requireAnotherAdmin(tx, person);
    const now = context.clock.now();
    await update(tx, context, person, { deactivatedAt: now });
    await serialiseTimersOf(tx, userId);
    await stopTimerOf(tx, { userId }, now);
    return { userId, eventId: append(tx, topicKey('user', userId), identityEvents.UserDeactivated, { userId }) };
  });
}

/** Lets a deactivated person enter again, with the role and the memberships they had. */
export function reactivateUser(context: Context, { userId }: { userId: string }): Promise<PersonResult> {
  return context.transaction(async (tx) => {
    const person = await requireManaged(tx, context, userId);
    if (person.deactivatedAt === null) return { userId, eventId: null };
    await update(tx, context, person, { deactivatedAt: null });
    return { userId, eventId: append(tx, topicKey('user', userId), identityEvents.UserReactivated, { userId }) };
  });
}

/**
 * Changes what a person may do in the workspace; roles in topics stay.
 * @throws AppError FORBIDDEN, NOT_FOUND, or CONFLICT when it would leave the workspace without an ADMIN.
 */
export function setWorkspaceRole(
  context: Context,
  { userId, role }: { userId: string; role: WorkspaceRole },
): Promise<PersonResult> {
  return context.transaction(async (tx) => {
    const person = await requireManaged(tx, context, userId);
    if (person.role === role) return { userId, eventId: null };
    if (person.role === 'ADMIN' && person.deactivatedAt === null) await requireAnotherAdmin(tx, person);
    await update(tx, context, person, { role });
    const data = { userId, from: person.role, to: role };
    return { userId, eventId: append(tx, topicKey('user', userId), identityEvents.WorkspaceRoleChanged, data) };
  });
}

/** The person, deactivated or not, and the workspace's people held still until the commit. */
async function requireManaged(tx: Tx, { viewer }: Context, userId: string): Promise<User> {
  // Two ADMINs who demote each other at the same moment would leave none: one waits here, and is asked again below.
  await tx.$queryRaw`SELECT id FROM "Workspace" WHERE id = ${viewer.workspaceId}::uuid FOR NO KEY UPDATE`;
  const asking = await tx.user.findUniqueOrThrow({ where: { id: viewer.userId } });
  if (asking.deactivatedAt !== null || !roleMay(asking.role, 'workspace:manage-people')) {
    throw new AppError('FORBIDDEN', 'You may not manage the people of this workspace.');
  }
  const person = isId(userId)
    ? await tx.user.findFirst({ where: { id: userId, workspaceId: viewer.workspaceId } })
    : null;
  if (!person) throw noSuchPerson();
  return person;
}

async function requireAnotherAdmin(tx: Tx, { id, workspaceId }: User): Promise<void> {
  const another = await tx.user.findFirst({
    where: { workspaceId, role: 'ADMIN', deactivatedAt: null, id: { not: id } },
    select: { id: true },
  });
  if (!another) throw new AppError('CONFLICT', 'The workspace needs another ADMIN first.');
}

async function update(
  tx: Tx,
  { clock }: Context,
  { id }: User,
  data: { deactivatedAt?: Date | null; role?: WorkspaceRole },
): Promise<void> {
  await tx.user.update({ where: { id }, data: { ...data, version: { increment: 1 }, updatedAt: clock.now() } });
}
