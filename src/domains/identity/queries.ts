import type { Prisma, User } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { roleMay } from '../../graphql/permissions.ts';
import { batched } from '../../platform/batch.ts';
import type { Database } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { pageId } from '../../platform/validation.ts';
import { storableText } from './people.ts';

const searchMaxChars = 100;

/** Arguments of the list of people; null is absent. */
export interface PeopleListArgs {
  search?: string | null | undefined;
  deactivated?: boolean | null | undefined;
  after?: string | null | undefined;
  before?: string | null | undefined;
}

/** The people of the viewer's workspace by name: active ones, unless the deactivated are asked for. */
export async function listPeople(
  context: Context,
  args: PeopleListArgs,
  { cursor: _cursor, skip: _skip, ...query }: Prisma.UserFindManyArgs,
): Promise<User[]> {
  const listed = peopleListed(context, { search: args.search ?? null, deactivated: args.deactivated ?? false });
  // Not Prisma's cursor: it would take its place from a row of whatever workspace, and so tell of it.
  const beyond = await beyondPlace(context, args);
  return context.db.user.findMany({
    ...query,
    where: { AND: [listed, beyond] },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  });
}

/** Who stands after `after`, or before `before`, in the order of names. */
async function beyondPlace({ db, workspaceId }: Context, args: PeopleListArgs): Promise<Prisma.UserWhereInput> {
  const id = pageId(args);
  if (id === undefined) return {};
  const forward = args.after != null;
  const at = await db.user.findFirst({ where: { id, workspaceId }, select: { name: true } });
  if (!at) {
    throw new AppError('VALIDATION_ERROR', 'This is not a cursor of this list.', {
      field: forward ? 'after' : 'before',
    });
  }
  const beyond = <Value>(value: Value) => (forward ? { gt: value } : { lt: value });
  return { OR: [{ name: beyond(at.name) }, { name: at.name, id: beyond(id) }] };
}

function peopleListed(
  context: Context,
  { search, deactivated }: { search: string | null; deactivated: boolean },
): Prisma.UserWhereInput {
  if (deactivated && !roleMay(context.workspaceRole, 'workspace:manage-people')) {
    throw new AppError('FORBIDDEN', 'You may not see deactivated people.');
  }
  const listed = {
    workspaceId: context.workspaceId,
    deactivatedAt: deactivated ? { not: null } : null,
  };
  if (search === null || search.trim() === '') return listed;
  const text = storableText(search, searchMaxChars);
  if (text === undefined) {
    const sentence = `search has more than ${searchMaxChars} characters, or some that no name can have.`;
    throw new AppError('VALIDATION_ERROR', sentence, { field: 'search' });
  }
  // Prisma passes the text on to LIKE as it is.
  const contains = { contains: text.replace(/[\\%_]/g, '\\$&'), mode: 'insensitive' } as const;
  return { ...listed, OR: [{ name: contains }, { externalId: contains }] };
}

/** How many topics people are members of, their own not counted; questions of one turn of the loop share a statement. */
export function createTopicCounts(database: Pick<Database, 'query'>): (userId: string) => Promise<number> {
  return batched(async (userIds: readonly string[]): Promise<number[]> => {
    const rows = await database.query<{ id: string; count: number }>(
      `SELECT m."userId" AS id, count(*)::int4 AS count FROM "Membership" m
       JOIN "Topic" t ON t.id = m."topicId" AND t."deletedAt" IS NULL
       WHERE m."userId" = ANY($1::uuid[]) GROUP BY m."userId"`,
      [userIds],
    );
    const counts = new Map(rows.map(({ id, count }) => [id, count]));
    return userIds.map((id) => counts.get(id) ?? 0);
  });
}

/** How many topics a person is a member of, their own not counted. */
export function topicCountOf(context: Context, userId: string): Promise<number> {
  return context.once(createTopicCounts, ({ services }) => createTopicCounts(services.database))(userId);
}
