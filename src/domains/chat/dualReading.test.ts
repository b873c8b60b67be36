import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { readInbox } from '../../../test/support/inbox.ts';
import type { Person } from '../../../test/support/world.ts';
import { events } from '../../client/documents.ts';

// One event, two readings: the stream of the conversation and the inbox. Nobody misses a message, nobody is told twice,
// and nobody is alerted of what they have before their eyes.

const people = 3;
const who = fc.nat({ max: people - 1 });
type Action =
  | { kind: 'send'; who: number; mentions: number }
  | { kind: 'view'; who: number; viewing: boolean }
  | { kind: 'read'; who: number };
const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('send' as const), who, mentions: who }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('view' as const), who, viewing: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('read' as const), who }) },
  ),
  { minLength: 1, maxLength: 10 },
);

/** A conversation, what everybody's stream over all that is theirs delivers, and the actions as commands. */
async function scene(app: TestApp, server: TestApp) {
  const { owner, members, conversation } = await app.world.conversation({ members: people - 1 });
  const all = [owner, ...members];
  await app.settled();
  const streams = await Promise.all(
    all.map(async (person) => (await server.socket(person)).subscribe(events, { topics: [{ kind: 'USER' }] })),
  );
  const topic = { kind: 'CONVERSATION', id: conversation.id };
  const sent: { id: string; author: number }[] = [];
  const person = (nth: number) => all[nth] as Person;
  return {
    all,
    sent,
    async act(action: Action): Promise<void> {
      switch (action.kind) {
        case 'send': {
          const mentions = [person(action.mentions)];
          const { id } = await app.world.message({ conversation, by: person(action.who), mentions });
          sent.push({ id, author: action.who });
          return;
        }
        case 'view':
          await server.ask(
            person(action.who),
            'mutation ($input: SetViewingInput!) { setViewing(input: $input) { expiresAt } }',
            {
              input: { topic, viewing: action.viewing },
            },
          );
          return;
        case 'read':
          await app.ask(
            person(action.who),
            'mutation ($input: MarkConversationReadInput!) { markConversationRead(input: $input) { eventCursor } }',
            { input: { conversationId: conversation.id } },
          );
      }
    },
    /** Messages as the log has them, and as each stream delivered them. */
    async delivered() {
      const log = await app.services.eventLog.after(`conversation:${conversation.id}`, 0);
      const logged = log.filter(({ kind }) => kind === 'MessageSent').map(({ id }) => id);
      const seen = await Promise.all(
        streams.map(async (stream) => {
          const ids: string[] = [];
          while (ids.length < logged.length) {
            const { value } = await stream.next('MessageSent');
            ids.push((value as { id: string }).id);
          }
          return ids;
        }),
      );
      const tooMany = streams
        .flatMap(({ waiting }) => waiting)
        .filter(({ value }) => value.__typename === 'MessageSent');
      return { logged, seen, tooMany };
    },
    /** The alert of each change of an inbox that was about a message. */
    async told(nth: number): Promise<boolean[]> {
      const log = await app.services.eventLog.after(`user:${person(nth).id}`, 0);
      const upserted = log.filter(({ kind }) => kind === 'NotificationUpserted').map(({ data }) => data.alert === true);
      // The first is of the conversation itself, which its owner was not told of.
      return nth === 0 ? upserted : upserted.slice(1);
    },
    notification: async (nth: number) => (await readInbox(app, person(nth))).nodes[0],
    async end(): Promise<void> {
      for (const stream of streams) stream.complete();
    },
  };
}

test('step by step: everybody hears each message once, has it in the inbox once, and is alerted unless they look', async () => {
  await using app = await startApp();
  await using server = await startApp({ with: app });
  await fc.assert(
    fc.asyncProperty(actions, async (steps) => {
      const { act, all, sent, delivered, told, notification, end } = await scene(app, server);
      const viewing = new Set<number>();
      const expected = all.map((): boolean[] => []);
      const unread = new Set<number>(all.map((_, nth) => nth).slice(1));
      for (const step of steps) {
        await act(step);
        await app.settled();
        if (step.kind === 'view') viewing[step.viewing ? 'add' : 'delete'](step.who);
        if (step.kind === 'read') unread.delete(step.who);
        if (step.kind !== 'send') continue;
        for (const [nth] of all.entries()) {
          if (nth === step.who) continue;
          expected[nth]?.push(!viewing.has(nth));
          unread.add(nth);
        }
      }
      const { logged, seen, tooMany } = await delivered();
      expect(logged).toHaveLength(sent.length);
      for (const ids of seen) expect(ids).toEqual(logged);
      expect(tooMany).toEqual([]);
      for (const [nth] of all.entries()) {
        expect(await told(nth), `alerts of person ${nth}`).toEqual(expected[nth]);
        const shown = await notification(nth);
        expect(shown !== undefined && shown.readAt === null, `unread for person ${nth}`).toBe(unread.has(nth));
      }
      await end();
    }),
    { numRuns: 6 },
  );
}, 120_000);

test('all at once: nobody misses a message, and whoever has read everything has nothing unread', async () => {
  await using app = await startApp();
  await using server = await startApp({ with: app });
  await fc.assert(
    fc.asyncProperty(actions, async (steps) => {
      const { act, all, sent, delivered, told, notification, end } = await scene(app, server);
      await Promise.all(steps.map(act));
      // Everybody reads to the end, while notifications are still being made.
      await Promise.all(all.map((_, nth) => act({ kind: 'read', who: nth })));
      await Promise.all([app.settled(), server.settled()]);
      const { logged, seen, tooMany } = await delivered();
      for (const ids of seen) expect(ids).toEqual(logged);
      expect(tooMany).toEqual([]);
      for (const [nth] of all.entries()) {
        expect(await told(nth)).toHaveLength(sent.filter(({ author }) => author !== nth).length);
        expect((await notification(nth))?.readAt, `of person ${nth}`).not.toBe(null);
      }
      await end();
    }),
    { numRuns: 6 },
  );
}, 120_000);
