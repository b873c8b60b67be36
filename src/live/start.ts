import { type Cursor, decodeCursor, type Head } from '../events/cursor.ts';
import { cursorExpired, type EventLog } from '../events/log.ts';
import { parseTopicKey, type TopicKey } from '../events/topic.ts';
import type { Viewer } from '../graphql/context.ts';
import type { StreamPlan, TopicAccess, TopicAsked, TopicEntry } from '../graphql/stream.ts';
import { AppError } from '../platform/errors.ts';

/** Where a stream begins. */
export interface Start {
  /** Topics it may read, with the place after which it begins in each. */
  readonly topics: readonly { entry: TopicEntry; place: Head }[];
  /** Topics it had cursors for and may not read any more. */
  readonly lost: readonly TopicKey[];
}

/**
 * Asks for access and finds the places a stream begins after.
 *
 * Without `after` it begins at the heads that were read in the same statement as access. With it, a topic without
 * a cursor begins where the person joined it, so that what was gained while away is complete.
 *
 * Throws FORBIDDEN for a topic without access, VALIDATION_ERROR for a cursor that is none or of another topic,
 * CURSOR_EXPIRED (with all heads) for one that cannot be resumed from.
 */
export async function findStart(
  plan: StreamPlan,
  viewer: Viewer,
  parts: { access: TopicAccess; eventLog: EventLog },
): Promise<Start> {
  const { access, eventLog } = parts;
  const cursors = plan.after?.map(decodeCursor) ?? null;
  const entries = await enter(plan, viewer, access);
  const readable = entries.filter((entry) => entry.role !== null);
  const byTopic = new Map(cursors?.map((cursor) => [cursor.topic, cursor]));
  const refused = entries.find((entry) => entry.role === null && !(plan.several && byTopic.has(entry.topic)));
  if (refused) throw forbidden(plan.topics.find(({ kind }) => refused.topic.startsWith(kind)) ?? plan.topics[0]);

  const topics = new Set(readable.map((entry) => entry.topic));
  const strangers = [...byTopic.keys()].filter((topic) => !topics.has(topic));
  if (strangers.length > 0 && !plan.several) {
    throw new AppError('VALIDATION_ERROR', 'This cursor is of another topic.', { field: 'after' });
  }
  const places = await placesOf(
    [...byTopic.values()].filter((cursor) => topics.has(cursor.topic)),
    readable,
    eventLog,
  );
  return {
    topics: await Promise.all(
      readable.map(async (entry) => ({
        entry,
        place: places.get(entry.topic) ?? (await placeWithoutCursor(entry, cursors, eventLog)),
      })),
    ),
    lost: strangers,
  };
}

/** Where a topic begins that a running stream has just gained: at the event by which the person joined. */
export function placeOfJoining(entry: TopicEntry, eventLog: EventLog): Promise<Head> | Head {
  const seq = Math.max(0, entry.joinedSeq - 1);
  return seq === 0 ? { topic: entry.topic, seq: 0 } : eventLog.placeAt(entry.topic, seq);
}

/** The refusal for a topic: the same sentence whether it is missing, foreign, or of another workspace. */
export function forbidden(topic: Pick<TopicAsked, 'kind'> | undefined): AppError {
  const noun = topic?.kind === 'content' ? 'page' : (topic?.kind ?? 'topic');
  return new AppError('FORBIDDEN', `No such ${noun}, or no access to it.`);
}

async function enter(plan: StreamPlan, viewer: Viewer, access: TopicAccess): Promise<TopicEntry[]> {
  const everything = plan.several && plan.topics.some(({ kind, id }) => kind === 'user' && id === undefined);
  const asked = plan.topics.filter(({ kind, id }) => !everything || kind !== 'user' || id !== undefined);
  const entries = [
    ...(everything ? await access.enterEverything(viewer) : []),
    ...(asked.length > 0 ? await access.enter(viewer, asked) : []),
  ];
  return [...new Map(entries.map((entry) => [entry.role === null ? Symbol('refused') : entry.topic, entry])).values()];
}

/** The places of cursors by topic. Throws CURSOR_EXPIRED when one of them has. */
async function placesOf(
  cursors: readonly Cursor[],
  entries: readonly TopicEntry[],
  eventLog: EventLog,
): Promise<ReadonlyMap<TopicKey, Head>> {
  if (cursors.length === 0) return new Map();
  const places = await eventLog.judge(cursors);
  return new Map(
    places.map((place) => {
      if (!place) throw cursorExpired(entries.map((entry) => entry.head));
      return [place.topic, place];
    }),
  );
}

function placeWithoutCursor(
  entry: TopicEntry,
  cursors: readonly Cursor[] | null,
  eventLog: EventLog,
): Promise<Head> | Head {
  // Nobody joins their own topic; what it says of topics gained while away is in the entries already.
  if (cursors === null || parseTopicKey(entry.topic).kind === 'user') return entry.head;
  return placeOfJoining(entry, eventLog);
}
