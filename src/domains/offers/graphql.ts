import { builder, inTopic, perViewer } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import { nodeRef, registerNode } from '../../graphql/node.ts';
import { pageId } from '../../platform/validation.ts';
import { addresseeOf, isParty } from './access.ts';
import { acceptOffer, createOffer, updateOffer } from './commands.ts';
import type { MoneyInput } from './input.ts';
import { allowedMoves, readOffer, readWrittenOffer } from './queries.ts';

const OfferStatus = builder.enumType('OfferStatus', {
  description: 'What has become of an offer.',
  values: {
    PENDING: { description: 'It was made and waits for whom it was made to.' },
    COUNTERED: { description: 'Another amount was named; it waits for the other side.' },
    ACCEPTED: { description: 'The amount on the table was accepted. It is over.' },
    DECLINED: { description: 'It was turned down. It is over.' },
    WITHDRAWN: { description: 'Whoever named the amount took it back. It is over.' },
    EXPIRED: { description: 'Nobody accepted it in time. It is over.' },
  } as const,
});

const OfferMove = builder.enumType('OfferMove', {
  description: 'What can be done with an offer.',
  values: {
    ACCEPT: { description: 'Take the amount on the table: `acceptOffer`.' },
    COUNTER: { description: 'Name another amount: `updateOffer` with COUNTERED.' },
    DECLINE: { description: 'Turn it down: `updateOffer` with DECLINED.' },
    WITHDRAW: { description: 'Take it back: `updateOffer` with WITHDRAWN.' },
    EXPIRE: { description: 'What the clock does; nobody else.' },
  } as const,
});

const OfferUpdate = builder.enumType('OfferUpdate', {
  description: 'What `updateOffer` makes of an offer.',
  values: {
    COUNTERED: { description: 'Name another amount, as the one who is to answer.' },
    DECLINED: { description: 'Turn it down, as the one who is to answer.' },
    WITHDRAWN: { description: 'Take it back, as the one who named the amount on the table.' },
  } as const,
});

const Money = builder.objectRef<MoneyInput>('Money').implement({
  description: 'An amount of money, exactly.',
  fields: (t) => ({
    minorUnits: t.expose('minorUnits', {
      ...perViewer,
      type: 'SafeInt',
      description: 'Whole units of the smallest coin: 1250 is 12.50 dollars, or 1250 yen.',
    }),
    currency: t.exposeString('currency', { ...perViewer, description: 'Code of ISO 4217.' }),
  }),
});

builder.prismaObject('Offer', {
  description:
    'What one participant of a conversation offers another. The others see that it is there, not its amount.',
  interfaces: [nodeRef],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the offer.' }),
    conversation: t.relation('conversation', { ...inTopic, description: 'Where it was made.' }),
    sender: t.relation('sender', { ...inTopic, description: 'Who made it.' }),
    recipient: t.relation('recipient', { ...inTopic, description: 'Whom it was made to.' }),
    title: t.exposeString('title', { description: 'What it is about, one line.' }),
    amount: t.field({
      ...perViewer,
      type: Money,
      nullable: true,
      description: 'The amount on the table; for its two parties, null with an error for everybody else.',
      select: { minorUnits: true, currency: true, senderId: true, recipientId: true },
      authScopes: (offer, _args, { viewer }) => isParty(offer, viewer.userId),
      resolve: ({ minorUnits, currency }) => ({ minorUnits: Number(minorUnits), currency }),
    }),
    status: t.expose('status', { type: OfferStatus, description: 'What has become of it.' }),
    proposer: t.relation('proposer', { ...inTopic, description: 'Who named the amount on the table.' }),
    addressee: t.prismaField({
      ...inTopic,
      type: 'User',
      description: 'Who is, or was, to answer: the other party.',
      select: { senderId: true, recipientId: true, proposerId: true },
      resolve: (query, offer, _args, { db }) =>
        db.user.findUniqueOrThrow({ ...query, where: { id: addresseeOf(offer) } }),
    }),
    allowedMoves: t.field({
      ...perViewer,
      type: [OfferMove],
      description: 'What whoever asks may do with it now; only end it while the other party takes no part.',
      select: {
        conversationId: true,
        status: true,
        expiresAt: true,
        senderId: true,
        recipientId: true,
        proposerId: true,
      },
      resolve: (offer, _args, context) => allowedMoves(context, offer),
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when it can be accepted; null: for ever.',
    }),
    version: t.exposeInt('version', { description: 'Rises with every change; hand it back as `expectedVersion`.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
  }),
});

