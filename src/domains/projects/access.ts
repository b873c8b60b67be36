import { append } from '../../events/append.ts';
import { topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import { newId } from '../../platform/ids.ts';
import { createTopic } from '../membership/commands.ts';
import { projectEvents } from './events.ts';

/** A project that somebody has decided to make, and may. */
export interface NewProject {
  readonly workspaceId: string;
  readonly ownerId: string;
  readonly name: string;
  /** Null and empty: none. */
  readonly description: string | null;
  readonly externalId: string | null | undefined;
  readonly now: Date;
}

/**
 * Makes a project with its topic and its first OWNER, and appends the fact.
 * @throws VALIDATION_ERROR and CONFLICT with field `externalId`; the transaction must not be committed then.
 */
export async function insertProject(
  tx: Tx,
  { workspaceId, ownerId, name, description, externalId, now }: NewProject,
): Promise<{ projectId: string; eventId: string }> {
  const id = newId();
  const eventId = append(tx, topicKey('project', id), projectEvents.ProjectCreated, { projectId: id, ownerId });
  await createTopic(tx, {
    id,
    workspaceId,
    kind: 'project',
    externalId,
    ownerId,
    joinedEventId: eventId,
    createdAt: now,
  });
  await tx.project.create({ data: { id, name, description: description || null, createdAt: now, updatedAt: now } });
  return { projectId: id, eventId };
}
