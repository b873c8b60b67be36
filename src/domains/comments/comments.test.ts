import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import type { Person } from '../../../test/support/world.ts';
import type { LoggedEvent } from '../../events/log.ts';
import { newId } from '../../platform/ids.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(async () => app[Symbol.asyncDispose]());

const comment =
  'comment { id text author { id } mentions { id } task { id } version createdAt editedAt deletedAt } eventCursor';
const documents = {
  addComment: `mutation ($input: AddCommentInput!) { addComment(input: $input) { ${comment} } }`,
  editComment: `mutation ($input: EditCommentInput!) { editComment(input: $input) { ${comment} } }`,
  deleteComment: `mutation ($input: DeleteCommentInput!) { deleteComment(input: $input) { ${comment} } }`,
};

/** Runs a command: what it answers, or the code, the sentence and the field of the refusal. */
async function run(person: Person, command: keyof typeof documents, input: Record<string, unknown>) {
  const { data, errors } = await app.graphql(person, documents[command], { input });
  const error = errors?.[0];
  if (!error) return data[command];
  const { code, field } = error.extensions ?? {};
  return { code, message: error.message, ...(field === undefined ? {} : { field }) };
}

/** The project's facts about comments, oldest first. */
async function facts(project: { id: string }): Promise<LoggedEvent[]> {
  const events = await app.services.eventLog.after(`project:${project.id}`, 0);
  return events.filter(({ kind }) => kind.includes('Comment'));
}

/** Whom a fact tells, and why, before access narrows it. */
async function told(fact: LoggedEvent | undefined): Promise<string[]> {
  if (!fact) throw new Error('no such fact');
  const recipients = await app.services.events
    .get(fact.kind)
    ?.notify?.recipients(fact as never, app.services.database.db);
  return (recipients ?? []).map(({ userId, reason }) => `${reason} ${userId}`);
}

/** A project with an owner, three members, and a task of the first for the second. */
async function scene() {
  const { owner, members, project } = await app.world.project({ members: 3 });
  const [creator, assignee, other] = members as [Person, Person, Person];
  const task = await app.world.task({ project, by: creator, assignee });
  return { owner, creator, assignee, other, project, task };
}

const noSuchComment = { code: 'NOT_FOUND', message: 'No such comment, or no access to it.' };

