// The same promises through every library an application may use the client with.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeCursor } from '../../src/events/cursor.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openClient } from '../support/client.ts';
import { openDoor } from '../support/door.ts';
import { freePort, startServerProcess } from '../support/process.ts';
import { waitLimitMs } from '../support/waiting.ts';
import { ways } from '../support/ways.ts';

interface TaskItem {
  taskUpdated: { __typename: string; task: { id: string; title: string } };
}
const tasks = `subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { __typename task { id title } } }`;
const board = `query ($projectId: ID!) { tasks(projectId: $projectId, first: 50) { nodes { id title } headCursor } }`;
const everything = `subscription ($topics: [TopicRef!]!) { events(topics: $topics) { __typename } }`;
const mine = { topics: [{ kind: 'USER' }] };
const seqs = (items: readonly { cursor?: string | undefined }[]) =>
  items.flatMap(({ cursor }) => (cursor === undefined ? [] : [decodeCursor(cursor).seq]));
const titleOf = ({ data }: { data: TaskItem | null }) => data?.taskUpdated.task.title;

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ config: { EVENT_RETENTION_DAYS: '30' } });
});
afterAll(() => app?.[Symbol.asyncDispose]());

const graphql = (port: number) => `http://127.0.0.1:${port}/graphql`;

test('through 50 cuts every way gets every event once and in order, and says each time that it catches up', async () => {
  await using door = await openDoor(app.url);
  using stack = new DisposableStack();
  const { owner, project } = await app.world.project();
  const all = Object.entries(ways).map(([name, way]) => {
    const opened = stack.use(openClient(app, owner, { url: graphql(door.port) }));
    const library = way(opened.client);
    const one = library.follow<TaskItem>({ query: tasks, variables: { projectId: project.id } });
    const several = library.follow({ query: everything, variables: mine });
    return { name, opened, one, several };
  });
  const inAll = (state: 'LIVE' | 'STALE') => Promise.all(all.map(({ opened }) => opened.state(state)));
  await inAll('LIVE');
  let written = 0;
  const extra: Promise<unknown>[] = [];
  for (let cut = 0; cut < 50; cut++) {
    door.cut();
    await inAll('STALE');
    await app.world.task({ project, by: owner, title: `${++written}` });
    await inAll('LIVE');
    // Some while it is connected, some of them cut off on their way.
    if (cut % 5 === 0) extra.push(app.world.task({ project, by: owner, title: `${++written}` }));
  }
  await Promise.all(extra);
  for (const { name, opened, one, several } of all) {
    await expect.poll(() => one.items.length, { timeout: waitLimitMs }).toBe(written);
    expect(seqs(one.items), name).toEqual(one.items.map((_, index) => index + (seqs(one.items)[0] ?? 0)));
    expect(new Set(one.items.map(titleOf)).size, name).toBe(written);
    await expect.poll(() => seqs(several.items).length, { timeout: waitLimitMs }).toBe(written);
    expect(seqs(several.items), name).toEqual(seqs(one.items));
    const order = opened.states.map(({ state }) => state).join(' ');
    expect(order, name).toMatch(/^OFFLINE (CATCHING_UP )+LIVE( STALE (CATCHING_UP )+LIVE){50}$/);
  }
}, 60_000);

test('through a server that is killed and started again every way gets every event once and in order, and says how it stands', async () => {
  await using beside = await startApp();
  const port = await freePort();
  const start = () => startServerProcess(beside, { PORT: String(port) });
  await using server = await start();
  using stack = new DisposableStack();
  const { owner, project } = await beside.world.project();
  const all = Object.entries(ways).map(([name, way]) => {
    const opened = stack.use(openClient(beside, owner, { url: graphql(port) }));
    const one = way(opened.client).follow<TaskItem>({ query: tasks, variables: { projectId: project.id } });
    return { name, opened, one };
  });
  const inAll = (state: 'LIVE' | 'STALE') => Promise.all(all.map(({ opened }) => opened.state(state)));
  const write = (title: string) => beside.world.task({ project, by: owner, title });
  await inAll('LIVE');
  await write('Before');
  // Some of them are on their way when it dies.
  const onTheirWay = ['One', 'Two', 'Three'].map(write);
  await server.kill();
  await Promise.all(onTheirWay);
  await inAll('STALE');
  await write('While it is away');
  await using _again = await start();
  // Up to 30 s apart are the tries, where it was away for long.
  const states = () => all.map(({ opened }) => opened.client.state.state);
  await expect.poll(states, { timeout: 60_000 }).toEqual(all.map(() => 'LIVE'));
  await write('Afterwards');
  for (const { name, opened, one } of all) {
    await expect.poll(() => one.items.length, { timeout: waitLimitMs }).toBe(6);
    expect(seqs(one.items), name).toEqual(one.items.map((_, index) => index + (seqs(one.items)[0] ?? 0)));
    expect(new Set(one.items.map(titleOf)), name).toEqual(
      new Set(['Before', 'One', 'Two', 'Three', 'While it is away', 'Afterwards']),
    );
    const order = opened.states.map(({ state }) => state).join(' ');
    expect(order, name).toMatch(/^OFFLINE (CATCHING_UP )+LIVE STALE (CATCHING_UP )+LIVE$/);
  }
}, 120_000);

