// What somebody who leaves a project, is removed, or may do less leaves behind (docs/decisions/0005).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { administrator, commandsOf, run } from '../../../test/support/commands.ts';
import { waitForWaiting } from '../../../test/support/locks.ts';
import type { Person } from '../../../test/support/world.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(async () => app[Symbol.asyncDispose]());

const leave = (person: Person, { id }: { id: string }) => run(app, person, 'leaveTopic', { topicId: id });

async function scene() {
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [member] = members as [Person];
  return { owner, member, project, commands: commandsOf(app, owner, project) };
}

/** The facts of a project from the removal on, oldest first. */
async function factsFromRemoval({ id }: { id: string }) {
  const events = await app.services.eventLog.after(`project:${id}`, 0);
  const facts = events.map(({ kind, data }) => ({ kind, ...data }));
  return facts.slice(facts.findIndex(({ kind }) => kind === 'MemberRemoved'));
}

const assigneesOf = async (tasks: readonly { id: string }[]) => {
  const rows = await app.services.database.db.task.findMany({ where: { id: { in: tasks.map(({ id }) => id) } } });
  return tasks.map((task) => rows.find(({ id }) => id === task.id)?.assigneeId);
};

describe.each(['is removed', 'leaves'] as const)('a member who %s', (how) => {
  const goes = ({ commands, member, project }: Awaited<ReturnType<typeof scene>>) =>
    how === 'leaves' ? leave(member, project) : commands.remove(member);

  test('has no open task of the project any more, and keeps what is done and what is elsewhere', async () => {
    const here = await scene();
    const { owner, member, project } = here;
    const other = await app.world.project({ owner: member });
    const input = { assigneeId: member.id };
    const open = await app.world.task({ project, by: owner, input });
    const begun = await app.world.task({ project, by: owner, input: { ...input, status: 'IN_PROGRESS' } });
    const done = await app.world.task({ project, by: owner, input: { ...input, status: 'DONE' } });
    const ofAnother = await app.world.task({ project, by: owner, input: { assigneeId: owner.id } });
    const elsewhere = await app.world.task({ project: other.project, by: member, input });
    const stream = await (await app.socket(owner)).subscribe(
      'subscription ($id: ID!) { taskUpdated(projectId: $id) { __typename task { id version assignee { id } } ... on TaskAssigned { previousAssignee { id } } } }',
      { id: project.id },
    );

    await goes(here);
    expect(await assigneesOf([open, begun, done, ofAnother, elsewhere])).toEqual([
      null,
      null,
      member.id,
      owner.id,
      member.id,
    ]);
    const told = (await stream.take(2)).map(({ value }) => value);
    expect(told.map(({ task }) => task.id).sort()).toEqual([open.id, begun.id].sort());
    for (const { __typename, task, previousAssignee } of told) {
      expect({ __typename, task, previousAssignee }).toMatchObject({
        __typename: 'TaskAssigned',
        task: { version: 2, assignee: null },
        previousAssignee: { id: member.id },
      });
    }
    expect((await factsFromRemoval(project)).map(({ kind }) => kind)).toEqual([
      'MemberRemoved',
      'TaskAssigned',
      'TaskAssigned',
    ]);
  });

  test('has no timer running there any more, and one that runs elsewhere goes on', async () => {
    const here = await scene();
    const { owner, member, project } = here;
    const task = await app.world.task({ project, by: owner });
    await run(app, member, 'startTimer', { taskId: task.id });
    await goes(here);
    expect(await app.ask(member, '{ runningTimer { id } }')).toEqual({ runningTimer: null });
    expect(await factsFromRemoval(project)).toMatchObject([
      { kind: 'MemberRemoved' },
      { kind: 'TimeStopped', taskId: task.id },
    ]);

    const there = await scene();
    const own = await app.world.project({ owner: there.member });
    const elsewhere = await app.world.task({ project: own.project, by: there.member });
    await run(app, there.member, 'startTimer', { taskId: elsewhere.id });
    await goes(there);
    expect(await app.ask(there.member, '{ runningTimer { task { id } } }')).toEqual({
      runningTimer: { task: { id: elsewhere.id } },
    });
    expect(await factsFromRemoval(there.project)).toHaveLength(1);
  });
});

