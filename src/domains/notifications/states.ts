import type { Notification } from '../../generated/prisma/client.ts';
import { Prisma } from '../../generated/prisma/client.ts';

/** Where a notification stands; each is in one of these, the last that fits. */
export const notificationStates = {
  UNREAD: { description: 'Something happened that you have not read.' },
  READ: { description: 'You know what it says.' },
  SNOOZED: { description: 'You put it away until a time.' },
  DONE: { description: 'You have finished with it.' },
  EXPIRED: { description: 'What it was about is gone.' },
} as const;
export type NotificationState = keyof typeof notificationStates;

/** Where it stands. */
export function stateOf(
  row: Pick<Notification, 'readAt' | 'doneAt' | 'snoozedUntil' | 'expiredAt'>,
): NotificationState {
  if (row.expiredAt) return 'EXPIRED';
  if (row.doneAt) return 'DONE';
  if (row.snoozedUntil) return 'SNOOZED';
  return row.readAt ? 'READ' : 'UNREAD';
}

/** {@link stateOf} in SQL. */
const state = Prisma.sql`CASE WHEN "expiredAt" IS NOT NULL THEN 'EXPIRED' WHEN "doneAt" IS NOT NULL THEN 'DONE'
  WHEN "snoozedUntil" IS NOT NULL THEN 'SNOOZED' WHEN "readAt" IS NOT NULL THEN 'READ' ELSE 'UNREAD' END`;

/** The condition for rows that are in one of these states. */
export function stateIs(states: readonly NotificationState[]): Prisma.Sql {
  return Prisma.sql`${state} = ANY(${[...states]}::text[])`;
}

/** How many notifications a person has, whatever filter is shown. */
export interface InboxCounts {
  /** In the state UNREAD. */
  unread: number;
  /** Those of them that the person has not had before their eyes. */
  unseen: number;
  snoozed: number;
  done: number;
  total: number;
}
