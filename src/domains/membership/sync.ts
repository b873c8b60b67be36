import { type Cursor, decodeCursor, encodeCursor, type Head } from '../../events/cursor.ts';
import { cursorExpired, eventColumns, type LoggedEvent, toLoggedEvent } from '../../events/log.ts';
import { parseTopicKey, type TopicKey } from '../../events/topic.ts';
import type { Context, Services } from '../../graphql/context.ts';
import { mayHear, type TopicRole } from '../../graphql/permissions.ts';
import type { AccessLost, Checkpoint, TopicEntry } from '../../graphql/stream.ts';
import { AppError } from '../../platform/errors.ts';
import { whole } from '../../platform/validation.ts';
import { noSuchMessage, placesOfMessages } from '../chat/access.ts';
import { createTopicAccess, noSuchTopic } from './access.ts';
import { shownKinds } from './activity.ts';
import { asTopics, enterAll, type TopicRefShape } from './topics.ts';

/** What happened after the cursors, or the first part of it. */
export interface SyncPage {
  readonly items: readonly (LoggedEvent | AccessLost)[];
  /** Where this page ends, in every topic that may be read: the next page's `since`. */
  readonly cursors: Checkpoint['cursors'];
  readonly hasMore: boolean;
}

/** Where one topic's part begins or ends. */
interface Place {
  readonly seq: number;
  readonly cursor: string;
}

/** A cursor the client handed in, with its text. */
type Since = Cursor & { readonly text: string };

const defaultLimit = 100;
const maxLimit = 500;
const maxCursors = 1_000;

/**
 * What happened in topics after the cursors: each topic's facts in their order, topics merged by the time of
 * commit. Reads at most `limit` entries of the log, of which some may be hidden, so a page can be short and even
 * empty while there is more.
 *
 * Places and losses are those of a stream with `after`: a topic without a cursor begins where the person joined
 * it, their own topic at its head, and a cursor of a topic that is not theirs any more gives AccessLost.
 * @throws FORBIDDEN for a topic without access and cursor, NOT_FOUND for a message of no conversation among the topics,
 * VALIDATION_ERROR, CURSOR_EXPIRED with all heads.
 */
export async function sync(
  context: Context,
  args: {
    topics: readonly TopicRefShape[];
    since: readonly string[];
    /** The last message one has of conversations among the topics, in place of a cursor. */
    lastMessages?: readonly string[] | null | undefined;
    limit?: number | null | undefined;
  },
): Promise<SyncPage> {
  const { services, viewer } = context;
  const asked = asTopics(args.topics);
  const limit = checkedLimit(args.limit);
  const cursors = decodeAll(args.since);
  const access = createTopicAccess(services.database);
  const { readable, refused } = await enterAll(access, viewer, asked);
  const messages = await afterMessages(services, readable, args.lastMessages ?? []);
  const since = new Map([...messages, ...cursors]);
  const unexplained = refused.find(({ topic }) => !since.has(topic));
  if (unexplained) throw noSuchTopic(unexplained.asked.kind);
  const places = await placesOf(services, readable, since);

  const rows = await readAfter(services, places, limit + 1);
  // Asked again after the rows were read: what was committed after a removal may be among them.
  const entries = (await enterAll(access, viewer, asked)).readable;
  const held = new Map(entries.flatMap(({ topic, role }) => (role ? [[topic, role] as const] : [])));
  return pageOf(services, { places, since, held, rows: rows.slice(0, limit), hasMore: rows.length > limit });
}

function pageOf(
  services: Services,
  parts: {
    places: ReadonlyMap<TopicKey, Place>;
    since: ReadonlyMap<TopicKey, Since>;
    /** Topics that may be read now, and in which role. */
    held: ReadonlyMap<TopicKey, TopicRole>;
    rows: readonly LoggedEvent[];
    hasMore: boolean;
  },
): SyncPage {
  const shown = new Set(shownKinds(services.events));
  const ends = new Map([...parts.places].filter(([topic]) => parts.held.has(topic)));
  const items: (LoggedEvent | AccessLost)[] = [];
  for (const event of parts.rows) {
    const role = parts.held.get(event.topic);
    if (!role || !ends.has(event.topic)) continue;
    // Left out it would be a silent gap: the client comes again, to a server that knows it.
    if (!services.events.has(event.kind)) throw new AppError('INTERNAL_ERROR', `${event.kind} is not known here`);
    ends.set(event.topic, placeAt({ topic: event.topic, seq: event.seq, eventId: event.id }));
    // The copy of a fact belongs to its home, where it is shown.
    if (event.home === null && shown.has(event.kind) && mayHear(role, event.kind)) items.push(event);
  }
  const lost = new Set([...parts.since.keys(), ...parts.places.keys()].filter((topic) => !ends.has(topic)));
  return {
    items: [...items, ...[...lost].map((topic): AccessLost => ({ kind: 'AccessLost', topic }))],
    cursors: [...ends].map(([topic, { cursor }]) => ({ topic, cursor })),
    hasMore: parts.hasMore,
  };
}