registerNode('Offer', (context, id) => readOffer(context, id, {}));

builder.prismaObjectField('Conversation', 'offers', (t) =>
  t.relatedConnection(
    'offers',
    {
      ...inTopic,
      cursor: 'id',
      description: 'The offers made in it, oldest first; those that are over keep their place.',
      query: (args: Parameters<typeof pageId>[0]) => {
        pageId(args);
        return { orderBy: { id: 'asc' } } as const;
      },
    },
    { name: 'OfferConnection', description: 'A page of offers.' },
    { name: 'OfferEdge', description: 'An offer in the list.' },
  ),
);

builder.queryField('offer', (t) =>
  t.prismaField({
    type: 'Offer',
    nullable: true,
    description: 'An offer of a conversation one takes part in; null, with an error, for any other.',
    authScopes: { authenticated: true },
    args: { id: t.arg.id({ required: true, description: 'Its id.' }) },
    resolve: (query, _root, { id }, context) => readOffer(context, id, query),
  }),
);

const MoneyInputRef = builder.inputRef<MoneyInput>('MoneyInput').implement({
  description: 'An amount of money, exactly.',
  fields: (t) => ({
    minorUnits: t.field({
      type: 'SafeInt',
      required: true,
      description: 'Whole units of the smallest coin, zero or more: 1250 is 12.50 dollars, or 1250 yen.',
    }),
    currency: t.string({ required: true, description: 'Code of ISO 4217, in capitals: EUR.' }),
  }),
});

const expiresAt = 'Until when it can be accepted, a moment to come;';
const expectedVersion = 'The version it is believed to have; CONFLICT when it is another one by now.';

mutation('createOffer', {
  description: 'Makes another participant of a conversation an offer. They are told; the amount is for the two of you.',
  inputFields: (t) => ({
    conversationId: t.id({ required: true, description: 'Id or externalId of the conversation.' }),
    recipientId: t.id({ description: 'Another participant; absent: the other one of a conversation of two.' }),
    title: t.string({
      required: true,
      description:
        'What it is about, one line of at most TITLE_MAX_CHARS (200). Everybody in the conversation reads it.',
    }),
    amount: t.field({ type: MoneyInputRef, required: true, description: 'How much.' }),
    expiresAt: t.field({ type: 'DateTime', description: `${expiresAt} absent: for ever.` }),
  }),
  run: (context, input) => createOffer(context, input),
  outputFields: (t) => ({
    offer: t.prismaField({
      type: 'Offer',
      description: 'The offer.',
      resolve: (query, { offerId }, _args, context) => readWrittenOffer(context, offerId, query),
    }),
  }),
});

mutation('updateOffer', {
  description:
    'Counters an offer with another amount or declines it, for the one who is to answer; or withdraws it, for the one who named the amount. What is over stays so: CONFLICT.',
  inputFields: (t) => ({
    offerId: t.id({ required: true, description: 'The offer.' }),
    status: t.field({ type: OfferUpdate, required: true, description: 'What it is to become.' }),
    amount: t.field({ type: MoneyInputRef, description: 'The other amount, with COUNTERED.' }),
    expiresAt: t.field({
      type: 'DateTime',
      description: `With COUNTERED. ${expiresAt} null: for ever; absent: as it was.`,
    }),
    expectedVersion: t.int({ description: expectedVersion }),
  }),
  run: (context, input) => updateOffer(context, input),
  outputFields: (t) => ({
    offer: t.prismaField({
      type: 'Offer',
      description: 'The offer as it is now.',
      resolve: (query, { offerId }, _args, context) => readWrittenOffer(context, offerId, query),
    }),
  }),
});

mutation('acceptOffer', {
  description: 'Accepts the amount on the table; only for the one who is to answer.',
  inputFields: (t) => ({
    offerId: t.id({ required: true, description: 'The offer.' }),
    expectedVersion: t.int({
      description: `${expectedVersion} Pass it, so that no amount is accepted that you have not seen.`,
    }),
  }),
  run: (context, input) => acceptOffer(context, input),
  outputFields: (t) => ({
    offer: t.prismaField({
      type: 'Offer',
      description: 'The offer, accepted.',
      resolve: (query, { offerId }, _args, context) => readWrittenOffer(context, offerId, query),
    }),
  }),
});
