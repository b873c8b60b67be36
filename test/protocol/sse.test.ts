import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { taskEvents } from '../../src/domains/tasks/events.ts';
import { append } from '../../src/events/append.ts';
import { decodeCursor } from '../../src/events/cursor.ts';
import { topicKey } from '../../src/events/topic.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { administrator, commandsOf, run } from '../support/commands.ts';
import { type EventStream, openEventStream } from '../support/eventStream.ts';
import type { Person } from '../support/world.ts';

const query = `subscription ($projectId: ID!, $after: Cursor) {
  taskUpdated(projectId: $projectId, after: $after) { __typename cursor task { title description } } }`;

let app: TestApp;
let other: TestApp;
beforeAll(async () => {
  app = await startApp({ config: { OUTBOX_LIMIT_BYTES: '65536', TEXT_MAX_CHARS: '60000' } });
  other = await startApp({ with: app });
});
afterAll(async () => {
  await other?.[Symbol.asyncDispose]();
  await app?.[Symbol.asyncDispose]();
});

const streams: EventStream[] = [];
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.drop();
  // However a stream ended, nothing of it is left.
  for (const server of [app, other]) {
    await expect.poll(() => server.hub.sizes).toEqual({ topics: 0, members: 0, groups: 0 });
  }
});

async function listen(person: Person | undefined, body: Parameters<typeof openEventStream>[2], server = app) {
  const stream = await openEventStream(server, person, body);
  streams.push(stream);
  return stream;
}

async function scene() {
  const { owner, members, project } = await app.world.project({ members: 1 });
  const task = await app.world.task({ project, by: owner });
  const commands = commandsOf(other, owner, project);
  /** So many events about the task in one transaction. */
  const flood = (events: number) =>
    other.services.transaction({ actorId: owner.id, correlationId: null }, async (tx) => {
      for (let i = 0; i < events; i++) {
        append(tx, topicKey('project', project.id), taskEvents.TaskUpdated, { taskId: task.id, changes: [] });
      }
    });
  return { owner, member: members[0] as Person, project, task, commands, flood, variables: { projectId: project.id } };
}

const titleOf = ({ data }: { data?: unknown }) =>
  (data as { taskUpdated: { task: { title: string } } }).taskUpdated.task.title;
const placeOf = (comment: string) => JSON.parse(comment) as { type: string; cursor: string };

