import { scheduleEarlier } from '../../events/due.ts';
import type { LoggedEvent } from '../../events/log.ts';
import { reasonNamed } from '../../events/reasons.ts';
import { parseTopicKey } from '../../events/topic.ts';
import { afterCommit, type Tx } from '../../events/transaction.ts';
import type { Delivery } from '../../generated/prisma/client.ts';
import { statement } from '../../platform/database.ts';
import { newId } from '../../platform/ids.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { type Decision, type Decisions, decide } from './decide.ts';
import { type AttentionConfig, factsOf, lockAttention, makeRows, mayHoldForDigest, type PersonFacts } from './rows.ts';
import { type Channel, channels, type RuleView } from './rules.ts';
import type { Details } from './sentences.ts';
import { digestPlanOf, settingsOf } from './settings.ts';

/** Kinds of due work that look at what a person has held; their key is the person. */
export const attentionDue = {
  /** At the time of the first of them, and of the end of a focus or pause. */
  clock: 'attention',
  /** At once, after the person came to a natural end of something. */
  natural: 'attention.natural',
  /** At once, after a rule of the workspace has changed. */
  rules: 'attention.rules',
  /** At the time of the next reminder of a task of theirs (tasks/reminders.ts). */
  reminders: 'attention.reminders',
  /** At once, after something that may be celebrated. */
  celebration: 'attention.celebration',
  /** At the time of the person's next digest, when something is held for it: the digest's domain does it. */
  digest: 'digest',
} as const;

/** Somebody who is told of an event. */
export interface Told {
  readonly userId: string;
  readonly reason: string;
  /** They have its topic before their eyes just now. */
  readonly looking: boolean;
  /** They have read it already. */
  readonly hasRead: boolean;
  /** They have put off what it is about. */
  readonly snoozed: boolean;
}

/** What was decided about a person, or about several to whom the same applies, and under which version of their settings. */
export type Decided = Decisions & { readonly version: number };

/** What was decided for some of the people whom an event concerns. */
export type DecidedFor = ReadonlyMap<string, Decided>;

/**
 * Decides for people who may read the event and have not done it themselves. Their settings stay as they are until the
 * transaction ends: keep the decisions in it ({@link recordDeliveries}).
 */
export async function decideFor(
  tx: Tx,
  event: Pick<LoggedEvent, 'kind' | 'topic'> & { readonly critical: boolean },
  people: readonly Told[],
  { now, config }: { now: Date; config: AttentionConfig },
): Promise<DecidedFor> {
  const userIds = people.map(({ userId }) => userId);
  const topicId = parseTopicKey(event.topic).id;
  const made = mayHoldForDigest(config) ? makeRows(tx, userIds, 'WITH_ADDRESS') : undefined;
  const locked = lockAttention(tx, userIds);
  // In this order and in one round trip: what is read is of a moment after the lock.
  const [facts, rows] = await Promise.all([factsOf(tx, { userIds, topicId, rows: locked, now, config }), locked, made]);
  const alike = new Map<string, Decided>();
  const decided = new Map(
    people.flatMap((told) => {
      const of = facts.get(told.userId);
      if (!of) return [];
      const situation = commonSituation(of, told);
      const known = situation === undefined ? undefined : alike.get(situation);
      if (known) return [[told.userId, known] as const];
      const decisions = decide({
        event: { type: event.kind, topicId, critical: event.critical },
        person: { isActor: false, mayRead: true, hasMail: of.hasMail },
        reason: reasonNamed(told.reason),
        ...circumstancesOf(of, config),
        known: { looking: told.looking, hasRead: told.hasRead, snoozed: told.snoozed },
        now,
      });
      const own = { ...decisions, version: of.row?.version ?? 0 };
      if (situation !== undefined) alike.set(situation, own);
      return [[told.userId, own] as const];
    }),
  );
  // By a rule of the workspace. Without a lock, who releases what they have held would not see this, nor come back.
  const unlocked = userIds.filter((userId) => decided.get(userId)?.ALERT.state === 'HELD' && !rows.has(userId));
  if (unlocked.length === 0) return decided;
  await makeRows(tx, unlocked, 'ALL');
  return decideFor(tx, event, people, { now, config });
}

/**
 * Those who have chosen nothing differ in little; for whom it is the same, the same is decided. Undefined: there is something
 * of the person's own.
 */
function commonSituation(
  { row, rules, follow, hasMail }: PersonFacts,
  { reason, looking, hasRead, snoozed }: Told,
): string | undefined {
  if (row || follow || rules.some(({ owner }) => owner === 'PERSON')) return undefined;
  return [reason, hasMail, looking, hasRead, snoozed, ...rules.map(({ id }) => id)].join(' ');
}

/** The part of the circumstances that is the person's own. */
export function circumstancesOf({ row, rules, follow, comeThrough }: PersonFacts, config: AttentionConfig) {
  const attention = settingsOf(row, config.defaultTimeZone);
  return { attention, rules, follow, comeThrough, digest: digestPlanOf(row, config) };
}

/**
 * Decisions that say nothing of their own are not kept: the row in the inbox is there, and whoever gets no digest gets
 * none of this. Two rows of three for most people: 1,000 of them take 40 ms instead of 120 (2026-11-25).
 */
function isImplied(channel: Channel, { branch, rule }: Decision): boolean {
  return (channel === 'INBOX' && branch === 'SENT' && !rule) || (channel === 'EMAIL' && branch === 'NO_DIGEST');
}

