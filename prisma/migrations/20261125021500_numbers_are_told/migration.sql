-- The numbers are told to the connection that commits, so that it need not ask for them after every command.
-- A server of before does not listen; one of after asks where it is told nothing.
CREATE OR REPLACE FUNCTION number_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE numbers text;
BEGIN
  WITH taken AS (
    DELETE FROM staged_event WHERE xid = pg_current_xact_id() RETURNING *
  ), placed AS (
    SELECT taken.*, row_number() OVER (PARTITION BY topic ORDER BY ord) AS place FROM taken
  ), per_topic AS (
    SELECT topic, count(*) AS total, coalesce(max(place) FILTER (WHERE changes_access), 0) AS access_place,
           (array_agg(id ORDER BY ord DESC))[1] AS last_id
    FROM placed GROUP BY topic
  ), head AS (
    INSERT INTO topic_head AS h (topic, seq, event_id, access_seq)
    SELECT topic, total, last_id, access_place FROM per_topic ORDER BY topic
    ON CONFLICT (topic) DO UPDATE SET
      seq = h.seq + excluded.seq,
      event_id = excluded.event_id,
      access_seq = CASE WHEN excluded.access_seq > 0 THEN h.seq + excluded.access_seq ELSE h.access_seq END
    RETURNING topic, seq
  ), numbered AS (
    SELECT placed.*, head.seq - per_topic.total + placed.place AS seq
    FROM placed JOIN per_topic USING (topic) JOIN head USING (topic)
  ), logged AS (
    INSERT INTO event (topic, seq, id, kind, actor_id, at, correlation_id, data, home, trace)
    SELECT topic, seq, id, kind, actor_id, at, correlation_id, data, home, trace FROM numbered
  ), due AS (
    INSERT INTO todo (consumer, topic, seq)
    SELECT consumer, topic, seq FROM numbered CROSS JOIN LATERAL unnest(consumers) AS consumer
    ORDER BY topic, seq
  )
  SELECT jsonb_object_agg(topic, seq) INTO numbers FROM head;
  IF numbers IS NOT NULL THEN RAISE NOTICE 'belfry.numbered %', numbers; END IF;
  RETURN NULL;
END $$;
