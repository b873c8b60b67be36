import { append } from '../../events/append.ts';
import { scheduleBy } from '../../events/due.ts';
import { topicKey } from '../../events/topic.ts';
import type { Services } from '../../graphql/context.ts';
import { attentionEvents } from './events.ts';
import { attentionDue } from './telling.ts';
import { isTimeZone } from './timing.ts';

/**
 * Takes the time zone of somebody's browser, `timeZone` of the connection parameters, for who has none: an IANA name,
 * anything else is passed over. One that is known is never changed, whoever chose it. What is held is decided again.
 */
export async function adoptTimeZone(
  { database, transaction, clock }: Pick<Services, 'database' | 'transaction' | 'clock'>,
  userId: string,
  connectionParams: unknown,
): Promise<void> {
  const { timeZone } = (connectionParams ?? {}) as { timeZone?: unknown };
  if (typeof timeZone !== 'string' || timeZone.length > longestName || !isTimeZone(timeZone)) return;
  const known = await database.query('SELECT 1 FROM "Attention" WHERE "userId" = $1 AND "timeZone" IS NOT NULL', [
    userId,
  ]);
  if (known.length > 0) return;
  await transaction({ actorId: userId, correlationId: null }, async (tx) => {
    // First the work, then the row, as who does the work locks them. Where another connection was faster it finds nothing.
    await scheduleBy(tx, { kind: attentionDue.rules, key: userId, dueAt: clock.now() });
    // Version 0: they have chosen nothing by that.
    const adopted = await tx.$executeRaw`
      INSERT INTO "Attention" ("userId", "timeZone", version) VALUES (${userId}::uuid, ${timeZone}, 0)
      ON CONFLICT ("userId") DO UPDATE SET "timeZone" = excluded."timeZone",
        version = CASE WHEN "Attention".version > 0 THEN "Attention".version + 1 ELSE 0 END
      WHERE "Attention"."timeZone" IS NULL`;
    if (adopted === 0) return;
    append(tx, topicKey('user', userId), attentionEvents.AttentionChanged, { change: 'SETTINGS' });
  });
}

/** The longest IANA name has 32 characters. */
const longestName = 64;