test('whatever is assigned to and started by somebody while they are removed, nothing of it stays', async () => {
  const { owner, member, project, commands } = await scene();
  const tasks = await Promise.all(Array.from({ length: 6 }, () => app.world.task({ project, by: owner })));
  const quietly = (run: Promise<unknown>) => run.catch(() => undefined);
  await Promise.all([
    ...tasks.slice(0, 3).map(({ id }) => quietly(run(app, owner, 'assignTask', { taskId: id, assigneeId: member.id }))),
    quietly(run(app, member, 'startTimer', { taskId: tasks[0]?.id })),
    commands.remove(member),
    ...tasks.slice(3).map(({ id }) => quietly(run(app, owner, 'assignTask', { taskId: id, assigneeId: member.id }))),
    quietly(run(app, owner, 'createTask', { projectId: project.id, title: 'New', assigneeId: member.id })),
    quietly(run(app, member, 'startTimer', { taskId: tasks[5]?.id })),
  ]);
  const { db } = app.services.database;
  expect(await db.task.count({ where: { projectId: project.id, assigneeId: member.id } })).toBe(0);
  expect(await db.timeEntry.count({ where: { projectId: project.id, stoppedAt: null } })).toBe(0);
});

describe.each(['is made a guest', 'is deactivated'] as const)('a member who %s', (how) => {
  const happens = async ({ commands, member }: Awaited<ReturnType<typeof scene>>) =>
    how === 'is made a guest'
      ? commands.changeRole(member, 'GUEST')
      : run(app, await administrator(app), 'deactivateUser', { userId: member.id });

  test('has no timer running any more, and keeps their tasks', async () => {
    const here = await scene();
    const { owner, member, project } = here;
    const task = await app.world.task({ project, by: owner, assignee: member });
    await run(app, member, 'startTimer', { taskId: task.id });
    await happens(here);
    expect(await assigneesOf([task])).toEqual([member.id]);
    const read = '{ timeEntries { nodes { user { id } durationMs } } }';
    const told = await app.ask(owner, `query ($id: ID!) { task(id: $id) ${read} }`, { id: task.id });
    expect(told.task.timeEntries.nodes).toEqual([{ user: { id: member.id }, durationMs: 0 }]);
    expect((await app.services.eventLog.after(`project:${project.id}`, 0)).at(-1)).toMatchObject({
      kind: 'TimeStopped',
      data: { taskId: task.id },
    });
  });

  test('has none either that they start at that moment', async () => {
    const here = await scene();
    const tasks = await Promise.all([1, 2, 3, 4].map(() => app.world.task({ project: here.project, by: here.owner })));
    const start = ({ id }: { id: string }) =>
      run(app, here.member, 'startTimer', { taskId: id }).catch(() => undefined);
    await Promise.all([...tasks.slice(0, 2).map(start), happens(here), ...tasks.slice(2).map(start)]);
    expect(await running(here.project)).toBe(0);
  });
});

test('whoever removes a member waits for a task that is being deleted without holding the timer on it', async () => {
  const { owner, member, project, commands } = await scene();
  const task = await app.world.task({ project, by: owner, assignee: member });
  await run(app, owner, 'startTimer', { taskId: task.id });
  await run(app, member, 'startTimer', { taskId: task.id });
  const { db, begin } = app.services.database;
  const [first, second] = await db.timeEntry.findMany({ where: { taskId: task.id }, orderBy: { startedAt: 'asc' } });
  const both = await begin(async (tx) => {
    await tx.$queryRaw`SELECT 1 AS locked FROM "TimeEntry" WHERE id = ${first?.id}::uuid FOR UPDATE`;
    // It holds the task and waits for the first of the two timers on it.
    const deleted = run(app, owner, 'deleteTask', { taskId: task.id });
    await waitForWaiting(tx, 1);
    const removed = commands.remove(member);
    await waitForWaiting(tx, 2);
    expect(
      await tx.$queryRaw`SELECT id FROM "TimeEntry" WHERE id = ${second?.id}::uuid FOR UPDATE SKIP LOCKED`,
    ).toEqual([{ id: second?.id }]);
    return [deleted, removed];
  });
  await Promise.all(both);
  expect(await running(project)).toBe(0);
});

function running({ id }: { id: string }): Promise<number> {
  return app.services.database.db.timeEntry.count({ where: { projectId: id, stoppedAt: null } });
}
