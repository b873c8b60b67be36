import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { run } from '../support/commands.ts';
import { openEventStream } from '../support/eventStream.ts';
import { type Step, watchStatements } from '../support/gates.ts';
import type { TestSocket } from '../support/socket.ts';

const documents = [
  'subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { __typename task { title } } }',
  // A group for each viewer.
  'subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { task { creator { email } } } }',
  'subscription ($projectId: ID!) { events(topics: [{ kind: PROJECT, id: $projectId }]) { __typename } }',
  'subscription { events(topics: [{ kind: USER }]) { __typename ... on Event { cursor } } }',
  'subscription { inbox { __typename } }',
  // Refused.
  'subscription { taskUpdated(projectId: "nobody-has-this-name") { __typename } }',
];

/** One subscription: what, where, and how it ends. */
const life = fc.record({
  document: fc.constantFrom(...documents),
  project: fc.nat(3),
  person: fc.nat(3),
  over: fc.constantFrom('socket', 'socket', 'socket', 'event stream'),
  ends: fc.constantFrom('at once', 'when it has begun', 'after an event', 'with its connection'),
});

/** Every operation the hub has started, held by nobody here. */
function operationsOf(app: TestApp): { alive(): number; started(): number } {
  const refs: WeakRef<object>[] = [];
  const { subscribe } = app.hub;
  Object.assign(app.hub, {
    subscribe: async (...args: Parameters<typeof subscribe>) => {
      const operation = await subscribe(...args);
      refs.push(new WeakRef(operation));
      return operation;
    },
  });
  return {
    alive: () => refs.filter((ref) => ref.deref() !== undefined).length,
    started: () => refs.length,
  };
}

test('a thousand subscriptions, started and stopped at random over both transports, leave nothing behind', async () => {
  await using app = await startApp({ config: { WS_MAX_SUBSCRIPTIONS: '1000' } });
  const { owner, members, project } = await app.world.project({ members: 3 });
  const people = [owner, ...members];
  const projects = [project];
  while (projects.length < 4) {
    const { project: further } = await app.world.project({ owner });
    for (const person of members) await app.world.member({ project: further, by: owner, person });
    projects.push(further);
  }
  const tasks = await Promise.all(projects.map((one) => app.world.task({ project: one, by: owner })));
  const operations = operationsOf(app);

  const [lives = []] = fc.sample(fc.array(life, { minLength: 1_000, maxLength: 1_000, size: 'max' }), {
    numRuns: 1,
    seed: 20_261_120,
  });
  const writing = new AbortController();
  const written = (async () => {
    for (let nth = 0; !writing.signal.aborted; nth++) {
      await run(app, owner, 'updateTask', { taskId: tasks[nth % tasks.length]?.id, title: `${nth}` });
    }
  })();
  // A socket serves ten subscriptions, twenty connections at a time.
  const queue = lives.map((one, nth) => ({ ...one, nth }));
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (let batch = queue.splice(0, 10); batch.length > 0; batch = queue.splice(0, 10)) {
        const person = people[batch[0]?.person ?? 0] ?? owner;
        await using socket = await app.socket(person);
        await Promise.all(
          batch.map(async ({ document, project: nth, over, ends }) => {
            const variables = { projectId: projects[nth]?.id };
            await (over === 'socket'
              ? liveOnSocket(socket, document, variables, ends)
              : liveOnEventStream(app, person, document, variables, ends));
          }),
        );
      }
    }),
  );
  writing.abort();
  await written;

  await expect.poll(() => app.hub.sizes).toEqual({ topics: 0, members: 0, groups: 0 });
  expect(operations.started()).toBeGreaterThan(500);
  await expectNothingRead(app, async () => {
    for (const { id } of tasks) await run(app, owner, 'updateTask', { taskId: id, title: 'Unheard' });
  });
  await expect
    .poll(async () => {
      gc?.();
      await nextTurn();
      return operations.alive();
    })
    .toBe(0);
}, 120_000);

async function liveOnSocket(socket: TestSocket, document: string, variables: object, ends: string): Promise<void> {
  const stream = await socket.subscribe(document, variables as Record<string, unknown>, {
    waits: ends !== 'at once' && ends !== 'with its connection',
  });
  // A refused one, or one that nothing happens to, ends without.
  if (ends === 'after an event' && /taskUpdated|PROJECT/.test(document)) await stream.next().catch(() => undefined);
  if (ends !== 'with its connection') stream.complete();
}

async function liveOnEventStream(
  app: TestApp,
  person: Parameters<typeof openEventStream>[1],
  query: string,
  variables: object,
  ends: string,
): Promise<void> {
  using stream = await openEventStream(app, person, { query, variables: variables as Record<string, unknown> });
  if (ends === 'after an event' && /taskUpdated|PROJECT/.test(query)) await stream.next().catch(() => undefined);
}

/** Nobody follows a topic any more: what is committed there is read by nobody. */
async function expectNothingRead(app: TestApp, commit: () => Promise<void>): Promise<void> {
  const read: Step[] = [];
  using _steps = watchStatements(app, (step) => {
    if (step.what === 'page asked') read.push(step);
  });
  await commit();
  // Rings come back through Redis as well; a socket that begins and ends is behind them.
  await using _fence = await app.socket((await app.world.project()).owner);
  const mine = read.filter(({ values }) => !values.includes('user:'));
  expect(mine).toEqual([]);
}
