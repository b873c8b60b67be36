import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import type { Person } from '../../../test/support/world.ts';
import { newId } from '../../platform/ids.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(async () => app[Symbol.asyncDispose]());

const fields =
  'id name description externalId version createdAt updatedAt deleted viewerRole topic { id kind externalId }';
const documents = {
  createProject: `mutation ($input: CreateProjectInput!) { createProject(input: $input) { project { ${fields} headCursor members { nodes { role user { id } } } } eventCursor } }`,
  updateProject: `mutation ($input: UpdateProjectInput!) { updateProject(input: $input) { project { ${fields} } eventCursor } }`,
  deleteProject: `mutation ($input: DeleteProjectInput!) { deleteProject(input: $input) { project { ${fields} } eventCursor } }`,
};
type Command = keyof typeof documents;

/** What a command answers, or its refusal. */
async function run(person: Person | undefined, command: Command, input: Record<string, unknown>) {
  const { data, errors } = await app.graphql(person, documents[command], { input });
  return errors?.[0] ? refusal(errors[0]) : data[command];
}

function refusal({ message, extensions }: { message: string; extensions?: { code?: string; field?: unknown } }) {
  const { code, field } = extensions ?? {};
  return { code, message, ...(field === undefined ? {} : { field }) };
}

/** The project as a query shows it, or the refusal. */
async function read(person: Person, id: string, selection = fields) {
  const { data, errors } = await app.graphql(person, `query ($id: ID!) { project(id: $id) { ${selection} } }`, { id });
  return errors?.[0] ? refusal(errors[0]) : data.project;
}

async function log(topic: `${'project' | 'user'}:${string}`) {
  const events = await app.services.eventLog.after(topic, 0);
  return events.map(({ kind, data, home }) => ({ kind, data, home }));
}

const noSuchProject = { code: 'FORBIDDEN', message: 'No such project, or no access to it.' };

