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
  'id type title body status publishedAt externalId version createdAt updatedAt deleted viewerRole topic { id kind externalId }';
const commands = ['createContent', 'updateContent', 'publishContent', 'unpublishContent', 'deleteContent'] as const;
type Command = (typeof commands)[number] | 'addMember' | 'removeMember' | 'changeMemberRole' | 'leaveTopic';

/** What a command answers, or its refusal. */
async function run(person: Person | undefined, command: Command, input: Record<string, unknown>) {
  const type = `${command[0]?.toUpperCase()}${command.slice(1)}Input`;
  const selection = commands.includes(command as never) ? `content { ${fields} headCursor }` : 'topicId';
  const document = `mutation ($input: ${type}!) { ${command}(input: $input) { ${selection} eventCursor } }`;
  const { data, errors } = await app.graphql(person, document, { input });
  return errors?.[0] ? refusal(errors[0]) : data[command];
}

function refusal({ message, extensions }: { message: string; extensions?: { code?: string; field?: unknown } }) {
  const { code, field } = extensions ?? {};
  return { code, message, ...(field === undefined ? {} : { field }) };
}

/** The page as a query shows it, or the refusal. */
async function read(person: Person, id: string, selection = fields) {
  const { data, errors } = await app.graphql(person, `query ($id: ID!) { content(id: $id) { ${selection} } }`, { id });
  return errors?.[0] ? refusal(errors[0]) : data.content;
}

async function list(person: Person, args = '') {
  const { contents } = await app.ask(person, `{ contents${args} { nodes { id } } }`);
  return contents.nodes.map(({ id }: { id: string }) => id);
}

async function log(topic: `${'content' | 'user'}:${string}`) {
  const events = await app.services.eventLog.after(topic, 0);
  return events.map(({ kind, data, home }) => ({ kind, data, home }));
}

const noSuchPage = { code: 'FORBIDDEN', message: 'No such page, or no access to it.' };

describe('createContent', () => {
  test('makes a draft whose author is whoever asks, and appends the fact to its log and theirs', async () => {
    const owner = await app.world.person();
    const input = { type: 'ARTICLE', title: ' Sheds ', body: 'Red\r\nor blue', externalId: 'article-1' };
    const { content, eventCursor } = await run(owner, 'createContent', input);
    const now = app.clock.now().toISOString();
    expect(content).toEqual({
      id: expect.any(String),
      type: 'ARTICLE',
      title: 'Sheds',
      body: 'Red\nor blue',
      status: 'DRAFT',
      publishedAt: null,
      externalId: 'article-1',
      version: 1,
      createdAt: now,
      updatedAt: now,
      deleted: false,
      viewerRole: 'OWNER',
      topic: { id: content.id, kind: 'CONTENT', externalId: 'article-1' },
      headCursor: eventCursor,
    });
    const data = { contentId: content.id, ownerId: owner.id };
    expect(await log(`content:${content.id}`)).toEqual([{ kind: 'ContentCreated', data, home: null }]);
    expect(await log(`user:${owner.id}`)).toEqual([{ kind: 'ContentCreated', data, home: `content:${content.id}` }]);
    const members = await read(owner, content.id, 'members { nodes { role user { id } } }');
    expect(members).toEqual({ members: { nodes: [{ role: 'OWNER', user: { id: owner.id } }] } });
  });

  test.each([
    ['ADMIN', true],
    ['MEMBER', true],
    ['GUEST', false],
    ['BOT', false],
  ] as const)('a workspace %s may: %s', async (role, allowed) => {
    const answer = await run(await app.world.person({ role }), 'createContent', { type: 'BLOG', title: 'Sheds' });
    if (allowed) expect(answer).toMatchObject({ content: { type: 'BLOG', body: '' } });
    else expect(answer).toEqual({ code: 'FORBIDDEN', message: 'You may not create pages in this workspace.' });
  });

  test.each([
    ['an empty title', 'title', { title: ' ' }],
    ['a title of two lines', 'title', { title: 'a\nb' }],
    ['a long title', 'title', { title: 'x'.repeat(201) }],
    ['a long text', 'body', { body: 'x'.repeat(50_001) }],
    ['a text with NUL', 'body', { body: '\u0000' }],
    ['an externalId with a space', 'externalId', { externalId: 'two words' }],
    ['an externalId that is a UUID', 'externalId', { externalId: newId() }],
  ])('refuses %s', async (_what, field, input) => {
    const owner = await app.world.person();
    const answer = await run(owner, 'createContent', { type: 'PAGE', title: 'Sheds', ...input });
    expect(answer).toMatchObject({ code: 'VALIDATION_ERROR', field });
    expect(await log(`user:${owner.id}`)).toEqual([]);
  });

  test('an externalId belongs to one page of a workspace; a project may have the same', async () => {
    const owner = await app.world.person();
    await app.world.project({ owner, externalId: 'same' });
    const input = { type: 'PAGE', title: 'Sheds', externalId: 'same' };
    const answers = await Promise.all(Array.from({ length: 3 }, () => run(owner, 'createContent', input)));
    const taken = { code: 'CONFLICT', message: 'The externalId belongs to another page.', field: 'externalId' };
    expect(answers.filter((answer) => 'content' in answer)).toHaveLength(1);
    expect(answers.filter((answer) => 'code' in answer)).toEqual([taken, taken]);
  });

  test('twenty retries with one key make one page', async () => {
    const owner = await app.world.person();
    const input = { type: 'PAGE', title: 'Sheds', idempotencyKey: 'k' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => run(owner, 'createContent', input)));
    expect(new Set(answers.map(({ content }) => content.id)).size).toBe(1);
    expect(await log(`user:${owner.id}`)).toHaveLength(1);
  });
});

