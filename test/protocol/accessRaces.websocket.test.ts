import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeCursor } from '../../src/events/cursor.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { administrator, commandsOf, run } from '../support/commands.ts';
import { type Gate, type OnStep, repeatAtEachStep, type Step, watchField, watchStatements } from '../support/gates.ts';
import { asValue } from '../support/values.ts';
import type { Person } from '../support/world.ts';

/**
 * The server under test is stopped at each of its steps in turn, and somebody's access is taken on another server at
 * exactly that moment. Rows are read as they are now, so whatever is rendered afterwards would show what was written
 * after the removal.
 */
const taskUpdated = `subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) {
  __typename task { title estimateMinutes creator { deactivatedAt } } ... on TaskUpdated { changes { from to } } } }`;
const secret = 'written after the removal';
const refusal = 'No such project, or no access to it.';

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

async function scene(prepare?: (member: Person) => Promise<unknown>) {
  const { owner, members, project } = await app.world.project({ members: 1 });
  const task = await app.world.task({ project, by: owner });
  const member = members[0] as Person;
  await prepare?.(member);
  const commands = commandsOf(other, owner, project);
  // A place to resume from, with an event after it.
  const [head] = await app.services.eventLog.heads([`project:${project.id}`]);
  const cursor = await commands.updateTask(task, { title: 'earlier' });
  expect(head?.seq).toBeGreaterThan(0);
  return { owner, member, project, task, commands, cursor, socket: await app.socket(member) };
}
type Scene = Awaited<ReturnType<typeof scene>>;

/** Steps about the project or the person, as the server under test takes them. */
function watchSteps({ project, member }: Scene, onStep: OnStep): Disposable {
  const steps = new DisposableStack();
  steps.use(
    watchStatements(app, (step) =>
      step.values.includes(project.id) || step.values.includes(member.id) ? onStep(step) : undefined,
    ),
  );
  steps.use(watchField('Subscription', 'taskUpdated', onStep));
  steps.use(watchField('Task', 'title', onStep));
  return steps;
}

/** What a stream does while its access is taken. */
const situations: Record<string, (scene: Scene) => Promise<() => Promise<unknown>>> = {
  'a live stream': async ({ socket, project, commands, task }) => {
    await socket.subscribe(taskUpdated, { projectId: project.id });
    return () => commands.updateTask(task, { title: 'just before' });
  },
  'a stream that begins':
    async ({ socket, project }) =>
    async () => {
      await socket.subscribe(taskUpdated, { projectId: project.id }, { waits: false });
    },
  'a stream that catches up': async ({ socket, project, commands, task }) => {
    const live = await socket.subscribe(taskUpdated, { projectId: project.id });
    const { cursor: after = '' } = live;
    live.complete();
    for (let i = 0; i < 3; i++) await commands.updateTask(task, { title: `missed ${i}` });
    return async () => {
      await socket.subscribe(taskUpdated, { projectId: project.id }, { after, waits: false });
    };
  },
};

/** Repeats a situation, held at its first step, its second and so on until it has no more; answers the steps. */
function atEachStep(
  situation: keyof typeof situations,
  during: (scene: Scene, step: Step) => Promise<unknown>,
  afterwards: (scene: Scene) => Promise<unknown>,
  prepare?: (member: Person) => Promise<unknown>,
): Promise<string[]> {
  return repeatAtEachStep({
    scene: () => scene(prepare),
    begin: async (current) => situations[situation]?.(current),
    watch: watchSteps,
    isOver: heardAll,
    during,
    afterwards,
  });
}

/** Waits until the member has heard the newest event, or the server is held; answers whether nothing is left to be done. */
async function heardAll({ socket, project }: Scene, held?: Gate): Promise<boolean> {
  const [head] = await other.services.eventLog.heads([`project:${project.id}`]);
  const heard = () => socket.frames.some((frame) => frame.includes('"cursor"') && seqOf(frame) === head?.seq);
  await expect.poll(() => held?.wasReached || heard(), { timeout: 8_000, interval: 5 }).toBe(true);
  return !held?.wasReached;
}

