import { type TopicKey, topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Offer } from '../../generated/prisma/client.ts';
import type { Viewer } from '../../graphql/context.ts';
import type { Db } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { rolesOf } from '../membership/access.ts';
import { movesOf, type OfferMove, type OfferSide, type OfferStatus, type Transition, transitions } from './states.ts';

/** An offer as somebody in its conversation may reach it. */
export interface HeldOffer {
  readonly offer: Offer;
  readonly topic: TopicKey;
}

/** What is said of an offer that is missing, or of a conversation one may not read. */
export function noSuchOffer(): AppError {
  return new AppError('NOT_FOUND', 'No such offer, or no access to it.');
}

/** The offer, for somebody who may read its conversation. Throws NOT_FOUND. */
export async function requireOffer(db: Db | Tx, viewer: Viewer, offerId: string): Promise<HeldOffer> {
  const offer = isId(offerId) ? await db.offer.findUnique({ where: { id: offerId } }) : null;
  if (!offer) throw noSuchOffer();
  const topic = topicKey('conversation', offer.conversationId);
  if (!(await rolesOf(db, viewer, [topic])).has(topic)) throw noSuchOffer();
  return { offer, topic };
}

/** {@link requireOffer} with the row locked until the transaction ends: of two who move at once the second sees the first. */
export async function lockOffer(tx: Tx, viewer: Viewer, offerId: string): Promise<HeldOffer> {
  await lockRow(tx, offerId);
  return requireOffer(tx, viewer, offerId);
}

async function lockRow(tx: Tx, offerId: string): Promise<void> {
  if (!isId(offerId)) return;
  await tx.$queryRaw`SELECT 1 AS locked FROM "Offer" WHERE id = ${offerId}::uuid FOR NO KEY UPDATE`;
}

/** Locks the row of an offer, unless somebody is moving it: false. */
export async function lockUnlessMoved(tx: Tx, offerId: string): Promise<boolean> {
  const locked = await tx.$queryRaw<object[]>`
    SELECT 1 AS locked FROM "Offer" WHERE id = ${offerId}::uuid FOR NO KEY UPDATE SKIP LOCKED`;
  return locked.length > 0;
}

type Parties = Pick<Offer, 'senderId' | 'recipientId'>;

/** Whether a person is one of the two whom an offer is between: they alone may know its amount. */
export function isParty({ senderId, recipientId }: Parties, userId: string): boolean {
  return userId === senderId || userId === recipientId;
}

/** Whoever is to answer: the party that did not name the amount on the table. */
export function addresseeOf({ senderId, recipientId, proposerId }: Parties & Pick<Offer, 'proposerId'>): string {
  return otherPartyOf({ senderId, recipientId }, proposerId);
}

/** The other party, for one of the two. */
export function otherPartyOf({ senderId, recipientId }: Parties, userId: string): string {
  return userId === senderId ? recipientId : senderId;
}

/** The side somebody is on; null: neither. */
export function sideOf(offer: Parties & Pick<Offer, 'proposerId'>, userId: string): OfferSide | null {
  if (!isParty(offer, userId)) return null;
  return userId === offer.proposerId ? 'proposer' : 'addressee';
}

/** What the offer is at a moment: an open one whose time is over has expired, also before the log says so. */
export function statusAt({ status, expiresAt }: Pick<Offer, 'status' | 'expiresAt'>, now: Date): OfferStatus {
  const due = transitions[status].EXPIRE !== null && expiresAt !== null && expiresAt.getTime() <= now.getTime();
  return due ? 'EXPIRED' : status;
}

/** A move that somebody wants to make. */
export interface WantedMove {
  readonly move: OfferMove;
  readonly userId: string;
  /** The version the caller has read; null and absent expect nothing. */
  readonly expectedVersion: number | null | undefined;
  /** Whether the other party takes part in the conversation. */
  readonly otherIsThere: boolean;
}

/**
 * The transition of a move that a person wants to make now.
 * @throws CONFLICT when the offer cannot take it any more, was changed, or the other party is not there for it, FORBIDDEN
 * for who is not on the side that makes it; each names what they may do instead.
 */
export function requireMove(offer: Offer, wanted: WantedMove, now: Date): Transition {
  const { move, userId, expectedVersion, otherIsThere } = wanted;
  const status = statusAt(offer, now);
  const side = sideOf(offer, userId);
  if (side === null) throw new AppError('FORBIDDEN', 'You are neither who made this offer nor whom it was made to.');
  const transition = transitions[status][move];
  const allowed = movesOf(status, side, otherIsThere);
  const instead = allowed.length > 0 ? `you may ${allowed.join(', ')}` : 'nothing more can be done with it';
  if (!transition) throw new AppError('CONFLICT', `The offer is ${status}: ${instead}.`);
  // Before the sides: with a counter they have changed places, and who has not seen it must not be told it is not for them.
  if (expectedVersion != null && expectedVersion !== offer.version) {
    throw new AppError(
      'CONFLICT',
      `The offer is at version ${offer.version}: ${instead}. Read it again and decide again.`,
      {
        field: 'expectedVersion',
      },
    );
  }
  if (transition.by !== side) throw new AppError('FORBIDDEN', `It is not for you to ${move} this offer: ${instead}.`);
  if (allowed.includes(move)) return transition;
  throw new AppError('CONFLICT', `The other party takes no part in the conversation: ${instead}.`);
}
