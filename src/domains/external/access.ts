import { type TopicKey, topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Viewer } from '../../graphql/context.ts';
import { roleMay } from '../../graphql/permissions.ts';
import type { Db } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { isExternalId, kindOf, noSuchTopic, type TopicRefShape } from '../membership/access.ts';

/** A topic that may be published in. */
export interface PublishTopic {
  readonly key: TopicKey;
  readonly id: string;
}

/** Throws FORBIDDEN for whoever is no program; that the token is a service token the mutation has asked already. */
export function requirePublisher({ workspaceRole }: Viewer): void {
  if (roleMay(workspaceRole, 'event:publish')) return;
  throw new AppError(
    'FORBIDDEN',
    'Only a BOT of the workspace publishes events; an ADMIN makes one with setWorkspaceRole.',
  );
}

/**
 * The topic of an id or externalId in the workspace, whoever belongs to it; for kind USER the person's. Null: none.
 * A service token speaks for the whole back end of its workspace (docs/decisions/0004).
 */
export async function topicNamed(db: Db | Tx, workspaceId: string, asked: TopicRefShape): Promise<PublishTopic | null> {
  const { kind, id } = asked;
  if (id == null) throw new AppError('VALIDATION_ERROR', 'topic.id is missing.', { field: 'topic.id' });
  if (kind === 'USER') {
    const [person] = await peopleNamed(db, workspaceId, [id]);
    return person ? { key: topicKey('user', person), id: person } : null;
  }
  // Neither can be the name of a topic, nor could some of it be handed to PostgreSQL.
  if (!isId(id) && !isExternalId(id)) return null;
  const found = await db.topic.findFirst({
    where: { workspaceId, kind, deletedAt: null, ...(isId(id) ? { id } : { externalId: id }) },
    select: { id: true },
  });
  return found && { key: topicKey(kindOf(kind), found.id), id: found.id };
}

/** The error for a topic that cannot be published in: missing, of another workspace, or deleted. */
export function noTopicOf({ kind }: TopicRefShape): AppError {
  return noSuchTopic(kindOf(kind));
}

/**
 * The active people of a workspace by id or externalId, in the order asked; undefined for whoever is not there.
 * The externalId of another application may look like an id of ours; it then goes first.
 */
export async function peopleNamed(
  db: Db | Tx,
  workspaceId: string,
  names: readonly string[],
): Promise<(string | undefined)[]> {
  if (names.length === 0) return [];
  const found = await db.user.findMany({
    where: {
      workspaceId,
      deactivatedAt: null,
      OR: [{ externalId: { in: names.filter(isStorable) } }, { id: { in: names.filter(isId) } }],
    },
    select: { id: true, externalId: true },
  });
  const byId = new Map(found.map(({ id }) => [id, id]));
  const byExternalId = new Map(found.map(({ id, externalId }) => [externalId, id]));
  return names.map((name) => byExternalId.get(name) ?? byId.get(name));
}

// PostgreSQL refuses NUL, and half a surrogate pair has no UTF-8.
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
