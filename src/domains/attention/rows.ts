import type { Tx } from '../../events/transaction.ts';
import type { Attention } from '../../generated/prisma/client.ts';
import type { Config } from '../../platform/config.ts';
import { type Db, statement } from '../../platform/database.ts';
import { sendsMail } from '../../platform/mail.ts';
import type { FollowView } from './decide.ts';
import { type RuleRow, type RuleView, ruleView } from './rules.ts';
import { settingsOf } from './settings.ts';
import { startOfDay } from './timing.ts';

/** What decisions about a person depend on, beside the event. */
export interface PersonFacts {
  readonly row: Attention | null;
  readonly rules: readonly RuleView[];
  readonly follow: FollowView | null;
  readonly hasMail: boolean;
  /** Alerts that came through today, by their own day. */
  readonly comeThrough: number;
}

/** What the server's configuration adds to a person's settings. */
export type AttentionConfig = Pick<Config, 'defaultTimeZone' | 'digestCadence' | 'smtpUrl' | 'mode'>;

/** A day is at most 25 hours long, but a zone may lie 14 hours ahead or 12 behind. */
const longestDayMs = 26 * 3_600_000;

/**
 * The rows of people, locked in the order of ids until the transaction ends: whoever decides about a person, changes
 * their settings or releases what was held does so alone. Whoever has no row is not locked, and holds nothing.
 */
export async function lockAttention(tx: Tx, userIds: readonly string[]): Promise<Map<string, Attention>> {
  const rows = await statement<Attention>(
    tx,
    'SELECT * FROM "Attention" WHERE "userId" = ANY($1::uuid[]) ORDER BY "userId" FOR UPDATE',
    [userIds],
  );
  return new Map(rows.map((row) => [row.userId, row]));
}

/** Whether people who have chosen nothing may have something held, for their digest. */
export function mayHoldForDigest(config: AttentionConfig): boolean {
  return config.digestCadence !== 'off' && sendsMail(config);
}

/** Rows, with version 0, for people who have none, all or with an address: whoever has something held is locked by theirs. */
export async function makeRows(tx: Tx, userIds: readonly string[], whose: 'ALL' | 'WITH_ADDRESS'): Promise<void> {
  await statement(tx, missingRowsSql, [userIds, whose]);
}

const missingRowsSql = {
  name: 'make-attention',
  text: `
    INSERT INTO "Attention" ("userId", version)
    SELECT id, 0 FROM "User" WHERE id = ANY($1::uuid[]) AND ($2 = 'ALL' OR email IS NOT NULL)
      AND NOT EXISTS (SELECT FROM "Attention" a WHERE a."userId" = "User".id)
    ORDER BY id ON CONFLICT ("userId") DO NOTHING`,
};

interface PersonRow {
  id: string;
  workspaceId: string;
  hasAddress: boolean;
  level: FollowView['level'] | null;
  until: Date | null;
}

const peopleSql = `
  SELECT p.id, p."workspaceId", p.email IS NOT NULL AS "hasAddress", f.level::text AS level, f.until
  FROM "User" p LEFT JOIN "Follow" f ON f."userId" = p.id AND f."topicId" = $2::uuid
  WHERE p.id = ANY($1::uuid[])`;

const rulesSql = `
  SELECT id, "workspaceId", "userId", "eventType", reason, "topicId", channel::text AS channel, value, mandatory, until
  FROM "Rule" WHERE "userId" = ANY($1::uuid[])
  UNION ALL
  SELECT id, "workspaceId", "userId", "eventType", reason, "topicId", channel::text, value, mandatory, until
  FROM "Rule" WHERE "userId" IS NULL
    AND "workspaceId" IN (SELECT "workspaceId" FROM "User" WHERE id = ANY($1::uuid[]))`;

/**
 * What decisions about people and one topic depend on. `rows`: from {@link lockAttention}, which is not waited for before
 * the rest is asked, or read without it.
 */
export async function factsOf(
  db: Db | Tx,
  {
    userIds,
    topicId,
    now,
    config,
    ...asked
  }: {
    userIds: readonly string[];
    topicId: string;
    rows: ReadonlyMap<string, Attention> | Promise<ReadonlyMap<string, Attention>>;
    now: Date;
    config: AttentionConfig;
  },
): Promise<Map<string, PersonFacts>> {
  const [rows, people, rules] = await Promise.all([
    asked.rows,
    statement<PersonRow>(db, peopleSql, [userIds, topicId]),
    statement<RuleRow>(db, rulesSql, [userIds]),
  ]);
  const comeThrough = await comeThroughOf(db, [...rows.values()], { now, config });

  const shared = Map.groupBy(
    rules.filter(({ userId }) => userId === null),
    ({ workspaceId }) => workspaceId,
  );
  const sharedViews = new Map([...shared].map(([workspaceId, ofIt]) => [workspaceId, ofIt.map(ruleView)]));
  const own = Map.groupBy(rules, ({ userId }) => userId);
  return new Map(
    people.map(({ id, workspaceId, hasAddress, level, until }) => [
      id,
      {
        row: rows.get(id) ?? null,
        rules: [...(sharedViews.get(workspaceId) ?? []), ...(own.get(id)?.map(ruleView) ?? [])],
        follow: level && { level, until },
        hasMail: hasAddress && sendsMail(config),
        comeThrough: comeThrough.get(id) ?? 0,
      },
    ]),
  );
}

/** How many alerts of each person came through what would have held them, since their day began. */
export async function comeThroughOf(
  db: Db | Tx,
  rows: readonly Attention[],
  { now, config }: { now: Date; config: AttentionConfig },
): Promise<Map<string, number>> {
  const limited = rows.filter(({ breakThroughPerDay }) => breakThroughPerDay > 0);
  if (limited.length === 0) return new Map();
  const sent = await db.delivery.findMany({
    where: {
      userId: { in: limited.map(({ userId }) => userId) },
      channel: 'ALERT',
      state: 'SENT',
      decision: 'BREAK_THROUGH',
      createdAt: { gt: new Date(now.getTime() - longestDayMs) },
    },
    select: { userId: true, createdAt: true },
  });
  const sentOf = Map.groupBy(sent, ({ userId }) => userId);
  return new Map(
    limited.map((row) => {
      const dayBegan = startOfDay(settingsOf(row, config.defaultTimeZone).timeZone, now);
      const today = (sentOf.get(row.userId) ?? []).filter(({ createdAt }) => createdAt >= dayBegan);
      return [row.userId, today.length];
    }),
  );
}
