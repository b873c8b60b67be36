import { type TopicKey, topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Delivery, Notification } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import type { Db } from '../../platform/database.ts';
import { inWords, placeNames } from '../attention/access.ts';
import { titleOf, topicOf } from '../notifications/access.ts';

type Fate = 'TOLD' | 'READ' | 'DONE' | 'SNOOZED' | 'SUBJECT_GONE';

/** What was chosen of what is held, and why the rest was not. */
export interface Chosen {
  /** Each once, the newest first. */
  readonly notifications: readonly Notification[];
  /** Ids of the deliveries that speak of them. */
  readonly deliveryIds: readonly string[];
  /** Ids of deliveries that nobody need be told of any more, by the reason. */
  readonly dropped: ReadonlyMap<Exclude<Fate, 'TOLD'>, readonly string[]>;
}

/** Of what is held for a digest: what is unread, not done, not put off and still there at that moment. */
export async function choose(db: Db | Tx, held: readonly Delivery[], at: Date): Promise<Chosen> {
  const ids = [...new Set(held.flatMap(({ notificationId }) => notificationId ?? []))];
  const rows = await db.notification.findMany({
    where: { id: { in: ids } },
    orderBy: [{ updatedAt: 'desc' }, { id: 'desc' }],
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const fates = Map.groupBy(held, ({ notificationId }) => fateOf(byId.get(notificationId ?? ''), at));
  const { TOLD: told = [], ...others } = Object.fromEntries(fates) as Partial<Record<Fate, Delivery[]>>;
  const mentioned = new Set(told.map(({ notificationId }) => notificationId));
  return {
    notifications: rows.filter(({ id }) => mentioned.has(id)),
    deliveryIds: told.map(({ id }) => id),
    dropped: new Map(
      Object.entries(others).map(([fate, ofIt]) => [fate as Exclude<Fate, 'TOLD'>, ofIt.map(({ id }) => id)]),
    ),
  };
}

function fateOf(row: Notification | undefined, at: Date): Fate {
  if (!row || row.expiredAt) return 'SUBJECT_GONE';
  if (row.doneAt) return 'DONE';
  if (row.readAt) return 'READ';
  if (row.snoozedUntil && row.snoozedUntil > at) return 'SNOOZED';
  return 'TOLD';
}

/** What a digest says, in words. */
export interface DigestContent {
  /** One sentence. */
  readonly summary: string;
  readonly places: readonly DigestPlace[];
  /** How many notifications are told of, listed or not; at least 1. */
  readonly count: number;
  /** How many of them are not listed; 0: all are. */
  readonly more: number;
}

/** A project, page or conversation, and what is unread there. */
export interface DigestPlace {
  readonly name: string;
  readonly items: readonly { readonly title: string; readonly at: string }[];
}

/** Places that the summary names, at most. */
const mostNamed = 3;

/**
 * Says what notifications are about, by place, as far as the viewer may read it now; null: nothing of it. What is not
 * listed for want of room is counted.
 */
export async function contentOf(
  context: Context,
  notifications: readonly Notification[],
  { timeZone, slot }: { timeZone: string; slot: Date },
): Promise<{ content: DigestContent | null; unreadable: readonly string[] }> {
  const topics = await Promise.all(notifications.map((notification) => topicOf(context, notification)));
  const readable = notifications.filter((_row, index) => topics[index] !== null);
  const unreadable = notifications.flatMap(({ id }, index) => (topics[index] === null ? [id] : []));
  if (readable.length === 0) return { content: null, unreadable };
  const listed = readable.slice(0, context.config.digestMaxItems);
  const byTopic = Map.groupBy(listed, ({ topic }) => topic as TopicKey);
  const names = await placeNames(context.db, [...byTopic.keys()]);
  const nameOf = (topic: TopicKey) => {
    if (topic === topicKey('user', context.viewer.userId)) return 'For you';
    return oneLine(names.get(topic) ?? '') || 'A conversation';
  };
  const places = await Promise.all(
    [...byTopic].map(async ([topic, rows]) => ({
      name: nameOf(topic),
      items: await Promise.all(
        rows.map(async (row) => ({
          title: oneLine(await titleOf(context, row)),
          at: inWords(row.updatedAt, timeZone, slot),
        })),
      ),
    })),
  );
  const count = readable.length;
  const summary = summaryOf(count, [...byTopic.keys()].map(nameOf));
  return { content: { summary, places, count, more: count - listed.length }, unreadable };
}

function summaryOf(count: number, names: readonly string[]): string {
  const others = names.length - mostNamed;
  const parts =
    others > 0 ? [...names.slice(0, mostNamed), `${others} more ${others === 1 ? 'place' : 'places'}`] : names;
  const places = new Intl.ListFormat('en', { type: 'conjunction' }).format(parts);
  return `${count} unread ${count === 1 ? 'notification' : 'notifications'}: ${places}`;
}

/** Longest text of somebody's that a line quotes. */
const mostChars = 200;

/**
 * Text of somebody's as one line: no line breaks, which would be lines of the mail, and no characters that are not seen
 * but change what is around them (controls, the direction of writing).
 */
export function oneLine(text: string): string {
  const plain = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff]/g, '')
    .trim();
  const chars = [...plain];
  return chars.length > mostChars
    ? `${chars
        .slice(0, mostChars - 1)
        .join('')
        .trimEnd()}…`
    : plain;
}
