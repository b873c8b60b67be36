import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from '../../src/events/cursor.ts';
import { topicKey } from '../../src/events/topic.ts';
import { newId } from '../../src/platform/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { startServerProcess } from '../support/process.ts';
import type { ClientError, Delivery, Subscription, TestSocket } from '../support/socket.ts';
import { waitLimitMs } from '../support/waiting.ts';
import type { Person } from '../support/world.ts';

const tasks = `subscription ($projectId: ID!, $after: Cursor) {
  taskUpdated(projectId: $projectId, after: $after) { __typename id cursor task { id title } } }`;
const withoutAfter =
  'subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { __typename id task { title } } }';
const several = `subscription ($topics: [TopicRef!]!, $after: [Cursor!]) { events(topics: $topics, after: $after) {
  __typename ... on Event { id cursor } ... on Checkpoint { cursors { topic cursor } } ... on AccessLost { topic } } }`;
const updateTask = 'mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { task { version } eventCursor } }';
const heads = 'query ($projectId: ID!) { tasks(projectId: $projectId, first: 1) { headCursor } }';

const seqOf = ({ cursor }: { cursor?: string }) => decodeCursor(cursor ?? '').seq;
const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + 1 + index);

/** Commands from several people at once, `count` events in one topic; resolves when all are committed. */
async function writeEvents(
  app: TestApp,
  parts: { by: Person; taskIds: readonly string[]; count: number; onWritten?: () => void },
) {
  const { by, taskIds, count, onWritten } = parts;
  let next = 0;
  await Promise.all(
    taskIds.map(async (taskId) => {
      while (next < count) {
        const title = `Version ${++next}`;
        await app.ask(by, updateTask, { input: { taskId, title } });
        onWritten?.();
      }
    }),
  );
}

async function headOf(app: TestApp, person: Person, project: { id: string }): Promise<string> {
  return (await app.ask(person, heads, { projectId: project.id })).tasks.headCursor;
}

test('cut off 20 times during 2,000 events, once by kill -9, a client that goes on elsewhere reads exactly 1..n in order', async () => {
  await using app = await startApp();
  await using doomed = await startServerProcess(app);
  const { owner, project, members } = await app.world.project({ members: 1 });
  const [reader = owner] = members;
  const taskIds: string[] = [];
  for (let i = 0; i < 4; i++) taskIds.push((await app.world.task({ project, by: owner })).id);

  const count = 2_000;
  const start = await headOf(app, owner, project);
  const first = decodeCursor(start).seq;
  const writing = writeEvents(app, { by: owner, taskIds, count });

  const seen: Delivery<unknown>[] = [];
  let cursor = start;
  let doomedUrl: string | undefined = doomed.socketUrl;
  for (let round = 0; round < 21; round++) {
    const authToken = await app.token(reader);
    // To the other server and back each time, as argument and as extension in turn.
    const elsewhere = round % 2 === 0 && doomedUrl !== undefined;
    const socket = await app.socket(reader, { connectionParams: { authToken }, ...(elsewhere && { url: doomedUrl }) });
    const cutOffAtMs = performance.now();
    const stream: Subscription<unknown> =
      round % 4 < 2
        ? await socket.subscribe(tasks, { projectId: project.id, after: cursor })
        : await socket.subscribe(withoutAfter, { projectId: project.id }, { after: cursor });
    const isLast = round === 20;
    const wanted = isLast ? count - seen.length : Math.min(95, count - seen.length);
    for (let i = 0; i < wanted; i++) {
      seen.push(await stream.next(undefined, 20_000));
      if (i === 0) expect(performance.now() - cutOffAtMs).toBeLessThan(5_000);
    }
    if (round === 10) {
      await doomed.kill();
      doomedUrl = undefined;
      await socket.closed();
    }
    socket.drop();
    await socket.closed();
    // What had arrived before the cut counts: the client has seen it.
    seen.push(...(await stream.take(stream.waiting.length)));
    cursor = seen.at(-1)?.cursor ?? cursor;
  }
  await writing;
  expect(seen.map(seqOf)).toEqual(upTo(first, first + count));
  expect(new Set(seen.map(({ value }) => (value as { id: string }).id)).size).toBe(count);
}, 120_000);

