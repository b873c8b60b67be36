import type { WorkspaceRole } from '../../graphql/permissions.ts';
import { batched } from '../../platform/batch.ts';
import type { Database } from '../../platform/database.ts';

/** What of a person decides whether a token lets them in. */
export interface PersonFound {
  readonly id: string;
  readonly workspaceId: string;
  readonly role: WorkspaceRole;
  readonly deactivatedAt: Date | null;
  readonly tokensNotBefore: Date | null;
  /** The token asked with was refused by hand before its time. */
  readonly tokenRefused: boolean;
}

/** The workspace a token is for, with the person in it if there is one. */
export interface Found {
  /** Null: there is none of that name, or without a name there is not exactly one. */
  readonly workspaceId: string | null;
  /** No name was given, and there are several. */
  readonly several: boolean;
  readonly person: PersonFound | undefined;
}

interface FoundRow extends Omit<PersonFound, 'id' | 'workspaceId'> {
  nth: number;
  workspace_id: string | null;
  several: boolean;
  id: string | null;
}

/** Whose token it is: the slug of the workspace, null for the only one, and who the token says they are there. */
interface Asked {
  readonly slug: string | null;
  readonly externalId: string;
  readonly tokenId: string;
}

// Two are read, to know whether it is the only one.
const lookupSql = {
  name: 'people-by-token',
  text: `
  WITH known AS (SELECT array_agg(id) AS ids FROM (SELECT id FROM "Workspace" LIMIT 2) two)
  SELECT asked.nth::int4 AS nth, w.id AS workspace_id,
    asked.slug IS NULL AND coalesce(cardinality(known.ids), 0) > 1 AS several,
    p.id, p.role::text AS role, p."deactivatedAt", p."tokensNotBefore",
    EXISTS (SELECT FROM refused_token r WHERE r.user_id = p.id AND r.token_id = asked.token_id) AS "tokenRefused"
  FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS asked (slug, external_id, token_id, nth)
  CROSS JOIN known
  CROSS JOIN LATERAL (SELECT CASE
    WHEN asked.slug IS NOT NULL THEN (SELECT named.id FROM "Workspace" named WHERE named.slug = asked.slug)
    WHEN cardinality(known.ids) = 1 THEN known.ids[1] END AS id) w
  LEFT JOIN "User" p ON p."workspaceId" = w.id AND p."externalId" = asked.external_id`,
};

/**
 * Looks people up by the `externalId` of their tokens; those of one turn of the loop share a statement. Two queries
 * through Prisma for each client were a third of what it cost to let one in (bench reconnect, 2026-11-25).
 */
export function createPersonLookup(database: Pick<Database, 'query'>): (asked: Asked) => Promise<Found> {
  return batched(async (asked: readonly Asked[]): Promise<Found[]> => {
    const rows = await database.query<FoundRow>(lookupSql, [
      asked.map(({ slug }) => slug),
      asked.map(({ externalId }) => externalId),
      asked.map(({ tokenId }) => tokenId),
    ]);
    const byNth = new Map(rows.map((row) => [row.nth, row]));
    return asked.map((_, index) => foundOf(byNth.get(index + 1)));
  });
}

function foundOf(row: FoundRow | undefined): Found {
  if (!row?.workspace_id) return { workspaceId: null, several: row?.several ?? false, person: undefined };
  const { nth: _, workspace_id: workspaceId, several, id, ...rest } = row;
  const person = id === null ? undefined : { ...rest, id, workspaceId };
  return { workspaceId, several, person };
}