function seqOf(frame: string): number {
  const { payload } = JSON.parse(frame) as { payload: { cursor?: string; extensions?: { cursor: string } } };
  const cursor = payload.cursor ?? payload.extensions?.cursor ?? '';
  return Buffer.from(cursor, 'base64url').readUIntBE(18, 6);
}

test.each(Object.keys(situations))(
  '%s shows nothing written after a removal, whenever it was committed',
  async (name) => {
    const steps = await atEachStep(
      name,
      async ({ commands, member, task }) => {
        await commands.remove(member);
        await commands.updateTask(task, { title: secret });
      },
      async ({ socket }) => {
        await expect.poll(() => socket.frames.join(), { timeout: 8_000 }).toContain(refusal);
        expect(socket.frames.join()).not.toContain(secret);
        expect(socket.frames.filter((frame) => frame.includes(refusal))).toHaveLength(1);
      },
    );
    // The situation was what it says: each of these was a moment in which access was taken.
    expect(steps).toEqual(expect.arrayContaining(expectedSteps[name] ?? []));
  },
  120_000,
);

const expectedSteps: Record<string, string[]> = {
  'a live stream': [
    'page asked',
    'page answered',
    'Subscription.taskUpdated',
    'Task.title',
    'fence asked',
    'fence answered',
  ],
  'a stream that begins': ['entry asked', 'entry answered', 'heads asked', 'heads answered'],
  'a stream that catches up': [
    ...['entry asked', 'entry answered', 'judge answered', 'heads answered'],
    ...['page asked', 'page answered', 'Subscription.taskUpdated', 'Task.title', 'fence asked', 'fence answered'],
  ],
};

test.each(Object.keys(situations))(
  '%s shows no estimate written after a demotion, whenever it was committed',
  async (name) => {
    await atEachStep(
      name,
      async ({ commands, member, task }) => {
        await commands.changeRole(member, 'GUEST');
        await commands.updateTask(task, { estimateMinutes: 73_937 });
      },
      async (current) => {
        const { socket, task, commands } = current;
        await commands.updateTask(task, { title: 'the end' });
        await heardAll(current);
        expect(socket.frames.join()).not.toMatch(asValue(73_937));
      },
    );
  },
  120_000,
);

test.each(Object.keys(situations))(
  '%s of a former administrator is a member’s, whenever the role changed',
  async (name) => {
    const admin = await administrator(app);
    await atEachStep(
      name,
      async ({ member }) => run(other, admin, 'setWorkspaceRole', { userId: member.id, role: 'MEMBER' }),
      async ({ commands, task, socket }) => {
        const lastShown = async () => {
          const before = socket.frames.length;
          await commands.updateTask(task, { title: `${before}` });
          // A ping may come after it: that the stream is live.
          const last = () => socket.frames.findLast((frame) => frame.includes('"type":"next"')) ?? '';
          await expect.poll(last, { timeout: 8_000 }).toContain(`"title":"${before}"`);
          return last();
        };
        await expect.poll(lastShown, { timeout: 3_000 }).toContain('deactivatedAt"],"extensions":{"code":"FORBIDDEN"');
      },
      async ({ id }) => run(other, admin, 'setWorkspaceRole', { userId: id, role: 'ADMIN' }),
    );
  },
  120_000,
);

test.each(Object.keys(situations))(
  '%s that has begun is heard out when the project is deleted, whenever that is',
  async (name) => {
    await atEachStep(
      name,
      async ({ commands }) => commands.deleteProject(),
      async ({ socket, cursor, project }) => {
        const frames = () => socket.frames.join('\n');
        await expect.poll(frames, { timeout: 8_000 }).toMatch(/"type":"(complete|error)"/);
        // The second operation of the socket is the one that catches up.
        const begun = frames().includes(`"type":"subscribed","id":"${name === 'a stream that catches up' ? 2 : 1}"`);
        expect(frames().includes(refusal)).toBe(!begun);
        if (!begun || name === 'a stream that begins') return;
        const heard = new Set(socket.frames.filter((frame) => frame.includes('"next"')).map(seqOf));
        const log = await app.services.eventLog.after(`project:${project.id}`, decodeCursor(cursor).seq);
        const due = log.filter(({ kind }) => kind === 'TaskUpdated').map(({ seq }) => seq);
        expect([...heard]).toEqual(due);
      },
    );
  },
  120_000,
);