describe.each(Object.entries(ways))('through %s', (_name, way) => {
  test('a stream whose place has expired loads again what is looked at, and goes on from the head', async () => {
    const { owner, project } = await app.world.project();
    using opened = openClient(app, owner);
    const library = way(opened.client);
    const variables = { projectId: project.id };
    const { tasks: page } = await app.ask(owner, board, variables);
    await app.world.task({ project, by: owner, title: 'Long ago' });
    app.clock.advance('31d');
    const answers = library.look(board, variables);
    await expect.poll(() => answers.length, { timeout: waitLimitMs }).toBe(1);
    await app.world.task({ project, by: owner, title: 'Unseen' });
    const stream = library.follow<TaskItem>({ query: tasks, variables, after: page.headCursor });
    await opened.state('LIVE');
    expect(answers.length).toBe(2);
    expect(answers.at(-1)).toMatchObject({ tasks: { nodes: [{ title: 'Long ago' }, { title: 'Unseen' }] } });
    await app.world.task({ project, by: owner, title: 'Then' });
    expect(titleOf(await stream.next())).toBe('Then');
    expect(stream.items).toHaveLength(1);
  });

  test('a lost access and a refused connection are errors with the code of the catalogue', async () => {
    const {
      owner,
      project,
      members: [member = owner],
    } = await app.world.project({ members: 1 });
    const asked = { query: tasks, variables: { projectId: project.id } };
    using removed = openClient(app, member);
    const theirs = way(removed.client).follow(asked);
    await removed.state('LIVE');
    const input = { topicId: project.id, userId: member.id };
    await app.ask(owner, 'mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { eventCursor } }', {
      input,
    });
    expect(await theirs.error()).toMatchObject({ code: 'FORBIDDEN' });

    using stranger = openClient(app, owner, { token: () => app.token({ ...owner, externalId: 'nobody' }) });
    const error = await way(stranger.client).follow(asked).error();
    expect(error).toMatchObject({ code: 'UNAUTHORIZED', details: { closeCode: 4401 } });
    expect(stranger.client.state).toMatchObject({ state: 'REFUSED' });
  });

  test('a token that expires is renewed, and a server that is replaced is left for the next', async () => {
    await using first = await startApp({ with: app });
    await using door = await openDoor(first.url);
    const { owner, project } = await app.world.project();
    const inSeconds = (seconds: number) => Math.floor(app.clock.now().getTime() / 1000) + seconds;
    const renewals: boolean[] = [];
    const token = ({ renew }: { renew: boolean }) => {
      renewals.push(renew);
      return app.token(owner, { exp: inSeconds(renew ? 3600 : 60) });
    };
    using opened = openClient(app, owner, { url: graphql(door.port), token });
    const stream = way(opened.client).follow<TaskItem>({ query: tasks, variables: { projectId: project.id } });
    await opened.state('LIVE');
    app.clock.advance('31s');
    await expect.poll(() => renewals, { timeout: waitLimitMs }).toEqual([false, true]);
    const { instanceId } = opened.client.session ?? {};
    door.leadTo(app.url);
    const drained = first.drain();
    await opened.state('STALE');
    await app.world.task({ project, by: owner, title: 'Between the two' });
    expect(titleOf(await stream.next())).toBe('Between the two');
    await opened.state('LIVE');
    expect(opened.client.session?.instanceId).not.toBe(instanceId);
    await drained;
  });
});
