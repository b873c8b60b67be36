import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import type { Person } from '../../../test/support/world.ts';
import { newId } from '../../platform/ids.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(async () => app[Symbol.asyncDispose]());

const taskFields =
  'id title description status priority assignee { id } creator { id } project { id } dueAt estimateMinutes version createdAt updatedAt deletedAt';
const documents = {
  createTask: `mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { ${taskFields} } eventCursor } }`,
  updateTask: `mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { task { ${taskFields} } eventCursor } }`,
  assignTask: `mutation ($input: AssignTaskInput!) { assignTask(input: $input) { task { ${taskFields} } eventCursor } }`,
  deleteTask: `mutation ($input: DeleteTaskInput!) { deleteTask(input: $input) { task { ${taskFields} } eventCursor } }`,
  startTimer: 'mutation ($input: StartTimerInput!) { startTimer(input: $input) { timeEntry { id } eventCursor } }',
};
type Command = keyof typeof documents;

/** Runs a command: what it answers, or the code, the sentence and the field of the refusal. */
async function run(person: Person | undefined, command: Command, input: Record<string, unknown>) {
  const { data, errors } = await app.graphql(person, documents[command], { input });
  const error = errors?.[0];
  if (!error) return data[command];
  const { code, field } = error.extensions ?? {};
  return { code, message: error.message, ...(field === undefined ? {} : { field }) };
}

/** Kinds and data of the project's facts about tasks and timers, oldest first. */
async function facts(project: { id: string }) {
  const events = await app.services.eventLog.after(`project:${project.id}`, 0);
  return events.filter(({ kind }) => /^T/.test(kind)).map(({ kind, data }) => ({ kind, ...data }));
}

const noSuchTask = { code: 'NOT_FOUND', message: 'No such task, or no access to it.' };
const noSuchProject = { code: 'FORBIDDEN', message: 'No such project, or no access to it.' };