describe('updateContent', () => {
  test('changes what is given, and the fact names it without the text', async () => {
    const { owner, content } = await app.world.content({ published: false, externalId: 'article-2' });
    app.clock.advance('1m');
    const changed = await run(owner, 'updateContent', {
      contentId: 'article-2',
      title: 'New',
      body: 'Text',
      type: 'BLOG',
    });
    expect(changed.content).toMatchObject({ title: 'New', body: 'Text', type: 'BLOG', version: 2 });
    expect(changed.content.updatedAt).toBe(app.clock.now().toISOString());
    const cleared = await run(owner, 'updateContent', { contentId: content.id, body: null });
    expect(cleared.content).toMatchObject({ title: 'New', body: '', version: 3 });
    const free = (field: string) => ({ field, from: null, to: null });
    expect((await log(`content:${content.id}`)).slice(1).map(({ data }) => data.changes)).toEqual([
      [{ field: 'type', from: 'ARTICLE', to: 'BLOG' }, free('title'), free('body')],
      [free('body')],
    ]);
  });

  test('that changes nothing appends nothing', async () => {
    const { owner, content } = await app.world.content({ published: false });
    const same = await run(owner, 'updateContent', { contentId: content.id, title: content.title });
    expect([same.content.version, same.eventCursor]).toEqual([1, null]);
    expect(await log(`content:${content.id}`)).toHaveLength(1);
  });

  test('with an expectedVersion: of several at once one wins', async () => {
    const { owner, content } = await app.world.content({ published: false });
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((title) => run(owner, 'updateContent', { contentId: content.id, title, expectedVersion: 1 })),
    );
    expect(answers.filter((answer) => 'content' in answer)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'CONFLICT')).toHaveLength(2);
  });
});

describe('a draft', () => {
  test('exists for its authors only', async () => {
    const { owner, authors, content } = await app.world.content({
      published: false,
      externalId: 'draft-1',
      authors: 1,
    });
    const admin = await app.world.person({ role: 'ADMIN' });
    for (const person of [owner, ...authors]) {
      expect(await read(person, 'draft-1')).toMatchObject({ id: content.id, status: 'DRAFT' });
      expect(await list(person)).toContain(content.id);
    }
    expect(await list(owner, '(status: PUBLISHED)')).not.toContain(content.id);
    expect(await list(owner, '(status: DRAFT, type: ARTICLE, mine: true)')).toEqual([content.id]);
    const node = 'query ($id: ID!) { node(id: $id) { id } }';
    for (const id of [content.id, 'draft-1', newId(), '', '\u0000', content.id.toUpperCase()]) {
      expect(await read(admin, id), id).toEqual(noSuchPage);
      expect(await run(admin, 'updateContent', { contentId: id, title: 'Mine' }), id).toEqual(noSuchPage);
      expect(await run(admin, 'deleteContent', { contentId: id }), id).toEqual(noSuchPage);
      expect(await app.ask(admin, node, { id }), id).toEqual({ node: null });
    }
    expect(await list(admin)).not.toContain(content.id);
    expect(await app.ask(owner, node, { id: content.id })).toEqual({ node: { id: content.id } });
  });
});

