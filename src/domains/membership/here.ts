import { encodeCursor, type Head } from '../../events/cursor.ts';
import { parseTopicKey, type TopicKey, type TopicKindName } from '../../events/topic.ts';
import type { Context } from '../../graphql/context.ts';
import type { TopicRole } from '../../graphql/permissions.ts';
import { createTopicAccess } from './entry.ts';
import { noSuchTopic, type TopicHeld } from './topics.ts';

const headsRead = {};
const headsReadIn = (context: Context) => context.once(headsRead, () => new Map<TopicKey, Head>());

/** Roles this request has read together with something else, so that a list need not ask for each of its items. */
const rolesRead = {};
const rolesReadIn = (context: Context) => context.once(rolesRead, () => new Map<TopicKey, TopicRole>());

/** The reader's role in a topic; null: no access. For fields; commands ask in their transaction. */
export async function roleHere(context: Context, topic: TopicKey): Promise<TopicRole | null> {
  return rolesReadIn(context).get(topic) ?? context.roleIn(topic);
}

/** Lets {@link roleHere} answer for this request: a command has just asked, in its transaction. */
export function rememberRole(context: Context, topic: TopicKey, role: TopicRole): void {
  rolesReadIn(context).set(topic, role);
}

/** Lets `headCursor` and `viewerRole` of a topic's object answer from what was read before its row. */
export function rememberPlace(context: Context, head: Head, role: TopicRole): void {
  headsReadIn(context).set(head.topic, head);
  rolesReadIn(context).set(head.topic, role);
}

/** Where the topic's log stood before its object was read; null where that was reached through something else. */
export function headCursorOf(context: Context, topic: TopicKey): string | null {
  const head = headsReadIn(context).get(topic);
  return head ? encodeCursor(head) : null;
}

/**
 * The topic of an object that is about to be read, by id or externalId, with its place remembered.
 * @throws FORBIDDEN, also for a deleted one.
 */
export async function enterTopic(context: Context, kind: TopicKindName, idOrExternalId: string): Promise<TopicHeld> {
  const access = createTopicAccess(context.services.database);
  const [entry] = await access.enter(context.viewer, [{ kind, id: idOrExternalId }]);
  if (!entry?.role) throw noSuchTopic(kind);
  const { head, role, topic } = entry;
  rememberPlace(context, head, role);
  return { key: topic, id: parseTopicKey(topic).id, role };
}

/**
 * Enters the topic of the object a command was about, as far as whoever asks may read it still; of a deleted topic,
 * as far as they belonged to it at the end. Null: they may not.
 */
export async function enterTopicIfAny(context: Context, topic: TopicKey): Promise<TopicRole | null> {
  const { db, workspaceId, viewer } = context;
  const [head] = await context.services.eventLog.heads([topic]);
  const membership = await db.membership.findFirst({
    where: { topicId: parseTopicKey(topic).id, userId: viewer.userId, topic: { workspaceId } },
    select: { role: true },
  });
  const role = membership?.role ?? (await roleHere(context, topic));
  if (head && role) rememberPlace(context, head, role);
  return role;
}
