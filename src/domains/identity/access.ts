import type { Tx } from '../../events/transaction.ts';
import type { Prisma, User } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import type { Db } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';

/**
 * The active person of a workspace.
 * @throws AppError NOT_FOUND for everybody else: unknown, of another workspace, deactivated.
 */
export async function requirePerson(db: Db | Tx, workspaceId: string, userId: string): Promise<User> {
  const person = isId(userId)
    ? await db.user.findFirst({ where: { id: userId, workspaceId, deactivatedAt: null } })
    : null;
  if (!person) throw noSuchPerson();
  return person;
}

/** Those of `ids` who are active people of the workspace: in the order given, each once. Empty in, empty out. */
export async function activeAmong(db: Db | Tx, workspaceId: string, ids: readonly string[]): Promise<string[]> {
  const asked = [...new Set(ids.filter(isId))];
  if (asked.length === 0) return [];
  const found = await db.user.findMany({
    where: { id: { in: asked }, workspaceId, deactivatedAt: null },
    select: { id: true },
  });
  const active = new Set(found.map(({ id }) => id));
  return asked.filter((id) => active.has(id));
}

/** The same for a person who does not exist and for one of another workspace. */
export function noSuchPerson(): AppError {
  return new AppError('NOT_FOUND', 'No such person.');
}

/** People of the workspace, active or not, in the order of the ids; everybody in the workspace may read people. */
export async function peopleInOrder(
  { db, workspaceId }: Pick<Context, 'db' | 'workspaceId'>,
  ids: readonly string[],
  query: { include?: Prisma.UserInclude; select?: Prisma.UserSelect },
): Promise<User[]> {
  if (ids.length === 0) return [];
  const people = await db.user.findMany({ ...query, where: { id: { in: [...ids] }, workspaceId } });
  const byId = new Map(people.map((person) => [person.id, person]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
