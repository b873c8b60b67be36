import { useAct } from '../data.ts';
import { acceptOffer, createOffer, updateOffer } from '../documents/conversation.ts';
import type { ConversationQuery } from '../generated/graphql.ts';
import { plain } from '../words.ts';

type Offer = NonNullable<ConversationQuery['conversation']>['offers']['nodes'][number];

/** An offer as the person may see it, and what they may do about it. */
export function OfferCard({ offer }: { offer: Offer }) {
  const act = useAct();
  const { id: offerId, title, status, amount, allowedMoves, sender, recipient, version: expectedVersion } = offer;
  const update = (status: 'COUNTERED' | 'DECLINED' | 'WITHDRAWN', more: object = {}) =>
    void act(updateOffer, { input: { offerId, expectedVersion, status, ...more } });
  const counter = () => {
    if (amount)
      update('COUNTERED', { amount: { currency: amount.currency, minorUnits: Math.round(amount.minorUnits * 0.9) } });
  };
  return (
    <li className="offer">
      <p>
        <b>{title}</b> <span className="quiet">{plain(status)}</span>
      </p>
      <p>
        {amount ? money(amount) : <span className="quiet">The amount is between the two.</span>}{' '}
        <span className="quiet">
          {sender.name} → {recipient.name}
        </span>
      </p>
      <div className="moves">
        {allowedMoves.includes('ACCEPT') && (
          <button type="button" onClick={() => void act(acceptOffer, { input: { offerId, expectedVersion } })}>
            Accept
          </button>
        )}
        {allowedMoves.includes('COUNTER') && (
          <button type="button" onClick={counter}>
            Counter, 10% less
          </button>
        )}
        {allowedMoves.includes('DECLINE') && (
          <button type="button" onClick={() => update('DECLINED')}>
            Decline
          </button>
        )}
        {allowedMoves.includes('WITHDRAW') && (
          <button type="button" onClick={() => update('WITHDRAWN')}>
            Withdraw
          </button>
        )}
      </div>
    </li>
  );
}

function money({ minorUnits, currency }: { minorUnits: number; currency: string }): string {
  return (minorUnits / 100).toLocaleString([], { style: 'currency', currency });
}

/** Offers something to the first of the others. */
export function NewOffer(props: {
  conversationId: string;
  people: readonly { id: string; name: string }[];
  me: { id: string };
}) {
  const { conversationId, people, me } = props;
  const act = useAct();
  const other = people.find(({ id }) => id !== me.id);
  if (!other) return null;
  const offer = () => {
    const amount = { minorUnits: 25_000, currency: 'EUR' };
    void act(createOffer, { input: { conversationId, recipientId: other.id, title: 'One more day of work', amount } });
  };
  return (
    <button type="button" onClick={offer} title={`Offers ${other.name} a day of work for 250 €`}>
      Offer
    </button>
  );
}
