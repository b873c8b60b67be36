import { append, notificationsConsumer } from '../../events/append.ts';
import type { Bell } from '../../events/bell.ts';
import { type Consumer, type ConsumerWorker, startConsumer } from '../../events/consumer.ts';
import type { Notify, Recipient } from '../../events/define.ts';
import type { LoggedEvent } from '../../events/log.ts';
import { directReasons } from '../../events/reasons.ts';
import { parseTopicKey, type TopicKey, topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Presence, Services } from '../../graphql/context.ts';
import { newId } from '../../platform/ids.ts';
import { readersAmong, readersUpTo, topicMembers } from '../membership/access.ts';
import { notificationEvents } from './events.ts';

/** How far an event has been told. */
export interface Progress {
  /** Everybody up to this id, in the order of ids, has their row. */
  readonly lastUserId: string;
}

/** People told in one transaction: long enough to be cheap, short enough for the embedded database's only connection. */
const peoplePerChunk = 200;
/** People named behind a notification, at most. */
export const maxActors = 5;

/** Makes and grows notifications by what the declarations of events say, until disposed. */
export function startNotifications(parts: {
  services: Pick<Services, 'config' | 'clock' | 'log' | 'database' | 'events' | 'transaction' | 'presence'>;
  bell: Bell;
}): ConsumerWorker {
  const { services, bell } = parts;
  const { config, database, transaction, log } = services;
  return startConsumer(createNotificationsConsumer(services), {
    database,
    transaction,
    bell,
    log,
    pollMs: config.logPollMs,
  });
}

/**
 * For each event whose declaration has `notify`: one row per person and thread, which evolves.
 *
 * Told is who the declaration names, or everybody, without the actor, and who may read the topic now: somebody removed
 * before this ran gets nothing. An event of a kind that this server does not know fails and stays for a newer one.
 */
export function createNotificationsConsumer(
  parts: Pick<Services, 'events' | 'clock' | 'presence'> & { peoplePerChunk?: number },
): Consumer<Progress> {
  const size = parts.peoplePerChunk ?? peoplePerChunk;
  return {
    name: notificationsConsumer,
    async handle(tx, event, progress) {
      const declaration = parts.events.get(event.kind);
      if (!declaration) throw new Error(`no declaration of ${event.kind}`);
      if (!declaration.notify) return null;
      const { notify } = declaration;
      // One more than is told now says whether there are more.
      const page = { after: progress?.lastUserId, limit: size + 1 };
      const told = await recipientsOf(tx, event, notify, page);
      const chunk = told.slice(0, size);
      const last = chunk.at(-1);
      if (!last) return null;
      const known = notify.seenByViewers ? await knownTo(tx, event, chunk, parts.presence) : nobody;
      const place = notify.place?.(event) ?? event.topic;
      await upsert(tx, { event, place, chunk, known, thread: notify.thread(event), now: parts.clock.now() });
      return told.length > chunk.length ? { lastUserId: last.userId } : null;
    },
  };
}

/** Who is told, each once with their first reason, sorted by id: the order chunks and row locks are taken in. */
async function recipientsOf(
  tx: Tx,
  event: LoggedEvent,
  notify: Notify<Record<string, unknown>>,
  page: { after: string | undefined; limit: number },
): Promise<Recipient[]> {
  const named = await notify.recipients(event, tx);
  const reasons = new Map<string, string>();
  for (const { userId, reason } of named) if (!reasons.has(userId)) reasons.set(userId, reason);
  const { everyone } = notify;
  const topicId = parseTopicKey(event.topic).id;
  const wanted = { ...page, except: event.actorId };
  const told =
    everyone === undefined
      ? await readersAmong(tx, topicId, [...reasons.keys()], wanted)
      : await topicMembers(tx, topicId, wanted);
  return told.map((userId) => ({ userId, reason: reasons.get(userId) ?? everyone ?? '' }));
}

/** Who need not be alerted of an event, because they have it before their eyes or have read it already. */
interface Known {
  readonly viewers: ReadonlySet<string>;
  readonly readers: ReadonlySet<string>;
}

