import { directReasons } from '../../events/reasons.ts';
import { maxActors } from './shown.ts';

/** A row to which events are added until it is read; else, and when what it was about is gone, it starts again. */
const grows = 'n."readAt" IS NULL AND n."expiredAt" IS NULL';

const alike = 'coalesce(n.alike, cardinality(n."actorIds"))';

/** Names from our own list, of capital letters and underscores. */
const direct = `ARRAY[${directReasons.map((reason) => `'${reason}'`).join(', ')}]`;

/**
 * The rows of people who are told of an event. One that was read starts again: count 1, this actor, this reason. An unread
 * one grows: type, event and actors are the newest, a direct reason stays (reasons.ts). One that was done comes back, a
 * snoozed one only for a direct reason; neither for what was read already. The same event twice does nothing.
 */
export const upsertSql = {
  name: 'upsert-notifications',
  text: `
    INSERT INTO "Notification" AS n
      ("threadKey", topic, type, "eventId", "updatedAt", "actorIds", alike, "createdAt", "seenAt", "readAt", id, "userId", reason,
       count)
    SELECT $1, $2, $3, $4::uuid, $5, array_remove(ARRAY[$6::uuid], NULL), num_nonnulls($6::uuid), $7,
      CASE WHEN told.user_id = ANY($8::uuid[]) THEN $7::timestamptz END,
      CASE WHEN told.user_id = ANY($9::uuid[]) THEN $7::timestamptz END, told.id, told.user_id, told.reason, 1
    FROM unnest($10::uuid[], $11::uuid[], $12::text[]) AS told (id, user_id, reason)
    ORDER BY told.user_id
    ON CONFLICT ("userId", "threadKey") DO UPDATE SET
      topic = excluded.topic,
      type = excluded.type,
      "eventId" = excluded."eventId",
      reason = CASE WHEN ${grows} AND n.reason = ANY(${direct}) AND excluded.reason <> ALL(${direct}) THEN n.reason
        ELSE excluded.reason END,
      count = CASE WHEN ${grows} THEN n.count + 1 ELSE 1 END,
      "actorIds" = CASE WHEN ${grows}
        THEN (excluded."actorIds" || array_remove(n."actorIds", $6::uuid))[1:${maxActors}]
        ELSE excluded."actorIds" END,
      alike = CASE WHEN NOT (${grows}) OR n.reason <> excluded.reason THEN excluded.alike
        WHEN $6::uuid IS NULL OR $6::uuid = ANY(n."actorIds"[1:${alike}]) THEN ${alike}
        ELSE least(${alike} + 1, ${maxActors}) END,
      "readAt" = excluded."readAt",
      "seenAt" = excluded."seenAt",
      "doneAt" = CASE WHEN excluded."readAt" IS NOT NULL THEN n."doneAt" END,
      "snoozedUntil" = CASE WHEN excluded."readAt" IS NOT NULL OR excluded.reason <> ALL(${direct}) THEN n."snoozedUntil" END,
      "expiredAt" = NULL,
      "changeId" = NULL,
      replaced = NULL,
      "updatedAt" = greatest(n."updatedAt", excluded."updatedAt")
    WHERE n."eventId" <> excluded."eventId"
    RETURNING n.id, n."userId", n."snoozedUntil" IS NOT NULL AS snoozed`,
};