describe('publishContent and unpublishContent', () => {
  test('open a page to everybody in the workspace and close it again, each once', async () => {
    const { owner, authors, content } = await app.world.content({ published: false, authors: 1 });
    const people = await Promise.all(
      (['ADMIN', 'MEMBER', 'GUEST', 'BOT'] as const).map((role) => app.world.person({ role })),
    );
    const foreigner = await app.world.person({ workspace: await app.world.newWorkspace() });
    const contentId = content.id;
    const { content: published } = await run(owner, 'publishContent', { contentId, expectedVersion: 1 });
    expect(published).toMatchObject({ status: 'PUBLISHED', publishedAt: app.clock.now().toISOString(), version: 2 });
    expect(await run(owner, 'publishContent', { contentId })).toMatchObject({ eventCursor: null });
    for (const person of people) {
      expect(await read(person, contentId)).toMatchObject({ id: contentId, viewerRole: 'GUEST' });
      expect(await list(person)).toContain(contentId);
      expect(await list(person, '(mine: true)')).toEqual([]);
    }
    expect(await read(authors[0] as Person, contentId)).toMatchObject({ viewerRole: 'MEMBER' });
    expect(await read(foreigner, contentId)).toEqual(noSuchPage);
    expect(await list(foreigner)).toEqual([]);

    const { content: draft } = await run(owner, 'unpublishContent', { contentId });
    expect(draft).toMatchObject({ status: 'DRAFT', publishedAt: null, version: 3 });
    expect(await run(owner, 'unpublishContent', { contentId })).toMatchObject({ eventCursor: null });
    for (const person of people) {
      expect(await read(person, contentId)).toEqual(noSuchPage);
      expect(await list(person)).not.toContain(contentId);
    }
    const kinds = (await log(`content:${contentId}`)).map(({ kind }) => kind);
    expect(kinds).toEqual(['ContentCreated', 'MemberAdded', 'ContentPublished', 'ContentUnpublished']);
  });

  test('somebody deactivated reads no published page', async () => {
    const { content } = await app.world.content();
    const person = await app.world.person();
    await app.services.database.db.user.update({ where: { id: person.id }, data: { deactivatedAt: app.clock.now() } });
    const roles = await app.services.rolesOf(
      app.services.database.db,
      { userId: person.id, workspaceId: person.workspace.id } as never,
      [`content:${content.id}`],
    );
    expect(roles.size).toBe(0);
  });
});

describe('deleteContent', () => {
  test('leaves a tombstone that only the answer and the last event show', async () => {
    const { owner, content } = await app.world.content({ externalId: 'gone' });
    const reader = await app.world.person();
    const answer = await run(owner, 'deleteContent', { contentId: 'gone', idempotencyKey: 'd' });
    expect(answer.content).toMatchObject({ id: content.id, deleted: true, externalId: null, version: 3 });
    expect(await run(owner, 'deleteContent', { contentId: 'gone', idempotencyKey: 'd' })).toEqual(answer);
    expect((await log(`content:${content.id}`)).at(-1)).toMatchObject({ kind: 'ContentDeleted' });
    for (const person of [owner, reader]) {
      expect(await read(person, content.id)).toEqual(noSuchPage);
      expect(await list(person)).not.toContain(content.id);
    }
    expect(await run(owner, 'publishContent', { contentId: content.id })).toEqual(noSuchPage);
    expect(await run(owner, 'createContent', { type: 'PAGE', title: 'New', externalId: 'gone' })).toHaveProperty(
      'content',
    );
  });
});

describe('who may', () => {
  test.each([
    ['OWNER', ['update', 'publish', 'unpublish', 'delete']],
    ['ADMIN', ['update', 'publish', 'unpublish']],
    ['MEMBER', ['update']],
    ['reader', []],
  ] as const)('%s: %j', async (role, allowed) => {
    const { authors, content } = await app.world.content(role === 'reader' ? {} : { authors: [role] });
    const person = authors[0] ?? (await app.world.person());
    const refusals = {
      update: 'You may not change this page.',
      unpublish: 'You may not publish or unpublish this page.',
      publish: 'You may not publish or unpublish this page.',
      delete: 'You may not delete this page.',
    };
    for (const [action, message] of Object.entries(refusals)) {
      const input = { contentId: content.id, ...(action === 'update' && { title: 'New' }) };
      const answer = await run(person, `${action}Content` as Command, input);
      if ((allowed as readonly string[]).includes(action)) expect(answer, action).toHaveProperty('content.id');
      else expect(answer, action).toEqual({ code: 'FORBIDDEN', message });
    }
  });

  test('nobody without a token', async () => {
    const { errors } = await app.graphql(undefined, '{ contents { nodes { id } } }');
    expect(errors?.[0]?.extensions?.code).toBe('UNAUTHORIZED');
    expect(await run(undefined, 'createContent', { type: 'PAGE', title: 'S' })).toMatchObject({ code: 'UNAUTHORIZED' });
  });
});

