import { append } from '../../events/append.ts';
import type { DueHandler } from '../../events/due.ts';
import { reasonNamed } from '../../events/reasons.ts';
import { parseTopicKey, type TopicKey, topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Attention, Delivery } from '../../generated/prisma/client.ts';
import type { Services } from '../../graphql/context.ts';
import { readersAmong } from '../membership/access.ts';
import { maxIdsInEvent } from '../notifications/events.ts';
import { type Decision, decide } from './decide.ts';
import { type AttentionChange, attentionEvents, type ReleaseCause } from './events.ts';
import { type AttentionConfig, factsOf, lockAttention, type PersonFacts } from './rows.ts';
import { circumstancesOf, detailsOf } from './telling.ts';

/** Which of a person's held deliveries are looked at, and how. */
export type Scope =
  /** Those whose time has come. */
  | 'DUE'
  /** Those too that wait for a batch time: the person came to a natural end of something. */
  | 'BATCHED'
  /** All, as if they were decided now: what the decisions depend on has changed. */
  | 'ALL'
  /** All alerts, and all are told, whatever holds them: the person asked for it. */
  | 'EVERYTHING';

/** What a release did. */
export interface Released {
  /** How many alerts were told. */
  readonly count: number;
  /** The BatchReleased event; null when nothing was told. */
  readonly eventId: string | null;
}

/**
 * Looks at a person's held deliveries, for whom the caller holds the lock ({@link lockAttention}): access is asked
 * again, what is no longer wanted is cancelled, what must wait on gets its new time, and all the rest is told with one
 * BatchReleased.
 */
export async function releaseFor(
  tx: Tx,
  {
    userId,
    row,
    scope,
    cause,
    now,
    config,
  }: {
    userId: string;
    /** As it is after whatever the caller changed. */
    row: Attention | null;
    scope: Scope;
    cause: ReleaseCause;
    now: Date;
    config: AttentionConfig;
  },
): Promise<Released> {
  const held = (await heldOf(tx, userId, scope, now)).map((delivery) => ({
    delivery,
    isDue:
      scope === 'EVERYTHING' || (delivery.dueAt !== null && delivery.dueAt <= now) || waitsForBatch(delivery, scope),
  }));
  const told: Delivery[] = [];
  for (const [topic, ofTopic] of Map.groupBy(held, ({ delivery }) => delivery.topic)) {
    const topicId = parseTopicKey(topic as TopicKey).id;
    const mayRead = (await readersAmong(tx, topicId, [userId])).length > 0;
    const rows = new Map(row ? [[userId, row]] : []);
    const facts = (await factsOf(tx, { userIds: [userId], topicId, rows, now, config })).get(userId);
    if (!facts) continue;
    for (const { delivery, isDue } of ofTopic) {
      const decision = decideAgain(delivery, { facts, mayRead, releasing: isDue, config, now });
      const tells = decision.state === 'SENT' || (scope === 'EVERYTHING' && decision.state === 'HELD');
      if (tells) told.push(delivery);
      else await keep(tx, delivery, decision, facts);
    }
  }
  return tell(tx, { userId, told, cause, now });
}

const waitsForBatch = ({ decision }: Delivery, scope: Scope) => scope === 'BATCHED' && decision === 'BATCH';

