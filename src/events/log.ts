import { batched } from '../platform/batch.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { type Cursor, encodeCursor, type Head, markOf } from './cursor.ts';
import type { TopicKey } from './topic.ts';

/** An immutable fact as it stands in a topic's log. */
export interface LoggedEvent<Data = Record<string, unknown>> {
  readonly topic: TopicKey;
  /** From 1, without holes, in commit order. */
  readonly seq: number;
  readonly id: string;
  readonly kind: string;
  /** Null: the server itself. */
  readonly actorId: string | null;
  readonly at: Date;
  readonly correlationId: string | null;
  readonly data: Data;
  /** The topic the fact belongs to, when this is the copy in a person's own topic; null on the fact itself. */
  readonly home: TopicKey | null;
  /** W3C `traceparent` of its commit; absent or null: it is not traced. */
  readonly trace?: string | null;
}

/** Reads the log. Always the primary database: a replica may lack what the bell has already announced. */
export interface EventLog {
  /** The events after `seq`, oldest first, at most a page (`LOG_PAGE_SIZE`). Empty at the head. */
  after(topic: TopicKey, seq: number): Promise<LoggedEvent[]>;
  /** Where the topics stand, in the order asked for; seq 0 for an empty log. */
  heads(topics: readonly TopicKey[]): Promise<Head[]>;
  /** Number of the newest event that changed somebody's access; 0 when there was none. */
  accessSeq(topic: TopicKey): Promise<number>;
  /**
   * The places of the cursors that streams can resume from: not above the head, not of another history, and no event
   * after it older than EVENT_RETENTION_DAYS. Undefined for one that has expired.
   */
  judge(cursors: readonly Cursor[]): Promise<(Head | undefined)[]>;
  /** Place of an event in its home topic. Absent: no such event. */
  placeOf(eventId: string): Promise<Head | undefined>;
  /** The place of number `seq` in a topic, for a cursor; seq 0 for a number that does not stand there. */
  placeAt(topic: TopicKey, seq: number): Promise<Head>;
  /** Places of several events in the given topics; those not found are absent. */
  placesIn(places: readonly { topic: TopicKey; eventId: string }[]): Promise<Map<TopicKey, number>>;
  /** Topics in which something was logged in the last `ms` by the database's clock, with their newest numbers. */
  changedWithin(ms: number): Promise<{ topic: TopicKey; seq: number }[]>;
}

interface EventRow extends Omit<LoggedEvent, 'actorId' | 'correlationId'> {
  actor_id: string | null;
  correlation_id: string | null;
}

/** Turns a row of the `event` table into what the rest of the code reads. */
export function toLoggedEvent(row: EventRow): LoggedEvent {
  const { actor_id, correlation_id, ...rest } = row;
  return { ...rest, at: new Date(rest.at), actorId: actor_id, correlationId: correlation_id };
}

export const eventColumns = 'topic, seq, id, kind, actor_id, at, correlation_id, data, home, trace';

