-- CreateTable
CREATE TABLE "InboxCount" (
    "id" BIGSERIAL NOT NULL,
    "userId" UUID NOT NULL,
    "unread" INTEGER NOT NULL,
    "unseen" INTEGER NOT NULL,
    "snoozed" INTEGER NOT NULL,
    "done" INTEGER NOT NULL,
    "total" INTEGER NOT NULL,

    CONSTRAINT "InboxCount_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "InboxCount_userId_idx" ON "InboxCount"("userId");

-- Each is changed far more often than another is added: room for the new version beside the old one, without the index.
ALTER TABLE "InboxCount" SET (fillfactor = 50);

-- What one row counts as; the states are those of src/domains/notifications/states.ts, of UNREAD those that are not seen apart.
CREATE FUNCTION counted_as(expired timestamptz, done timestamptz, snoozed timestamptz, read timestamptz, seen timestamptz)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN expired IS NOT NULL THEN 'EXPIRED' WHEN done IS NOT NULL THEN 'DONE'
    WHEN snoozed IS NOT NULL THEN 'SNOOZED' WHEN read IS NOT NULL THEN 'READ'
    WHEN seen IS NOT NULL THEN 'UNREAD' ELSE 'UNSEEN' END
$$;

-- Adds (sign 1) and takes away (-1) rows of these people. Of a person's rows of "InboxCount" one is taken that nobody holds, and
-- only that one is held; if all are held there is another from then on, and never more than transactions were at it at once.
CREATE FUNCTION count_rows(users uuid[], signs int[], states text[]) RETURNS void LANGUAGE sql AS $$
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

-- What an update has changed is summed up, not joined: the plan a connection keeps of a trigger is of the first update there,
-- mostly of one row, and would compare each of 5,000 rows with each: 14 s for a step of a bulk change, which may last 10.
CREATE FUNCTION count_notifications() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM count_rows(array_agg("userId"), array_agg(1),
      array_agg(counted_as("expiredAt", "doneAt", "snoozedUntil", "readAt", "seenAt")))
    FROM new_rows HAVING count(*) > 0;
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM count_rows(array_agg("userId"), array_agg(-1),
      array_agg(counted_as("expiredAt", "doneAt", "snoozedUntil", "readAt", "seenAt")))
    FROM old_rows HAVING count(*) > 0;
  ELSE
    PERFORM count_rows(array_agg("userId"), array_agg(sign), array_agg(state))
    FROM (
      SELECT "userId", state, sum(sign)::int AS sign
      FROM (
        SELECT "userId", -1 AS sign, counted_as("expiredAt", "doneAt", "snoozedUntil", "readAt", "seenAt") AS state FROM old_rows
        UNION ALL
        SELECT "userId", 1, counted_as("expiredAt", "doneAt", "snoozedUntil", "readAt", "seenAt") FROM new_rows) AS step
      GROUP BY "userId", state HAVING sum(sign) <> 0) AS moved
    HAVING count(*) > 0;
  END IF;
  RETURN NULL;
END $$;

-- In this order: whoever writes waits from here on until this is committed, so that nothing is counted twice or not at all.
CREATE TRIGGER count_new AFTER INSERT ON "Notification"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_notifications();
CREATE TRIGGER count_changed AFTER UPDATE ON "Notification"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_notifications();
CREATE TRIGGER count_gone AFTER DELETE ON "Notification"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION count_notifications();

SELECT count_rows(array_agg("userId"), array_agg(1),
  array_agg(counted_as("expiredAt", "doneAt", "snoozedUntil", "readAt", "seenAt")))
FROM "Notification" GROUP BY "userId";
