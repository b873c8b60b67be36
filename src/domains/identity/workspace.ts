import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { createPerson, personTextMaxChars, storableText } from './people.ts';

const slugPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** A workspace to be, with the person who will manage it. */
export interface NewWorkspace {
  /** As tokens give it in the claim `workspace`: 1 to 63 lower-case letters, digits and hyphens. */
  slug: string;
  /** Absent: the slug. */
  name?: string | undefined;
  /** `externalId` of the first ADMIN. */
  admin: string;
  /** Absent: their `externalId`. */
  adminName?: string | undefined;
}

/**
 * Creates a workspace and its first ADMIN.
 * @throws AppError VALIDATION_ERROR with `field`, or CONFLICT when there is a workspace of that slug; nothing is
 *   written then.
 */
export async function createWorkspace(
  parts: { database: Pick<Database, 'begin'>; clock: Clock },
  { slug, name = slug, admin, adminName = admin }: NewWorkspace,
): Promise<{ workspaceId: string; adminId: string }> {
  if (!slugPattern.test(slug)) {
    throw new AppError('VALIDATION_ERROR', 'A slug is 1 to 63 lower-case letters, digits and hyphens, such as acme.', {
      field: 'slug',
    });
  }
  requireText('name', name);
  requireText('admin', admin);
  requireText('adminName', adminName);
  const now = parts.clock.now();
  return parts.database.begin(async (tx) => {
    const workspaceId = newId();
    const { count } = await tx.workspace.createMany({
      data: [{ id: workspaceId, slug, name, createdAt: now }],
      skipDuplicates: true,
    });
    if (count === 0) {
      throw new AppError('CONFLICT', `There is already a workspace ${slug}; nothing was changed.`, { field: 'slug' });
    }
    const person = { workspaceId, externalId: admin, name: adminName, role: 'ADMIN', now } as const;
    const { id: adminId } = await createPerson(tx, person);
    return { workspaceId, adminId };
  });
}

function requireText(field: string, value: string): void {
  if (storableText(value) === value) return;
  const sentence = `${field} must have 1 to ${personTextMaxChars} characters, without spaces around them.`;
  throw new AppError('VALIDATION_ERROR', sentence, { field });
}
