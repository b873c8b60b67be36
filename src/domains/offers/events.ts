import { changes, defineEvents, event, oneOf, ref } from '../../events/define.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Db } from '../../platform/database.ts';
import { type OfferStatus, offerStatuses } from './states.ts';

const offer = ref('Offer', 'The offer, as it is now.');
const status = (description: string) => oneOf('OfferStatus', offerStatuses, description);

const offerThread = (offerId: string) => `offer:${offerId}`;
const subject = ({ data }: { data: { offerId: string } }) => ({ model: 'Offer', id: data.offerId });

/** Both parties; whoever acted is left out, so it is the other one, and both when it was the clock. */
async function parties({ data }: { data: { offerId: string } }, db: Db | Tx) {
  const { senderId, recipientId } = await db.offer.findUniqueOrThrow({
    where: { id: data.offerId },
    select: { senderId: true, recipientId: true },
  });
  return [senderId, recipientId].map((userId) => ({ userId, reason: 'OFFER' }));
}

// What is said of an update; the others are facts of their own or the beginning.
const updates: Readonly<Record<OfferStatus, (actor: string, subject: string) => string>> = {
  PENDING: (actor, subject) => `${actor} changed the offer ${subject}`,
  COUNTERED: (actor, subject) => `${actor} named another amount for ${subject}`,
  ACCEPTED: (actor, subject) => `${actor} accepted ${subject}`,
  DECLINED: (actor, subject) => `${actor} declined ${subject}`,
  WITHDRAWN: (actor, subject) => `${actor} withdrew the offer ${subject}`,
  EXPIRED: (_actor, subject) => `The offer ${subject} has expired`,
};

/**
 * What happens to an offer, in the log of its conversation. Amounts are never stored here: they are read through the
 * offer, by its two parties.
 */
export const offerEvents = defineEvents('conversation', {
  OfferCreated: event({
    wireName: ['offer-created', 'new-offer'],
    description: 'Somebody made another participant an offer.',
    fields: { offer, recipient: ref('User', 'Whom it was made to.') },
    notify: {
      reasons: ['OFFER'],
      recipients: ({ data }) => [{ userId: data.recipientId, reason: 'OFFER' }],
      thread: ({ data }) => offerThread(data.offerId),
      subject,
      title: ({ actor, subject }) => `${actor} made you an offer: ${subject}`,
    },
  }),
  OfferUpdated: event({
    wireName: 'offer-update',
    description: 'An offer was countered, declined or withdrawn, or it expired.',
    fields: {
      offer,
      status: status('What it became.'),
      previousStatus: status('What it was before.'),
      changes: changes('What else changed; `from` and `to` of the amount are null for everybody.'),
    },
    notify: {
      reasons: ['OFFER'],
      recipients: parties,
      thread: ({ data }) => offerThread(data.offerId),
      subject,
      title: ({ actor, subject }, { data }) => updates[data.status](actor, subject),
    },
  }),
  OfferAccepted: event({
    wireName: 'offer-accepted',
    description: 'An offer was accepted, at the amount that was on the table.',
    fields: { offer, previousStatus: status('What it was before.') },
    notify: {
      reasons: ['OFFER'],
      recipients: parties,
      thread: ({ data }) => offerThread(data.offerId),
      subject,
      title: ({ actor, subject }) => updates.ACCEPTED(actor, subject),
    },
  }),
});
