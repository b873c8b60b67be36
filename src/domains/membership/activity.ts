import type { EventRegistry } from '../../events/define.ts';
import { eventColumns, type LoggedEvent, toLoggedEvent } from '../../events/log.ts';
import { parseTopicKey } from '../../events/topic.ts';
import type { Context } from '../../graphql/context.ts';
import { mayHear, unheardKinds } from '../../graphql/permissions.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { createTopicAccess, noSuchTopic, rolesOf } from './access.ts';
import { asTopics, enterAll, everything, type TopicRefShape } from './topics.ts';

/** Which events the feed is of. */
export interface ActivityArgs {
  /** Absent: everything the viewer belongs to. */
  readonly topics?: readonly TopicRefShape[] | null | undefined;
  /** Kinds; absent: all. */
  readonly types?: readonly string[] | null | undefined;
}

/** A page of a list whose cursors are ids of events: what {@link activity} is asked to read. */
export interface ActivityPage {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
  /** True: from the far end of the list, oldest first. */
  readonly inverted: boolean;
}

/** Kinds that streams over topics show: neither internal nor of a stream of their own. */
export function shownKinds(events: EventRegistry): string[] {
  return [...events.values()].flatMap(({ kind, internal, stream }) => (internal || stream ? [] : [kind]));
}

/**
 * Facts of the topics, newest first. Ordered by id, which is the moment a fact was made: unlike sequence numbers
 * it can be compared between topics. For an exact continuation there is `sync`.
 * @throws FORBIDDEN for a topic without access, VALIDATION_ERROR for topics and cursors.
 */
export async function activity(context: Context, args: ActivityArgs, page: ActivityPage): Promise<LoggedEvent[]> {
  const { services, viewer } = context;
  const asked = args.topics ? asTopics(args.topics) : [everything];
  const access = createTopicAccess(services.database);
  const { readable, refused } = await enterAll(access, viewer, asked);
  if (refused[0]) throw noSuchTopic(refused[0].asked.kind);

  const shown = shownKinds(services.events);
  const kinds = args.types ? shown.filter((kind) => args.types?.includes(kind)) : shown;
  // One kind stands there by name, as in the partial index event_feed. The limit stands inside too: of each topic no more is read than the page could need.
  const order = page.inverted ? 'ASC' : 'DESC';
  const rows = await services.database.query<Parameters<typeof toLoggedEvent>[0]>(
    `SELECT e.* FROM unnest($1::text[], $6::text[]) AS asked (topic, unheard) CROSS JOIN LATERAL (
       SELECT ${eventColumns} FROM event WHERE event.topic = asked.topic AND home IS NULL AND kind = ANY($2)
         AND kind <> 'NotificationUpserted'
         AND kind <> ALL (string_to_array(asked.unheard, ','))
         AND ($3::uuid IS NULL OR id < $3) AND ($4::uuid IS NULL OR id > $4)
       ORDER BY id ${order} LIMIT $5) e
     ORDER BY e.id ${order} LIMIT $5`,
    [
      readable.map(({ topic }) => topic),
      kinds,
      cursorOf(page.after, 'after'),
      cursorOf(page.before, 'before'),
      page.limit,
      readable.map(({ role }) => (role ? unheardKinds(role) : []).join(',')),
    ],
  );
  const found = rows.map(toLoggedEvent);
  // Asked again: what was committed after a removal may be among the rows.
  const roles = await rolesOf(context.db, viewer, [...new Set(found.map(({ topic }) => topic))]);
  const lost = found.find(({ topic }) => !roles.has(topic));
  if (lost && !asked.includes(everything)) throw noSuchTopic(parseTopicKey(lost.topic).kind);
  return found.filter(({ topic, kind }) => {
    const role = roles.get(topic);
    return role !== undefined && mayHear(role, kind);
  });
}

/** The place of an event in the feed. */
export function activityCursor({ id }: LoggedEvent): string {
  return id;
}

function cursorOf(cursor: string | undefined, field: string): string | null {
  if (cursor === undefined) return null;
  if (isId(cursor)) return cursor;
  throw new AppError('VALIDATION_ERROR', 'This is not a cursor of this list.', { field });
}