/** What was decided about one event and person, with what {@link isImplied}; empty where nothing was. */
export function withImplied(kept: readonly Delivery[]): Delivery[] {
  const [alert] = kept.filter(({ channel }) => channel === 'ALERT');
  if (!alert) return [...kept];
  return channels.map((channel) => {
    const own = kept.find((delivery) => delivery.channel === channel);
    if (own) return own;
    const told = channel === 'INBOX';
    return {
      ...alert,
      ...{ id: `${alert.id}:${channel}`, channel, cancelled: null, dueAt: null, releaseId: null, details: {} },
      ...(told
        ? { state: 'SENT', decision: 'SENT', sentAt: alert.createdAt }
        : { state: 'SKIPPED', decision: 'NO_DIGEST', sentAt: null, seenAt: null }),
    };
  });
}

/**
 * Keeps what was decided: a delivery for each channel that is not implied, and when the held ones are looked at again.
 * The same event twice changes nothing.
 */
export async function recordDeliveries(
  tx: Tx,
  event: LoggedEvent,
  people: readonly Told[],
  {
    decided,
    notificationIds,
    now,
    metrics,
  }: {
    decided: DecidedFor;
    /** The inbox row of each; absent: none. */
    notificationIds: ReadonlyMap<string, string>;
    now: Date;
    metrics: Pick<Metrics, 'alertsTold'>;
  },
): Promise<void> {
  const kinds = alikeAmong(people, decided);
  const rows = kinds.flatMap(({ userIds }, nth) => userIds.map((userId) => ({ nth, userId })));
  await statement(tx, deliveriesSql, [
    ...[event.id, event.topic, event.kind, now],
    JSON.stringify(kinds.map((kind, nth) => ({ nth, ...columnsOf(kind, now) }))),
    ...[rows.map(() => newId()), rows.map(({ userId }) => userId)],
    ...[rows.map(({ userId }) => notificationIds.get(userId)), rows.map(({ nth }) => nth)],
  ]);
  const dueIn = (wanted: Channel) =>
    kinds.flatMap(({ channel, decision: { dueAt }, userIds }) =>
      channel === wanted && dueAt ? userIds.map((key) => ({ key, dueAt })) : [],
    );
  await scheduleEarlier(tx, attentionDue.clock, dueIn('ALERT'));
  await scheduleEarlier(tx, attentionDue.digest, dueIn('EMAIL'));
  afterCommit(tx, () => {
    for (const { channel, decision, userIds } of kinds) {
      if (channel === 'ALERT' && decision.state === 'SENT')
        metrics.alertsTold.of(decision.branch).value += userIds.length;
    }
  });
}

/** Deliveries that differ in nothing but the person. */
interface AlikeDeliveries {
  readonly channel: Channel;
  readonly reason: string;
  readonly decision: Decision;
  readonly version: number;
  readonly userIds: readonly string[];
}

function alikeAmong(people: readonly Told[], decided: DecidedFor): AlikeDeliveries[] {
  const byDecision = Map.groupBy(people, ({ userId }) => decided.get(userId));
  return [...byDecision].flatMap(([decisions, told]) => {
    if (!decisions) return [];
    const kept = channels.filter((channel) => !isImplied(channel, decisions[channel]));
    return [...Map.groupBy(told, ({ reason }) => reason)].flatMap(([reason, same]) => {
      const userIds = same.map(({ userId }) => userId);
      return kept.map((channel) => ({
        ...{ channel, reason, userIds },
        ...{ decision: decisions[channel], version: decisions.version },
      }));
    });
  });
}

function columnsOf({ channel, reason, decision, version }: AlikeDeliveries, now: Date) {
  const { state, branch, dueAt = null } = decision;
  const details = detailsOf(decision);
  return {
    ...{ channel, state, reason, decision: branch, details, version },
    ...{ due_at: dueAt, sent_at: state === 'SENT' ? now : null },
  };
}

/** What a thousand people have in common is said once. */
const deliveriesSql = {
  name: 'record-deliveries',
  text: `
    INSERT INTO "Delivery" (id, "userId", "eventId", channel, state, "notificationId", topic, type, reason, decision,
      details, version, "dueAt", "createdAt", "sentAt")
    SELECT one.id, one.user_id, $1::uuid, kind.channel::"NotificationChannel", kind.state::"DeliveryState",
      one.notification_id, $2, $3, kind.reason, kind.decision, kind.details, kind.version, kind.due_at, $4, kind.sent_at
    FROM jsonb_to_recordset($5::jsonb) AS kind (nth int4, channel text, state text, reason text, decision text,
      details jsonb, version int4, due_at timestamptz, sent_at timestamptz)
    JOIN unnest($6::uuid[], $7::uuid[], $8::uuid[], $9::int4[]) AS one (id, user_id, notification_id, nth) USING (nth)
    ON CONFLICT ("userId", "eventId", channel) DO NOTHING`,
};

/** What is kept of a decision beside its branch. */
export function detailsOf({ rule, until, budgetSpent }: Decision): Details {
  return {
    ...(rule && { rule: ruleDetails(rule) }),
    ...(until !== undefined && { until: until?.toISOString() ?? null }),
    ...(budgetSpent && { budgetSpent }),
  };
}

/** What is kept of the rule that decided. */
export function ruleDetails({
  id,
  owner,
  eventType,
  reason,
  topicId,
  value,
  until,
}: RuleView): NonNullable<Details['rule']> {
  const about = [
    ...(reason === null ? [] : [`the reason ${reason}`]),
    ...(eventType === null ? [] : [eventType]),
    ...(topicId === null ? [] : ['this place']),
  ];
  return { id, owner, about, value, until: until?.toISOString() ?? null };
}
