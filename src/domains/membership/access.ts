import { parseTopicKey, type TopicKey, type TopicKindName } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import { type TopicPermission, type TopicRole, topicRoleMay } from '../../graphql/permissions.ts';
import { type Db, statement } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { type AskedRow, askedRow, askedSql, keySql, type Person, roleSql } from './asked.ts';
import { noSuchTopic, type TopicHeld } from './topics.ts';

export { isExternalId, type Person } from './asked.ts';
export { createTopicAccess } from './entry.ts';
export { enterTopic, enterTopicIfAny, headCursorOf, rememberPlace, rememberRole, roleHere } from './here.ts';
export { asTopics, kindOf, noSuchTopic, type TopicHeld, type TopicRefShape, topicOfRow } from './topics.ts';

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
 * The topic of an id or externalId, for somebody who has `permission` in it. `kind` null: of any kind but a person's
 * own, by id only.
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

/**
 * Throws FORBIDDEN with `sentence` when the role does not carry the permission; null is no role. The sentence
 * begins with `You may not`; absent, it names the permission.
 */
export function requireRole(role: TopicRole | null, permission: TopicPermission, sentence?: string): void {
  if (topicRoleMay(role, permission)) return;
  throw new AppError('FORBIDDEN', sentence ?? `You may not do this here: your role lacks ${permission}.`);
}

const positionsSql = {
  name: 'read-positions',
  text: `
    SELECT "userId", "lastReadEventId" FROM "Membership"
    WHERE "topicId" = $1::uuid AND "userId" = ANY($2::uuid[]) ORDER BY "userId" FOR SHARE`,
};

/**
 * Those of `userIds` who have read the topic up to an event or further. Whoever is reading just now is waited for, and
 * nobody reads on until the transaction ends: their position and what depends on it change together.
 */
export async function readersUpTo(
  tx: Tx,
  { topic, seq }: { topic: TopicKey; seq: number },
  userIds: readonly string[],
): Promise<string[]> {
  const rows = await statement<{ userId: string; lastReadEventId: string | null }>(tx, positionsSql, [
    parseTopicKey(topic).id,
    userIds,
  ]);
  const read = rows.flatMap(({ lastReadEventId }) => lastReadEventId ?? []);
  if (read.length === 0) return [];
  const further = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM event WHERE id = ANY(${[...new Set(read)]}::uuid[]) AND topic = ${topic} AND seq >= ${seq}`;
  const ids = new Set(further.map(({ id }) => id));
  return rows.filter(({ lastReadEventId }) => ids.has(lastReadEventId ?? '')).map(({ userId }) => userId);
}

/** Whether somebody is an active member of a topic. Questions of one turn of the loop share a statement. */
export async function isMember(db: Db, topicId: string, userId: string): Promise<boolean> {
  const member = await db.membership.findUnique({
    where: { topicId_userId: { topicId, userId } },
    select: { user: { select: { deactivatedAt: true } } },
  });
  return member?.user.deactivatedAt === null;
}

/** {@link isMember}; the membership lasts until the transaction ends: whoever ends it sees what was done before. */
export async function holdMember(tx: Tx, topicId: string, userId: string): Promise<boolean> {
  if (!isId(userId)) return false;
  const found = await tx.$queryRaw<object[]>`
    SELECT 1 AS found FROM "Membership" m JOIN "User" u ON u.id = m."userId" AND u."deactivatedAt" IS NULL
    WHERE m."topicId" = ${topicId}::uuid AND m."userId" = ${userId}::uuid FOR KEY SHARE OF m`;
  return found.length > 0;
}

/** A part of a list of people by id; absent parts do not restrict. */
export interface PeopleWanted {
  readonly except?: string | null | undefined;
  /** Only those with a greater id. */
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

/** Nobody's id is before the nil UUID. */
const afterSql = "coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')";

/** The members from one id on stand together in their index: a page costs the same wherever it begins. */
const membersSql = `
  SELECT p.id FROM (
    SELECT m."userId" AS id FROM "Topic" t JOIN "Membership" m ON m."topicId" = t.id
    WHERE t.id = $1::uuid AND t."deletedAt" IS NULL AND t.kind <> 'USER' AND m."userId" > ${afterSql}
    UNION ALL
    SELECT t.id FROM "Topic" t
    WHERE t.id = $1::uuid AND t."deletedAt" IS NULL AND t.kind = 'USER' AND t.id > ${afterSql}) member
  JOIN "User" p ON p.id = member.id AND p."deactivatedAt" IS NULL
  WHERE $2::uuid IS NULL OR p.id <> $2 ORDER BY p.id LIMIT $4`;

/** Ids of the active people who belong to a topic, sorted; of a person's own topic themselves, of a deleted one nobody. */
export async function topicMembers(
  db: Db | Tx,
  topicId: string,
  { except, after, limit }: PeopleWanted = {},
): Promise<string[]> {
  const rows = await statement<{ id: string }>(db, membersSql, [topicId, except, after, limit]);
  return rows.map((row) => row.id);
}

const readersSql = `
  SELECT p.id FROM "Topic" t
  JOIN "User" p ON p."workspaceId" = t."workspaceId" AND p.id = ANY($2::uuid[]) AND p."deactivatedAt" IS NULL
  LEFT JOIN "Membership" m ON m."topicId" = t.id AND m."userId" = p.id
  WHERE t.id = $1::uuid AND t."deletedAt" IS NULL AND ${roleSql} IS NOT NULL
    AND ($3::uuid IS NULL OR p.id <> $3) AND ($4::uuid IS NULL OR p.id > $4) ORDER BY p.id LIMIT $5`;

/** Those of these people who may read the topic, sorted by id; whoever is no active person of its workspace may not. */
export async function readersAmong(
  db: Db | Tx,
  topicId: string,
  userIds: readonly string[],
  { except, after, limit }: PeopleWanted = {},
): Promise<string[]> {
  if (userIds.length === 0) return [];
  const rows = await statement<{ id: string }>(db, readersSql, [topicId, userIds.filter(isId), except, after, limit]);
  return rows.map((row) => row.id);
}

const heldSql = {
  name: 'roles-in-topics',
  text: `SELECT t.id, ${keySql} AS key, ${roleSql} AS role ${askedSql} ORDER BY asked.nth`,
};

async function find(db: Db | Tx, rows: readonly AskedRow[]): Promise<(TopicHeld | undefined)[]> {
  if (rows.length === 0) return [];
  const found = await statement<{ id: string; key: TopicKey; role: TopicRole | null }>(db, heldSql, [
    JSON.stringify(rows),
  ]);
  return found.map(({ id, key, role }) => (role ? { id, key, role } : undefined));
}
