import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { asValue } from '../../../test/support/values.ts';
import { verifyEvents } from '../../../test/support/verifyEvents.ts';
import type { Person } from '../../../test/support/world.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(async () => app[Symbol.asyncDispose]());

const taskUpdated = `subscription ($projectId: ID!, $types: [EventType!], $after: Cursor) {
  taskUpdated(projectId: $projectId, types: $types, after: $after) {
    __typename id cursor type actor { id } topic { id }
    task { id title status estimateMinutes assignee { id } deletedAt }
    changes { field from to }
    ... on TaskAssigned { assignee { id } previousAssignee { id } }
    ... on TaskCommented { comment { text author { id } } mentionedIds }
    ... on TimeStarted { entry { user { id } stoppedAt } }
    ... on TimeStopped { entry { id durationMs } }
  }
}`;

/** Runs a mutation with these input fields and no other answer than its cursor. */
async function run(person: Person, command: string, input: Record<string, unknown>): Promise<string | null> {
  const type = `${command[0]?.toUpperCase()}${command.slice(1)}Input!`;
  const document = `mutation ($input: ${type}) { ${command}(input: $input) { eventCursor } }`;
  return (await app.ask(person, document, { input }))[command].eventCursor;
}

describe('taskUpdated', () => {
  test('delivers every kind of fact about tasks, each with what it is about', async () => {
    const { owner, members, project } = await app.world.project({ members: 1 });
    const [member] = members as [Person];
    const socket = await app.socket(member);
    const stream = await socket.subscribe(taskUpdated, { projectId: project.id });

    const task = await app.world.task({ project, by: owner, title: 'Shed', assignee: member });
    const about = { id: task.id, title: 'Shed' };
    const created = await stream.next('TaskCreated');
    expect(created.value).toMatchObject({ type: 'TASK_CREATED', actor: { id: owner.id }, task: about, changes: [] });
    expect(created.value).toMatchObject({ topic: { id: project.id } });
    const assigned = await stream.next('TaskAssigned');
    expect(assigned.value).toMatchObject({ assignee: { id: member.id }, previousAssignee: null });

    const cursor = await run(owner, 'updateTask', { taskId: task.id, status: 'DONE', title: 'House' });
    const updated = await stream.next('TaskUpdated');
    expect(updated.value).toMatchObject({
      cursor,
      task: { id: task.id, title: 'House', status: 'DONE' },
      changes: [
        { field: 'title', from: null, to: null },
        { field: 'status', from: 'TODO', to: 'DONE' },
      ],
    });
    expect(updated.cursor).toBe(cursor);

    await run(owner, 'addComment', { taskId: task.id, text: 'Nice', mentions: [member.id] });
    const commented = await stream.next('TaskCommented');
    expect(commented.value).toMatchObject({
      comment: { text: 'Nice', author: { id: owner.id } },
      mentionedIds: [member.id],
      changes: [],
    });

    await run(owner, 'startTimer', { taskId: task.id });
    const started = await stream.next('TimeStarted');
    expect(started.value).toMatchObject({ entry: { user: { id: owner.id } } });
    app.clock.advance('5s');
    await run(owner, 'stopTimer', {});
    const stopped = await stream.next('TimeStopped');
    expect(stopped.value).toMatchObject({ entry: { durationMs: 5000 } });

    await run(owner, 'deleteTask', { taskId: task.id });
    const deleted = await stream.next('TaskDeleted');
    expect(deleted.value).toMatchObject({ task: { id: task.id, deletedAt: app.clock.now().toISOString() } });
  });

  test('guests hear of it all, without estimates and times, quoted or not', async () => {
    const { owner, members, project } = await app.world.project({ members: ['GUEST', 'MEMBER'] });
    const [guest, member] = members as [Person, Person];
    const task = await app.world.task({ project, by: owner, input: { estimateMinutes: 5171 } });
    const sockets = [await app.socket(guest), await app.socket(member)] as const;
    const variables = { projectId: project.id };
    const [ofGuest, ofMember] = [
      await sockets[0].subscribe(taskUpdated, variables),
      await sockets[1].subscribe(taskUpdated, variables),
    ];
    await run(owner, 'updateTask', { taskId: task.id, estimateMinutes: 7393, priority: 'HIGH' });
    await run(owner, 'startTimer', { taskId: task.id });

    const seen = await ofMember.next('TaskUpdated');
    expect(seen.errors).toBeUndefined();
    expect(seen.value.changes).toContainEqual({ field: 'estimateMinutes', from: 5171, to: 7393 });
    expect(seen.value.task.estimateMinutes).toBe(7393);
    expect((await ofMember.next('TimeStarted')).value.entry).toMatchObject({ user: { id: owner.id } });

    const hidden = await ofGuest.next('TaskUpdated');
    expect(hidden.value.changes).toEqual([
      { field: 'priority', from: 'MEDIUM', to: 'HIGH' },
      { field: 'estimateMinutes', from: null, to: null },
    ]);
    expect(hidden.value.task.estimateMinutes).toBeNull();
    expect(hidden.errors?.map(({ path, extensions }) => [path?.join('.'), extensions?.code]).sort()).toEqual([
      ['taskUpdated.changes.1.from', 'FORBIDDEN'],
      ['taskUpdated.changes.1.to', 'FORBIDDEN'],
      ['taskUpdated.task.estimateMinutes', 'FORBIDDEN'],
    ]);
    // Who worked when is guarded too: a timer's events would say it by actor and time.
    await run(owner, 'deleteTask', { taskId: task.id });
    await ofGuest.next('TaskDeleted');
    // Not in any frame, whatever its shape.
    for (const hidden of [asValue(5171), asValue(7393), /TimeSt/]) {
      for (const frame of sockets[0].frames) expect(frame).not.toMatch(hidden);
    }
  });

  test('delivers only the kinds asked for', async () => {
    const { owner, project } = await app.world.project();
    const socket = await app.socket(owner);
    const types = ['TASK_DELETED', 'TASK_COMMENTED'];
    const stream = await socket.subscribe(taskUpdated, { projectId: project.id, types });
    const task = await app.world.task({ project, by: owner });
    await app.world.comment({ task, by: owner });
    await run(owner, 'updateTask', { taskId: task.id, status: 'DONE' });
    await run(owner, 'deleteTask', { taskId: task.id });
    const kinds = (await stream.take(2)).map(({ value }) => value.__typename);
    expect(kinds).toEqual(['TaskCommented', 'TaskDeleted']);
  });

  test.each([
    [['MEMBER_ADDED'], 'types names MemberAdded, which is no TaskEvent: use events.'],
    [['TASK_CREATED', 'COMMENT_EDITED'], 'types names CommentEdited, which is no TaskEvent: use events.'],
    [[], 'types is empty: leave it out for all.'],
  ])('refuses types that would stay silent: %o', async (types, message) => {
    const { owner, project } = await app.world.project();
    const socket = await app.socket(owner);
    const stream = await socket.subscribe(taskUpdated, { projectId: project.id, types });
    expect(await stream.error()).toMatchObject({ message, extensions: { code: 'VALIDATION_ERROR', field: 'types' } });
  });

  test('is refused to strangers', async () => {
    const { project } = await app.world.project();
    const socket = await app.socket(await app.world.person());
    const stream = await socket.subscribe(taskUpdated, { projectId: project.id });
    expect(await stream.error()).toMatchObject({
      message: 'No such project, or no access to it.',
      extensions: { code: 'FORBIDDEN' },
    });
  });

  test('goes on where a list of tasks was read', async () => {
    const { owner, project } = await app.world.project();
    const before = await app.world.task({ project, by: owner });
    const { tasks } = await app.ask(owner, 'query ($id: ID!) { tasks(projectId: $id) { headCursor nodes { id } } }', {
      id: project.id,
    });
    expect(tasks.nodes).toEqual([{ id: before.id }]);
    const after = await app.world.task({ project, by: owner });
    const socket = await app.socket(owner);
    const stream = await socket.subscribe(taskUpdated, { projectId: project.id, after: tasks.headCursor });
    expect((await stream.next()).value).toMatchObject({ __typename: 'TaskCreated', task: { id: after.id } });
  });
});