describe('createTask', () => {
  test('stores what it is given, and appends the fact', async () => {
    const { owner, members, project } = await app.world.project({ members: 1 });
    const [member] = members as [Person];
    const { task, eventCursor } = await run(member, 'createTask', {
      projectId: project.id,
      title: '  Paint the shed ',
      description: 'Red\r\nor blue',
      status: 'IN_PROGRESS',
      priority: 'HIGH',
      assigneeId: owner.id,
      dueAt: '2026-12-24T18:00:00+01:00',
      estimateMinutes: 90,
    });
    expect(task).toEqual({
      id: expect.any(String),
      title: 'Paint the shed',
      description: 'Red\nor blue',
      status: 'IN_PROGRESS',
      priority: 'HIGH',
      assignee: { id: owner.id },
      creator: { id: member.id },
      project: { id: project.id },
      dueAt: '2026-12-24T17:00:00.000Z',
      estimateMinutes: 90,
      version: 1,
      createdAt: app.clock.now().toISOString(),
      updatedAt: app.clock.now().toISOString(),
      deletedAt: null,
    });
    expect(await facts(project)).toEqual([
      { kind: 'TaskCreated', taskId: task.id },
      { kind: 'TaskAssigned', taskId: task.id, assigneeId: owner.id, previousAssigneeId: null },
    ]);
    expect(eventCursor).toEqual(expect.any(String));
  });

  test('needs no more than a project and a title, and takes the externalId of the project', async () => {
    const { owner, project } = await app.world.project({ externalId: `shed-${newId().slice(-6)}` });
    const { externalId } = await app.services.database.db.topic.findUniqueOrThrow({ where: { id: project.id } });
    const { task } = await run(owner, 'createTask', { projectId: externalId, title: 'T', description: ' \n ' });
    expect(task).toMatchObject({
      status: 'TODO',
      priority: 'MEDIUM',
      description: null,
      assignee: null,
      dueAt: null,
      estimateMinutes: null,
      project: { id: project.id },
    });
    expect(await facts(project)).toEqual([{ kind: 'TaskCreated', taskId: task.id }]);
  });

  test('is refused to guests, to strangers and to other tenants', async () => {
    const { owner, members, project } = await app.world.project({ members: ['GUEST'] });
    const [guest] = members as [Person];
    const stranger = await app.world.person();
    const foreigner = await app.world.person({ workspace: await app.world.newWorkspace() });
    const input = { projectId: project.id, title: 'T' };
    expect(await run(guest, 'createTask', input)).toEqual({
      code: 'FORBIDDEN',
      message: 'You may not create tasks in this project.',
    });
    expect(await run(stranger, 'createTask', input)).toEqual(noSuchProject);
    expect(await run(foreigner, 'createTask', input)).toEqual(noSuchProject);
    expect(await run(owner, 'createTask', { ...input, projectId: newId() })).toEqual(noSuchProject);
    expect(await run(owner, 'createTask', { ...input, projectId: 'a\u0000b' })).toEqual(noSuchProject);
    expect(await run(undefined, 'createTask', input)).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await facts(project)).toEqual([]);
    expect(await run(owner, 'createTask', input)).toMatchObject({ task: { title: 'T' } });
  });

  test.each([
    ['title', { title: ' ' }, 'title is empty.'],
    ['title', { title: 'a\u0000b' }, 'title contains control characters.'],
    ['title', { title: 'a\nb' }, 'title contains control characters.'],
    ['title', { title: 'a\ud83d' }, 'title contains half of a surrogate pair.'],
    ['title', { title: 'x'.repeat(201) }, 'title is longer than 200 characters.'],
    ['description', { description: 'x'.repeat(5001) }, 'description is longer than 5000 characters.'],
    ['description', { description: 'a\u0000b' }, 'description contains control characters.'],
    ['estimateMinutes', { estimateMinutes: -1 }, 'estimateMinutes must be a whole number from 0 to 100000.'],
    ['estimateMinutes', { estimateMinutes: 100_001 }, 'estimateMinutes must be a whole number from 0 to 100000.'],
    ['dueAt', { dueAt: '1999-12-31T00:00:00Z' }, 'dueAt must lie between the years 2000 and 2200.'],
    ['dueAt', { dueAt: '9999-12-31T00:00:00Z' }, 'dueAt must lie between the years 2000 and 2200.'],
    ['assigneeId', { assigneeId: newId() }, 'assigneeId is not an active member of the project.'],
    ['assigneeId', { assigneeId: 'nobody' }, 'assigneeId is not an active member of the project.'],
  ])('refuses a bad %s: %o', async (field, bad, message) => {
    const { owner, project } = await app.world.project();
    const input = { projectId: project.id, title: 'T', ...bad };
    expect(await run(owner, 'createTask', input)).toEqual({ code: 'VALIDATION_ERROR', message, field });
    expect(await facts(project)).toEqual([]);
    expect(await app.services.database.db.task.count({ where: { projectId: project.id } })).toBe(0);
  });

  test.each([{ status: 'LATER' }, { dueAt: 'tomorrow' }, { dueAt: '2026-13-01T00:00:00Z' }, { estimateMinutes: 1.5 }])(
    'refuses what the schema refuses: %o',
    async (bad) => {
      const { owner, project } = await app.world.project();
      const answer = await run(owner, 'createTask', { projectId: project.id, title: 'T', ...bad });
      expect(answer).toMatchObject({ code: 'VALIDATION_ERROR' });
    },
  );

  test('fifty retries with one key at once make one task and one fact', async () => {
    const { owner, project } = await app.world.project();
    const input = { projectId: project.id, title: 'Once', idempotencyKey: 'k' };
    const answers = await Promise.all(Array.from({ length: 50 }, () => run(owner, 'createTask', input)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0].task.title).toBe('Once');
    expect(await facts(project)).toEqual([{ kind: 'TaskCreated', taskId: answers[0].task.id }]);
    expect(await run(owner, 'createTask', { ...input, title: 'Twice' })).toMatchObject({ code: 'CONFLICT' });
  });
});

