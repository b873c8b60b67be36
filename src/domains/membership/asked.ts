import type { TopicKey } from '../../events/topic.ts';
import type { TopicKind } from '../../generated/prisma/client.ts';
import type { Viewer } from '../../graphql/context.ts';
import type { TopicAsked } from '../../graphql/stream.ts';
import { isId } from '../../platform/ids.ts';

/** A person as access is asked for: the rest is read from the database, nothing believed from a token. */
export type Person = Pick<Viewer, 'userId' | 'workspaceId'>;

// No letter that cannot be seen, also because neither NUL nor half a surrogate pair can be handed to PostgreSQL.
const externalId = /^[^\s\p{C}]{1,200}$/u;

/**
 * Whether the text can be a topic's `externalId`: 1 to 200 visible characters without spaces, and no UUID, so
 * that an argument which takes both ids and externalIds means one thing.
 */
export function isExternalId(text: string): boolean {
  return externalId.test(text) && !isId(text);
}

/** A question for {@link askedSql}; null where a part is absent or names nothing that can exist. */
export interface AskedRow {
  user_id: string;
  workspace_id: string;
  /** Null: of any kind but USER, by id only. */
  kind: TopicKind | null;
  id: string | null;
  external_id: string | null;
}

/** What `person` asks for. Without an id it is their own topic. */
export function askedRow(
  { userId, workspaceId }: Person,
  { kind, id = userId }: Omit<TopicAsked, 'kind'> & { kind: TopicAsked['kind'] | null },
): AskedRow {
  return {
    user_id: userId,
    workspace_id: workspaceId,
    kind: kind && (kind.toUpperCase() as TopicKind),
    id: isId(id) ? id : null,
    external_id: kind && isExternalId(id) ? id : null,
  };
}

/**
 * `FROM …` for rows of {@link AskedRow}, as JSON in `$1`: `asked` with its number `nth` from 1, the active
 * person `p`, the undeleted topic `t` of their workspace and their membership `m` in it, each null when absent.
 */
export const askedSql = `
  FROM ROWS FROM (jsonb_to_recordset($1::jsonb)
    AS (user_id uuid, workspace_id uuid, kind text, id uuid, external_id text))
    WITH ORDINALITY AS asked (user_id, workspace_id, kind, id, external_id, nth)
  LEFT JOIN "User" p ON p.id = asked.user_id AND p."workspaceId" = asked.workspace_id AND p."deactivatedAt" IS NULL
  LEFT JOIN "Topic" t ON t.id = coalesce(asked.id, (
      SELECT named.id FROM "Topic" named WHERE named."workspaceId" = asked.workspace_id
        AND named.kind = asked.kind::"TopicKind" AND named."externalId" = asked.external_id))
    AND t."workspaceId" = p."workspaceId" AND t."deletedAt" IS NULL
    AND CASE WHEN asked.kind IS NULL THEN t.kind <> 'USER' ELSE t.kind = asked.kind::"TopicKind" END
  LEFT JOIN "Membership" m ON m."topicId" = t.id AND m."userId" = p.id`;

/**
 * The role in terms of {@link askedSql}. A person's own topic has one member, its OWNER; an open topic is read by
 * everybody in the workspace, as a GUEST where no membership says otherwise. Null: no access.
 */
export const roleSql = `CASE WHEN t.kind = 'USER' THEN CASE WHEN t.id = p.id THEN 'OWNER' END
  ELSE coalesce(m.role::text, CASE WHEN t.open AND p.id IS NOT NULL THEN 'GUEST' END) END`;

/** The key of `t` in terms of {@link askedSql}. */
export const keySql = `lower(t.kind::text) || ':' || t.id`;

/** A topic without access that was asked for by anything but an id: the nil UUID says nothing. */
export function keyOfNone({ kind, id }: TopicAsked): TopicKey {
  return `${kind}:${isId(id) ? id : '00000000-0000-0000-0000-000000000000'}`;
}