describe('createProject', () => {
  test('makes whoever asks its owner, and appends the fact to its log and theirs', async () => {
    const owner = await app.world.person();
    const { project, eventCursor } = await run(owner, 'createProject', {
      name: ' Shed ',
      description: 'Red\r\nor blue',
      externalId: 'shed-1',
    });
    const now = app.clock.now().toISOString();
    expect(project).toEqual({
      id: expect.any(String),
      name: 'Shed',
      description: 'Red\nor blue',
      externalId: 'shed-1',
      version: 1,
      createdAt: now,
      updatedAt: now,
      deleted: false,
      viewerRole: 'OWNER',
      topic: { id: project.id, kind: 'PROJECT', externalId: 'shed-1' },
      headCursor: eventCursor,
      members: { nodes: [{ role: 'OWNER', user: { id: owner.id } }] },
    });
    const data = { projectId: project.id, ownerId: owner.id };
    expect(await log(`project:${project.id}`)).toEqual([{ kind: 'ProjectCreated', data, home: null }]);
    expect(await log(`user:${owner.id}`)).toEqual([{ kind: 'ProjectCreated', data, home: `project:${project.id}` }]);
  });

  test.each([
    ['ADMIN', true],
    ['MEMBER', true],
    ['GUEST', false],
    ['BOT', false],
  ] as const)('a workspace %s may: %s', async (role, allowed) => {
    const person = await app.world.person({ role });
    const answer = await run(person, 'createProject', { name: 'Shed' });
    if (allowed) expect(answer).toMatchObject({ project: { name: 'Shed' } });
    else expect(answer).toEqual({ code: 'FORBIDDEN', message: 'You may not create projects in this workspace.' });
  });

  test.each([
    ['an empty name', 'name', { name: '  ' }],
    ['a name of two lines', 'name', { name: 'a\nb' }],
    ['a long name', 'name', { name: 'x'.repeat(201) }],
    ['a long description', 'description', { name: 'Shed', description: 'x'.repeat(5001) }],
    ['an empty externalId', 'externalId', { name: 'Shed', externalId: '' }],
    ['an externalId with a space', 'externalId', { name: 'Shed', externalId: 'two words' }],
    ['an externalId with NUL', 'externalId', { name: 'Shed', externalId: 'nul\u0000' }],
    ['an externalId with half a surrogate pair', 'externalId', { name: 'Shed', externalId: '\ud800' }],
    ['a long externalId', 'externalId', { name: 'Shed', externalId: 'x'.repeat(201) }],
    ['an externalId that is a UUID', 'externalId', { name: 'Shed', externalId: newId() }],
  ])('refuses %s', async (_what, field, input) => {
    const owner = await app.world.person();
    expect(await run(owner, 'createProject', input)).toMatchObject({ code: 'VALIDATION_ERROR', field });
    expect(await log(`user:${owner.id}`)).toEqual([]);
  });

  test('an externalId belongs to one project of a workspace, also when two are created at once', async () => {
    const owner = await app.world.person();
    const taken = { code: 'CONFLICT', message: 'The externalId belongs to another project.', field: 'externalId' };
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => run(owner, 'createProject', { name: 'Shed', externalId: 'once' })),
    );
    expect(answers.filter((answer) => 'project' in answer)).toHaveLength(1);
    expect(answers.filter((answer) => 'code' in answer)).toEqual([taken, taken, taken]);
    const stranger = await app.world.person({ workspace: await app.world.newWorkspace() });
    expect(await run(stranger, 'createProject', { name: 'Shed', externalId: 'once' })).toHaveProperty('project');
  });

  test('fifty retries with one key make one project', async () => {
    const owner = await app.world.person();
    const input = { name: 'Shed', idempotencyKey: 'a' };
    const answers = await Promise.all(Array.from({ length: 50 }, () => run(owner, 'createProject', input)));
    expect(new Set(answers.map(({ project }) => project.id)).size).toBe(1);
    expect(new Set(answers.map(({ eventCursor }) => eventCursor)).size).toBe(1);
    expect(await log(`user:${owner.id}`)).toHaveLength(1);
    expect(await run(owner, 'createProject', { ...input, name: 'House' })).toMatchObject({ code: 'CONFLICT' });
  });
});

describe('updateProject', () => {
  test('changes what is given, and the fact names it without the text', async () => {
    const { owner, project } = await app.world.project({ name: 'Shed' });
    app.clock.advance('1m');
    const changed = await run(owner, 'updateProject', { projectId: project.id, name: 'House', description: 'Big' });
    expect(changed.project).toMatchObject({ name: 'House', description: 'Big', version: 2 });
    expect(changed.project.updatedAt).toBe(app.clock.now().toISOString());
    const cleared = await run(owner, 'updateProject', { projectId: project.id, description: null });
    expect(cleared.project).toMatchObject({ name: 'House', description: null, version: 3 });
    const change = (field: string) => ({ field, from: null, to: null });
    expect((await log(`project:${project.id}`)).slice(1)).toEqual([
      {
        kind: 'ProjectUpdated',
        data: { projectId: project.id, changes: [change('name'), change('description')] },
        home: null,
      },
      { kind: 'ProjectUpdated', data: { projectId: project.id, changes: [change('description')] }, home: null },
    ]);
  });

  test('that changes nothing appends nothing', async () => {
    const { owner, project } = await app.world.project({ name: 'Shed' });
    const { project: same, eventCursor } = await run(owner, 'updateProject', { projectId: project.id, name: 'Shed' });
    expect(same).toMatchObject({ version: 1 });
    expect(eventCursor).toBeNull();
    expect(await log(`project:${project.id}`)).toHaveLength(1);
  });

  test('with an expectedVersion: of several at once one wins', async () => {
    const { owner, project } = await app.world.project();
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((name) => run(owner, 'updateProject', { projectId: project.id, name, expectedVersion: 1 })),
    );
    expect(answers.filter((answer) => 'project' in answer)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'CONFLICT')).toHaveLength(2);
  });

  test.each([
    ['an empty name', { name: '' }],
    ['no name', { name: null }],
    ['a long description', { description: 'x'.repeat(5001) }],
  ])('refuses %s', async (_what, input) => {
    const { owner, project } = await app.world.project();
    const answer = await run(owner, 'updateProject', { projectId: project.id, ...input });
    expect(answer).toMatchObject({ code: 'VALIDATION_ERROR', field: Object.keys(input)[0] });
  });
});

