import type { Prisma } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { roleMay } from '../../graphql/permissions.ts';
import { AppError } from '../../platform/errors.ts';
import { storableText } from './people.ts';

const searchMaxChars = 100;

/** The people of the viewer's workspace that `users` lists: active ones, unless the deactivated are asked for. */
export function peopleListed(
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

/** How many topics a person is a member of, their own not counted; absent: the viewer. */
export function topicCountOf({ db, viewer }: Context, userId: string = viewer.userId): Promise<number> {
  return db.membership.count({ where: { userId, topic: { deletedAt: null } } });
}