describe('addComment', () => {
  test('stores the text and the mentions, each once, in order', async () => {
    const { owner, creator, other, project, task } = await scene();
    const { comment: added } = await run(other, 'addComment', {
      taskId: task.id,
      text: '  Well\r\ndone ',
      mentions: [owner.id, creator.id, owner.id],
    });
    expect(added).toEqual({
      id: expect.any(String),
      text: 'Well\ndone',
      author: { id: other.id },
      mentions: [{ id: owner.id }, { id: creator.id }],
      task: { id: task.id },
      version: 1,
      createdAt: app.clock.now().toISOString(),
      editedAt: null,
      deletedAt: null,
    });
    const [fact] = await facts(project);
    expect([fact?.kind, fact?.data]).toEqual([
      'TaskCommented',
      { taskId: task.id, commentId: added.id, mentionedIds: [owner.id, creator.id] },
    ]);
    expect(JSON.stringify(fact)).not.toContain('done');
  });

  test('tells those mentioned, then the assignee, the creator and who commented before', async () => {
    const { owner, creator, assignee, other, project, task } = await scene();
    await run(other, 'addComment', { taskId: task.id, text: 'first' });
    await run(owner, 'addComment', { taskId: task.id, text: 'second', mentions: [creator.id] });
    const [first, second] = await facts(project);
    expect(await told(first)).toEqual([`COMMENTED ${assignee.id}`, `COMMENTED ${creator.id}`]);
    expect(await told(second)).toEqual([
      `MENTIONED ${creator.id}`,
      `COMMENTED ${assignee.id}`,
      `COMMENTED ${creator.id}`,
      `COMMENTED ${other.id}`,
    ]);
  });

  test('is for everybody in the project, guests included, and for nobody else', async () => {
    const { owner, members, project } = await app.world.project({ members: ['GUEST'] });
    const task = await app.world.task({ project, by: owner });
    const input = { taskId: task.id, text: 'hello' };
    const noSuchTask = { code: 'NOT_FOUND', message: 'No such task, or no access to it.' };
    expect(await run(members[0] as Person, 'addComment', input)).toMatchObject({ comment: { text: 'hello' } });
    expect(await run(await app.world.person(), 'addComment', input)).toEqual(noSuchTask);
    expect(await run(owner, 'addComment', { ...input, taskId: newId() })).toEqual(noSuchTask);
  });

  test('mentions only active members of the project, whoever else it is', async () => {
    const { owner, other, project, task } = await scene();
    await app.services.database.db.user.update({ where: { id: other.id }, data: { deactivatedAt: app.clock.now() } });
    const stranger = await app.world.person();
    const foreigner = await app.world.person({ workspace: await app.world.newWorkspace() });
    for (const id of [other.id, stranger.id, foreigner.id, newId(), 'x\u0000']) {
      expect(await run(owner, 'addComment', { taskId: task.id, text: 't', mentions: [owner.id, id] })).toEqual({
        code: 'VALIDATION_ERROR',
        message: 'mentions names somebody who is not an active member of the project.',
        field: 'mentions',
      });
    }
    expect(await facts(project)).toEqual([]);
  });

  test.each([
    ['text', { text: ' \n ' }, 'text is empty.'],
    ['text', { text: 'a\u0000' }, 'text contains control characters.'],
    ['text', { text: 'a\udfff' }, 'text contains half of a surrogate pair.'],
    ['text', { text: 'x'.repeat(5001) }, 'text is longer than 5000 characters.'],
    ['mentions', { mentions: Array.from({ length: 51 }, newId) }, 'mentions has more than 50 items.'],
  ])('refuses a bad %s', async (field, bad, message) => {
    const { owner, project, task } = await scene();
    const answer = await run(owner, 'addComment', { taskId: task.id, text: 't', ...bad });
    expect(answer).toEqual({ code: 'VALIDATION_ERROR', message, field });
    expect(await facts(project)).toEqual([]);
  });

  test('twenty retries with one key at once make one comment', async () => {
    const { owner, project, task } = await scene();
    const input = { taskId: task.id, text: 'once', idempotencyKey: 'k' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => run(owner, 'addComment', input)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await facts(project)).toHaveLength(1);
  });
});

describe('editComment', () => {
  test('tells only those mentioned for the first time', async () => {
    const { owner, creator, other, project, task } = await scene();
    const { id } = await app.world.comment({ task, by: owner, mentions: [creator] });
    app.clock.advance('1m');
    const { comment: edited } = await run(owner, 'editComment', {
      commentId: id,
      text: 'better',
      mentions: [other.id, creator.id],
      expectedVersion: 1,
    });
    expect(edited).toMatchObject({
      text: 'better',
      mentions: [{ id: other.id }, { id: creator.id }],
      version: 2,
      editedAt: app.clock.now().toISOString(),
    });
    const fact = (await facts(project)).at(-1);
    expect([fact?.kind, fact?.data]).toEqual([
      'CommentEdited',
      { commentId: id, taskId: task.id, contentId: null, newlyMentionedIds: [other.id] },
    ]);
    expect(await told(fact)).toEqual([`MENTIONED ${other.id}`]);
  });

  test('leaves what is absent, and writes nothing when nothing changes', async () => {
    const { owner, creator, project, task } = await scene();
    const { id } = await app.world.comment({ task, by: owner, text: 'same', mentions: [creator] });
    for (const input of [{}, { text: 'same' }, { mentions: [creator.id] }, { mentions: null }]) {
      const { comment: same, eventCursor } = await run(owner, 'editComment', { commentId: id, ...input });
      expect([same.version, eventCursor]).toEqual([1, null]);
    }
    const { comment: unmentioned } = await run(owner, 'editComment', { commentId: id, mentions: [] });
    expect(unmentioned).toMatchObject({ text: 'same', mentions: [], version: 2 });
    expect(await facts(project)).toHaveLength(2);
  });

  test('is the author’s alone', async () => {
    const { owner, creator, project, task } = await scene();
    const { id } = await app.world.comment({ task, by: creator });
    const input = { commentId: id, text: 'mine' };
    expect(await run(owner, 'editComment', input)).toEqual({
      code: 'FORBIDDEN',
      message: 'You may not edit the comment of somebody else.',
    });
    expect(await run(await app.world.person(), 'editComment', input)).toEqual(noSuchComment);
    expect(await run(creator, 'editComment', { ...input, commentId: newId() })).toEqual(noSuchComment);
    expect(await run(creator, 'editComment', { ...input, expectedVersion: 3 })).toEqual({
      code: 'CONFLICT',
      message: 'The comment is at version 1. Read it again and decide again.',
      field: 'expectedVersion',
    });
    expect(await facts(project)).toHaveLength(1);
    expect(await run(creator, 'editComment', input)).toMatchObject({ comment: { text: 'mine' } });
  });
});

