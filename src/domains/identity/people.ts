import type { WorkspaceRole } from '../../graphql/permissions.ts';
import type { TxClient } from '../../platform/database.ts';
import { newId } from '../../platform/ids.ts';

/** Longest `externalId` and name, in characters. */
export const personTextMaxChars = 200;

/**
 * Creates a person together with their own topic. Where the externalId is already taken in the workspace, also by
 * a transaction that commits at the same moment, nothing happens and `created` is false.
 */
export async function createPerson(
  tx: TxClient,
  person: {
    workspaceId: string;
    externalId: string;
    name: string;
    email?: string | undefined;
    role: WorkspaceRole;
    now: Date;
  },
): Promise<{ id: string; created: boolean }> {
  const { workspaceId, externalId, name, email, role, now } = person;
  const id = newId();
  // ON CONFLICT DO NOTHING waits for the other inserter to commit, so the row read below is there.
  const { count } = await tx.user.createMany({
    data: [{ id, workspaceId, externalId, name, email: email ?? null, role, createdAt: now, updatedAt: now }],
    skipDuplicates: true,
  });
  if (count === 0) {
    const where = { workspaceId_externalId: { workspaceId, externalId } };
    const existing = await tx.user.findUniqueOrThrow({ where, select: { id: true } });
    return { id: existing.id, created: false };
  }
  await tx.topic.create({ data: { id, workspaceId, kind: 'USER', createdAt: now } });
  return { id, created: true };
}

/** Text of a claim or an argument as PostgreSQL can store it, trimmed; undefined when it is no such text or too long. */
export function storableText(value: unknown, maxChars: number = personTextMaxChars): string | undefined {
  if (typeof value !== 'string' || value.includes('\0') || !value.isWellFormed()) return undefined;
  const trimmed = value.trim();
  return trimmed === '' || [...trimmed].length > maxChars ? undefined : trimmed;
}
