import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { administrator, run as command } from '../../../test/support/commands.ts';
import { readInbox } from '../../../test/support/inbox.ts';
import { waitForWaiting } from '../../../test/support/locks.ts';
import { verifyEvents } from '../../../test/support/verifyEvents.ts';
import type { Person } from '../../../test/support/world.ts';
import { newId } from '../../platform/ids.ts';
import { movesOf, offerMoves, offerStatuses, transitions } from './states.ts';

let app: TestApp;
let second: TestApp;
beforeAll(async () => {
  app = await startApp();
  second = await startApp({ with: app });
});
afterAll(async () => {
  await second?.[Symbol.asyncDispose]();
  await app?.[Symbol.asyncDispose]();
});

const fields = `id title status version expiresAt sender { id } recipient { id } proposer { id } addressee { id }
  allowedMoves conversation { id }`;
const offer = `offer { ${fields} amount { minorUnits currency } }`;
const documents = {
  createOffer: `mutation ($input: CreateOfferInput!) { createOffer(input: $input) { ${offer} eventCursor } }`,
  updateOffer: `mutation ($input: UpdateOfferInput!) { updateOffer(input: $input) { ${offer} eventCursor } }`,
  acceptOffer: `mutation ($input: AcceptOfferInput!) { acceptOffer(input: $input) { ${offer} eventCursor } }`,
};
type Command = keyof typeof documents;

function refusal(error: { message: string; extensions?: Record<string, unknown> } | undefined) {
  const { code, field } = error?.extensions ?? {};
  return { code, message: error?.message, ...(field === undefined ? {} : { field }) };
}

/** The offer as a command leaves it, or the refusal. */
async function run(person: Person, command: Command, input: Record<string, unknown>, on = app) {
  const { data, errors } = await on.graphql(person, documents[command], { input });
  return errors ? refusal(errors[0]) : data[command].offer;
}

const euros = (minorUnits: number) => ({ minorUnits, currency: 'EUR' });

/** A conversation of three: one made another an offer, the third looks on. */
async function offered(input: Record<string, unknown> = {}) {
  const { owner: sender, members, conversation } = await app.world.conversation({ members: 2 });
  const [recipient, witness] = members as [Person, Person];
  const made = await run(sender, 'createOffer', {
    conversationId: conversation.id,
    recipientId: recipient.id,
    title: 'Bicycle',
    amount: euros(12_345_678_901),
    ...input,
  });
  return { sender, recipient, witness, conversation, offer: made, offerId: made.id as string };
}

async function kindsOf(conversation: { id: string }) {
  const events = await app.services.eventLog.after(`conversation:${conversation.id}`, 0);
  return events.filter(({ kind }) => kind.startsWith('Offer')).map(({ kind, data }) => ({ kind, ...data }));
}

describe('the table of states', () => {
  test('is total, and what is over stays over', () => {
    for (const status of offerStatuses) expect(Object.keys(transitions[status]).sort()).toEqual([...offerMoves].sort());
    const open = offerStatuses.filter((status) => offerMoves.some((move) => transitions[status][move]));
    expect(open).toEqual(['PENDING', 'COUNTERED']);
    for (const status of open) {
      expect(movesOf(status, 'addressee', true)).toEqual(['ACCEPT', 'COUNTER', 'DECLINE']);
      expect(movesOf(status, 'addressee', false)).toEqual(['DECLINE']);
      for (const otherIsThere of [true, false]) {
        expect(movesOf(status, 'proposer', otherIsThere)).toEqual(['WITHDRAW']);
        expect(movesOf(status, 'clock', otherIsThere)).toEqual(['EXPIRE']);
      }
    }
  });
});