test('the place where a stream began is told, so that one cut off before its first event misses nothing', async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  const socket = await app.socket(owner);
  const stream = await socket.subscribe(withoutAfter, { projectId: project.id });
  const { cursor } = stream;
  expect(cursor).toBe(await headOf(app, owner, project));
  socket.drop();
  const task = await app.world.task({ project, by: owner });
  const again = await app.socket(owner);
  const resumed = await again.subscribe(withoutAfter, { projectId: project.id }, { after: cursor ?? '' });
  expect((await resumed.next()).value).toMatchObject({ __typename: 'TaskCreated', task: { title: task.title } });
});

test('a client is told once when everything it missed has been written, at once when that was nothing', async () => {
  await using app = await startApp({ config: { LOG_PAGE_SIZE: '10' } });
  const { owner, project } = await app.world.project();
  const task = await app.world.task({ project, by: owner });
  const start = await headOf(app, owner, project);
  await writeEvents(app, { by: owner, taskIds: [task.id], count: 25 });
  const socket = await app.socket(owner);
  const resumed = await socket.subscribe(withoutAfter, { projectId: project.id }, { after: start, id: 'resumed' });
  expect(await resumed.live()).toBe(25);
  const fresh = await socket.subscribe(withoutAfter, { projectId: project.id });
  expect(await fresh.live()).toBe(0);
  await writeEvents(app, { by: owner, taskIds: [task.id], count: 1 });
  await resumed.take(26);
  expect(socket.frames.filter((frame) => frame.includes('"type":"live","id":"resumed"'))).toHaveLength(1);
});

test('one who filters is told the place when much was hidden, and resumes from there', async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  const task = await app.world.task({ project, by: owner });
  const deletions = `subscription ($projectId: ID!) { taskUpdated(projectId: $projectId, types: [TASK_DELETED]) { __typename } }`;
  const socket = await app.socket(owner);
  const stream = await socket.subscribe(deletions, { projectId: project.id });
  const began = decodeCursor(stream.cursor ?? '').seq;
  await writeEvents(app, { by: owner, taskIds: [task.id], count: 120 });
  await expect
    .poll(() => decodeCursor(stream.cursor ?? '').seq, { timeout: waitLimitMs })
    .toBeGreaterThanOrEqual(began + 100);
  expect(stream.waiting).toEqual([]);
  socket.drop();
  await app.ask(owner, 'mutation ($input: DeleteTaskInput!) { deleteTask(input: $input) { eventCursor } }', {
    input: { taskId: task.id },
  });
  const again = await app.socket(owner);
  const resumed = await again.subscribe(deletions, { projectId: project.id }, { after: stream.cursor ?? '' });
  await resumed.next('TaskDeleted');
});