describe('authors', () => {
  test('are added, changed and removed like members; a former one reads on while the page is published', async () => {
    const { owner, content } = await app.world.content({ externalId: 'article-3' });
    const person = await app.world.person();
    const which = { topicId: 'article-3', kind: 'CONTENT', userId: person.id };
    const remainsAs = async () => (await log(`content:${content.id}`)).at(-1)?.data.remainsAs;
    expect(await run(owner, 'addMember', which)).toMatchObject({ topicId: content.id });
    expect(await read(person, content.id)).toMatchObject({ viewerRole: 'MEMBER' });
    await run(owner, 'changeMemberRole', { topicId: content.id, userId: person.id, role: 'ADMIN' });
    expect(await run(person, 'unpublishContent', { contentId: content.id })).toHaveProperty('content.id');
    expect(await run(person, 'publishContent', { contentId: content.id })).toHaveProperty('content.id');
    await run(person, 'leaveTopic', { topicId: content.id });
    expect(await remainsAs()).toBe('GUEST');
    expect(await read(person, content.id)).toMatchObject({ viewerRole: 'GUEST' });
    await run(owner, 'addMember', which);
    await run(owner, 'unpublishContent', { contentId: content.id });
    await run(owner, 'removeMember', which);
    expect(await remainsAs()).toBeNull();
    expect(await read(person, content.id)).toEqual(noSuchPage);
  });

  test('are never GUESTs: those read a page when it is published', async () => {
    const { owner, authors, content } = await app.world.content({ authors: 1 });
    const refused = { code: 'VALIDATION_ERROR', field: 'role' };
    const guest = { topicId: content.id, role: 'GUEST' };
    expect(await run(owner, 'addMember', { ...guest, userId: (await app.world.person()).id })).toMatchObject(refused);
    expect(await run(owner, 'changeMemberRole', { ...guest, userId: authors[0]?.id })).toMatchObject(refused);
    const reader = await app.world.person();
    const add = await run(reader, 'addMember', { topicId: content.id, userId: reader.id });
    expect(add).toEqual({ code: 'FORBIDDEN', message: 'You may not add members here.' });
    expect(await run(reader, 'leaveTopic', { topicId: content.id })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await run(owner, 'leaveTopic', { topicId: content.id })).toMatchObject({ code: 'CONFLICT' });
  });
});

test('contents goes page by page, both ways, each with its place and role', async () => {
  const workspace = await app.world.newWorkspace();
  const me = await app.world.person({ workspace });
  const ids: string[] = [];
  for (const mine of [true, false, true, false]) {
    const { content } = await app.world.content({ workspace, ...(mine && { owner: me, published: false }) });
    ids.push(content.id);
  }
  await app.world.content({ workspace, published: false });
  const document = `query ($first: Int, $after: String, $last: Int, $before: String) {
    contents(first: $first, after: $after, last: $last, before: $before) {
      nodes { id viewerRole headCursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
  const page = async (variables: Record<string, unknown>) => (await app.ask(me, document, variables)).contents;
  const idsOf = ({ nodes }: { nodes: { id: string }[] }) => nodes.map(({ id }) => id);
  const all = await page({});
  expect(idsOf(all)).toEqual(ids);
  expect(all.nodes.map(({ viewerRole }: { viewerRole: string }) => viewerRole)).toEqual([
    'OWNER',
    'GUEST',
    'OWNER',
    'GUEST',
  ]);
  for (const { id, headCursor } of all.nodes) expect(await read(me, id, 'headCursor')).toEqual({ headCursor });
  const first = await page({ first: 3 });
  expect(idsOf(first)).toEqual(ids.slice(0, 3));
  expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  expect(idsOf(await page({ first: 3, after: first.pageInfo.endCursor }))).toEqual(ids.slice(3));
  const last = await page({ last: 3 });
  expect(idsOf(last)).toEqual(ids.slice(1));
  expect(idsOf(await page({ last: 3, before: last.pageInfo.startCursor }))).toEqual(ids.slice(0, 1));
});
