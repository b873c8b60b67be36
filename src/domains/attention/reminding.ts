import { scheduleBy } from '../../events/due.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Db } from '../../platform/database.ts';
import type { AttentionConfig } from './rows.ts';
import { settingsOf } from './settings.ts';
import { attentionDue } from './telling.ts';

/** Looks again when somebody is to be reminded of their tasks, after the commit. */
export async function planReminders(tx: Tx, userId: string, now: Date): Promise<void> {
  // A millisecond later: what was to be told until now was.
  const dueAt = new Date(now.getTime() + 1);
  await scheduleBy(tx, { kind: attentionDue.reminders, key: userId, dueAt });
}

/** How many minutes before a task of theirs is due somebody is reminded, ascending. */
export async function remindMinutesOf(
  db: Db | Tx,
  userId: string,
  config: AttentionConfig,
): Promise<readonly number[]> {
  const row = await db.attention.findUnique({ where: { userId } });
  return settingsOf(row, config.defaultTimeZone).remindMinutes;
}
