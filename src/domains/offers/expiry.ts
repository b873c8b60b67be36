import { append } from '../../events/append.ts';
import type { DueHandler } from '../../events/due.ts';
import { topicKey } from '../../events/topic.ts';
import type { Services } from '../../graphql/context.ts';
import { lockUnlessMoved, statusAt } from './access.ts';
import { offerEvents } from './events.ts';
import { transitions } from './states.ts';

/** Kind of the due work that expires offers; its key is the offer's id. */
export const offerExpiry = 'offer-expiry';

/** Pause before another look at an offer that somebody is moving. */
const beingMovedMs = 100;

/**
 * Expires an offer whose time is over. One that was given more time comes again then; one that is over is left alone.
 *
 * Whoever moves an offer holds it and then waits for its due work, which this holds: so this does not wait for them.
 */
export function expireOffers({ clock }: Pick<Services, 'clock'>): DueHandler {
  return async (tx, { key: offerId }) => {
    const now = clock.now();
    const read = () => tx.offer.findUnique({ where: { id: offerId } });
    const found = await read();
    if (!found || transitions[found.status].EXPIRE === null) return null;
    if (statusAt(found, now) !== 'EXPIRED') return found.expiresAt;
    if (!(await lockUnlessMoved(tx, offerId))) return new Date(now.getTime() + beingMovedMs);
    const offer = await read();
    const transition = offer && transitions[offer.status].EXPIRE;
    if (!transition) return null;
    if (statusAt(offer, now) !== transition.to) return offer.expiresAt;
    await tx.offer.update({
      where: { id: offerId },
      select: { id: true },
      data: { status: transition.to, version: { increment: 1 }, updatedAt: now },
    });
    append(tx, topicKey('conversation', offer.conversationId), offerEvents.OfferUpdated, {
      offerId,
      status: transition.to,
      previousStatus: offer.status,
      changes: [],
    });
    return null;
  };
}
