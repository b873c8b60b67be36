-- What an update has changed is summed up, not joined: the plan a connection keeps of a trigger is of the first update there,
-- mostly of one row, and compared each of 5,000 rows with each: 14 s for a step of a bulk change, which may last 10.
CREATE OR REPLACE FUNCTION count_notifications() RETURNS trigger LANGUAGE plpgsql AS $$
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