const pageSql = {
  name: 'events-after',
  text: `SELECT ${eventColumns} FROM event WHERE topic = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
};

const pagesSql = {
  name: 'events-after-each',
  text: `
    SELECT asked.nth::int4 AS nth, page.*
    FROM unnest($1::text[], $2::int8[]) WITH ORDINALITY AS asked (topic, seq, nth)
    CROSS JOIN LATERAL (
      SELECT ${eventColumns} FROM event WHERE topic = asked.topic AND seq > asked.seq ORDER BY seq LIMIT $3
    ) AS page
    ORDER BY asked.nth, page.seq`,
};

const placesSql = {
  name: 'places',
  text: `
    SELECT asked.nth::int4 AS nth, e.id
    FROM unnest($1::text[], $2::int8[]) WITH ORDINALITY AS asked (topic, seq, nth)
    JOIN event e ON e.topic = asked.topic AND e.seq = asked.seq`,
};

const judgedSql = {
  name: 'judged-cursors',
  text: `
    SELECT asked.topic, asked.seq, h.seq AS head, e.id, next.at AS next_at
    FROM unnest($1::text[], $2::int8[]) AS asked (topic, seq)
    LEFT JOIN topic_head h ON h.topic = asked.topic
    LEFT JOIN event e ON e.topic = asked.topic AND e.seq = asked.seq
    LEFT JOIN event next ON next.topic = asked.topic AND next.seq = asked.seq + 1`,
};

export function createEventLog(parts: {
  database: Pick<Database, 'query'>;
  clock: Clock;
  pageSize: number;
  retentionDays: number;
}): EventLog {
  const { database, clock, pageSize, retentionDays } = parts;

  const headOf = batched(async (topics: readonly TopicKey[]): Promise<Head[]> => {
    const rows = await database.query<{ topic: TopicKey; seq: number; event_id: string }>(
      { name: 'heads', text: 'SELECT topic, seq, event_id FROM topic_head WHERE topic = ANY($1)' },
      [[...new Set(topics)]],
    );
    const found = new Map(rows.map((row) => [row.topic, row]));
    return topics.map((topic) => {
      const row = found.get(topic);
      return { topic, seq: row?.seq ?? 0, eventId: row?.event_id };
    });
  });

  const accessSeq = batched(async (topics: readonly TopicKey[]): Promise<number[]> => {
    const rows = await database.query<{ topic: TopicKey; access_seq: number }>(
      { name: 'access-seqs', text: 'SELECT topic, access_seq FROM topic_head WHERE topic = ANY($1)' },
      [[...new Set(topics)]],
    );
    const found = new Map(rows.map((row) => [row.topic, row.access_seq]));
    return topics.map((topic) => found.get(topic) ?? 0);
  });

  const placeAt = batched(async (places: readonly { topic: TopicKey; seq: number }[]): Promise<Head[]> => {
    const rows = await database.query<{ nth: number; id: string }>(placesSql, [
      places.map(({ topic }) => topic),
      places.map(({ seq }) => seq),
    ]);
    const found = new Map(rows.map((row) => [row.nth, row.id]));
    return places.map(({ topic, seq }, index) => {
      const eventId = found.get(index + 1);
      return eventId === undefined ? { topic, seq: 0 } : { topic, seq, eventId };
    });
  });

  // Thousands who lost their server at the same moment have few different cursors between them.
  const judge = batched(async (cursors: readonly Cursor[]): Promise<(Head | undefined)[]> => {
    const places = [...new Map(cursors.map((cursor) => [placeKey(cursor), cursor])).values()];
    const rows = await database.query<PlaceRow>(judgedSql, [
      places.map(({ topic }) => topic),
      places.map(({ seq }) => seq),
    ]);
    const byPlace = new Map(rows.map((row) => [placeKey(row), row]));
    const floorMs = clock.now().getTime() - retentionDays * 86_400_000;
    return cursors.map((cursor) => resumable(cursor, byPlace.get(placeKey(cursor)), floorMs));
  });

  // A transaction with events in many topics rings for all of them in one turn.
  const after = batched(
    async (asked: readonly PageAsked[]): Promise<LoggedEvent[][]> => {
      const [first, ...others] = asked;
      if (first && others.length === 0) {
        return [(await database.query<EventRow>(pageSql, [first.topic, first.seq, pageSize])).map(toLoggedEvent)];
      }
      const places = [asked.map(({ topic }) => topic), asked.map(({ seq }) => seq)];
      const rows = await database.query<EventRow & { nth: number }>(pagesSql, [...places, pageSize]);
      const pages = asked.map((): LoggedEvent[] => []);
      for (const { nth, ...row } of rows) pages[nth - 1]?.push(toLoggedEvent(row));
      return pages;
    },
    { atOnce: pageStatementsAtOnce, most: pagesPerStatement },
  );

  return {
    after: (topic, seq) => after({ topic, seq }),

    heads: (topics) => Promise.all(topics.map(headOf)),
    accessSeq,
    judge: (cursors) => Promise.all(cursors.map(judge)),

    async placeOf(eventId) {
      const [row] = await database.query<{ topic: TopicKey; seq: number; id: string }>(
        'SELECT topic, seq, id FROM event WHERE id = $1 AND home IS NULL',
        [eventId],
      );
      return row && { topic: row.topic, seq: row.seq, eventId: row.id };
    },

    placeAt: (topic, seq) => placeAt({ topic, seq }),

    async placesIn(places) {
      const rows = await database.query<{ topic: TopicKey; seq: number }>(
        `SELECT e.topic, e.seq FROM unnest($1::text[], $2::uuid[]) AS asked (topic, id)
         JOIN event e ON e.id = asked.id AND e.topic = asked.topic`,
        [places.map((place) => place.topic), places.map((place) => place.eventId)],
      );
      return new Map(rows.map((row) => [row.topic, row.seq]));
    },

    changedWithin: (ms) =>
      database.query(
        `SELECT topic, max(seq)::int8 AS seq FROM event
         WHERE logged_at > clock_timestamp() - make_interval(secs => $1) GROUP BY topic`,
        [ms / 1000],
      ),
  };
}

/** More than those who catch up take (pageCache.ts): they do not keep those who are live waiting. */
const pageStatementsAtOnce = 6;
/** So many pages of `LOG_PAGE_SIZE` events are in memory as the answer to one. */
const pagesPerStatement = 50;

interface PageAsked {
  readonly topic: TopicKey;
  readonly seq: number;
}

interface PlaceRow {
  topic: TopicKey;
  seq: number;
  /** The topic's newest number; null: its log is empty. */
  head: number | null;
  id: string | null;
  /** When the event after the place happened. */
  next_at: Date | null;
}

const placeKey = ({ topic, seq }: Pick<Cursor, 'topic' | 'seq'>): string => `${topic} ${seq}`;

/** The place of a cursor, unless it has expired. */
function resumable({ topic, seq, mark }: Cursor, row: PlaceRow | undefined, floorMs: number): Head | undefined {
  if (!row || seq > (row.head ?? 0)) return undefined;
  if (row.next_at && row.next_at.getTime() < floorMs) return undefined;
  if (seq === 0) return mark === markOf(undefined) ? { topic, seq } : undefined;
  return row.id !== null && markOf(row.id) === mark ? { topic, seq, eventId: row.id } : undefined;
}

/** The error for cursors that cannot be resumed from: the client loads as on first start and goes on. */
export function cursorExpired(heads: readonly Head[]): AppError {
  const cursors = heads.map(encodeCursor);
  return new AppError(
    'CURSOR_EXPIRED',
    'The cursor is too old or of another history. Load the data again and go on from headCursor.',
    { headCursor: cursors[0], headCursors: cursors },
  );
}
