import type { Context } from '../../graphql/context.ts';
import { renewToken } from './link.ts';
import { queueRun } from './runs.ts';

/** What {@link sendDigestNow} answers. */
export interface AskedRun {
  readonly runId: string;
  readonly eventId: null;
}

/** Sends the viewer what is held for their digest now, all of it, instead of waiting for its time. */
export async function sendDigestNow(context: Context): Promise<AskedRun> {
  const { userId } = context.viewer;
  return context.transaction(async (tx) => {
    const now = context.clock.now();
    const runId = await queueRun(tx, { userId, slot: now, asked: true, now });
    if (runId !== null) return { runId, eventId: null };
    const { id } = await tx.digestRun.findUniqueOrThrow({ where: { userId_slot: { userId, slot: now } } });
    return { runId: id, eventId: null };
  });
}

/** Gives the viewer another link for turning digests off: the one in mails they have, or passed on, does nothing any more. */
export function renewUnsubscribeLink(context: Context): Promise<{ eventId: null }> {
  return context.transaction(async (tx) => {
    await renewToken(tx, context.viewer.userId);
    return { eventId: null };
  });
}
