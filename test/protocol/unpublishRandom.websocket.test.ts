import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { run } from '../support/commands.ts';
import { type OnStep, watchField, watchStatements } from '../support/gates.ts';
import { interleave, quiet } from '../support/interleave.ts';

const streams = {
  events: `subscription ($contentId: ID!) { events(topics: [{ kind: CONTENT, id: $contentId }]) {
    __typename ... on ContentEvent { content { title } } } }`,
  liveUpdate: 'subscription ($contentId: ID!) { liveUpdate(contentId: $contentId) { coalesced content { title } } }',
};

let app: TestApp;
let other: TestApp;
beforeAll(async () => {
  app = await startApp();
  other = await startApp({ with: app });
});
afterAll(async () => {
  await other?.[Symbol.asyncDispose]();
  await app?.[Symbol.asyncDispose]();
});

/** What happens on the other server while this one stands at a step, so many steps after the happening before. */
const happening = fc.record({
  after: fc.nat(6),
  // Most losses are followed by a write: that is what must not be seen.
  what: fc.constantFrom(
    ...[['write'], ['events'], ['liveUpdate'], ['resume'], ['unpublish', 'write'], ['unpublish', 'write', 'tick']],
    ...[
      ['publish'],
      ['add'],
      ['remove', 'write'],
      ['unpublish', 'publish', 'write'],
      ['add', 'remove', 'write'],
      ['tick'],
    ],
  ),
});

test('however publishing, authorship, writing and reading interleave, nobody sees what was a draft of others to the end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 2, maxLength: 8 }), async (happenings) => {
      const page = await scene();
      await interleave(happenings, page);
      const hidden = await page.finish();
      for (const title of hidden) expect(page.frames()).not.toContain(title);
    }),
    { numRuns: 40 },
  );
}, 240_000);

async function scene() {
  const { owner, content } = await app.world.content();
  const reader = await app.world.person();
  const contentId = content.id;
  const socket = await app.socket(reader);
  const [head] = await app.services.eventLog.heads([`content:${contentId}`]);
  const start = (await socket.subscribe(streams.liveUpdate, { contentId })).cursor ?? '';
  expect(head?.seq).toBeGreaterThan(0);
  let isPublished = true;
  let isAuthor = false;
  let number = 0;
  let hidden: string[] = [];

  async function become(next: { isPublished?: boolean; isAuthor?: boolean }, name: string, input: object) {
    await run(other, owner, name, input);
    isPublished = next.isPublished ?? isPublished;
    isAuthor = next.isAuthor ?? isAuthor;
    // They may read all of it again: whoever reads a page sees its whole history.
    if (isPublished || isAuthor) hidden = [];
  }

  const member = { topicId: contentId, userId: reader.id };
  const actions: Record<string, () => Promise<unknown>> = {
    async write() {
      const title = `title-${++number}-${contentId}`;
      await run(other, owner, 'updateContent', { contentId, title });
      if (!isPublished && !isAuthor) hidden.push(title);
    },
    publish: () => become({ isPublished: true }, 'publishContent', { contentId }),
    unpublish: () => become({ isPublished: false }, 'unpublishContent', { contentId }),
    add: async () => isAuthor || become({ isAuthor: true }, 'addMember', member),
    remove: async () => isAuthor && become({ isAuthor: false }, 'removeMember', member),
    tick: async () => app.clock.advance('250ms'),
    events: () => socket.subscribe(streams.events, { contentId }, { waits: false }),
    liveUpdate: () => socket.subscribe(streams.liveUpdate, { contentId }, { waits: false }),
    resume: () => socket.subscribe(streams.liveUpdate, { contentId }, { waits: false, after: start }),
  };

  const settled = () => quiet(app, socket, /ContentEvent|liveUpdate|events|FORBIDDEN|subscribed/);

  return {
    actions,
    settled,
    watch(onStep: OnStep): Disposable {
      const steps = new DisposableStack();
      steps.use(watchStatements(app, (step) => (step.values.includes(contentId) ? onStep(step) : undefined)));
      for (const field of Object.keys(streams)) steps.use(watchField('Subscription', field, onStep));
      steps.use(watchField('Content', 'title', onStep));
      return steps;
    },
    frames: () => socket.frames.join('\n'),
    /** Takes the page from them, writes once more, and waits until their streams have ended. */
    async finish() {
      for (const name of ['unpublish', 'remove', 'write']) await actions[name]?.();
      await expect.poll(() => app.hub.sizes.members, { timeout: 8_000 }).toBe(0);
      await settled();
      await socket[Symbol.asyncDispose]();
      return hidden;
    },
  };
}