test('a subscription is answered with events as they happen, each with its place', async () => {
  const { member, task, commands, variables } = await scene();
  const stream = await listen(member, { query, variables });
  expect(stream.status).toBe(200);
  expect(stream.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  expect(placeOf(await stream.comment())).toEqual({
    type: 'subscribed',
    topic: expect.stringMatching(/^project:/),
    cursor: expect.any(String),
  });
  expect(placeOf(await stream.comment())).toEqual({ type: 'live' });
  await commands.updateTask(task, { title: 'One' });
  const one = await stream.next();
  expect(one.data).toMatchObject({ taskUpdated: { __typename: 'TaskUpdated', cursor: one.extensions?.cursor } });
  expect(titleOf(one)).toBe('One');
  // As the protocol has it: the name of the event, its data in one line, an empty line.
  expect(stream.text).toContain(`event: next\ndata: {"data":{"taskUpdated"`);
  const overGet = await openEventStream(app, member, { query, variables }, { method: 'GET' });
  streams.push(overGet);
  await overGet.comment();
  await commands.updateTask(task, { title: 'Two' });
  expect([titleOf(await stream.next()), titleOf(await overGet.next())]).toEqual(['Two', 'Two']);
});

test('a stream resumes from the place of the last event, or from where it began, named either way', async () => {
  const { member, task, commands, variables } = await scene();
  const first = await listen(member, { query, variables });
  const { cursor: start } = placeOf(await first.comment());
  await commands.updateTask(task, { title: 'Heard' });
  const { extensions } = await first.next();
  first.drop();
  for (const title of ['Missed', 'Missed as well']) await commands.updateTask(task, { title });

  const after = extensions?.cursor;
  for (const [body, count] of [
    [{ query, variables, extensions: { after } }, 2],
    [{ query, variables: { ...variables, after } }, 2],
    [{ query, variables, extensions: { after: start } }, 3],
    // The extension wins: it is what a client adds to whatever document.
    [{ query, variables: { ...variables, after }, extensions: { after: start } }, 3],
  ] as const) {
    const back = await listen(member, body, other);
    const cursors = [];
    for (let i = 0; i < count; i++) cursors.push((await back.next()).extensions?.cursor);
    expect(new Set(cursors).size).toBe(count);
    back.drop();
  }
  const refused = await listen(member, { query, variables, extensions: { after: 'garbage' } });
  expect(refused.headers['content-type']).toContain('json');
});

test('a stream over several topics opens with its checkpoint', async () => {
  const { member, project, task, commands } = await scene();
  const events = `subscription { events(topics: [{ kind: USER }]) { __typename
    ... on Event { cursor } ... on Checkpoint { cursors { topic } } } }`;
  const stream = await listen(member, { query: events });
  const { data } = (await stream.next()) as { data: { events: { cursors: { topic: string }[] } } };
  expect(data.events.cursors.map(({ topic }) => topic).sort()).toEqual([member.id, project.id].sort());
  await commands.updateTask(task, { title: 'One' });
  expect((await stream.next()).data).toMatchObject({ events: { __typename: 'TaskUpdated' } });
});

test('whoever is removed elsewhere gets FORBIDDEN as the last result, and the response ends', async () => {
  const { member, task, commands, variables } = await scene();
  const stream = await listen(member, { query, variables });
  await stream.comment();
  await commands.remove(member);
  const last = await stream.next();
  expect(last.errors).toMatchObject([
    {
      message: 'No such project, or no access to it.',
      extensions: { code: 'FORBIDDEN', originalEvent: 'taskUpdated' },
    },
  ]);
  expect(last.data).toBeUndefined();
  await stream.completed();
  await stream.closed();
  await commands.updateTask(task, { title: 'Written after the removal' });
  expect(stream.text).not.toContain('Written after');
  const again = await listen(member, { query, variables });
  expect(again.headers['content-type']).toContain('json');
});

test('somebody deactivated elsewhere gets UNAUTHORIZED as the last result', async () => {
  const admin = await administrator(app);
  const { member, variables } = await scene();
  const stream = await listen(member, { query, variables });
  await stream.comment();
  await run(other, admin, 'deactivateUser', { userId: member.id });
  expect((await stream.next()).errors).toMatchObject([
    { message: 'Invalid authentication token', extensions: { code: 'UNAUTHORIZED' } },
  ]);
  await stream.completed();
  await stream.closed();
});

test('a server that ends says when to come back', async () => {
  const { member, task, commands, variables } = await scene();
  const third = await startApp({ with: app });
  const stream = await listen(member, { query, variables }, third);
  const { cursor } = placeOf(await stream.comment());
  await third[Symbol.asyncDispose]();
  const { errors } = await stream.next();
  expect(errors).toMatchObject([{ extensions: { code: 'CONNECTION_ERROR', retryAfterMs: expect.any(Number) } }]);
  await stream.completed();
  await commands.updateTask(task, { title: 'Meanwhile' });
  const back = await listen(member, { query, variables, extensions: { after: cursor } });
  expect(titleOf(await back.next())).toBe('Meanwhile');
});

test('without a token, or with an operation that cannot start, the answer is JSON and no stream', async () => {
  const { project, variables } = await scene();
  const cases = [
    [undefined, { query, variables }, 'UNAUTHORIZED'],
    [await app.world.person(), { query, variables }, 'FORBIDDEN'],
    [await app.world.person(), { query: 'subscription { nothing }' }, 'VALIDATION_ERROR'],
    [await app.world.person(), { query, variables: {} }, 'VALIDATION_ERROR'],
  ] as const;
  expect(project.id).toBe(variables.projectId);
  for (const [person, body, code] of cases) {
    const answer = await listen(person, body);
    expect(answer.headers['content-type']).toContain('json');
    await answer.closed();
    expect(JSON.parse(answer.text).errors[0].extensions.code).toBe(code);
  }
});

test('a comment keeps the connection alive while nothing happens', async () => {
  const { member, variables } = await scene();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const stream = await listen(member, { query, variables });
    await stream.comment();
    await vi.advanceTimersByTimeAsync(15_000);
    await expect.poll(() => stream.text).toMatch(/\n\n:\n\n$/);
    stream.drop();
    await expect.poll(() => app.hub.sizes.members).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('a reader that stops costs bounded memory, harms nobody, and gets everything once when it reads again', async () => {
  const { owner, member, task, commands, flood, variables } = await scene();
  const slow = await listen(member, { query, variables });
  const quick = await listen(owner, { query: query.replace('description', ''), variables });
  await Promise.all([slow.comment(), quick.comment()]);
  slow.pause();
  // 40 MB for the one that does not read: more than the kernel and the response take.
  await commands.updateTask(task, { title: 'Not read yet', description: 'd'.repeat(50_000) });
  const [perTransaction, transactions] = [20, 40];
  for (let nth = 0; nth < transactions; nth++) {
    await flood(perTransaction);
    for (let i = 0; i < perTransaction; i++) await quick.next();
  }
  await commands.updateTask(task, { title: 'Read again' });
  slow.resume();

  const places: number[] = [];
  let prepared = 0;
  for (let nth = 0; nth < perTransaction * transactions + 2; nth++) {
    const delivered = await slow.next();
    places.push(decodeCursor(delivered.extensions?.cursor ?? '').seq);
    // Rows are read as they are now: what shows the old title was prepared while nobody read it.
    if (titleOf(delivered) === 'Not read yet') prepared++;
  }
  expect(places).toEqual(places.map((_, index) => (places[0] ?? 0) + index));
  expect(prepared).toBeLessThan((perTransaction * transactions) / 2);
}, 60_000);

test('a reader that takes nothing for LAG_CLOSE_MS is told so by the last result, and cut when it does not read that either', async () => {
  const config = { OUTBOX_LIMIT_BYTES: '65536', TEXT_MAX_CHARS: '60000', LAG_CLOSE_MS: '1500' };
  await using impatient = await startApp({ with: app, config });
  const { member, task, commands, flood, variables } = await scene();
  await commands.updateTask(task, { description: 'd'.repeat(50_000) });
  const lagging = impatient.services.metrics.dropped.of('lagging');
  const { cursor } = placeOf(await (await listen(member, { query, variables })).comment());
  for (const readsAgain of [true, false]) {
    const stream = await listen(member, { query, variables }, impatient);
    await stream.comment();
    stream.pause();
    const before = lagging.value;
    // More than the kernel and the response take for one who does not read.
    for (let nth = 0; lagging.value === before && nth < 100; nth++) await flood(20);
    await expect.poll(() => lagging.value).toBe(before + 1);
    await expect.poll(() => impatient.hub.sizes.members).toBe(0);
    if (readsAgain) stream.resume();
    else {
      // Nobody reads: only the server can end this.
      await expect.poll(() => impatient.logs.some((line) => line.includes('sse.cut'))).toBe(true);
      stream.resume();
    }
    await stream.closed();
    if (!readsAgain) continue;
    const results = [];
    for (;;) {
      const result = await stream.next();
      results.push(result);
      if (result.errors) break;
    }
    await stream.completed();
    expect(results.at(-1)?.errors).toMatchObject([
      {
        message: 'Too far behind, resume from your cursor',
        extensions: { code: 'CONNECTION_ERROR', retryAfterMs: expect.any(Number) },
      },
    ]);
    const after = results.at(-2)?.extensions?.cursor ?? cursor;
    const back = await listen(member, { query, variables, extensions: { after } });
    expect(decodeCursor((await back.next()).extensions?.cursor ?? '').seq).toBe(decodeCursor(after).seq + 1);
  }
}, 60_000);
