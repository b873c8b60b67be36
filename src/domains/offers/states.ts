/**
 * What can become of an offer: one total table. The commands obey it, `allowedMoves` is read from it, and
 * docs/offers.md is printed from it.
 */

export const offerStatuses = ['PENDING', 'COUNTERED', 'ACCEPTED', 'DECLINED', 'WITHDRAWN', 'EXPIRED'] as const;
export type OfferStatus = (typeof offerStatuses)[number];

export const offerMoves = ['ACCEPT', 'COUNTER', 'DECLINE', 'WITHDRAW', 'EXPIRE'] as const;
export type OfferMove = (typeof offerMoves)[number];

/**
 * Who may do it. The amount on the table was named by one of the two parties, the `proposer`: first by whoever made
 * the offer, then by whoever countered last. The `addressee` is the other one.
 */
export type OfferSide = 'proposer' | 'addressee' | 'clock';

/** A move that may be made. */
export interface Transition {
  readonly by: OfferSide;
  readonly to: OfferStatus;
  /** The fact that is appended. */
  readonly event: 'OfferUpdated' | 'OfferAccepted';
}

// While it is open, in whatever form, the same may be done: the two sides change places, the rules do not.
const open = {
  ACCEPT: { by: 'addressee', to: 'ACCEPTED', event: 'OfferAccepted' },
  COUNTER: { by: 'addressee', to: 'COUNTERED', event: 'OfferUpdated' },
  DECLINE: { by: 'addressee', to: 'DECLINED', event: 'OfferUpdated' },
  WITHDRAW: { by: 'proposer', to: 'WITHDRAWN', event: 'OfferUpdated' },
  EXPIRE: { by: 'clock', to: 'EXPIRED', event: 'OfferUpdated' },
} as const satisfies Record<OfferMove, Transition>;

const over = { ACCEPT: null, COUNTER: null, DECLINE: null, WITHDRAW: null, EXPIRE: null } as const;

/** For every status and move what comes of it; null: it may not be made. */
export const transitions: Readonly<Record<OfferStatus, Readonly<Record<OfferMove, Transition | null>>>> = {
  PENDING: open,
  COUNTERED: open,
  ACCEPTED: over,
  DECLINED: over,
  WITHDRAWN: over,
  EXPIRED: over,
};

/**
 * Moves that the other party must be there for: what they do not hear of they are not bound by, and cannot answer. While
 * that party takes no part in the conversation the offer can only be ended, by declining, withdrawing or the clock.
 */
export const movesOfBoth: ReadonlySet<OfferMove> = new Set(['ACCEPT', 'COUNTER']);

/** The moves somebody on a side may make, the other party being there or not; the clock's own are nobody's. */
export function movesOf(status: OfferStatus, side: OfferSide | null, otherIsThere: boolean): OfferMove[] {
  return offerMoves.filter(
    (move) => transitions[status][move]?.by === side && (otherIsThere || !movesOfBoth.has(move)),
  );
}
