import type { EventRegistry, Overtaken } from '../../events/define.ts';
import { eventColumns, type LoggedEvent, toLoggedEvent } from '../../events/log.ts';
import { reasonNamed } from '../../events/reasons.ts';
import { parseTopicKey, type TopicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Attention, Delivery } from '../../generated/prisma/client.ts';
import { statement } from '../../platform/database.ts';
import { readersAmong } from '../membership/access.ts';
import { type Decision, decide } from './decide.ts';
import { type AttentionConfig, factsOf, type PersonFacts } from './rows.ts';
import { circumstancesOf, detailsOf } from './telling.ts';

/** A held delivery, and what is decided about it now. */
export interface DecidedAgain {
  readonly delivery: Delivery;
  readonly decision: Decision;
  /** What has made it pointless, whatever is decided; null: nothing. */
  readonly overtaken: Overtaken | null;
}

/** Locks what a person has held; read it in a later statement: what is being read just now is waited for, and held no more. */
export async function lockHeld(tx: Tx, userId: string): Promise<void> {
  await tx.$executeRaw`
    SELECT id FROM "Delivery" WHERE "userId" = ${userId}::uuid AND state = 'HELD' ORDER BY id FOR UPDATE`;
}

/**
 * Decides about held deliveries of a person as things are now; access to each place is asked again, and so is what each is
 * about.
 */
export async function decideAgain(
  tx: Tx,
  held: readonly {
    readonly delivery: Delivery;
    /** Its time has come. */
    readonly isDue: boolean;
  }[],
  {
    userId,
    row,
    now,
    config,
    events,
  }: { userId: string; row: Attention | null; now: Date; config: AttentionConfig; events: EventRegistry },
): Promise<DecidedAgain[]> {
  const pointless = await overtakenAmong(
    tx,
    held.map(({ delivery }) => delivery),
    events,
  );
  const again: DecidedAgain[] = [];
  for (const [topic, ofTopic] of Map.groupBy(held, ({ delivery }) => delivery.topic)) {
    const topicId = parseTopicKey(topic as TopicKey).id;
    const mayRead = (await readersAmong(tx, topicId, [userId])).length > 0;
    const rows = new Map(row ? [[userId, row]] : []);
    const facts = (await factsOf(tx, { userIds: [userId], topicId, rows, now, config })).get(userId);
    if (!facts) continue;
    for (const { delivery, isDue } of ofTopic) {
      const decision = decideOne(delivery, { facts, mayRead, releasing: isDue, config, now });
      again.push({ delivery, decision, overtaken: pointless.get(delivery.id) ?? null });
    }
  }
  return again;
}

function decideOne(
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

/** Moves held deliveries on, or drops them: one statement for all to which the same happens. */
export async function keep(tx: Tx, others: readonly DecidedAgain[], version: number): Promise<void> {
  const alike = Map.groupBy(
    others,
    ({ decision: { state, branch, dueAt }, overtaken }) => overtaken ?? `${state} ${branch} ${dueAt?.getTime()}`,
  );
  for (const same of alike.values()) {
    const [first] = same;
    if (!first) continue;
    const { state, branch, dueAt = null, budgetSpent: _, ...rest } = first.decision;
    const ids = same.map(({ delivery }) => delivery.id);
    if (state === 'HELD' && first.overtaken === null) {
      const details = JSON.stringify(detailsOf({ state, branch, ...rest }));
      await tx.$executeRaw`
        UPDATE "Delivery" SET decision = ${branch}, details = ${details}::jsonb, "dueAt" = ${dueAt}, version = ${version}
        WHERE id = ANY(${ids}::uuid[])`;
    } else {
      await tx.$executeRaw`
        UPDATE "Delivery" SET state = 'CANCELLED', cancelled = ${first.overtaken ?? branch}, version = ${version}
        WHERE id = ANY(${ids}::uuid[])`;
    }
  }
}

type Held = Pick<Delivery, 'id' | 'eventId' | 'type' | 'notificationId'>;

/** Which of these it is pointless to tell, and why, by their id. */
async function overtakenAmong(tx: Tx, held: readonly Held[], events: EventRegistry): Promise<Map<string, Overtaken>> {
  const found = new Map<string, Overtaken>();
  const mayBe = held.filter(({ type }) => events.get(type)?.notify?.overtaken);
  const logged = await eventsOf(tx, mayBe);
  for (const { id, type, eventId } of mayBe) {
    const event = logged.get(eventId);
    // Older than the log reaches back: nobody can say.
    const why = event && (await events.get(type)?.notify?.overtaken?.(event, tx));
    if (why) found.set(id, why);
  }
  const rowIds = held.flatMap(({ notificationId }) => notificationId ?? []);
  const expired = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM "Notification" WHERE id = ANY(${rowIds}::uuid[]) AND "expiredAt" IS NOT NULL`;
  const gone = new Set(expired.map(({ id }) => id));
  for (const { id, notificationId } of held)
    if (notificationId && gone.has(notificationId)) found.set(id, 'SUBJECT_GONE');
  return found;
}

async function eventsOf(tx: Tx, held: readonly Held[]): Promise<Map<string, LoggedEvent>> {
  if (held.length === 0) return new Map();
  const rows = await statement<Parameters<typeof toLoggedEvent>[0]>(
    tx,
    `SELECT ${eventColumns} FROM event WHERE id = ANY($1::uuid[]) AND home IS NULL`,
    [held.map(({ eventId }) => eventId)],
  );
  return new Map(rows.map((row) => [row.id, toLoggedEvent(row)]));
}

/**
 * Drops what is held about a thread and has been overtaken by what this transaction did. The courtesy: what is being held
 * just now is dropped when its time comes.
 */
export async function dropOvertaken(
  tx: Tx,
  events: EventRegistry,
  { topic, thread }: { topic: TopicKey; thread: string },
): Promise<void> {
  const kinds = [...events.values()].flatMap(({ kind, notify }) => (notify?.overtaken ? [kind] : []));
  const held = await tx.$queryRaw<Held[]>`
    SELECT d.id, d."eventId", d.type, d."notificationId" FROM "Notification" n JOIN "Delivery" d ON d."notificationId" = n.id
    WHERE n.topic = ${topic} AND n."threadKey" = ${thread} AND d.state = 'HELD' AND d.type = ANY(${kinds}::text[])`;
  if (held.length === 0) return;
  const pointless = await overtakenAmong(tx, held, events);
  for (const [why, same] of Map.groupBy(pointless, ([, word]) => word)) {
    const ids = same.map(([id]) => id).sort();
    await tx.$executeRaw`
      UPDATE "Delivery" SET state = 'CANCELLED', cancelled = ${why} WHERE id = ANY(${ids}::uuid[]) AND state = 'HELD'`;
  }
}