test('query, then subscribe after headCursor: no event is missed or doubled while others write', async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  const taskIds = [
    (await app.world.task({ project, by: owner })).id,
    (await app.world.task({ project, by: owner })).id,
  ];
  const count = 200;
  const writing = writeEvents(app, { by: owner, taskIds, count });
  const socket = await app.socket(owner);
  const state = `query ($projectId: ID!) { tasks(projectId: $projectId, first: 10) { headCursor nodes { id title version } } }`;
  // Several clients, each at another moment.
  const clients = await Promise.all(
    Array.from({ length: 5 }, async (_, index) => {
      if (index > 0)
        await expect
          .poll(async () => seqOf({ cursor: await headOf(app, owner, project) }), { timeout: waitLimitMs })
          .toBeGreaterThan(index * 20);
      const { tasks: page } = await app.ask(owner, state, { projectId: project.id });
      const stream = await socket.subscribe(tasks, { projectId: project.id, after: page.headCursor });
      return { page, stream };
    }),
  );
  await writing;
  const end = seqOf({ cursor: await headOf(app, owner, project) });
  const fresh = (await app.ask(owner, state, { projectId: project.id })).tasks.nodes;
  for (const { page, stream } of clients) {
    const from = seqOf({ cursor: page.headCursor });
    const seen = await stream.take(end - from);
    expect(seen.map(seqOf)).toEqual(upTo(from, end));
    const shown = new Map(page.nodes.map(({ id, title }: { id: string; title: string }) => [id, title]));
    for (const { value } of seen) shown.set(value.task.id, value.task.title);
    expect(shown).toEqual(new Map(fresh.map(({ id, title }: { id: string; title: string }) => [id, title])));
  }
});

/** The error a stream answers to a cursor, given as argument and as extension. */
async function refusals(socket: TestSocket, projectId: string, after: string): Promise<ClientError[]> {
  const asArgument = await socket.subscribe(tasks, { projectId, after });
  const asExtension = await socket.subscribe(withoutAfter, { projectId }, { after });
  return [await asArgument.error(), await asExtension.error()];
}

test('a cursor that cannot be continued is CURSOR_EXPIRED with the headCursor, from which the client goes on', async () => {
  await using app = await startApp({ config: { EVENT_RETENTION_DAYS: '30' } });
  const { owner, project } = await app.world.project();
  const task = await app.world.task({ project, by: owner });
  const old = await headOf(app, owner, project);
  await app.ask(owner, updateTask, { input: { taskId: task.id, title: 'An old version' } });
  const head = await headOf(app, owner, project);
  const topic = topicKey('project', project.id);
  app.clock.advance('31d');
  const socket = await app.socket(owner);
  const expired = {
    'an event after it is older than EVENT_RETENTION_DAYS': old,
    'the place before the first event, long ago': encodeCursor({ topic, seq: 0 }),
    'above the head: a restored database': encodeCursor({ topic, seq: seqOf({ cursor: head }) + 1, eventId: newId() }),
    'another event at its number: a restored database': encodeCursor({
      topic,
      seq: seqOf({ cursor: head }),
      eventId: newId(),
    }),
  };
  for (const [what, cursor] of Object.entries(expired)) {
    for (const error of await refusals(socket, project.id, cursor)) {
      expect(error.extensions, what).toMatchObject({ code: 'CURSOR_EXPIRED', headCursor: head });
    }
  }
  // The head itself never expires, however old it is.
  const stream = await socket.subscribe(tasks, { projectId: project.id, after: head });
  await app.ask(owner, updateTask, { input: { taskId: task.id, title: 'A new version' } });
  expect(seqOf(await stream.next('TaskUpdated'))).toBe(seqOf({ cursor: head }) + 1);
});

test("another topic's cursor and what is no cursor at all are VALIDATION_ERROR", async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  const { project: second } = await app.world.project({ owner });
  const { project: foreign, owner: stranger } = await app.world.project({ workspace: await app.world.newWorkspace() });
  const socket = await app.socket(owner);
  const wrong = [
    await headOf(app, owner, second),
    await headOf(app, stranger, foreign),
    'garbage',
    '',
    '💥',
    (await headOf(app, owner, project)).slice(0, -1),
    `${await headOf(app, owner, project)}A`,
    'A'.repeat(100_000),
  ];
  for (const cursor of wrong) {
    const [asArgument, asExtension] = await refusals(socket, project.id, cursor);
    expect(asArgument?.extensions, cursor.slice(0, 50)).toMatchObject({ code: 'VALIDATION_ERROR', field: 'after' });
    expect(asExtension?.extensions, cursor.slice(0, 50)).toMatchObject({ code: 'VALIDATION_ERROR', field: 'after' });
  }
  for (const after of [7, {}, [1], true]) {
    socket.send({
      id: `bad ${JSON.stringify(after)}`,
      type: 'subscribe',
      payload: { query: withoutAfter, variables: { projectId: project.id }, extensions: { after } },
    });
  }
  const neighbour = await socket.subscribe(tasks, { projectId: project.id });
  await app.world.task({ project, by: owner });
  await neighbour.next('TaskCreated');
  await expect
    .poll(() => socket.frames.filter((frame) => frame.includes('"bad ') && frame.includes('VALIDATION_ERROR')).length, {
      timeout: waitLimitMs,
    })
    .toBe(4);
});