async function heldOf(tx: Tx, userId: string, scope: Scope, now: Date): Promise<Delivery[]> {
  const due = { dueAt: { lte: now } };
  const wanted = {
    DUE: { channel: 'ALERT', ...due },
    BATCHED: { channel: 'ALERT', OR: [due, { decision: 'BATCH' }] },
    ALL: {},
    EVERYTHING: { channel: 'ALERT' },
  } as const;
  return tx.delivery.findMany({
    where: { userId, state: 'HELD', ...wanted[scope] } as never,
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
}

function decideAgain(
  { channel, type, topic, reason }: Delivery,
  {
    facts,
    mayRead,
    releasing,
    config,
    now,
  }: {
    facts: PersonFacts;
    mayRead: boolean;
    releasing: boolean;
    config: AttentionConfig;
    now: Date;
  },
): Decision {
  return decide({
    // What could not wait did not; what was before somebody's eyes was not held.
    event: { type, topicId: parseTopicKey(topic as TopicKey).id, critical: false },
    person: { isActor: false, mayRead, hasMail: facts.hasMail },
    reason: reasonNamed(reason),
    ...circumstancesOf(facts, config),
    known: { looking: false, hasRead: false, snoozed: false },
    // The day's budget is for what comes at once.
    comeThrough: Number.POSITIVE_INFINITY,
    now,
    releasing,
  })[channel];
}

/** Moves a held delivery on, or drops it. */
async function keep(tx: Tx, { id }: Delivery, decision: Decision, { row }: PersonFacts): Promise<void> {
  const version = row?.version ?? 0;
  const data =
    decision.state === 'HELD'
      ? { decision: decision.branch, details: detailsOf(decision) as object, dueAt: decision.dueAt ?? null, version }
      : { state: 'CANCELLED' as const, cancelled: decision.branch, version };
  await tx.delivery.update({ where: { id }, data, select: { id: true } });
}

async function tell(
  tx: Tx,
  { userId, told, cause, now }: { userId: string; told: readonly Delivery[]; cause: ReleaseCause; now: Date },
): Promise<Released> {
  if (told.length === 0) return { count: 0, eventId: null };
  const newestFirst = told.toReversed().flatMap(({ notificationId }) => notificationId ?? []);
  const eventId = append(tx, topicKey('user', userId), attentionEvents.BatchReleased, {
    ids: [...new Set(newestFirst)].slice(0, maxIdsInEvent),
    count: told.length,
    cause,
  });
  await tx.delivery.updateMany({
    where: { id: { in: told.map(({ id }) => id) } },
    data: { state: 'RELEASED', sentAt: now, releaseId: eventId },
  });
  return { count: told.length, eventId };
}

/** When a person's held alerts or their focus or pause want to be looked at next; null: nothing waits for a time. */
export async function nextLook(tx: Tx, userId: string, row: Attention | null): Promise<Date | null> {
  const { _min } = await tx.delivery.aggregate({
    where: { userId, channel: 'ALERT', state: 'HELD' },
    _min: { dueAt: true },
  });
  const moments = [_min.dueAt, row?.focusHeadsUpAt, row?.focusUntil, row?.pausedAt ? row.pausedUntil : null];
  const times = moments.flatMap((moment) => (moment ? [moment.getTime()] : []));
  return times.length === 0 ? null : new Date(Math.min(...times));
}

/**
 * Due work of one person: the end of a focus or pause is told, and what waited for this moment is released. `data` may
 * say that it was not the clock: `{ scope, cause }`.
 */
export function lookAtAttention({ clock, config }: Pick<Services, 'clock' | 'config'>): DueHandler {
  return async (tx, { key: userId, data }) => {
    const now = clock.now();
    const before = (await lockAttention(tx, [userId])).get(userId) ?? null;
    const { row, cause } = await passTime(tx, before, now);
    await releaseFor(tx, {
      userId,
      row,
      scope: (data.scope as Scope | undefined) ?? 'DUE',
      cause: cause ?? (data.cause as ReleaseCause | undefined) ?? (await causeOf(tx, userId, now)),
      now,
      config,
    });
    return nextLook(tx, userId, row);
  };
}

/** What held the alert that waited longest for this moment. */
async function causeOf(tx: Tx, userId: string, now: Date): Promise<ReleaseCause> {
  const held = await tx.delivery.findMany({
    where: { userId, channel: 'ALERT', state: 'HELD', dueAt: { lte: now } },
    select: { decision: true },
    distinct: ['decision'],
  });
  const branches = new Set(held.map(({ decision }) => decision));
  return branches.has('QUIET') ? 'QUIET_ENDED' : branches.has('FOCUS') ? 'FOCUS_ENDED' : 'BATCH_TIME';
}

/** Ends a focus and a pause whose time is over, and announces the end of one. */
async function passTime(
  tx: Tx,
  row: Attention | null,
  now: Date,
): Promise<{ row: Attention | null; cause?: ReleaseCause }> {
  if (!row) return { row };
  const { userId, focusUntil, focusHeadsUpAt, pausedAt, pausedUntil } = row;
  const tellOf = (change: AttentionChange) =>
    append(tx, topicKey('user', userId), attentionEvents.AttentionChanged, { change });
  const save = (data: Partial<Attention>) =>
    tx.attention.update({ where: { userId }, data: { ...data, version: { increment: 1 }, updatedAt: now } as never });
  let current = row;
  let cause: ReleaseCause | undefined;
  if (pausedAt && pausedUntil && pausedUntil <= now) {
    current = await save({ pausedAt: null, pausedUntil: null });
    tellOf('RESUMED');
    cause = 'RESUMED';
  }
  if (focusUntil && focusUntil <= now) {
    current = await save({ focusStartedAt: null, focusUntil: null, focusHeadsUpAt: null, focusAllow: {} });
    tellOf('FOCUS_ENDED');
    cause = 'FOCUS_ENDED';
  } else if (focusHeadsUpAt && focusHeadsUpAt <= now) {
    current = await save({ focusHeadsUpAt: null });
    tellOf('FOCUS_ENDING');
  }
  return { row: current, ...(cause && { cause }) };
}