describe('deleteProject', () => {
  test('leaves a tombstone that only the answer and the last event show', async () => {
    const { owner, members, project } = await app.world.project({ members: 1, externalId: 'gone' });
    const answer = await run(owner, 'deleteProject', { projectId: 'gone', idempotencyKey: 'd' });
    expect(answer.project).toMatchObject({ id: project.id, deleted: true, externalId: null, version: 2 });
    expect(await run(owner, 'deleteProject', { projectId: 'gone', idempotencyKey: 'd' })).toEqual(answer);
    expect((await log(`project:${project.id}`)).at(-1)).toMatchObject({ kind: 'ProjectDeleted' });
    for (const person of [owner, ...members]) {
      expect(await read(person, project.id)).toEqual(noSuchProject);
      expect(await app.ask(person, '{ projects { nodes { id } } }')).toEqual({ projects: { nodes: [] } });
    }
    expect(await run(owner, 'updateProject', { projectId: project.id, name: 'Again' })).toEqual(noSuchProject);
    expect(await run(owner, 'createProject', { name: 'New', externalId: 'gone' })).toHaveProperty('project');
  });

  test('stops the timers that run in it', async () => {
    const { owner, project } = await app.world.project();
    const task = await app.world.task({ project, by: owner });
    const start = 'mutation ($input: StartTimerInput!) { startTimer(input: $input) { timeEntry { id } } }';
    await app.ask(owner, start, { input: { taskId: task.id } });
    await run(owner, 'deleteProject', { projectId: project.id });
    const kinds = (await log(`project:${project.id}`)).map(({ kind }) => kind);
    expect(kinds.slice(-2)).toEqual(['TimeStopped', 'ProjectDeleted']);
    expect(await app.services.database.db.timeEntry.count({ where: { stoppedAt: null, userId: owner.id } })).toBe(0);
  });

  test('against an update: whoever comes second finds it gone', async () => {
    const { owner, project } = await app.world.project();
    const [deleted, ...updates] = await Promise.all([
      run(owner, 'deleteProject', { projectId: project.id }),
      ...['a', 'b', 'c'].map((name) => run(owner, 'updateProject', { projectId: project.id, name })),
    ]);
    expect(deleted).toHaveProperty('project');
    for (const update of updates) if ('code' in update) expect(update).toEqual(noSuchProject);
    expect((await log(`project:${project.id}`)).at(-1)?.kind).toBe('ProjectDeleted');
  });
});