describe('updateTask', () => {
  test('says what changed; free text by name only', async () => {
    const { owner, project } = await app.world.project();
    const { id } = await app.world.task({
      project,
      by: owner,
      input: { description: 'D', estimateMinutes: 30, dueAt: '2027-01-01T00:00:00Z' },
    });
    app.clock.advance('1m');
    const { task } = await run(owner, 'updateTask', {
      taskId: id,
      title: 'Other',
      description: null,
      status: 'DONE',
      priority: 'MEDIUM',
      dueAt: null,
      estimateMinutes: 45,
      expectedVersion: 1,
    });
    expect(task).toMatchObject({
      title: 'Other',
      description: null,
      status: 'DONE',
      dueAt: null,
      estimateMinutes: 45,
      version: 2,
      updatedAt: app.clock.now().toISOString(),
    });
    expect((await facts(project)).at(-1)).toEqual({
      kind: 'TaskUpdated',
      taskId: id,
      changes: [
        { field: 'title', from: null, to: null },
        { field: 'description', from: null, to: null },
        { field: 'status', from: 'TODO', to: 'DONE' },
        { field: 'dueAt', from: '2027-01-01T00:00:00.000Z', to: null },
        { field: 'estimateMinutes', from: 30, to: 45 },
      ],
    });
  });

  test('writes nothing when nothing changes', async () => {
    const { owner, project } = await app.world.project();
    const { id, title } = await app.world.task({ project, by: owner });
    for (const input of [{}, { title: ` ${title} ` }, { status: 'TODO', dueAt: null, description: '' }]) {
      const { task, eventCursor } = await run(owner, 'updateTask', { taskId: id, ...input });
      expect([task.version, eventCursor]).toEqual([1, null]);
    }
    expect(await facts(project)).toHaveLength(1);
  });

  test('is refused at another version than expected', async () => {
    const { owner, project } = await app.world.project();
    const { id } = await app.world.task({ project, by: owner });
    await run(owner, 'updateTask', { taskId: id, status: 'DONE' });
    expect(await run(owner, 'updateTask', { taskId: id, status: 'TODO', expectedVersion: 1 })).toEqual({
      code: 'CONFLICT',
      message: 'The task is at version 2. Read it again and decide again.',
      field: 'expectedVersion',
    });
    expect(await facts(project)).toHaveLength(2);
  });

  test('of twenty who expect the same version, one comes through', async () => {
    const { owner, project } = await app.world.project();
    const { id } = await app.world.task({ project, by: owner });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, nth) =>
        run(owner, 'updateTask', { taskId: id, estimateMinutes: nth + 1, expectedVersion: 1 }),
      ),
    );
    expect(answers.filter(({ task }) => task)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'CONFLICT')).toHaveLength(19);
    expect(await facts(project)).toHaveLength(2);
  });

  test('what concurrent facts say of the value before is the value of the fact before', async () => {
    const { owner, project } = await app.world.project();
    const { id } = await app.world.task({ project, by: owner, input: { estimateMinutes: 0 } });
    await Promise.all(
      Array.from({ length: 20 }, (_, nth) => run(owner, 'updateTask', { taskId: id, estimateMinutes: nth + 1 })),
    );
    const changes = (await facts(project)).slice(1).map((fact) => (fact as never as { changes: [Quoted] }).changes[0]);
    expect(changes).toHaveLength(20);
    let value: unknown = 0;
    for (const { from, to } of changes) {
      expect(from).toBe(value);
      value = to;
    }
    expect((await app.services.database.db.task.findUniqueOrThrow({ where: { id } })).estimateMinutes).toBe(value);
  });
  type Quoted = { from: unknown; to: unknown };

  test.each([
    ['title', { title: null }, 'title must not be null.'],
    ['status', { status: null }, 'status must not be null.'],
    ['priority', { priority: null }, 'priority must not be null.'],
    ['title', { title: '' }, 'title is empty.'],
    ['description', { description: '\ud800' }, 'description contains half of a surrogate pair.'],
  ])('refuses a bad %s: %o', async (field, bad, message) => {
    const { owner, project } = await app.world.project();
    const { id } = await app.world.task({ project, by: owner });
    expect(await run(owner, 'updateTask', { taskId: id, ...bad })).toEqual({
      code: 'VALIDATION_ERROR',
      message,
      field,
    });
    expect(await facts(project)).toHaveLength(1);
  });
});

describe('assignTask', () => {
  test('gives a task to a member, to a guest, and to nobody', async () => {
    const { owner, members, project } = await app.world.project({ members: ['MEMBER', 'GUEST'] });
    const [member, guest] = members as [Person, Person];
    const { id } = await app.world.task({ project, by: owner });
    for (const assignee of [member, guest, null]) {
      const { task } = await run(owner, 'assignTask', { taskId: id, assigneeId: assignee?.id ?? null });
      expect(task.assignee).toEqual(assignee && { id: assignee.id });
    }
    expect((await facts(project)).slice(1)).toEqual([
      { kind: 'TaskAssigned', taskId: id, assigneeId: member.id, previousAssigneeId: null },
      { kind: 'TaskAssigned', taskId: id, assigneeId: guest.id, previousAssigneeId: member.id },
      { kind: 'TaskAssigned', taskId: id, assigneeId: null, previousAssigneeId: guest.id },
    ]);
    const { task, eventCursor } = await run(owner, 'assignTask', { taskId: id, assigneeId: null });
    expect([task.version, eventCursor]).toEqual([4, null]);
  });

  test('only to active members, whoever else it is', async () => {
    const { owner, members, project } = await app.world.project({ members: 1 });
    const [left] = members as [Person];
    const { id } = await app.world.task({ project, by: owner });
    await app.services.database.db.user.update({ where: { id: left.id }, data: { deactivatedAt: app.clock.now() } });
    const stranger = await app.world.person();
    const foreigner = await app.world.person({ workspace: await app.world.newWorkspace() });
    for (const assigneeId of [left.id, stranger.id, foreigner.id, newId(), '']) {
      expect(await run(owner, 'assignTask', { taskId: id, assigneeId })).toEqual({
        code: 'VALIDATION_ERROR',
        message: 'assigneeId is not an active member of the project.',
        field: 'assigneeId',
      });
    }
    expect(await run(owner, 'assignTask', { taskId: id })).toMatchObject({ message: 'assigneeId is missing.' });
    expect(await run(owner, 'assignTask', { taskId: id, assigneeId: owner.id, expectedVersion: 7 })).toMatchObject({
      code: 'CONFLICT',
    });
    expect(await facts(project)).toHaveLength(1);
  });
});

