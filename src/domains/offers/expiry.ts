import { append } from '../../events/append.ts';
import type { DueHandler } from '../../events/due.ts';
import { topicKey } from '../../events/topic.ts';
import type { Services } from '../../graphql/context.ts';
import { lockRow, statusAt } from './access.ts';
import { offerEvents } from './events.ts';
import { transitions } from './states.ts';

/** Kind of the due work that expires offers; its key is the offer's id. */
export const offerExpiry = 'offer-expiry';

/** Expires an offer whose time is over. One that was given more time comes again then; one that is over is left alone. */
export function expireOffers({ clock }: Pick<Services, 'clock'>): DueHandler {
  return async (tx, { key: offerId }) => {
    // Whoever accepts at this moment waits here, or we wait for them and find it accepted.
    await lockRow(tx, offerId);
    const offer = await tx.offer.findUnique({ where: { id: offerId } });
    const transition = offer && transitions[offer.status].EXPIRE;
    if (!transition) return null;
    const now = clock.now();
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