describe('who may', () => {
  test.each([
    ['OWNER', ['read', 'update', 'delete']],
    ['ADMIN', ['read', 'update']],
    ['MEMBER', ['read']],
    ['GUEST', ['read']],
  ] as const)('%s: %j', async (role, allowed) => {
    const { members, project } = await app.world.project({ members: [role] });
    const [person] = members as [Person];
    const may = (action: string) => (allowed as readonly string[]).includes(action);
    expect(await read(person, project.id)).toMatchObject({ id: project.id, viewerRole: role });
    const updated = await run(person, 'updateProject', { projectId: project.id, name: 'New' });
    if (may('update')) expect(updated).toMatchObject({ project: { name: 'New' } });
    else expect(updated).toEqual({ code: 'FORBIDDEN', message: 'You may not change this project.' });
    const deleted = await run(person, 'deleteProject', { projectId: project.id });
    if (may('delete')) expect(deleted).toMatchObject({ project: { deleted: true } });
    else expect(deleted).toEqual({ code: 'FORBIDDEN', message: 'You may not delete this project.' });
  });

  test('missing, foreign, private and malformed ids are refused alike', async () => {
    const { project } = await app.world.project({ externalId: 'private' });
    const foreign = await app.world.project({ workspace: await app.world.newWorkspace(), externalId: 'foreign' });
    const person = await app.world.person({ role: 'ADMIN' });
    const ids = [
      newId(),
      project.id,
      'private',
      foreign.project.id,
      'foreign',
      '',
      'x',
      '\u0000',
      '\ud800',
      project.id.toUpperCase(),
    ];
    for (const id of ids) {
      expect(await read(person, id), id).toEqual(noSuchProject);
      expect(await run(person, 'updateProject', { projectId: id, name: 'Mine' }), id).toEqual(noSuchProject);
      expect(await run(person, 'deleteProject', { projectId: id }), id).toEqual(noSuchProject);
      expect(await app.ask(person, 'query ($id: ID!) { node(id: $id) { id } }', { id }), id).toEqual({ node: null });
    }
    expect(await log(`project:${project.id}`)).toHaveLength(1);
  });

  test('nobody without a token', async () => {
    const { errors } = await app.graphql(undefined, '{ projects { nodes { id } } }');
    expect(errors?.[0]?.extensions?.code).toBe('UNAUTHORIZED');
    expect(await run(undefined, 'createProject', { name: 'Shed' })).toMatchObject({ code: 'UNAUTHORIZED' });
  });
});

describe('queries', () => {
  test('a project is found by id, by externalId and as a node', async () => {
    const { owner, project } = await app.world.project({ externalId: 'article-123' });
    expect(await read(owner, 'article-123')).toEqual(await read(owner, project.id));
    const node = 'query ($id: ID!) { node(id: $id) { id __typename ... on Project { name externalId } } }';
    expect(await app.ask(owner, node, { id: project.id })).toEqual({
      node: { id: project.id, __typename: 'Project', name: project.name, externalId: 'article-123' },
    });
  });

  test('projects lists those one belongs to, page by page, both ways, each with its place and role', async () => {
    const me = await app.world.person();
    const ids: string[] = [];
    for (const role of ['OWNER', 'GUEST', 'ADMIN', 'OWNER'] as const) {
      const { owner, project } = await app.world.project(role === 'OWNER' ? { owner: me } : {});
      if (role !== 'OWNER') await app.world.member({ project, by: owner, role, person: me });
      ids.push(project.id);
    }
    await app.world.project();
    const document = `query ($first: Int, $after: String, $last: Int, $before: String) {
      projects(first: $first, after: $after, last: $last, before: $before) {
        nodes { id viewerRole headCursor members { nodes { user { id } } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`;
    const page = async (variables: Record<string, unknown>) => (await app.ask(me, document, variables)).projects;
    const idsOf = ({ nodes }: { nodes: { id: string }[] }) => nodes.map(({ id }) => id);

    const all = await page({});
    expect(idsOf(all)).toEqual(ids);
    expect(all.nodes.map(({ viewerRole }: { viewerRole: string }) => viewerRole)).toEqual([
      'OWNER',
      'GUEST',
      'ADMIN',
      'OWNER',
    ]);
    for (const { id, headCursor } of all.nodes) expect(await read(me, id, 'headCursor')).toEqual({ headCursor });

    const first = await page({ first: 3 });
    expect(idsOf(first)).toEqual(ids.slice(0, 3));
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(idsOf(await page({ first: 3, after: first.pageInfo.endCursor }))).toEqual(ids.slice(3));
    const last = await page({ last: 3 });
    expect(idsOf(last)).toEqual(ids.slice(1));
    expect(idsOf(await page({ last: 3, before: last.pageInfo.startCursor }))).toEqual(ids.slice(0, 1));
    const { errors } = await app.graphql(me, document, { after: 'garbage' });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION_ERROR' });
  });
});
