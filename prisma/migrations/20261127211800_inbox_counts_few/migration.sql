-- Of a person's rows of "InboxCount" only the one that is taken is held, instead of all that are free: whoever came while they
-- were held found none, and added another each time two transactions met, for ever (31 rows after 30 meetings of two). Now
-- there are never more than transactions were at it at once.
CREATE OR REPLACE FUNCTION count_rows(users uuid[], signs int[], states text[]) RETURNS void LANGUAGE sql AS $$
  WITH change AS MATERIALIZED (
      SELECT "userId", coalesce(sum(sign) FILTER (WHERE state IN ('UNREAD', 'UNSEEN')), 0) AS unread,
        coalesce(sum(sign) FILTER (WHERE state = 'UNSEEN'), 0) AS unseen,
        coalesce(sum(sign) FILTER (WHERE state = 'SNOOZED'), 0) AS snoozed,
        coalesce(sum(sign) FILTER (WHERE state = 'DONE'), 0) AS done, sum(sign) AS total
      FROM unnest(users, signs, states) AS row ("userId", sign, state) GROUP BY "userId"),
    free AS MATERIALIZED (
      SELECT one.id, change."userId" FROM change CROSS JOIN LATERAL (
        SELECT c.id FROM "InboxCount" c WHERE c."userId" = change."userId" LIMIT 1 FOR UPDATE SKIP LOCKED) AS one),
    added AS (
      UPDATE "InboxCount" c SET unread = c.unread + change.unread, unseen = c.unseen + change.unseen,
        snoozed = c.snoozed + change.snoozed, done = c.done + change.done, total = c.total + change.total
      FROM free JOIN change USING ("userId")
      WHERE c.id = free.id RETURNING c."userId")
  INSERT INTO "InboxCount" ("userId", unread, unseen, snoozed, done, total)
  SELECT "userId", unread, unseen, snoozed, done, total FROM change
  WHERE NOT EXISTS (SELECT FROM added WHERE added."userId" = change."userId")
$$;

-- One for each person of those that nobody holds.
WITH old AS (
  DELETE FROM "InboxCount" WHERE id IN (SELECT id FROM "InboxCount" FOR UPDATE SKIP LOCKED) RETURNING *)
INSERT INTO "InboxCount" ("userId", unread, unseen, snoozed, done, total)
SELECT "userId", sum(unread), sum(unseen), sum(snoozed), sum(done), sum(total) FROM old GROUP BY "userId";