describe('deleteComment', () => {
  test('keeps its place without its text and mentions', async () => {
    const { owner, creator, project, task } = await scene();
    const { id } = await app.world.comment({ task, by: creator, text: 'secret', mentions: [owner] });
    const { comment: deleted } = await run(creator, 'deleteComment', { commentId: id, expectedVersion: 1 });
    expect(deleted).toMatchObject({
      id,
      text: null,
      mentions: [],
      version: 2,
      deletedAt: app.clock.now().toISOString(),
    });
    const fact = (await facts(project)).at(-1);
    expect([fact?.kind, fact?.data]).toEqual(['CommentDeleted', { commentId: id, taskId: task.id, contentId: null }]);

    const { task: read } = await app.ask(
      owner,
      'query ($id: ID!) { task(id: $id) { comments { nodes { id text } } } }',
      {
        id: task.id,
      },
    );
    expect(read.comments.nodes).toEqual([{ id, text: null }]);
    const row = await app.services.database.db.comment.findUniqueOrThrow({ where: { id } });
    expect(row.text).toBe('');
    for (const command of ['deleteComment', 'editComment'] as const) {
      expect(await run(creator, command, { commentId: id })).toEqual(noSuchComment);
    }
  });

  test('is for the author and for owners of the project', async () => {
    const { owner, creator, other, task } = await scene();
    const [first, second] = [
      await app.world.comment({ task, by: creator }),
      await app.world.comment({ task, by: owner }),
    ];
    expect(await run(other, 'deleteComment', { commentId: first.id })).toEqual({
      code: 'FORBIDDEN',
      message: 'You may not delete the comment of somebody else.',
    });
    expect(await run(creator, 'deleteComment', { commentId: second.id })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await run(await app.world.person(), 'deleteComment', { commentId: first.id })).toEqual(noSuchComment);
    expect(await run(owner, 'deleteComment', { commentId: first.id })).toMatchObject({ comment: { text: null } });
    expect(await run(owner, 'deleteComment', { commentId: second.id })).toMatchObject({ comment: { text: null } });
  });
});

test('comments of a deleted task are gone with it', async () => {
  const { owner, project, task } = await scene();
  const { id } = await app.world.comment({ task, by: owner });
  await app.ask(owner, 'mutation ($input: DeleteTaskInput!) { deleteTask(input: $input) { eventCursor } }', {
    input: { taskId: task.id },
  });
  expect(await run(owner, 'editComment', { commentId: id, text: 'late' })).toEqual(noSuchComment);
  expect(await run(owner, 'deleteComment', { commentId: id })).toEqual(noSuchComment);
  expect(await facts(project)).toHaveLength(1);
});

test('comments are found by their id by those who may read the project', async () => {
  const { owner, other, task } = await scene();
  const { id } = await app.world.comment({ task, by: owner, text: 'here' });
  const document = 'query ($id: ID!) { node(id: $id) { id ... on Comment { text } } }';
  expect(await app.ask(other, document, { id })).toEqual({ node: { id, text: 'here' } });
  expect(await app.ask(await app.world.person(), document, { id })).toEqual({ node: null });
});
