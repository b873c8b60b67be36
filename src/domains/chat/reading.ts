import DataLoader from 'dataloader';
import { append } from '../../events/append.ts';
import { type DueHandler, scheduleIfNone } from '../../events/due.ts';
import { parseTopicKey, type TopicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Membership, Message } from '../../generated/prisma/client.ts';
import type { Context, Services } from '../../graphql/context.ts';
import { isId } from '../../platform/ids.ts';
import { requireTopic } from '../membership/access.ts';
import { markThreadRead } from '../notifications/access.ts';
import { noSuchMessage } from './access.ts';
import { chatEvents, conversationThread } from './events.ts';

/** Kind of the due work that tells what was read; its key is the topic. */
export const receipts = 'tell-messages-read';
/** The first reader is told of at once, all those of the next second together. */
const pauseMs = 1_000;
/** Where more people take part it is told how many have read, and no longer who: both sides grow with them. */
const mostNamed = 100;

/** What {@link markConversationRead} answers. The event comes later, together with those of others. */
export interface ReadResult {
  conversationId: string;
  eventId: null;
}

/**
 * Says that the viewer has read a conversation up to a message, by default the newest. A position never goes back.
 * Their notification of the conversation is read as well, as far as it is about nothing later.
 * @throws FORBIDDEN, NOT_FOUND for a message that is missing or of another conversation.
 */
export async function markConversationRead(
  context: Context,
  input: { conversationId: string; upTo?: string | null | undefined },
): Promise<ReadResult> {
  const { viewer, clock } = context;
  return context.transaction(async (tx): Promise<ReadResult> => {
    const { key, id } = await requireTopic(tx, viewer, 'conversation', input.conversationId, 'conversation:read');
    const answer = { conversationId: id, eventId: null };
    // Before any row: whoever tells what was read takes this lock alone, and only then the rows.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(hashtextextended(${lockName(key)}, 0))`;
    // Then the lock of the row: of two devices the one that has read further wins, and a notification of a message that comes
    // from here on is made when this is over (readersUpTo), so that it is not taken for one that was read.
    const [before] = await tx.$queryRaw<{ seq: bigint | null }[]>`
      SELECT (SELECT e.seq FROM event e WHERE e.id = m."lastReadEventId" AND e.topic = ${key}) AS seq
      FROM "Membership" m WHERE m."topicId" = ${id}::uuid AND m."userId" = ${viewer.userId}::uuid FOR NO KEY UPDATE`;
    const target = await targetOf(tx, key, id, input.upTo ?? null);
    // A conversation without messages still has a notification: that one was added to it.
    const seq = !target || target.newest ? null : target.seq;
    await markThreadRead(tx, context, { topic: key, thread: conversationThread(key), seq });
    if (!target || !before || (before.seq !== null && Number(before.seq) >= target.seq)) return answer;
    await tx.$executeRaw`
      UPDATE "Membership" SET "lastReadEventId" = ${target.eventId}::uuid, "lastReadAt" = ${clock.now()},
        "readUntold" = true
      WHERE "topicId" = ${id}::uuid AND "userId" = ${viewer.userId}::uuid`;
    await tellSoon(tx, key, clock.now());
    return answer;
  });
}

interface Target {
  readonly eventId: string;
  readonly seq: number;
  /** Whether no message of the conversation is newer. */
  readonly newest: boolean;
}

/**
 * Where a message stands in the log; the newest one where none is named, null when there is none. Newest is the last in
 * the log: of two that were sent at once the one with the greater id may have come first.
 */
async function targetOf(tx: Tx, topic: TopicKey, conversationId: string, upTo: string | null): Promise<Target | null> {
  // The kind as the partial index event_message_sent has it: as a value a kept plan could not use that.
  const [last] = await tx.$queryRaw<{ id: string; seq: bigint }[]>`
    SELECT id, seq FROM event WHERE topic = ${topic} AND kind = 'MessageSent' ORDER BY seq DESC LIMIT 1`;
  if (upTo === null) return last ? { eventId: last.id, seq: Number(last.seq), newest: true } : null;
  if (!isId(upTo)) throw noSuchMessage('upTo');
  const [found] = await tx.$queryRaw<{ id: string; seq: bigint }[]>`
    SELECT e.id, e.seq FROM "Message" m JOIN event e ON e.id = m."eventId" AND e.topic = ${topic}
    WHERE m.id = ${upTo}::uuid AND m."conversationId" = ${conversationId}::uuid`;
  if (!found) throw noSuchMessage('upTo');
  return { eventId: found.id, seq: Number(found.seq), newest: found.id === last?.id };
}

/** Readers share this lock until they have committed; whoever tells what was read takes it alone. */
const lockName = (topic: TopicKey) => `${receipts} ${topic}`;

/**
 * Has the due work done that is there already, or makes it. It cannot be finished between this and the commit without
 * having seen the position: it waits for the readers' lock, and those who come meanwhile wait for it.
 */