describe('deleteTask', () => {
  test('leaves a tombstone that only the command and events show, and stops timers', async () => {
    const { owner, members, project } = await app.world.project({ members: 1 });
    const [member] = members as [Person];
    const { id, title } = await app.world.task({ project, by: owner });
    await run(owner, 'startTimer', { taskId: id });
    await run(member, 'startTimer', { taskId: id });
    const { task } = await run(member, 'deleteTask', { taskId: id, expectedVersion: 1 });
    expect(task).toMatchObject({ id, title, version: 2, deletedAt: app.clock.now().toISOString() });

    const kinds = (await facts(project)).map(({ kind }) => kind);
    expect(kinds).toEqual(['TaskCreated', 'TimeStarted', 'TimeStarted', 'TimeStopped', 'TimeStopped', 'TaskDeleted']);
    expect(await app.services.database.db.timeEntry.count({ where: { taskId: id, stoppedAt: null } })).toBe(0);

    const { data, errors } = await app.graphql(
      owner,
      'query ($id: ID!, $projectId: ID!) { task(id: $id) { id } node(id: $id) { id } tasks(projectId: $projectId) { nodes { id } } }',
      { id, projectId: project.id },
    );
    expect(data).toEqual({ task: null, node: null, tasks: { nodes: [] } });
    expect(errors).toMatchObject([{ message: noSuchTask.message, path: ['task'], extensions: { code: 'NOT_FOUND' } }]);
    for (const command of ['updateTask', 'deleteTask', 'startTimer'] as const) {
      expect(await run(owner, command, { taskId: id })).toEqual(noSuchTask);
    }
  });

  test('expects the version it is told', async () => {
    const { owner, project } = await app.world.project();
    const { id } = await app.world.task({ project, by: owner });
    expect(await run(owner, 'deleteTask', { taskId: id, expectedVersion: 2 })).toMatchObject({ code: 'CONFLICT' });
    expect(await facts(project)).toHaveLength(1);
  });

  test('a timer started while the task is being deleted either fails or is stopped', async () => {
    const { owner, members, project } = await app.world.project({ members: 5 });
    const { id } = await app.world.task({ project, by: owner });
    await Promise.all([
      ...members.map((member) => run(member, 'startTimer', { taskId: id })),
      run(owner, 'deleteTask', { taskId: id }),
    ]);
    expect(await app.services.database.db.timeEntry.count({ where: { taskId: id, stoppedAt: null } })).toBe(0);
    const kinds = (await facts(project)).map(({ kind }) => kind);
    expect(kinds.at(-1)).toBe('TaskDeleted');
    expect(kinds.filter((kind) => kind === 'TimeStarted')).toHaveLength(
      kinds.filter((kind) => kind === 'TimeStopped').length,
    );
  });
});

test.each([
  ['updateTask', { status: 'DONE' }, 'You may not change tasks of this project.'],
  ['assignTask', { assigneeId: null }, 'You may not assign tasks of this project.'],
  ['deleteTask', {}, 'You may not delete tasks of this project.'],
] as const)(
  '%s is allowed to members and refused to guests, strangers and other tenants',
  async (command, more, message) => {
    const { owner, members, project } = await app.world.project({ members: ['GUEST', 'MEMBER'] });
    const [guest, member] = members as [Person, Person];
    const { id } = await app.world.task({ project, by: owner });
    const input = { taskId: id, ...more };
    expect(await run(guest, command, input)).toEqual({ code: 'FORBIDDEN', message });
    expect(await run(await app.world.person(), command, input)).toEqual(noSuchTask);
    const foreigner = await app.world.person({ workspace: await app.world.newWorkspace(), role: 'ADMIN' });
    expect(await run(foreigner, command, input)).toEqual(noSuchTask);
    expect(await run(member, command, { ...input, taskId: newId() })).toEqual(noSuchTask);
    expect(await run(member, command, { ...input, taskId: 'x\u0000' })).toEqual(noSuchTask);
    expect(await facts(project)).toHaveLength(1);
    expect(await run(member, command, input)).toMatchObject({ task: { id } });
  },
);