/** Entries of the log after the places. Cut anywhere, the result is the beginning of each topic's part. */
async function readAfter(
  { database }: Services,
  places: ReadonlyMap<TopicKey, Place>,
  limit: number,
): Promise<LoggedEvent[]> {
  // A topic's commit times may step back with the clock, its merged ones do not.
  const rows = await database.query<Parameters<typeof toLoggedEvent>[0]>(
    `SELECT ${eventColumns} FROM (
       SELECT e.*, max(e.logged_at) OVER (PARTITION BY e.topic ORDER BY e.seq) AS merged
       FROM unnest($1::text[], $2::int8[]) AS asked (topic, seq) CROSS JOIN LATERAL (
         SELECT * FROM event WHERE event.topic = asked.topic AND event.seq > asked.seq ORDER BY event.seq LIMIT $3) e) found
     ORDER BY merged, topic, seq LIMIT $3`,
    [[...places.keys()], [...places.values()].map(({ seq }) => seq), limit],
  );
  return rows.map(toLoggedEvent);
}

/** Where each readable topic begins. */
async function placesOf(
  { eventLog }: Services,
  entries: readonly TopicEntry[],
  since: ReadonlyMap<TopicKey, Since>,
): Promise<Map<TopicKey, Place>> {
  const cursors = entries.flatMap(({ topic }) => since.get(topic) ?? []);
  const resumable = cursors.length > 0 ? await eventLog.judge(cursors) : [];
  if (resumable.includes(undefined)) throw cursorExpired(entries.map(({ head }) => head));
  const places = entries.map(async ({ topic, head, joinedSeq }): Promise<[TopicKey, Place]> => {
    const cursor = since.get(topic);
    if (cursor) return [topic, { seq: cursor.seq, cursor: cursor.text }];
    if (parseTopicKey(topic).kind === 'user') return [topic, placeAt(head)];
    return [topic, placeAt(joinedSeq <= 1 ? { topic, seq: 0 } : await eventLog.placeAt(topic, joinedSeq - 1))];
  });
  return new Map(await Promise.all(places));
}

/** The places of messages, as their cursors would name them. What is not in a readable topic of these is missing. */
async function afterMessages(
  services: Services,
  readable: readonly TopicEntry[],
  messageIds: readonly string[],
): Promise<Map<TopicKey, Since>> {
  if (messageIds.length === 0) return new Map();
  if (messageIds.length > maxCursors) {
    throw new AppError('VALIDATION_ERROR', `lastMessages has more than ${maxCursors} ids.`, { field: 'lastMessages' });
  }
  const topics = new Set(readable.map(({ topic }) => topic));
  const places = await placesOfMessages(services, messageIds);
  return new Map(
    places.map((place, index) => {
      if (!place || !topics.has(place.topic)) throw noSuchMessage(`lastMessages.${index}`);
      const text = encodeCursor(place);
      return [place.topic, { ...decodeCursor(text), text }];
    }),
  );
}

function placeAt(head: Head): Place {
  return { seq: head.seq, cursor: encodeCursor(head) };
}

function decodeAll(texts: readonly string[]): Map<TopicKey, Since> {
  if (texts.length > maxCursors) {
    throw new AppError('VALIDATION_ERROR', `since has more than ${maxCursors} cursors.`, { field: 'since' });
  }
  return new Map(
    texts.map((text, index) => {
      try {
        const cursor = decodeCursor(text);
        return [cursor.topic, { ...cursor, text }];
      } catch (cause) {
        throw new AppError('VALIDATION_ERROR', 'Not a cursor. Pass a cursor exactly as the server gave it.', {
          field: `since.${index}`,
          cause,
        });
      }
    }),
  );
}

function checkedLimit(limit: number | null | undefined): number {
  const checked = whole(1, maxLimit).safeParse(limit ?? defaultLimit);
  if (checked.success) return checked.data;
  throw new AppError('VALIDATION_ERROR', `limit must be a whole number from 1 to ${maxLimit}.`, { field: 'limit' });
}