async function tellSoon(tx: Tx, topic: TopicKey, now: Date): Promise<void> {
  await scheduleIfNone(tx, { kind: receipts, key: topic, dueAt: now, data: {} });
}

/**
 * Appends one MessagesRead for all who have read further, and comes back in a second as long as somebody has: a
 * thousand readers of a message are one event a second, not a thousand.
 */
export function tellMessagesRead({ clock }: Pick<Services, 'clock'>): DueHandler {
  return async (tx, { key }) => {
    const topic = key as TopicKey;
    const { id } = parseTopicKey(topic);
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${lockName(topic)}, 0))`;
    // In the order of ids, as the notifications of the topic lock them (readersUpTo): neither waits in a circle.
    const moved = await tx.$queryRaw<{ userId: string; messageId: string; shared: boolean }[]>`
      WITH due AS (
        SELECT "userId" FROM "Membership" WHERE "topicId" = ${id}::uuid AND "readUntold"
        ORDER BY "userId" FOR NO KEY UPDATE),
      told AS (
        UPDATE "Membership" m SET "readUntold" = false FROM due WHERE m."topicId" = ${id}::uuid AND m."userId" = due."userId"
        RETURNING m."userId", m."lastReadEventId")
      SELECT told."userId", m.id AS "messageId", u."shareReadReceipts" AS shared FROM told
      JOIN "User" u ON u.id = told."userId" JOIN "Message" m ON m."eventId" = told."lastReadEventId"
      ORDER BY told."userId"`;
    if (moved.length === 0) return null;
    const positions = moved.filter(({ shared }) => shared).map(({ userId, messageId }) => ({ userId, messageId }));
    if (positions.length > 0) {
      const named = (await tx.membership.count({ where: { topicId: id } })) <= mostNamed;
      append(tx, topic, chatEvents.MessagesRead, { positions: named ? positions : [], readers: positions.length });
    }
    return new Date(clock.now().getTime() + pauseMs);
  };
}

/** So many unread messages are counted, and not one more: a badge says `999+` anyway. */
const mostCounted = 1_000;

/** Messages of others in a conversation that came after the viewer joined and after what they have read. */
export function unreadIn(context: Context, conversationId: string): Promise<number> {
  return unreadLoader(context).load(conversationId);
}

const unread = {};
const unreadLoader = (context: Context) =>
  context.once(
    unread,
    ({ services, viewer }) =>
      new DataLoader<string, number>(async (ids) => {
        const rows = await services.database.query<{ id: string; count: number }>(
          `SELECT asked.id, counted.count FROM unnest($1::uuid[]) AS asked (id)
           JOIN "Membership" m ON m."topicId" = asked.id AND m."userId" = $2
           CROSS JOIN LATERAL (SELECT 'conversation:' || asked.id AS topic) log
           CROSS JOIN LATERAL (SELECT coalesce(max(e.seq), 0) AS seq FROM event e
             WHERE e.topic = log.topic AND e.id IN (m."joinedEventId", m."lastReadEventId")) place
           CROSS JOIN LATERAL (SELECT count(*)::int4 AS count FROM (
             SELECT FROM event e JOIN "Message" message ON message."eventId" = e.id
             WHERE e.topic = log.topic AND e.seq > place.seq AND message."authorId" <> $2
               AND message."deletedAt" IS NULL LIMIT ${mostCounted}) later) counted`,
          [ids, viewer.userId],
        );
        const found = new Map(rows.map(({ id, count }) => [id, count]));
        return ids.map((id) => found.get(id) ?? 0);
      }),
  );

/** Whether the viewer may see what this member has read: their own always, others' when they share it. */
export async function sharesReading(context: Context, { userId }: Membership): Promise<boolean> {
  return userId === context.viewer.userId || (await sharing(context).load(userId));
}

const sharers = {};
const sharing = (context: Context) =>
  context.once(
    sharers,
    ({ db }) =>
      new DataLoader<string, boolean>(async (ids) => {
        const rows = await db.user.findMany({
          where: { id: { in: [...ids] }, shareReadReceipts: true },
          select: { id: true },
        });
        const found = new Set(rows.map(({ id }) => id));
        return ids.map((id) => found.has(id));
      }),
  );

/** The last message a member has read; null: none, or they do not share it. */
export async function lastReadMessage(context: Context, membership: Membership): Promise<Message | null> {
  const { lastReadEventId } = membership;
  if (lastReadEventId === null || !(await sharesReading(context, membership))) return null;
  return byEvent(context).load(lastReadEventId);
}

const messagesByEvent = {};
const byEvent = (context: Context) =>
  context.once(
    messagesByEvent,
    ({ db }) =>
      new DataLoader<string, Message | null>(async (ids) => {
        const rows = await db.message.findMany({ where: { eventId: { in: [...ids] } } });
        const found = new Map(rows.map((row) => [row.eventId, row]));
        return ids.map((id) => found.get(id) ?? null);
      }),
  );