describe('reading', () => {
  const taskDocument = `query ($id: ID!) { task(id: $id) { title estimateMinutes timeEntries { nodes { id } } } }`;

  test('estimates and times are for members, not for guests; everything for nobody else', async () => {
    const { owner, members, project } = await app.world.project({ members: ['GUEST'] });
    const [guest] = members as [Person];
    const { id, title } = await app.world.task({ project, by: owner, input: { estimateMinutes: 10 } });
    expect(await app.ask(owner, taskDocument, { id })).toEqual({
      task: { title, estimateMinutes: 10, timeEntries: { nodes: [] } },
    });
    const { data, errors } = await app.graphql(guest, taskDocument, { id });
    expect(data).toEqual({ task: { title, estimateMinutes: null, timeEntries: null } });
    expect(errors?.map(({ path, extensions }) => [path, extensions?.code])).toEqual([
      [['task', 'estimateMinutes'], 'FORBIDDEN'],
      [['task', 'timeEntries'], 'FORBIDDEN'],
    ]);
    const stranger = await app.graphql(await app.world.person(), taskDocument, { id });
    expect([stranger.data, stranger.errors?.[0]?.extensions?.code]).toEqual([{ task: null }, 'NOT_FOUND']);
  });

  const listDocument = `query ($projectId: ID!, $status: TaskStatus, $first: Int, $after: String, $last: Int, $before: String) {
    tasks(projectId: $projectId, status: $status, first: $first, after: $after, last: $last, before: $before) {
      nodes { id } headCursor pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }`;
  const list = async (person: Person, variables: Record<string, unknown>) =>
    (await app.ask(person, listDocument, variables)).tasks;
  const idsOf = ({ nodes }: { nodes: { id: string }[] }) => nodes.map(({ id }) => id);

  test('pages forwards and backwards in the order of creation', async () => {
    const { owner, project } = await app.world.project();
    const ids: string[] = [];
    for (let nth = 0; nth < 5; nth++) ids.push((await app.world.task({ project, by: owner })).id);
    const projectId = project.id;
    const first = await list(owner, { projectId, first: 2 });
    const second = await list(owner, { projectId, first: 2, after: first.pageInfo.endCursor });
    const last = await list(owner, { projectId, first: 2, after: second.pageInfo.endCursor });
    expect([first, second, last].map(idsOf)).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    expect([first, second, last].map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, true, false]);
    expect(idsOf(await list(owner, { projectId, last: 2 }))).toEqual(ids.slice(3));
    expect(idsOf(await list(owner, { projectId, last: 2, before: second.pageInfo.startCursor }))).toEqual(
      ids.slice(0, 2),
    );
  });

  test('a page goes on behind a task that has left the list meanwhile', async () => {
    const { owner, project } = await app.world.project();
    const ids: string[] = [];
    for (let nth = 0; nth < 4; nth++) ids.push((await app.world.task({ project, by: owner })).id);
    const projectId = project.id;
    const { pageInfo } = await list(owner, { projectId, status: 'TODO', first: 2 });
    await run(owner, 'updateTask', { taskId: ids[1], status: 'DONE' });
    expect(idsOf(await list(owner, { projectId, status: 'TODO', after: pageInfo.endCursor }))).toEqual(ids.slice(2));
    await run(owner, 'deleteTask', { taskId: ids[1] });
    expect(idsOf(await list(owner, { projectId, after: pageInfo.endCursor }))).toEqual(ids.slice(2));
  });

  test.each([
    { after: 'garbage' },
    { after: Buffer.from('GPC:S:nope').toString('base64') },
    { before: Buffer.from('GPC:N:5').toString('base64') },
    { first: -1 },
  ])('refuses a bad page: %o', async (bad) => {
    const { owner, project } = await app.world.project();
    const { errors } = await app.graphql(owner, listDocument, { projectId: project.id, ...bad });
    expect(errors).toMatchObject([{ path: ['tasks'], extensions: { code: 'VALIDATION_ERROR' } }]);
  });

  test('is refused to strangers', async () => {
    const { project } = await app.world.project();
    const { errors } = await app.graphql(await app.world.person(), listDocument, { projectId: project.id });
    expect(errors).toMatchObject([{ message: noSuchProject.message, extensions: { code: 'FORBIDDEN' } }]);
  });
});