describe('createOffer', () => {
  test('makes an offer of which the other party is told', async () => {
    const { sender, recipient, witness, conversation, offer: made } = await offered();
    expect(made).toMatchObject({
      title: 'Bicycle',
      status: 'PENDING',
      version: 1,
      expiresAt: null,
      amount: { minorUnits: 12_345_678_901, currency: 'EUR' },
      sender: { id: sender.id },
      recipient: { id: recipient.id },
      proposer: { id: sender.id },
      addressee: { id: recipient.id },
      allowedMoves: ['WITHDRAW'],
      conversation: { id: conversation.id },
    });
    const data = { kind: 'OfferCreated', offerId: made.id, recipientId: recipient.id };
    expect(await kindsOf(conversation)).toEqual([data]);
    await app.settled();
    const about = async (person: Person) =>
      (await readInbox(app, person)).nodes.filter(({ type }) => type === 'OFFER_CREATED');
    expect(await about(recipient)).toMatchObject([
      {
        reason: 'OFFER',
        title: `${sender.name} made you an offer: Bicycle`,
        threadKey: `offer:${made.id}`,
        subject: { __typename: 'Offer', id: made.id },
      },
    ]);
    expect([await about(sender), await about(witness)]).toEqual([[], []]);
  });

  test('in a conversation of two needs no recipient', async () => {
    const { owner, members, conversation } = await app.world.conversation({ kind: 'DIRECT', members: 1 });
    const input = { conversationId: conversation.id, title: 'Bicycle', amount: euros(0) };
    expect(await run(owner, 'createOffer', input)).toMatchObject({ recipient: { id: members[0]?.id } });
  });

  test('checks what is offered, and to whom', async () => {
    const { sender, conversation } = await offered();
    const stranger = await app.world.person();
    const base = { conversationId: conversation.id, recipientId: sender.id, title: 'Bicycle', amount: euros(1) };
    const [witness] = await app.services.database.db.membership.findMany({
      where: { topicId: conversation.id, role: 'MEMBER' },
    });
    const past = app.clock.now().toISOString();
    for (const [input, field] of [
      [{ title: ' ' }, 'title'],
      [{ amount: { minorUnits: -1, currency: 'EUR' } }, 'amount.minorUnits'],
      [{ amount: { minorUnits: 1, currency: 'eur' } }, 'amount.currency'],
      [{ amount: { minorUnits: 1, currency: 'XQQ' } }, 'amount.currency'],
      [{ amount: { minorUnits: 1.5, currency: 'EUR' } }, 'input.amount.minorUnits'],
      [{ amount: { minorUnits: 2 ** 53, currency: 'EUR' } }, 'input.amount.minorUnits'],
      [{ expiresAt: past }, 'expiresAt'],
      [{ recipientId: sender.id }, 'recipientId'],
      [{ recipientId: stranger.id }, 'recipientId'],
      [{ recipientId: newId() }, 'recipientId'],
      [{ recipientId: '' }, 'recipientId'],
      [{ recipientId: null }, 'recipientId'],
    ] as const) {
      const valid = { ...base, recipientId: witness?.userId };
      expect(await run(sender, 'createOffer', { ...valid, ...input })).toMatchObject({
        code: 'VALIDATION_ERROR',
        field,
      });
    }
    for (const conversationId of [conversation.id, newId(), 'nothing']) {
      expect(await run(stranger, 'createOffer', { ...base, conversationId })).toEqual({
        code: 'FORBIDDEN',
        message: 'No such conversation, or no access to it.',
      });
    }
  });
});

