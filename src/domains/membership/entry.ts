import type { TopicKey } from '../../events/topic.ts';
import type { Viewer } from '../../graphql/context.ts';
import type { TopicRole, WorkspaceRole } from '../../graphql/permissions.ts';
import type { TopicAccess, TopicAsked, TopicEntry } from '../../graphql/stream.ts';
import { batched } from '../../platform/batch.ts';
import type { Database } from '../../platform/database.ts';
import type { Prepared } from '../../platform/prepared.ts';
import { askedRow, askedSql, keyOfNone, keySql, roleSql } from './asked.ts';

interface EntryRow {
  nth: number;
  key: TopicKey | null;
  role: TopicRole | null;
  workspace_role: WorkspaceRole | null;
  seq: number | null;
  event_id: string | null;
  access_seq: number | null;
  joined_seq: number | null;
}

// Access, head, newest access change and join position in one statement, thus of one moment: a removal is either
// behind the head and seen by the role, or above the head and met in the log.
const entrySql = `
  p.role::text AS workspace_role, h.seq, h.event_id, h.access_seq,
  (SELECT e.seq FROM event e WHERE e.id = m."joinedEventId" AND e.topic = h.topic) AS joined_seq`;

const enterSql = {
  name: 'enter-topics',
  text: `
  SELECT asked.nth::int4 AS nth, ${keySql} AS key, ${roleSql} AS role, ${entrySql} ${askedSql}
  LEFT JOIN topic_head h ON h.topic = ${keySql}`,
};

const everythingSql = `
  SELECT asked.nth::int4 AS nth, ${keySql} AS key, ${roleSql} AS role, ${entrySql}
  FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (user_id uuid, workspace_id uuid))
    WITH ORDINALITY AS asked (user_id, workspace_id, nth)
  JOIN "User" p ON p.id = asked.user_id AND p."workspaceId" = asked.workspace_id AND p."deactivatedAt" IS NULL
  CROSS JOIN LATERAL (
    SELECT p.id AS topic_id UNION ALL SELECT held."topicId" FROM "Membership" held WHERE held."userId" = p.id) mine
  JOIN "Topic" t ON t.id = mine.topic_id AND t."workspaceId" = p."workspaceId" AND t."deletedAt" IS NULL
  LEFT JOIN "Membership" m ON m."topicId" = t.id AND m."userId" = p.id
  LEFT JOIN topic_head h ON h.topic = ${keySql}
  ORDER BY asked.nth, t.kind, t.id`;

/**
 * Access as streams ask for it. Calls of one turn of the loop share a statement: when a server dies, thousands
 * of clients resume on another at once.
 */
export function createTopicAccess(database: Pick<Database, 'query'>): TopicAccess {
  const query = (sql: string | Prepared) => async (rows: readonly object[]) => {
    const found = await database.query<EntryRow>(sql, [JSON.stringify(rows)]);
    const byRow = Map.groupBy(found, (row) => row.nth);
    return rows.map((_, index) => byRow.get(index + 1) ?? []);
  };
  const asked = batched(query(enterSql));
  const everything = batched(query(everythingSql));

  return {
    enter: (viewer, topics) =>
      Promise.all(
        topics.map(async (topic) => {
          const [row] = await asked(askedRow(viewer, topic));
          return entryOf(viewer, topic, row);
        }),
      ),
    async enterEverything(viewer) {
      const rows = await everything({ user_id: viewer.userId, workspace_id: viewer.workspaceId });
      return rows.map((row) => entryOf(viewer, { kind: 'user', id: viewer.userId }, row));
    },
  };
}

/** Without access nothing is said of the topic: neither its id behind an externalId nor where it stands. */
function entryOf(viewer: Viewer, asked: TopicAsked, row: EntryRow | undefined): TopicEntry {
  const readable = row?.key && row.role ? row : undefined;
  const topic = readable?.key ?? keyOfNone({ kind: asked.kind, id: asked.id ?? viewer.userId });
  return {
    topic,
    role: readable?.role ?? null,
    workspaceRole: row?.workspace_role ?? viewer.workspaceRole,
    head: { topic, seq: readable?.seq ?? 0, eventId: readable?.event_id ?? undefined },
    accessSeq: readable?.access_seq ?? 0,
    joinedSeq: readable?.joined_seq ?? 0,
  };
}
