import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { run } from '../support/commands.ts';
import { type Gate, type OnStep, repeatAtEachStep, watchField, watchStatements } from '../support/gates.ts';

/**
 * The server under test is stopped at each of its steps in turn, and the page is unpublished on another server at
 * exactly that moment. Rows are read as they are now, so whatever is rendered afterwards would show what its authors
 * wrote when it was theirs alone again.
 */
const streams = {
  events: `subscription ($contentId: ID!) { events(topics: [{ kind: CONTENT, id: $contentId }]) {
    __typename ... on Checkpoint { cursors { cursor } } ... on ContentEvent { content { title } } } }`,
  liveUpdate: 'subscription ($contentId: ID!) { liveUpdate(contentId: $contentId) { coalesced content { title } } }',
};
type Stream = keyof typeof streams;
const secret = 'written after it was unpublished';

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

async function scene() {
  const { owner, content } = await app.world.content();
  const reader = await app.world.person();
  const contentId = content.id;
  const update = (title: string) => run(other, owner, 'updateContent', { contentId, title });
  // A place to resume from, with an event after it.
  await update('earlier');
  return {
    ...{ contentId, reader, update, socket: await app.socket(reader) },
    unpublish: () => run(other, owner, 'unpublishContent', { contentId }),
    remove: () => run(other, owner, 'deleteContent', { contentId }),
  };
}
type Scene = Awaited<ReturnType<typeof scene>>;

/** Steps about the page or the reader, as the server under test takes them. */
function watchSteps({ contentId, reader }: Scene, onStep: OnStep): Disposable {
  const steps = new DisposableStack();
  steps.use(
    watchStatements(app, (step) =>
      step.values.includes(contentId) || step.values.includes(reader.id) ? onStep(step) : undefined,
    ),
  );
  for (const field of Object.keys(streams)) steps.use(watchField('Subscription', field, onStep));
  steps.use(watchField('Content', 'title', onStep));
  return steps;
}

/** What a stream does while the page is unpublished. */
const situations: Record<string, (scene: Scene, stream: Stream) => Promise<() => Promise<unknown>>> = {
  'a live stream': async ({ socket, contentId, update }, stream) => {
    await socket.subscribe(streams[stream], { contentId });
    return () => update('just before');
  },
  'a stream that begins':
    async ({ socket, contentId }, stream) =>
    async () => {
      await socket.subscribe(streams[stream], { contentId }, { waits: false });
    },
  'a stream that catches up': async ({ socket, contentId, update }, stream) => {
    const live = await socket.subscribe(streams[stream], { contentId });
    const { cursor } = live;
    const after = cursor ?? [(await live.next('Checkpoint')).value.cursors[0].cursor];
    live.complete();
    for (let nth = 0; nth < 3; nth++) await update(`missed ${nth}`);
    return async () => {
      await socket.subscribe(streams[stream], { contentId }, { after, waits: false });
    };
  },
};

/** Waits until the reader has heard the newest event, or the server is held; answers whether nothing is left to be done. */
async function heardAll({ socket, contentId }: Scene, held: Gate): Promise<boolean> {
  const [head] = await other.services.eventLog.heads([`content:${contentId}`]);
  const heard = () => socket.frames.some((frame) => frame.includes('"cursor"') && seqOf(frame) === head?.seq);
  await expect.poll(() => held.wasReached || heard(), { timeout: 8_000, interval: 5 }).toBe(true);
  return !held.wasReached;
}

function seqOf(frame: string): number {
  const [, cursor = ''] = /"cursor":"([^"]+)"/.exec(frame) ?? [];
  return Buffer.from(cursor, 'base64url').readUIntBE(18, 6);
}

const cases = (Object.keys(streams) as Stream[]).flatMap((stream) =>
  Object.keys(situations).map((name) => [name, stream] as const),
);

test.each(cases)(
  '%s of %s shows nothing written after the page was unpublished, whenever that is',
  async (name, stream) => {
    const steps = await repeatAtEachStep({
      scene,
      begin: async (current) => situations[name]?.(current, stream),
      watch: watchSteps,
      isOver: heardAll,
      async during({ unpublish, update }) {
        await unpublish();
        await update(secret);
      },
      async afterwards({ socket }) {
        const refused = () => socket.frames.filter((frame) => /"FORBIDDEN"|AccessLost/.test(frame));
        await expect.poll(refused, { timeout: 8_000 }).toHaveLength(1);
        expect(socket.frames.join()).not.toContain(secret);
      },
    });
    expect(steps).toEqual(expect.arrayContaining(expected[name] ?? []));
  },
  180_000,
);

test.each(cases)(
  '%s of %s that has begun is heard out when the page is deleted, whenever that is',
  async (name, stream) => {
    await repeatAtEachStep({
      scene,
      begin: async (current) => situations[name]?.(current, stream),
      watch: watchSteps,
      isOver: heardAll,
      during: ({ remove }) => remove(),
      async afterwards({ socket }) {
        const frames = () => socket.frames.join('\n');
        // The second operation of the socket is the one that catches up.
        const id = name === 'a stream that catches up' ? 2 : 1;
        const over = /"type":"(complete|error)"|AccessLost/;
        await expect.poll(frames, { timeout: 8_000 }).toMatch(over);
        const mine = socket.frames.filter((frame) => frame.includes(`"id":"${id}"`));
        const begun = mine.some((frame) => /"subscribed"|"cursors":\[\{/.test(frame));
        const refused = mine.some((frame) => /FORBIDDEN|AccessLost/.test(frame));
        expect(refused).toBe(!begun);
        if (begun && stream === 'events') expect(frames()).toContain('"ContentDeleted"');
      },
    });
  },
  180_000,
);

const expected: Record<string, string[]> = {
  'a live stream': ['page asked', 'page answered', 'Content.title', 'fence asked', 'fence answered'],
  'a stream that begins': ['entry asked', 'entry answered'],
  'a stream that catches up': ['entry asked', 'page asked', 'Content.title', 'fence asked', 'fence answered'],
};