const nobody: Known = { viewers: new Set(), readers: new Set() };

async function knownTo(
  tx: Tx,
  event: LoggedEvent,
  chunk: readonly Recipient[],
  presence: Pick<Presence, 'lookingAt'>,
): Promise<Known> {
  const viewers = await presence.lookingAt(event.topic);
  const userIds = chunk.map(({ userId }) => userId);
  return { viewers: new Set(viewers), readers: new Set(await readersUpTo(tx, event, userIds)) };
}

/** A row to which events are added until it is read; else, and when what it was about is gone, it starts again. */
const grows = Prisma.sql`n."readAt" IS NULL AND n."expiredAt" IS NULL`;

/**
 * One statement for the chunk. A row that was read starts again: count 1, this actor, this reason. An unread one
 * grows: type, event and actors are the newest, a direct reason stays (reasons.ts). One that was done comes back, a
 * snoozed one only for a direct reason; neither for what was read already. The same event twice does nothing.
 */
async function upsert(
  tx: Tx,
  {
    event,
    place,
    chunk,
    known: { viewers, readers },
    thread,
    now,
  }: { event: LoggedEvent; place: TopicKey; chunk: readonly Recipient[]; known: Known; thread: string; now: Date },
): Promise<void> {
  const actorIds = event.actorId === null ? [] : [event.actorId];
  const rows = await tx.$queryRaw<{ id: string; userId: string; snoozed: boolean }[]>`
    INSERT INTO "Notification" AS n
      (id, "userId", "threadKey", topic, type, "eventId", reason, count, "actorIds", "seenAt", "readAt", "createdAt",
       "updatedAt")
    SELECT told.id, told.user_id, ${thread}, ${place}, ${event.kind}, ${event.id}::uuid, told.reason, 1,
      ${actorIds}::uuid[], CASE WHEN told.user_id = ANY(${[...viewers, ...readers]}::uuid[]) THEN ${now}::timestamptz END,
      CASE WHEN told.user_id = ANY(${[...readers]}::uuid[]) THEN ${now}::timestamptz END, ${now}, ${event.at}
    FROM unnest(${chunk.map(() => newId())}::uuid[], ${chunk.map(({ userId }) => userId)}::uuid[],
      ${chunk.map(({ reason }) => reason)}::text[]) AS told (id, user_id, reason)
    ORDER BY told.user_id
    ON CONFLICT ("userId", "threadKey") DO UPDATE SET
      topic = excluded.topic,
      type = excluded.type,
      "eventId" = excluded."eventId",
      reason = CASE WHEN ${grows} AND n.reason = ANY(${directReasons}::text[])
        AND excluded.reason <> ALL(${directReasons}::text[]) THEN n.reason ELSE excluded.reason END,
      count = CASE WHEN ${grows} THEN n.count + 1 ELSE 1 END,
      "actorIds" = CASE WHEN ${grows}
        THEN (excluded."actorIds" || array_remove(n."actorIds", ${event.actorId}::uuid))[1:${maxActors}::int]
        ELSE excluded."actorIds" END,
      "readAt" = excluded."readAt",
      "seenAt" = excluded."seenAt",
      "doneAt" = CASE WHEN excluded."readAt" IS NOT NULL THEN n."doneAt" END,
      "snoozedUntil" = CASE WHEN excluded."readAt" IS NOT NULL OR excluded.reason <> ALL(${directReasons}::text[])
        THEN n."snoozedUntil" END,
      "expiredAt" = NULL,
      "changeId" = NULL,
      replaced = NULL,
      "updatedAt" = greatest(n."updatedAt", excluded."updatedAt")
    WHERE n."eventId" <> excluded."eventId"
    RETURNING n.id, n."userId", n."snoozedUntil" IS NOT NULL AS snoozed`;
  for (const { id, userId, snoozed } of rows) {
    append(tx, topicKey('user', userId), notificationEvents.NotificationUpserted, {
      notificationId: id,
      alert: !snoozed && !viewers.has(userId) && !readers.has(userId),
    });
  }
}