test('whoever has a list of tasks and hears the events of every command has the list of now', async () => {
  await using second = await startApp({ with: app });
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [member] = members as [Person];
  const kept = await app.world.task({ project, by: owner, title: 'Kept' });
  const gone = await app.world.task({ project, by: owner, title: 'Gone' });
  const { id: commentId } = await app.world.comment({ task: kept, by: member });
  const retracted = await app.world.comment({ task: kept, by: owner, text: 'Oh' });

  const events = await verifyEvents(app, {
    person: owner,
    topic: { kind: 'PROJECT', id: project.id },
    variables: { projectId: project.id },
    query: `query ($projectId: ID!) { tasks(projectId: $projectId) { headCursor nodes {
      id title description status priority assignee { id } dueAt estimateMinutes version updatedAt
      comments { nodes { id text mentions { id } version editedAt deletedAt } }
      timeEntries { nodes { id user { id } startedAt stoppedAt durationMs } }
    } } }`,
    resumeOn: second,
    reduce(state, event) {
      if (event.__typename !== 'CommentDeleted') return;
      // The comment keeps its place.
      const { nodes } = state.tasks as unknown as { nodes: { id: string; comments: { nodes: unknown[] } }[] };
      nodes.find(({ id }) => id === kept.id)?.comments.nodes.push(structuredClone(event.comment));
    },
    act: [
      () => app.world.task({ project, by: owner, title: 'New', assignee: member, input: { estimateMinutes: 5 } }),
      () => run(member, 'updateTask', { taskId: kept.id, title: 'Still kept', priority: 'HIGH', estimateMinutes: 9 }),
      () => run(owner, 'assignTask', { taskId: kept.id, assigneeId: member.id }),
      () => run(owner, 'startTimer', { taskId: gone.id }),
      () => run(member, 'startTimer', { taskId: gone.id }),
      () => run(owner, 'startTimer', { taskId: kept.id }),
      () => run(member, 'addComment', { taskId: kept.id, text: 'Well', mentions: [owner.id] }),
      () => run(member, 'editComment', { commentId, text: 'Better', mentions: [owner.id] }),
      () => run(owner, 'deleteComment', { commentId: retracted.id }),
      () => run(owner, 'deleteTask', { taskId: gone.id }),
      () => run(owner, 'stopTimer', {}),
    ],
  });
  expect(events.map((event) => event.__typename)).toEqual([
    'TaskCreated',
    'TaskAssigned',
    'TaskUpdated',
    'TaskAssigned',
    'TimeStarted',
    'TimeStarted',
    'TimeStopped',
    'TimeStarted',
    'TaskCommented',
    'CommentEdited',
    'CommentDeleted',
    'TimeStopped',
    'TaskDeleted',
    'TimeStopped',
  ]);
});
