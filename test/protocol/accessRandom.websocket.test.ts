import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { commandsOf } from '../support/commands.ts';
import { type OnStep, watchField, watchStatements } from '../support/gates.ts';
import { type Happening, interleave, quiet } from '../support/interleave.ts';
import { asValue } from '../support/values.ts';
import type { Person } from '../support/world.ts';

const taskUpdated = `subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) {
  __typename task { title estimateMinutes } ... on TaskUpdated { changes { from to } } } }`;

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

type Standing = 'MEMBER' | 'GUEST' | undefined;
/** What happens on the other server while this one stands at a step, so many steps after the happening before. */
const happening = fc.record({
  after: fc.nat(6),
  // More losses than gains, and most followed by a write: that is what must not be seen.
  what: fc.constantFrom(
    ...[['write'], ['subscribe'], ['resume'], ['remove', 'write'], ['demote', 'write'], ['remove', 'write']],
    ...[['remove', 'add', 'demote', 'write'], ['add'], ['promote']],
  ),
});

test('however changes of access, writing and reading interleave, nobody sees what is not theirs in the end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 2, maxLength: 8 }), async (happenings) => {
      const world = await scene();
      await world.live(happenings);
      // In the end they are out, or a guest; what was written since the last change for the better is not theirs.
      const hidden = await world.finish(happenings.length % 2 === 0 ? undefined : 'GUEST');
      const frames = world.frames();
      for (const { title, estimate, standing } of hidden) {
        if (standing === undefined) expect(frames).not.toContain(title);
        expect(frames).not.toMatch(asValue(estimate));
      }
    }),
    { numRuns: 60 },
  );
}, 180_000);

async function scene() {
  const { owner, members, project } = await app.world.project({ members: 1 });
  const member = members[0] as Person;
  const task = await app.world.task({ project, by: owner });
  const commands = commandsOf(other, owner, project);
  const socket = await app.socket(member);
  const [start] = [(await socket.subscribe(taskUpdated, { projectId: project.id })).cursor];
  let standing: Standing = 'MEMBER';
  let number = 0;
  let written: { title: string; estimate: number; standing: Standing }[] = [];

  async function become(next: Standing): Promise<void> {
    if (next === standing) return;
    if (next === undefined) await commands.remove(member);
    else if (standing === undefined) await commands.add(member, next);
    else await commands.changeRole(member, next);
    // They may read all of it again: current members see a topic's whole history.
    if (next === 'MEMBER') written = [];
    if (next === 'GUEST' && standing === undefined) written = written.map((one) => ({ ...one, standing: next }));
    standing = next;
  }

  async function write(): Promise<void> {
    const title = `title-${++number}-${task.id}`;
    const estimate = 50_000 + number * 37;
    await commands.updateTask(task, { title, estimateMinutes: estimate });
    if (standing !== 'MEMBER') written.push({ title, estimate, standing });
  }

  const actions: Record<string, () => Promise<unknown>> = {
    write,
    remove: () => become(undefined),
    add: () => become(standing ?? 'MEMBER'),
    demote: () => become(standing && 'GUEST'),
    promote: () => become(standing && 'MEMBER'),
    subscribe: () => socket.subscribe(taskUpdated, { projectId: project.id }, { waits: false }),
    resume: () =>
      socket.subscribe(taskUpdated, { projectId: project.id }, { waits: false, ...(start && { after: start }) }),
  };

  return {
    frames: () => socket.frames.join('\n'),
    live: (happenings: readonly Happening[]) => interleave(happenings, { actions, watch, settled }),
    /** Ends as told, writes once more, and waits until the streams have heard of it or have ended. */
    async finish(as: Standing) {
      await become(as);
      await write();
      const heard = () => as !== undefined && socket.frames.some((frame) => frame.includes(`title-${number}-`));
      await expect.poll(() => heard() || app.hub.sizes.members === 0, { timeout: 8_000 }).toBe(true);
      await settled();
      await socket[Symbol.asyncDispose]();
      await expect.poll(() => app.hub.sizes.members).toBe(0);
      return written;
    },
  };

  function watch(onStep: OnStep): Disposable {
    const steps = new DisposableStack();
    steps.use(watchStatements(app, (step) => (step.values.includes(project.id) ? onStep(step) : undefined)));
    steps.use(watchField('Subscription', 'taskUpdated', onStep));
    steps.use(watchField('Task', 'title', onStep));
    return steps;
  }

  function settled(): Promise<void> {
    return quiet(app, socket, /taskUpdated|FORBIDDEN|subscribed/);
  }
}