test('a stream over several topics resumes with a cursor for each, and says where it stands in all of them', async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  const { project: second } = await app.world.project({ owner });
  const topics = [project, second].map(({ id }) => ({ kind: 'PROJECT', id }));
  const socket = await app.socket(owner);
  const stream = await socket.subscribe(several, { topics });
  const checkpoint = await stream.next('Checkpoint');
  const places: { topic: string; cursor: string }[] = checkpoint.value.cursors;
  expect(places.map(({ topic }) => topic).sort()).toEqual([project.id, second.id].sort());
  socket.drop();
  await app.world.task({ project, by: owner });
  await app.world.task({ project: second, by: owner });
  await app.world.task({ project, by: owner });
  const again = await app.socket(owner);
  const after = places.map(({ cursor }) => cursor);
  for (const resumed of [
    await again.subscribe(several, { topics, after }),
    await again.subscribe(several, { topics }, { after }),
  ]) {
    await resumed.next('Checkpoint');
    const seen = await resumed.take(3);
    const perTopic = (id: string) => seen.filter(({ extensions }) => extensions?.topic === `project:${id}`).map(seqOf);
    for (const { id, count } of [
      { id: project.id, count: 2 },
      { id: second.id, count: 1 },
    ]) {
      const from = seqOf({ cursor: places.find(({ topic }) => topic === id)?.cursor ?? '' });
      expect(perTopic(id)).toEqual(upTo(from, from + count));
    }
  }
});

test('when one of several cursors has expired the error has all heads, and the neighbours of the stream go on', async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  const { project: second } = await app.world.project({ owner });
  const [first, other] = [await headOf(app, owner, project), await headOf(app, owner, second)];
  const future = encodeCursor({ topic: topicKey('project', second.id), seq: 900, eventId: newId() });
  const socket = await app.socket(owner);
  const topics = [project, second].map(({ id }) => ({ kind: 'PROJECT', id }));
  const refused = await socket.subscribe(several, { topics, after: [first, future] });
  const { extensions: { code, headCursors } = {} } = await refused.error();
  expect(code).toBe('CURSOR_EXPIRED');
  expect(headCursors).toEqual([first, other]);
  const resumed = await socket.subscribe(several, { topics, after: headCursors });
  await resumed.next('Checkpoint');
});

test('a mutation reaches a stream on another server in well under 100 ms at the median', async () => {
  await using app = await startApp();
  await using other = await startApp({ with: app });
  const { owner, project } = await app.world.project();
  const task = await app.world.task({ project, by: owner });
  const connectingAtMs = performance.now();
  const socket = await other.socket(owner);
  const stream = await socket.subscribe(tasks, { projectId: project.id });
  expect(performance.now() - connectingAtMs).toBeLessThan(2_000);
  const delays: number[] = [];
  for (let round = 0; round < 40; round++) {
    await app.ask(owner, updateTask, { input: { taskId: task.id, title: `Version ${round}` } });
    const answeredAtMs = performance.now();
    const { arrivedAtMs } = await stream.next('TaskUpdated');
    delays.push(arrivedAtMs - answeredAtMs);
  }
  delays.sort((a, b) => a - b);
  expect(delays[delays.length / 2]).toBeLessThan(100);
});
