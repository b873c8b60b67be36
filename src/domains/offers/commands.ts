import { append } from '../../events/append.ts';
import type { Change } from '../../events/define.ts';
import { schedule } from '../../events/due.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Offer } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { AppError } from '../../platform/errors.ts';
import { isId, newId } from '../../platform/ids.ts';
import { takeWriting } from '../../platform/limits.ts';
import { parseInput } from '../../platform/validation.ts';
import { holdMember, requireTopic } from '../membership/access.ts';
import { type HeldOffer, lockOffer, otherPartyOf, requireMove, type WantedMove } from './access.ts';
import { offerEvents } from './events.ts';
import { offerExpiry } from './expiry.ts';
import { type CreateOfferInput, createOfferSchema, type UpdateOfferInput, updateOfferSchema } from './input.ts';

/** What the commands of this domain answer. */
export interface OfferResult {
  offerId: string;
  eventId: string;
}

/**
 * Makes another participant of a conversation an offer.
 * @throws VALIDATION_ERROR, also for a recipient who is no other active participant, FORBIDDEN, RATE_LIMITED.
 */
export async function createOffer(context: Context, input: CreateOfferInput): Promise<OfferResult> {
  const {
    conversationId,
    amount,
    expiresAt = null,
    title,
    ...rest
  } = parseInput(createOfferSchema(context.config), input);
  const { viewer, clock, services } = context;
  requireFuture(expiresAt, clock.now());
  await takeWriting(services.limits, viewer.userId, 1);
  return context.transaction(async (tx) => {
    const refusal = 'You may not make offers in this conversation.';
    const topic = await requireTopic(tx, viewer, 'conversation', conversationId, 'offer:make', refusal);
    const recipientId = await requireRecipient(tx, topic.id, viewer.userId, rest.recipientId ?? null);
    const offerId = newId();
    const now = clock.now();
    await tx.offer.create({
      select: { id: true },
      data: {
        id: offerId,
        conversationId: topic.id,
        senderId: viewer.userId,
        recipientId,
        proposerId: viewer.userId,
        title,
        minorUnits: amount.minorUnits,
        currency: amount.currency,
        expiresAt,
        createdAt: now,
        updatedAt: now,
      },
    });
    await expireAt(tx, offerId, expiresAt);
    return { offerId, eventId: append(tx, topic.key, offerEvents.OfferCreated, { offerId, recipientId }) };
  });
}

const moves = { COUNTERED: 'COUNTER', DECLINED: 'DECLINE', WITHDRAWN: 'WITHDRAW' } as const;

/**
 * Counters an offer with another amount, declines it, or withdraws it; who may do what is the table of states.ts.
 * @throws VALIDATION_ERROR, NOT_FOUND, FORBIDDEN for who is not on the side that may, CONFLICT when it is too late and
 * when `expectedVersion` is not the offer's.
 */
export async function updateOffer(context: Context, input: UpdateOfferInput): Promise<OfferResult> {
  const { offerId, status, amount, expiresAt, expectedVersion } = parseInput(updateOfferSchema, input);
  const countering = status === 'COUNTERED';
  if (countering !== (amount != null)) {
    throw new AppError('VALIDATION_ERROR', 'amount belongs to COUNTERED, and COUNTERED needs it.', { field: 'amount' });
  }
  if (!countering && expiresAt !== undefined) {
    throw new AppError('VALIDATION_ERROR', 'expiresAt belongs to COUNTERED.', { field: 'expiresAt' });
  }
  requireFuture(expiresAt ?? null, context.clock.now());
  return move(context, { offerId, move: moves[status], expectedVersion }, async (tx, { offer }) => {
    if (!amount) return [];
    const until = expiresAt === undefined ? offer.expiresAt : expiresAt;
    await tx.offer.update({
      where: { id: offerId },
      select: { id: true },
      data: { proposerId: context.viewer.userId, ...amount, expiresAt: until },
    });
    await expireAt(tx, offerId, until);
    return changesOf(offer, amount, until);
  });
}

/**
 * Accepts the amount on the table. Of an accepting and a withdrawing, an expiring or another accepting at once one wins.
 * @throws NOT_FOUND, FORBIDDEN for everybody but its addressee, CONFLICT when it is too late and when `expectedVersion`
 * is not the offer's: pass it, so that an amount one has not seen is not accepted.
 */
export function acceptOffer(
  context: Context,
  { offerId, expectedVersion }: { offerId: string; expectedVersion?: number | null | undefined },
): Promise<OfferResult> {
  return move(context, { offerId, move: 'ACCEPT', expectedVersion }, async () => []);
}

async function move(
  context: Context,
  wanted: { offerId: string } & Omit<WantedMove, 'userId' | 'otherIsThere'>,
  change: (tx: Tx, held: HeldOffer) => Promise<Change[]>,
): Promise<OfferResult> {
  const { viewer, clock } = context;
  const { offerId } = wanted;
  return context.transaction(async (tx) => {
    const held = await lockOffer(tx, viewer, offerId);
    const { offer, topic } = held;
    const { userId } = viewer;
    const otherIsThere = await holdMember(tx, offer.conversationId, otherPartyOf(offer, userId));
    const { to, event } = requireMove(offer, { ...wanted, userId, otherIsThere }, clock.now());
    const changes = await change(tx, held);
    await tx.offer.update({
      where: { id: offerId },
      select: { id: true },
      data: { status: to, version: { increment: 1 }, updatedAt: clock.now() },
    });
    const previousStatus = offer.status;
    const eventId =
      event === 'OfferAccepted'
        ? append(tx, topic, offerEvents.OfferAccepted, { offerId, previousStatus })
        : append(tx, topic, offerEvents.OfferUpdated, { offerId, status: to, previousStatus, changes });
    return { offerId, eventId };
  });
}

function changesOf(offer: Offer, amount: { minorUnits: number; currency: string }, until: Date | null): Change[] {
  const sameAmount = Number(offer.minorUnits) === amount.minorUnits && offer.currency === amount.currency;
  const [from, to] = [offer.expiresAt?.toISOString() ?? null, until?.toISOString() ?? null];
  return [
    ...(sameAmount ? [] : [{ field: 'amount', from: null, to: null }]),
    ...(from === to ? [] : [{ field: 'expiresAt', from, to }]),
  ];
}

async function expireAt(tx: Tx, offerId: string, expiresAt: Date | null): Promise<void> {
  // What was scheduled for an earlier time looks at the offer and finds that it is not due.
  if (expiresAt) await schedule(tx, { kind: offerExpiry, key: offerId, dueAt: expiresAt });
}

function requireFuture(expiresAt: Date | null, now: Date): void {
  if (expiresAt === null || expiresAt.getTime() > now.getTime()) return;
  throw new AppError('VALIDATION_ERROR', 'expiresAt must lie in the future.', { field: 'expiresAt' });
}

/** Another active participant. Throws VALIDATION_ERROR for everybody else, whoever they are. */
async function requireRecipient(tx: Tx, topicId: string, senderId: string, asked: string | null): Promise<string> {
  const others = await tx.membership.findMany({
    where: {
      topicId,
      user: { deactivatedAt: null },
      userId: { not: senderId, ...(asked !== null && isId(asked) && { equals: asked }) },
    },
    select: { userId: true },
    take: 2,
  });
  const [other] = others;
  if (other && others.length === 1 && (asked === null || other.userId === asked)) return other.userId;
  const sentence =
    asked === null
      ? 'recipientId is missing: only in a conversation of two it is clear who that is.'
      : 'recipientId names somebody who is not another active participant.';
  throw new AppError('VALIDATION_ERROR', sentence, { field: 'recipientId' });
}
