import { topicKey } from '../../events/topic.ts';
import type { Offer, Prisma } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { isMember } from '../membership/access.ts';
import { noSuchOffer, otherPartyOf, requireOffer, sideOf, statusAt } from './access.ts';
import { movesOf, type OfferMove } from './states.ts';

/** What Pothos adds to a query so that everything selected comes at once. */
export type OfferQuery = { include?: Prisma.OfferInclude; select?: Prisma.OfferSelect };

/** An offer of a conversation the viewer takes part in. Throws NOT_FOUND. */
export async function readOffer(context: Context, offerId: string, query: OfferQuery): Promise<Offer> {
  const { offer } = await requireOffer(context.db, context.viewer, offerId);
  return context.db.offer.findUniqueOrThrow({ ...query, where: { id: offer.id } });
}

/** The offer a command has just written; access is asked again, for retries. Throws NOT_FOUND. */
export async function readWrittenOffer(context: Context, offerId: string, query: OfferQuery): Promise<Offer> {
  const { conversationId } = await context.db.offer.findUniqueOrThrow({
    where: { id: offerId },
    select: { conversationId: true },
  });
  if (!(await context.roleIn(topicKey('conversation', conversationId)))) throw noSuchOffer();
  return context.db.offer.findUniqueOrThrow({ ...query, where: { id: offerId } });
}

/** What the viewer may do with an offer now; only end it while the other party takes no part in the conversation. */
export async function allowedMoves(
  { db, viewer, clock }: Context,
  offer: Pick<Offer, 'conversationId' | 'status' | 'expiresAt' | 'senderId' | 'recipientId' | 'proposerId'>,
): Promise<OfferMove[]> {
  const side = sideOf(offer, viewer.userId);
  if (side === null) return [];
  const otherIsThere = await isMember(db, offer.conversationId, otherPartyOf(offer, viewer.userId));
  return movesOf(statusAt(offer, clock.now()), side, otherIsThere);
}
