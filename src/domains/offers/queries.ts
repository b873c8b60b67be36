import { topicKey } from '../../events/topic.ts';
import type { Offer, Prisma } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { noSuchOffer, requireOffer } from './access.ts';

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
