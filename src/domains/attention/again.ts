import { reasonNamed } from '../../events/reasons.ts';
import { parseTopicKey, type TopicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Attention, Delivery } from '../../generated/prisma/client.ts';
import { readersAmong } from '../membership/access.ts';
import { type Decision, decide } from './decide.ts';
import { type AttentionConfig, factsOf, type PersonFacts } from './rows.ts';
import { circumstancesOf, detailsOf } from './telling.ts';

/** A held delivery, and what is decided about it now. */
export interface DecidedAgain {
  readonly delivery: Delivery;
  readonly decision: Decision;
}

/** Locks what a person has held; read it in a later statement: what is being read just now is waited for, and held no more. */
export async function lockHeld(tx: Tx, userId: string): Promise<void> {
  await tx.$executeRaw`
    SELECT id FROM "Delivery" WHERE "userId" = ${userId}::uuid AND state = 'HELD' ORDER BY id FOR UPDATE`;
}

/** Decides about held deliveries of a person as things are now; access to each place is asked again. */
export async function decideAgain(
  tx: Tx,
  held: readonly {
    readonly delivery: Delivery;
    /** Its time has come. */
    readonly isDue: boolean;
  }[],
  { userId, row, now, config }: { userId: string; row: Attention | null; now: Date; config: AttentionConfig },
): Promise<DecidedAgain[]> {
  const again: DecidedAgain[] = [];
  for (const [topic, ofTopic] of Map.groupBy(held, ({ delivery }) => delivery.topic)) {
    const topicId = parseTopicKey(topic as TopicKey).id;
    const mayRead = (await readersAmong(tx, topicId, [userId])).length > 0;
    const rows = new Map(row ? [[userId, row]] : []);
    const facts = (await factsOf(tx, { userIds: [userId], topicId, rows, now, config })).get(userId);
    if (!facts) continue;
    for (const { delivery, isDue } of ofTopic) {
      const decision = decideOne(delivery, { facts, mayRead, releasing: isDue, config, now });
      again.push({ delivery, decision });
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
    ({ decision: { state, branch, dueAt } }) => `${state} ${branch} ${dueAt?.getTime()}`,
  );
  for (const same of alike.values()) {
    const [first] = same;
    if (!first) continue;
    const { state, branch, dueAt = null, budgetSpent: _, ...rest } = first.decision;
    const ids = same.map(({ delivery }) => delivery.id);
    if (state === 'HELD') {
      const details = JSON.stringify(detailsOf({ state, branch, ...rest }));
      await tx.$executeRaw`
        UPDATE "Delivery" SET decision = ${branch}, details = ${details}::jsonb, "dueAt" = ${dueAt}, version = ${version}
        WHERE id = ANY(${ids}::uuid[])`;
    } else {
      await tx.$executeRaw`
        UPDATE "Delivery" SET state = 'CANCELLED', cancelled = ${branch}, version = ${version}
        WHERE id = ANY(${ids}::uuid[])`;
    }
  }
}
