import { append } from '../../events/append.ts';
import type { EventRegistry } from '../../events/define.ts';
import { type DueHandler, scheduleEarlier } from '../../events/due.ts';
import { topicKey } from '../../events/topic.ts';
import { afterCommit, type Tx } from '../../events/transaction.ts';
import type { Attention, Delivery } from '../../generated/prisma/client.ts';
import type { Services } from '../../graphql/context.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { maxIdsInEvent } from '../notifications/events.ts';
import { type DecidedAgain, decideAgain, keep, lockHeld } from './again.ts';
import { nextDigestOf } from './digest.ts';
import { type AttentionChange, attentionEvents, type ReleaseCause } from './events.ts';
import { type AttentionConfig, lockAttention } from './rows.ts';
import { attentionDue } from './telling.ts';

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
    metrics,
    events,
  }: {
    userId: string;
    /** As it is after whatever the caller changed. */
    row: Attention | null;
    scope: Scope;
    cause: ReleaseCause;
    now: Date;
    config: AttentionConfig;
    metrics: Pick<Metrics, 'alertsTold'>;
    events: EventRegistry;
  },
): Promise<Released> {
  const held = (await heldOf(tx, userId, scope, now)).map((delivery) => {
    const { decision, dueAt } = delivery;
    // A pause stands over the batch plan and does not replace it.
    const isDue = decision !== 'PAUSED' && dueAt !== null && dueAt <= now;
    return { delivery, isDue: isDue || scope === 'EVERYTHING' || (scope === 'BATCHED' && decision === 'BATCH') };
  });
  const told: Delivery[] = [];
  const others: DecidedAgain[] = [];
  for (const again of await decideAgain(tx, held, { userId, row, now, config, events })) {
    const { delivery, decision, overtaken } = again;
    const tells = decision.state === 'SENT' || (scope === 'EVERYTHING' && decision.state === 'HELD');
    if (tells && overtaken === null) told.push(delivery);
    else others.push(again);
  }
  await keep(tx, others, row?.version ?? 0);
  afterCommit(tx, () => {
    for (const { decision } of told) metrics.alertsTold.of(decision).value++;
  });
  return tell(tx, { userId, told, cause, now });
}

async function heldOf(tx: Tx, userId: string, scope: Scope, now: Date): Promise<Delivery[]> {
  const due = { dueAt: { lte: now } };
  const wanted = {
    DUE: { channel: 'ALERT', ...due },
    BATCHED: { channel: 'ALERT', OR: [due, { decision: 'BATCH' }] },
    // A digest whose time has come decides again itself.
    ALL: { OR: [{ channel: 'ALERT' }, { dueAt: { gt: now } }] },
    EVERYTHING: { channel: 'ALERT' },
  } as const;
  await lockHeld(tx, userId);
  return tx.delivery.findMany({
    where: { userId, state: 'HELD', ...wanted[scope] } as never,
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
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
  // One array, not a variable for each: a pause of months may have held more than a statement takes.
  await tx.$executeRaw`
    UPDATE "Delivery" SET state = 'RELEASED', "sentAt" = ${now}, "releaseId" = ${eventId}::uuid
    WHERE id = ANY(${told.map(({ id }) => id)}::uuid[])`;
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

/** Sees to it that what a person has waiting is looked at when its time comes. */
export async function scheduleLooks(tx: Tx, userId: string, row: Attention | null, now: Date): Promise<void> {
  const next = await nextLook(tx, userId, row);
  if (next) await scheduleEarlier(tx, attentionDue.clock, [{ key: userId, dueAt: next }]);
  const digestAt = await nextDigestOf(tx, userId, now);
  if (digestAt) await scheduleEarlier(tx, attentionDue.digest, [{ key: userId, dueAt: digestAt }]);
}

/** Due work of one person, by the clock: the end of a focus or pause is told, and what waited for it is released. */
export function lookAtAttention({
  clock,
  config,
  metrics,
  events,
}: Pick<Services, 'clock' | 'config' | 'metrics' | 'events'>): DueHandler {
  return async (tx, { key: userId }) => {
    const now = clock.now();
    const before = (await lockAttention(tx, [userId])).get(userId) ?? null;
    const { row, cause = await causeOf(tx, userId, now) } = await passTime(tx, before, now);
    await releaseFor(tx, { userId, row, scope: 'DUE', cause, now, config, metrics, events });
    return nextLook(tx, userId, row);
  };
}

/** Due work of one person that is not the clock's: done once, and what waits on is left to the clock. */
export function lookOnce(
  scope: 'BATCHED' | 'ALL',
  { clock, config, metrics, events }: Pick<Services, 'clock' | 'config' | 'metrics' | 'events'>,
): DueHandler {
  return async (tx, { key: userId, data }) => {
    const now = clock.now();
    const row = (await lockAttention(tx, [userId])).get(userId) ?? null;
    const cause = (data.cause as ReleaseCause | undefined) ?? 'SETTINGS_CHANGED';
    await releaseFor(tx, { userId, row, scope, cause, now, config, metrics, events });
    await scheduleLooks(tx, userId, row, now);
    return null;
  };
}

/** What held the alert that waited longest for this moment. */
async function causeOf(tx: Tx, userId: string, now: Date): Promise<ReleaseCause> {
  const held = await tx.delivery.groupBy({
    by: ['decision'],
    where: { userId, channel: 'ALERT', state: 'HELD', dueAt: { lte: now } },
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
