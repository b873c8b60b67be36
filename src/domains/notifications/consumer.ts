import { append, notificationsConsumer } from '../../events/append.ts';
import type { Bell } from '../../events/bell.ts';
import { type Consumer, type ConsumerWorker, startConsumer } from '../../events/consumer.ts';
import type { Notify, Recipient } from '../../events/define.ts';
import type { LoggedEvent } from '../../events/log.ts';
import { parseTopicKey, type TopicKey, topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Presence, Services } from '../../graphql/context.ts';
import { statement } from '../../platform/database.ts';
import { newId } from '../../platform/ids.ts';
import {
  type DecidedFor,
  decideFor,
  type FollowOrigin,
  followAutomatically,
  followersOfAll,
  recordDeliveries,
  type Told,
} from '../attention/access.ts';
import { readersAmong, readersUpTo, topicMembers } from '../membership/access.ts';
import { notificationEvents } from './events.ts';
import { expire } from './expiry.ts';
import { upsertSql } from './upsert.ts';

/** How far an event has been told. */
export interface Progress {
  /** Everybody up to this id, in the order of ids, has their row. */
  readonly lastUserId: string;
}

/** People told in one transaction: long enough to be cheap, short enough for the embedded database's only connection. */
const peoplePerChunk = 200;

/** Makes and grows notifications, and lets them expire, by what the declarations of events say, until disposed. */
export function startNotifications(parts: {
  services: Pick<Services, 'config' | 'clock' | 'log' | 'metrics' | 'database' | 'events' | 'transaction' | 'presence'>;
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
 * For each event whose declaration has `notify`: one row per person and thread, which evolves, and the deliveries that
 * say whether and when each person is told of it.
 *
 * Told is who the declaration names, or everybody, and who follows everything there, without the actor, and who may read
 * the topic now: somebody removed before this ran gets nothing. An event of a kind that this server does not know fails
 * and stays for a newer one.
 */
export function createNotificationsConsumer(
  parts: Pick<Services, 'events' | 'clock' | 'presence' | 'config' | 'metrics'> & { peoplePerChunk?: number },
): Consumer<Progress> {
  const size = parts.peoplePerChunk ?? peoplePerChunk;
  return {
    name: notificationsConsumer,
    async handle(tx, event, progress) {
      const declaration = parts.events.get(event.kind);
      if (!declaration) throw new Error(`no declaration of ${event.kind}`);
      const now = parts.clock.now();
      if (declaration.expires) return expire(tx, event, { what: declaration.expires(event), now, size });
      if (!declaration.notify) return null;
      const { notify } = declaration;
      if (progress === null) await followByActing(tx, event, notify);
      // One more than is told now says whether there are more.
      const page = { after: progress?.lastUserId, limit: size + 1, now };
      const recipients = await recipientsOf(tx, event, notify, page);
      const chunk = recipients.slice(0, size);
      const last = chunk.at(-1);
      if (!last) return null;
      const thread = notify.thread(event);
      const presence = notify.seenByViewers ? parts.presence : undefined;
      const people = await toldOf(tx, event, chunk, { thread, presence });
      const critical = notify.critical?.(event) ?? false;
      const place = notify.place?.(event) ?? event.topic;
      const decided = await decideFor(tx, { kind: event.kind, topic: place, critical }, people, {
        now,
        config: parts.config,
      });
      const notificationIds = await upsert(tx, { event, place, people, decided, thread, now });
      const { metrics } = parts;
      const kept = { decided, notificationIds, now, metrics };
      await recordDeliveries(tx, { ...event, topic: place }, people, kept);
      await followByReason(tx, event, chunk);
      return recipients.length > chunk.length ? { lastUserId: last.userId } : null;
    },
  };
}

/** Reasons by which somebody comes to follow the place. */
const origins: Readonly<Record<string, FollowOrigin>> = { ASSIGNED: 'ASSIGNED', MENTIONED: 'MENTIONED' };

async function followByReason(tx: Tx, event: LoggedEvent, recipients: readonly Recipient[]): Promise<void> {
  const topic = parseTopicKey(event.topic);
  if (topic.kind === 'user') return;
  const people = recipients.flatMap(({ userId, reason }) => {
    const origin = origins[reason];
    return origin ? [{ userId, origin }] : [];
  });
  await followAutomatically(tx, topic.id, people);
}

/** Whoever says something in a place follows it from then on. */
async function followByActing(
  tx: Tx,
  event: LoggedEvent,
  { actorFollows }: Notify<Record<string, unknown>>,
): Promise<void> {
  if (!actorFollows || event.actorId === null) return;
  await followAutomatically(tx, parseTopicKey(event.topic).id, [{ userId: event.actorId, origin: 'COMMENTED' }]);
}

/** Who is told, each once with their first reason, sorted by id: the order chunks and row locks are taken in. */
async function recipientsOf(
  tx: Tx,
  event: LoggedEvent,
  notify: Notify<Record<string, unknown>>,
  { now, ...page }: { after: string | undefined; limit: number; now: Date },
): Promise<Recipient[]> {
  const named = await notify.recipients(event, tx);
  const reasons = new Map<string, string>();
  for (const { userId, reason } of named) if (!reasons.has(userId)) reasons.set(userId, reason);
  const everyone = (notify.tellsEveryone?.(event) ?? true) ? notify.everyone : undefined;
  const topicId = parseTopicKey(event.topic).id;
  if (everyone === undefined && notify.followers && (notify.followers.tells?.(event) ?? true)) {
    for (const userId of await followersOfAll(tx, topicId, now)) {
      if (!reasons.has(userId)) reasons.set(userId, 'FOLLOWING');
    }
  }
  const wanted = { ...page, except: event.actorId };
  const told =
    everyone === undefined
      ? await readersAmong(tx, topicId, [...reasons.keys()], wanted)
      : await topicMembers(tx, topicId, wanted);
  return told.map((userId) => ({ userId, reason: reasons.get(userId) ?? everyone ?? '' }));
}

const snoozersSql = `
  SELECT "userId" FROM "Notification"
  WHERE "userId" = ANY($1::uuid[]) AND "threadKey" = $2 AND "snoozedUntil" IS NOT NULL`;

/** What people know of an event already, and who has put its thread off. */
async function toldOf(
  tx: Tx,
  event: LoggedEvent,
  chunk: readonly Recipient[],
  {
    thread,
    presence,
  }: {
    thread: string;
    /** Absent: looking at the topic is no way to know of it. */
    presence: Pick<Presence, 'lookingAt'> | undefined;
  },
): Promise<Told[]> {
  const userIds = chunk.map(({ userId }) => userId);
  const [looking, read, put] = await Promise.all([
    presence?.lookingAt(event.topic),
    presence && readersUpTo(tx, event, userIds),
    statement<{ userId: string }>(tx, snoozersSql, [userIds, thread]),
  ]);
  const [viewers, readers] = [new Set(looking), new Set(read)];
  const snoozed = new Set(put.map(({ userId }) => userId));
  return chunk.map((recipient) => ({
    ...recipient,
    looking: viewers.has(recipient.userId),
    hasRead: readers.has(recipient.userId),
    snoozed: snoozed.has(recipient.userId),
  }));
}

/**
 * One statement for the chunk. Whoever wants nothing of it in their inbox gets no row. Answers the id of each person's row.
 */
async function upsert(
  tx: Tx,
  {
    event,
    place,
    people,
    decided,
    thread,
    now,
  }: {
    event: LoggedEvent;
    place: TopicKey;
    people: readonly Told[];
    decided: DecidedFor;
    thread: string;
    now: Date;
  },
): Promise<Map<string, string>> {
  const chunk = people.filter(({ userId }) => decided.get(userId)?.INBOX.state === 'SENT');
  const readers = chunk.flatMap(({ userId, hasRead }) => (hasRead ? [userId] : []));
  const seers = chunk.flatMap(({ userId, hasRead, looking }) => (hasRead || looking ? [userId] : []));
  const rows = await statement<{ id: string; userId: string; snoozed: boolean }>(tx, upsertSql, [
    ...[thread, place, event.kind, event.id, event.at, event.actorId, now, seers, readers],
    ...[chunk.map(() => newId()), chunk.map(({ userId }) => userId), chunk.map(({ reason }) => reason)],
  ]);
  for (const { id, userId, snoozed } of rows) {
    append(tx, topicKey('user', userId), notificationEvents.NotificationUpserted, {
      notificationId: id,
      alert: !snoozed && decided.get(userId)?.ALERT.state === 'SENT',
    });
  }
  return new Map(rows.map(({ id, userId }) => [userId, id]));
}
