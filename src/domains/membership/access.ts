import { parseTopicKey, type TopicKey, type TopicKindName } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Context } from '../../graphql/context.ts';
import { type TopicPermission, type TopicRole, topicRoleMay } from '../../graphql/permissions.ts';
import type { Db } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { type AskedRow, askedRow, askedSql, keySql, type Person, roleSql } from './asked.ts';

export { isExternalId, type Person } from './asked.ts';
export { createTopicAccess } from './entry.ts';
export { asTopics, kindOf, type TopicRefShape } from './topics.ts';

/** A topic somebody has a role in. */
export interface TopicHeld {
  readonly key: TopicKey;
  readonly id: string;
  readonly role: TopicRole;
}

/**
 * The person's roles in topics, in one statement. Without an entry: no access, whatever the reason. Somebody
 * deactivated has none; everybody is OWNER of their own topic and nobody in those of others.
 */
export async function rolesOf(
  db: Db | Tx,
  person: Person,
  topics: readonly TopicKey[],
): Promise<Map<TopicKey, TopicRole>> {
  const held = await find(
    db,
    topics.map((topic) => askedRow(person, parseTopicKey(topic))),
  );
  return new Map(held.flatMap((topic) => (topic ? [[topic.key, topic.role] as const] : [])));
}

/**
 * The topic of an id or externalId, for somebody who has `permission` in it. `kind` null: a project or a
 * conversation, by id only.
 * @throws FORBIDDEN `No such project, or no access to it.` for one that is missing, of another workspace, deleted,
 * or not theirs; FORBIDDEN `sentence` for a member without the permission.
 */
export async function requireTopic(
  db: Db | Tx,
  person: Person,
  kind: TopicKindName | null,
  idOrExternalId: string,
  permission: TopicPermission,
  sentence?: string,
): Promise<TopicHeld> {
  const [held] = await find(db, [askedRow(person, { kind, id: idOrExternalId })]);
  if (!held) throw noSuchTopic(kind);
  requireRole(held.role, permission, sentence);
  return held;
}

/** The error for a topic that is missing, foreign, deleted or not theirs: one sentence for all four. */
export function noSuchTopic(kind: TopicKindName | null): AppError {
  const noun = kind === 'content' ? 'page' : (kind ?? 'topic');
  return new AppError('FORBIDDEN', `No such ${noun}, or no access to it.`);
}

/**
 * Throws FORBIDDEN with `sentence` when the role does not carry the permission; null is no role. The sentence
 * begins with `You may not`; absent, it names the permission.
 */
export function requireRole(role: TopicRole | null, permission: TopicPermission, sentence?: string): void {
  if (topicRoleMay(role, permission)) return;
  throw new AppError('FORBIDDEN', sentence ?? `You may not do this here: your role lacks ${permission}.`);
}

/** Ids of the active people who belong to a topic, sorted; of a person's own topic themselves, of a deleted one nobody. */
export async function topicMembers(db: Db | Tx, topicId: string): Promise<string[]> {
  const rows = await db.$queryRawUnsafe<{ id: string }[]>(
    `SELECT p.id FROM "Topic" t
     CROSS JOIN LATERAL (
       SELECT m."userId" AS id FROM "Membership" m WHERE m."topicId" = t.id AND t.kind <> 'USER'
       UNION ALL SELECT t.id WHERE t.kind = 'USER') member
     JOIN "User" p ON p.id = member.id AND p."deactivatedAt" IS NULL
     WHERE t.id = $1::uuid AND t."deletedAt" IS NULL ORDER BY p.id`,
    topicId,
  );
  return rows.map((row) => row.id);
}

async function find(db: Db | Tx, rows: readonly AskedRow[]): Promise<(TopicHeld | undefined)[]> {
  if (rows.length === 0) return [];
  const found = await db.$queryRawUnsafe<{ id: string; key: TopicKey; role: TopicRole | null }[]>(
    `SELECT t.id, ${keySql} AS key, ${roleSql} AS role ${askedSql} ORDER BY asked.nth`,
    JSON.stringify(rows),
  );
  return found.map(({ id, key, role }) => (role ? { id, key, role } : undefined));
}

/** Roles this request has read together with something else, so that a list need not ask for each of its items. */
const rolesRead = {};
const rolesReadIn = (context: Context) => context.once(rolesRead, () => new Map<TopicKey, TopicRole>());

/** Lets {@link roleHere} answer for this request without asking. */
export function rememberRole(context: Context, topic: TopicKey, role: TopicRole): void {
  rolesReadIn(context).set(topic, role);
}

/** The reader's role in a topic; null: no access. For fields; commands ask in their transaction. */
export async function roleHere(context: Context, topic: TopicKey): Promise<TopicRole | null> {
  return rolesReadIn(context).get(topic) ?? context.roleIn(topic);
}
