import type { LastStatement } from '../platform/database.ts';
import type { TopicKey } from './topic.ts';

/** An event waiting for COMMIT, one row for each topic it is logged in. */
export interface StagedEvent {
  topic: TopicKey;
  id: string;
  kind: string;
  data: unknown;
  /** The topic the fact belongs to, on a copy; null on the fact itself. */
  home: TopicKey | null;
  changesAccess: boolean;
  consumers: readonly string[];
  /** Consumers have something to do only where somebody wants every event of the topic (`wantEveryEvent`). */
  onlyIfWanted: boolean;
}

/** What the events of a transaction have in common. */
export interface CommitFacts {
  readonly actorId: string | null;
  readonly correlationId: string | null;
  readonly at: Date;
  /** W3C `traceparent`; null: tracing is off. */
  readonly trace: string | null;
}

/**
 * Numbers the events and writes them, and what the consumers are to do, in one statement: the last of its transaction,
 * sent together with COMMIT. The rows of the topics' heads are locked in the order of their names, so that two commands
 * with two topics each cannot deadlock, and only until the database has come to COMMIT, which it has in hand by then.
 * `numbered` hears where each topic stands afterwards.
 */
export function numbering(
  staged: readonly StagedEvent[],
  { actorId, correlationId, at, trace }: CommitFacts,
  numbered: (topic: TopicKey, seq: number) => void,
): LastStatement {
  const heads = new Map<TopicKey, { topic: TopicKey; total: number; last_id: string; access_place: number }>();
  const places = staged.map(({ topic, id, changesAccess }) => {
    const before = heads.get(topic);
    const place = (before?.total ?? 0) + 1;
    heads.set(topic, {
      ...{ topic, total: place, last_id: id },
      access_place: changesAccess ? place : (before?.access_place ?? 0),
    });
    return place;
  });
  const events = staged.map(({ topic, id, kind, data, home, consumers, onlyIfWanted }, nth) => ({
    ...{ topic, id, kind, data, home, consumers, only_if_wanted: onlyIfWanted },
    below: (heads.get(topic)?.total ?? 0) - (places[nth] ?? 0),
  }));
  return {
    // Kept by the connection: to plan it would take as long as to do it for a single event.
    name: 'number-events',
    text: numberingSql,
    values: [JSON.stringify([...heads.values()]), JSON.stringify(events), actorId, at, correlationId, trace],
    answered: (rows) => {
      for (const { topic, seq } of rows as { topic: TopicKey; seq: number }[]) numbered(topic, seq);
    },
  };
}

/** Of each topic how many events come and which is the newest; of each event how far below the new head it stands. */
const numberingSql = `
  WITH head AS (
    INSERT INTO topic_head AS h (topic, seq, event_id, access_seq)
    SELECT topic, total, last_id, access_place
    FROM jsonb_to_recordset($1::jsonb) AS new (topic text, total int8, last_id uuid, access_place int8)
    ORDER BY topic
    ON CONFLICT (topic) DO UPDATE SET
      seq = h.seq + excluded.seq,
      event_id = excluded.event_id,
      access_seq = CASE WHEN excluded.access_seq > 0 THEN h.seq + excluded.access_seq ELSE h.access_seq END
    RETURNING topic, seq
  ), numbered AS (
    SELECT staged.*, head.seq - staged.below AS seq
    FROM jsonb_to_recordset($2::jsonb)
      AS staged (topic text, id uuid, kind text, data jsonb, home text, consumers text[], only_if_wanted boolean, below int8)
    JOIN head USING (topic)
  ), logged AS (
    INSERT INTO event (topic, seq, id, kind, actor_id, at, correlation_id, data, home, trace)
    SELECT topic, seq, id, kind, $3, $4, $5, data, home, $6 FROM numbered
  ), due AS (
    INSERT INTO todo (consumer, topic, seq)
    SELECT consumer, topic, seq FROM numbered CROSS JOIN LATERAL unnest(consumers) AS consumer
    WHERE NOT only_if_wanted OR EXISTS (SELECT FROM wanted_topic w WHERE w.topic = numbered.topic)
    ORDER BY topic, seq
  )
  SELECT topic, seq FROM head`;