describe('an offer', () => {
  const amount = euros(999);
  // Every move of every person at every open state; `→` what it becomes, otherwise the refusal.
  test.each(['PENDING', 'COUNTERED'] as const)(
    'that is %s takes the moves of the table and no others',
    async (status) => {
      const moves = {
        COUNTER: (by: Person, offerId: string) => run(by, 'updateOffer', { offerId, status: 'COUNTERED', amount }),
        DECLINE: (by: Person, offerId: string) => run(by, 'updateOffer', { offerId, status: 'DECLINED' }),
        WITHDRAW: (by: Person, offerId: string) => run(by, 'updateOffer', { offerId, status: 'WITHDRAWN' }),
        ACCEPT: (by: Person, offerId: string) => run(by, 'acceptOffer', { offerId }),
      };
      for (const [name, move] of Object.entries(moves)) {
        const { sender, recipient, witness, conversation, offerId } = await offered();
        if (status === 'COUNTERED') await moves.COUNTER(recipient, offerId);
        const [proposer, addressee] = status === 'PENDING' ? [sender, recipient] : [recipient, sender];
        const [by, other] = name === 'WITHDRAW' ? [proposer, addressee] : [addressee, proposer];
        expect(await move(witness, offerId)).toEqual({
          code: 'FORBIDDEN',
          message: 'You are neither who made this offer nor whom it was made to.',
        });
        expect(await move(other, offerId)).toEqual({
          code: 'FORBIDDEN',
          message: `It is not for you to ${name} this offer: you may ${other === proposer ? 'WITHDRAW' : 'ACCEPT, COUNTER, DECLINE'}.`,
        });
        const transition = transitions[status][name as keyof typeof moves];
        const moved = await move(by, offerId);
        expect(moved).toMatchObject({ status: transition?.to, version: status === 'PENDING' ? 2 : 3 });
        if (name === 'COUNTER')
          expect(moved).toMatchObject({ amount, proposer: { id: by.id }, addressee: { id: other.id } });
        expect((await kindsOf(conversation)).at(-1)).toMatchObject({ kind: transition?.event, previousStatus: status });
        if (name === 'COUNTER') continue;
        // It is over: nothing can be done any more, and that is what is said.
        for (const again of Object.values(moves)) {
          expect(await again(by, offerId)).toEqual({
            code: 'CONFLICT',
            message: `The offer is ${transition?.to}: nothing more can be done with it.`,
          });
        }
      }
    },
  );

  test('is not accepted at an amount that was not seen', async () => {
    const { sender, recipient, offerId } = await offered();
    await run(recipient, 'updateOffer', { offerId, status: 'COUNTERED', amount });
    const stale = { code: 'CONFLICT', field: 'expectedVersion' };
    expect(await run(sender, 'acceptOffer', { offerId, expectedVersion: 1 })).toMatchObject(stale);
    const withdraw = { offerId, status: 'WITHDRAWN', expectedVersion: 1 };
    expect(await run(sender, 'updateOffer', withdraw)).toEqual({
      ...stale,
      message: 'The offer is at version 2: you may ACCEPT, COUNTER, DECLINE. Read it again and decide again.',
    });
    expect(await run(sender, 'acceptOffer', { offerId, expectedVersion: 2 })).toMatchObject({ status: 'ACCEPTED' });
  });

  test.each(['leaves the conversation', 'is deactivated'] as const)(
    'whose other party %s can only be ended, until they are there again',
    async (how) => {
      const { sender, recipient, conversation, offerId } = await offered();
      const person = { conversationId: conversation.id, userId: sender.id };
      await command(app, sender, 'changeMemberRole', { topicId: conversation.id, userId: recipient.id, role: 'OWNER' });
      const admin = await administrator(app);
      const [gone, back] =
        how === 'is deactivated'
          ? [
              () => command(app, admin, 'deactivateUser', { userId: sender.id }),
              () => command(app, admin, 'reactivateUser', { userId: sender.id }),
            ]
          : [
              () => command(app, sender, 'leaveConversation', { conversationId: conversation.id }),
              () => command(app, recipient, 'addParticipant', person),
            ];
      await gone();
      const conflict = {
        code: 'CONFLICT',
        message: 'The other party takes no part in the conversation: you may DECLINE.',
      };
      expect(await run(recipient, 'acceptOffer', { offerId })).toEqual(conflict);
      expect(await run(recipient, 'updateOffer', { offerId, status: 'COUNTERED', amount })).toEqual(conflict);
      const moves = async () =>
        (await app.ask(recipient, 'query ($id: ID!) { offer(id: $id) { allowedMoves } }', { id: offerId })).offer;
      expect(await moves()).toEqual({ allowedMoves: ['DECLINE'] });
      if (how !== 'is deactivated') {
        expect(await run(sender, 'updateOffer', { offerId, status: 'WITHDRAWN' })).toMatchObject({ code: 'NOT_FOUND' });
      }
      await back();
      expect(await moves()).toEqual({ allowedMoves: ['ACCEPT', 'COUNTER', 'DECLINE'] });
      expect(await run(recipient, 'updateOffer', { offerId, status: 'COUNTERED', amount })).toMatchObject({
        version: 2,
      });
      await gone();
      const withdrawn = await run(recipient, 'updateOffer', { offerId, status: 'WITHDRAWN' });
      expect(withdrawn).toMatchObject({ status: 'WITHDRAWN', allowedMoves: [] });
    },
  );

  test('is countered with an amount, and only countered with one', async () => {
    const { recipient, offerId } = await offered();
    const at = '2100-01-01T00:00:00.000Z';
    for (const [input, field] of [
      [{ status: 'COUNTERED' }, 'amount'],
      [{ status: 'DECLINED', amount }, 'amount'],
      [{ status: 'DECLINED', expiresAt: at }, 'expiresAt'],
      [{ status: 'COUNTERED', amount, expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    ] as const) {
      expect(await run(recipient, 'updateOffer', { offerId, ...input })).toMatchObject({
        code: 'VALIDATION_ERROR',
        field,
      });
    }
    const countered = await run(recipient, 'updateOffer', { offerId, status: 'COUNTERED', amount, expiresAt: at });
    expect(countered).toMatchObject({ amount, expiresAt: at });
  });

  test('that is missing, and one of a conversation one is not in, are the same to everybody', async () => {
    const { offerId } = await offered();
    const stranger = await app.world.person({ role: 'ADMIN' });
    const none = { code: 'NOT_FOUND', message: 'No such offer, or no access to it.' };
    for (const id of [offerId, newId(), 'x']) {
      expect(await run(stranger, 'acceptOffer', { offerId: id })).toEqual(none);
      expect(await run(stranger, 'updateOffer', { offerId: id, status: 'DECLINED' })).toEqual(none);
      const { errors } = await app.graphql(stranger, `query ($id: ID!) { offer(id: $id) { ${fields} } }`, { id });
      expect(refusal(errors?.[0])).toEqual(none);
      expect((await app.ask(stranger, 'query ($id: ID!) { node(id: $id) { id } }', { id })).node).toBeNull();
    }
  });

  test('tells each party what the other did', async () => {
    const { sender, recipient, offerId } = await offered();
    const newest = async (person: Person) => {
      await app.settled();
      return (await readInbox(app, person)).nodes.find(({ threadKey }) => threadKey === `offer:${offerId}`)?.title;
    };
    await run(recipient, 'updateOffer', { offerId, status: 'COUNTERED', amount });
    expect(await newest(sender)).toBe(`${recipient.name} named another amount for Bicycle`);
    await run(sender, 'acceptOffer', { offerId });
    expect(await newest(recipient)).toBe(`${sender.name} accepted Bicycle`);
  });

  test('makes events that are the state: stale state + events = fresh state, over a cut connection', async () => {
    const { sender, recipient, conversation, offerId } = await offered();
    const offers = `offers { nodes { id title status version expiresAt amount { minorUnits currency } } }`;
    const make = { conversationId: conversation.id, recipientId: recipient.id, title: 'Helmet', amount };
    const seen = await verifyEvents(app, {
      person: sender,
      topic: { kind: 'CONVERSATION', id: conversation.id },
      query: `query ($id: ID!) { conversation(id: $id) { id headCursor ${offers} } }`,
      variables: { id: conversation.id },
      act: [
        () => run(recipient, 'updateOffer', { offerId, status: 'COUNTERED', amount }),
        () => run(sender, 'createOffer', make),
        () => run(sender, 'updateOffer', { offerId, status: 'DECLINED' }),
        async () => {
          const { id } = await run(recipient, 'createOffer', { ...make, recipientId: sender.id, title: 'Lock' });
          await run(sender, 'acceptOffer', { offerId: id });
        },
        async () => {
          const { id } = await run(sender, 'createOffer', { ...make, title: 'Bell' });
          await run(sender, 'updateOffer', { offerId: id, status: 'WITHDRAWN' });
        },
        async () => {
          const expiresAt = new Date(app.clock.now().getTime() + 5_000).toISOString();
          const { id } = await run(sender, 'createOffer', { ...make, title: 'Pump', expiresAt });
          app.clock.advance('5s');
          await expect.poll(() => statusAsTimeGoesOn(sender, id)).toBe('EXPIRED');
        },
      ],
      resumeOn: second,
    });
    expect(seen.map(({ __typename }) => __typename)).toEqual([
      'OfferUpdated',
      'OfferCreated',
      'OfferUpdated',
      'OfferCreated',
      'OfferAccepted',
      'OfferCreated',
      'OfferUpdated',
      'OfferCreated',
      'OfferUpdated',
    ]);
  });
});

describe('the amount', () => {
  test('is for the two parties: to everybody else null and FORBIDDEN at its path, and in no frame of theirs', async () => {
    const secret = 48_151_623_421;
    const other = 31_415_926_535;
    const { owner: sender, members, conversation } = await app.world.conversation({ members: 2 });
    const [recipient, witness] = members as [Person, Person];
    const document = `subscription ($topics: [TopicRef!]!) { events(topics: $topics) { __typename
      ... on OfferCreated { offer { id amount { minorUnits } } }
      ... on OfferUpdated { status previousStatus changes { field from to } offer { amount { minorUnits } } }
      ... on OfferAccepted { offer { amount { minorUnits } } } } }`;
    const inbox =
      'subscription { inbox { ... on NotificationUpserted { notification { title event { id } subject { __typename ... on Offer { amount { minorUnits } } } } } } }';
    const topics = [{ kind: 'CONVERSATION', id: conversation.id }];
    const sockets = await Promise.all([sender, recipient, witness].map((person) => app.socket(person)));
    const streams = await Promise.all(sockets.map((socket) => socket.subscribe(document, { topics })));
    for (const stream of streams) await stream.next('Checkpoint');
    for (const socket of sockets) await socket.subscribe(inbox, {});
    const { id: offerId } = await run(sender, 'createOffer', {
      conversationId: conversation.id,
      recipientId: recipient.id,
      title: 'Bicycle',
      amount: euros(secret),
    });
    await run(recipient, 'updateOffer', { offerId, status: 'COUNTERED', amount: euros(other) });
    await run(sender, 'acceptOffer', { offerId });
    const amounts = [];
    for (const [index, stream] of streams.entries()) {
      const seen = await stream.take(3);
      amounts.push(seen.map(({ value }) => value.offer.amount?.minorUnits ?? null));
      expect(seen[1]?.value.changes).toEqual([{ field: 'amount', from: null, to: null }]);
      if (index < 2) continue;
      for (const { errors } of seen) {
        expect(errors?.map(({ path, extensions }) => [path, extensions?.code])).toEqual([
          [['events', 'offer', 'amount'], 'FORBIDDEN'],
        ]);
      }
    }
    // Rows are read as they are: the first event may already be rendered with the countered amount.
    expect(amounts[0]?.at(-1)).toBe(other);
    expect(amounts[1]).toEqual(amounts[0]);
    expect(amounts[2]).toEqual([null, null, null]);
    await app.settled();
    await sockets[2]?.ping();
    for (const value of [secret, other]) expect(sockets[2]?.frames.join()).not.toContain(String(value));

    // Nor by any query of theirs.
    const read = `query ($id: ID!, $c: ID!, $topics: [TopicRef!]) {
      offer(id: $id) { id amount { minorUnits } }
      conversation(id: $c) { offers { nodes { amount { minorUnits } } } }
      node(id: $id) { ... on Offer { amount { minorUnits } } }
      activity(topics: $topics) { nodes { ... on OfferCreated { offer { amount { minorUnits } } } } }
      notifications { nodes { title subject { ... on Offer { amount { minorUnits } } } } } }`;
    const answer = await app.graphql(witness, read, { id: offerId, c: conversation.id, topics });
    expect(answer.data.offer).toEqual({ id: offerId, amount: null });
    expect(new Set(answer.errors?.map(({ extensions }) => extensions?.code))).toEqual(new Set(['FORBIDDEN']));
    const text = JSON.stringify(answer);
    for (const value of [secret, other]) expect(text).not.toContain(String(value));
    expect(JSON.stringify(await app.services.eventLog.after(`conversation:${conversation.id}`, 0))).not.toMatch(
      new RegExp(`${secret}|${other}`),
    );
    expect((await app.ask(recipient, read, { id: offerId, c: conversation.id, topics })).offer.amount).toEqual({
      minorUnits: other,
    });
  });
});

describe('an offer with a time', () => {
  const inAnHour = () => new Date(app.clock.now().getTime() + 3_600_000).toISOString();

  test('expires at it: the fact is appended by the server, and both parties are told', async () => {
    const { sender, recipient, conversation, offerId } = await offered({ expiresAt: inAnHour() });
    app.clock.advance('59m');
    expect(await statusOf(sender, offerId)).toBe('PENDING');
    app.clock.advance('1m');
    await expect.poll(() => statusAsTimeGoesOn(sender, offerId)).toBe('EXPIRED');
    const logged = (await app.services.eventLog.after(`conversation:${conversation.id}`, 0)).at(-1);
    expect(logged).toMatchObject({
      kind: 'OfferUpdated',
      actorId: null,
      data: { status: 'EXPIRED', previousStatus: 'PENDING', changes: [] },
    });
    await app.settled();
    for (const person of [sender, recipient]) {
      expect((await readInbox(app, person)).nodes.map(({ title }) => title)).toContain('The offer Bicycle has expired');
    }
    expect(await run(recipient, 'acceptOffer', { offerId })).toEqual({
      code: 'CONFLICT',
      message: 'The offer is EXPIRED: nothing more can be done with it.',
    });
  });

  test('expires later when it was given more time, and never when it was taken away or is over', async () => {
    const more = await offered({ expiresAt: inAnHour() });
    const never = await offered({ expiresAt: inAnHour() });
    const over = await offered({ expiresAt: inAnHour() });
    const counter = { status: 'COUNTERED', amount: euros(5) };
    const later = new Date(app.clock.now().getTime() + 7_200_000).toISOString();
    await run(more.recipient, 'updateOffer', { offerId: more.offerId, ...counter, expiresAt: later });
    await run(never.recipient, 'updateOffer', { offerId: never.offerId, ...counter, expiresAt: null });
    await run(over.recipient, 'acceptOffer', { offerId: over.offerId });
    const fence = await offered({ expiresAt: inAnHour() });
    app.clock.advance('1h');
    await expect.poll(() => statusAsTimeGoesOn(fence.sender, fence.offerId)).toBe('EXPIRED');
    expect(await statusOf(more.sender, more.offerId)).toBe('COUNTERED');
    app.clock.advance('1h');
    await expect.poll(() => statusAsTimeGoesOn(more.sender, more.offerId)).toBe('EXPIRED');
    expect(await statusOf(never.sender, never.offerId)).toBe('COUNTERED');
    expect(await statusOf(over.sender, over.offerId)).toBe('ACCEPTED');
  });
});

test('an offer that somebody is moving when its time comes is not waited for, and expires when they are done', async () => {
  const expiresAt = new Date(app.clock.now().getTime() + 1_000);
  const { sender, offerId } = await offered({ expiresAt: expiresAt.toISOString() });
  const [locked, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const moving = app.services.database.begin(async (tx) => {
    await tx.$queryRaw`SELECT 1 AS locked FROM "Offer" WHERE id = ${offerId}::uuid FOR NO KEY UPDATE`;
    locked.resolve();
    await done.promise;
  });
  await locked.promise;
  app.clock.advance('1s');
  // Its work is put off, and nobody holds it, so that a counter can move it.
  const putOff = 'SELECT 1 FROM due_work WHERE key = $1 AND due_at > $2 FOR UPDATE SKIP LOCKED';
  await expect.poll(() => app.services.database.query(putOff, [offerId, expiresAt])).toHaveLength(1);
  done.resolve();
  await moving;
  await expect.poll(() => statusAsTimeGoesOn(sender, offerId)).toBe('EXPIRED');
});

describe('of moves at once exactly one wins', () => {
  test.each([
    ['accept', 'withdraw'],
    ['accept', 'accept'],
    ['accept', 'decline'],
    ['withdraw', 'counter'],
  ] as const)('%s and %s, on two servers', async (first, other) => {
    for (let round = 0; round < 6; round++) {
      const { sender, recipient, conversation, offerId } = await offered();
      const moves = {
        accept: (on: TestApp) => run(recipient, 'acceptOffer', { offerId }, on),
        decline: (on: TestApp) => run(recipient, 'updateOffer', { offerId, status: 'DECLINED' }, on),
        withdraw: (on: TestApp) => run(sender, 'updateOffer', { offerId, status: 'WITHDRAWN' }, on),
        counter: (on: TestApp) => run(recipient, 'updateOffer', { offerId, status: 'COUNTERED', amount: euros(1) }, on),
      };
      const answers = await Promise.all([moves[first](app), moves[other](second)]);
      expect(answers.filter(({ code }) => code === undefined)).toHaveLength(1);
      // A withdrawing that comes after a counter is not late but for the other side.
      expect(answers.find(({ code }) => code !== undefined)?.code).toMatch(/^(CONFLICT|FORBIDDEN)$/);
      expect(await kindsOf(conversation)).toHaveLength(2);
    }
  });

  test('accepting and the other party leaving, on two servers: nothing is accepted of who has left', async () => {
    for (let round = 0; round < 8; round++) {
      const { sender, recipient, conversation, offerId } = await offered();
      await command(app, sender, 'changeMemberRole', { topicId: conversation.id, userId: recipient.id, role: 'OWNER' });
      const leave = () => command(second, sender, 'leaveConversation', { conversationId: conversation.id });
      const early = round % 2 ? leave() : undefined;
      const [accepted] = await Promise.all([run(recipient, 'acceptOffer', { offerId }), early ?? leave()]);
      const events = await app.services.eventLog.after(`conversation:${conversation.id}`, 0);
      const inOrder = events.map(({ kind }) => kind).filter((kind) => /^(OfferAccepted|MemberRemoved)$/.test(kind));
      if (accepted.code === undefined) {
        expect(accepted).toMatchObject({ status: 'ACCEPTED' });
        expect(inOrder).toEqual(['OfferAccepted', 'MemberRemoved']);
      } else {
        const message = 'The other party takes no part in the conversation: you may DECLINE.';
        expect(accepted).toEqual({ code: 'CONFLICT', message });
        expect(inOrder).toEqual(['MemberRemoved']);
      }
    }
  });

  test('accepting waits for the other party that is leaving, and then says that they have left', async () => {
    const { sender, recipient, conversation, offerId } = await offered();
    await command(app, sender, 'changeMemberRole', { topicId: conversation.id, userId: recipient.id, role: 'OWNER' });
    const { left, accepted } = await app.services.database.begin(async (tx) => {
      await tx.$queryRaw`
        SELECT 1 AS held FROM "Membership" WHERE "topicId" = ${conversation.id}::uuid AND "userId" = ${sender.id}::uuid FOR UPDATE`;
      const leaving = command(second, sender, 'leaveConversation', { conversationId: conversation.id });
      await waitForWaiting(tx, 1);
      const accepting = run(recipient, 'acceptOffer', { offerId });
      await waitForWaiting(tx, 2);
      return { left: leaving, accepted: accepting };
    });
    await left;
    const message = 'The other party takes no part in the conversation: you may DECLINE.';
    expect(await accepted).toEqual({ code: 'CONFLICT', message });
    expect((await kindsOf(conversation)).map(({ kind }) => kind)).toEqual(['OfferCreated']);
  });

  test('accepting and expiring, on two servers', async () => {
    const winners = new Set<string>();
    for (let round = 0; round < 8; round++) {
      const expiresAt = new Date(app.clock.now().getTime() + 1_000).toISOString();
      const { sender, recipient, conversation, offerId } = await offered({ expiresAt });
      const [answer] = await Promise.all([
        run(recipient, 'acceptOffer', { offerId }, round % 2 ? app : second),
        Promise.resolve().then(() => app.clock.advance('1s')),
      ]);
      await expect.poll(() => statusAsTimeGoesOn(sender, offerId)).not.toBe('PENDING');
      const status = await statusOf(sender, offerId);
      winners.add(status);
      expect(status).toBe(answer.code === undefined ? 'ACCEPTED' : 'EXPIRED');
      expect((await kindsOf(conversation)).map(({ kind }) => kind)).toEqual([
        'OfferCreated',
        status === 'ACCEPTED' ? 'OfferAccepted' : 'OfferUpdated',
      ]);
    }
    expect(winners.size).toBeGreaterThan(0);
  });
});

test('the offers of a conversation are paged both ways', async () => {
  const { owner, members, conversation } = await app.world.conversation({ members: 1 });
  const made: string[] = [];
  for (const title of ['One', 'Two', 'Three']) {
    const input = { conversationId: conversation.id, recipientId: members[0]?.id, title, amount: euros(1) };
    made.push((await run(owner, 'createOffer', input)).id);
  }
  const page = async (args: string) => {
    const { conversation: read } = await app.ask(
      owner,
      `query ($id: ID!) { conversation(id: $id) { offers(${args}) { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`,
      { id: conversation.id },
    );
    return read.offers;
  };
  const first = await page('first: 2');
  expect(first.nodes.map(({ id }: { id: string }) => id)).toEqual(made.slice(0, 2));
  expect((await page(`first: 2, after: "${first.pageInfo.endCursor}"`)).nodes).toEqual([{ id: made[2] }]);
  const last = await page('last: 2');
  expect(last.nodes.map(({ id }: { id: string }) => id)).toEqual(made.slice(1));
  expect((await page(`last: 2, before: "${last.pageInfo.startCursor}"`)).nodes).toEqual([{ id: made[0] }]);
});

async function statusOf(person: Person, offerId: string): Promise<string> {
  return (await app.ask(person, 'query ($id: ID!) { offer(id: $id) { status } }', { id: offerId })).offer.status;
}

/**
 * The status, a moment later by the clock: a worker that was looking when the clock was moved sets its timer to now, and
 * on a clock that then stands still now does not pass.
 */
function statusAsTimeGoesOn(person: Person, offerId: string): Promise<string> {
  app.clock.advance('10ms');
  return statusOf(person, offerId);
}
