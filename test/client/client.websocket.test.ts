import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backoffMs } from '../../src/client/backoff.ts';
import { createTask } from '../../src/client/documents.ts';
import { createBelfryClient } from '../../src/client/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { follow, openClient } from '../support/client.ts';
import { openDoor } from '../support/door.ts';
import { waitLimitMs } from '../support/waiting.ts';
import type { Person } from '../support/world.ts';

interface TaskItem {
  taskUpdated: { __typename: string; task: { title: string } };
}
const tasks = `subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { __typename task { title } } }`;
const titles = (items: readonly { data: TaskItem | null }[]) => items.map(({ data }) => data?.taskUpdated.task.title);
const everything = `subscription ($topics: [TopicRef!]!) { events(topics: $topics) { __typename } }`;
const mine = { topics: [{ kind: 'USER' }] };

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ config: { EVENT_RETENTION_DAYS: '30' } });
});
afterAll(() => app?.[Symbol.asyncDispose]());

const graphql = (port: number) => `http://127.0.0.1:${port}/graphql`;
const members = () => app.hub.sizes.members;
const memberCount = (count: number) => expect.poll(members, { timeout: waitLimitMs }).toBe(count);

/** A client that follows the tasks of a new project, live. */
async function scene(options: Parameters<typeof openClient>[2] = {}) {
  const { owner, project } = await app.world.project();
  const opened = openClient(app, owner, options);
  const stream = follow<TaskItem>(opened.client, { query: tasks, variables: { projectId: project.id } });
  await opened.state('LIVE');
  const create = (title: string, by: Person = owner) => app.world.task({ project, by, title });
  return { ...opened, owner, project, stream, create };
}

describe('a client', () => {
  test('that the server is gone for tries at least four times in five seconds, and goes on when it is back', async () => {
    await using door = await openDoor(app.url);
    using opened = await scene({ url: graphql(door.port) });
    const { stream, create, tokensAsked, state } = opened;
    await door.shut();
    const before = tokensAsked.length;
    await expect.poll(() => tokensAsked.length - before, { timeout: waitLimitMs }).toBeGreaterThanOrEqual(4);
    // By the waits themselves, so that a slow machine does not decide it; the longest they can be.
    const waitsMs = [0, 1, 2, 3].map((failures) => backoffMs(failures, () => 1));
    expect(waitsMs.reduce((sum, ms) => sum + ms)).toBeLessThan(5_000);
    expect([0, 20].map((failures) => backoffMs(failures, () => 0))).toEqual([125, 15_000]);
    await create('Meanwhile');
    await door.open();
    expect((await stream.next()).data?.taskUpdated.task.title).toBe('Meanwhile');
    await state('LIVE');
  });

  test('notices a network that is gone without a word', async () => {
    await using door = await openDoor(app.url);
    using opened = await scene({ url: graphql(door.port), keepAliveMs: 200 });
    door.stall();
    await opened.create('Unheard');
    await opened.state('STALE');
    expect((await opened.stream.next()).data?.taskUpdated.task.title).toBe('Unheard');
  });

  test('renews its token on the same socket before it expires, and gets a fresh one when it did', async () => {
    await using door = await openDoor(app.url);
    const { owner, project } = await app.world.project();
    const asked: boolean[] = [];
    const token = ({ renew }: { renew: boolean }) => {
      asked.push(renew);
      return app.token(owner, { exp: Math.floor(app.clock.now().getTime() / 1000) + 60, jti: crypto.randomUUID() });
    };
    using opened = openClient(app, owner, { token, url: graphql(door.port) });
    const stream = follow<TaskItem>(opened.client, { query: tasks, variables: { projectId: project.id } });
    await opened.state('LIVE');
    const session = opened.client.session?.sessionId;
    const expiry = async () => {
      const { sessions } = await app.ask(owner, '{ sessions { id tokenExpiresAt } }');
      return sessions.find(({ id }: { id: string }) => id === session)?.tokenExpiresAt;
    };
    for (let turn = 1; turn <= 3; turn++) {
      const before = await expiry();
      app.clock.advance('31s');
      await expect.poll(expiry, { timeout: waitLimitMs }).not.toBe(before);
      expect(asked).toEqual([false, ...Array(turn).fill(true)]);
    }
    await app.world.task({ project, by: owner, title: 'On the same socket' });
    await stream.next();
    expect(opened.client.session?.sessionId).toBe(session);

    // Away while it expires: the next connection begins with a fresh one.
    opened.client.disconnect();
    await opened.state('OFFLINE');
    app.clock.advance('5m');
    await app.world.task({ project, by: owner, title: 'After the expiry' });
    opened.client.reconnect();
    expect((await stream.next()).data?.taskUpdated.task.title).toBe('After the expiry');
    expect(opened.client.session?.sessionId).not.toBe(session);
  });

  test('whose token the server calls expired asks for a fresh one', async () => {
    const person = await app.world.person();
    const expired = await app.token(person, { exp: Math.floor(app.clock.now().getTime() / 1000) - 60 });
    const asked: boolean[] = [];
    const token = ({ renew }: { renew: boolean }) => {
      asked.push(renew);
      return renew ? app.token(person) : expired;
    };
    using opened = openClient(app, person, { token });
    follow(opened.client, { query: everything, variables: mine });
    await opened.state('LIVE');
    expect(asked).toEqual([false, true]);
    expect((await opened.client.query<{ me: { id: string } }>('{ me { id } }')).data.me.id).toBe(person.id);
    expect(asked).toEqual([false, true, false, true]);
  });

  test('that is refused ends its streams with the reason, or waits until it is told to try again', async () => {
    const { owner, project } = await app.world.project();
    const subscribe = { query: tasks, variables: { projectId: project.id } };
    const stranger = () => app.token({ ...owner, externalId: 'nobody' });
    using ended = openClient(app, owner, { token: stranger });
    const error = await follow(ended.client, subscribe).error();
    expect(error).toMatchObject({ name: 'BelfryError', code: 'UNAUTHORIZED', details: { closeCode: 4401 } });
    expect(ended.client.state).toEqual({ state: 'REFUSED', reason: error });

    let signedIn = false;
    const token = () => (signedIn ? app.token(owner) : null);
    using waiting = openClient(app, owner, { token, whenRefused: 'wait' });
    const stream = follow<TaskItem>(waiting.client, subscribe);
    await waiting.state('REFUSED');
    await expect(waiting.client.query('{ me { id } }')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    signedIn = true;
    waiting.client.reconnect();
    await waiting.state('LIVE');
    const order = waiting.states.map(({ state }) => state).join(' ');
    expect(order).toBe('OFFLINE REFUSED OFFLINE CATCHING_UP LIVE');
    await app.world.task({ project, by: owner, title: 'Signed in' });
    expect((await stream.next()).data?.taskUpdated.task.title).toBe('Signed in');
  });

  test('subscribed, unsubscribed and subscribed in one turn, as StrictMode does, asks the server once', async () => {
    using opened = await scene();
    const before = members();
    const { client, project } = opened;
    const subscribe = { query: tasks, variables: { projectId: project.id } };
    follow(client, subscribe).stop();
    const kept = follow(client, subscribe);
    await memberCount(before + 1);
    await opened.create('Once');
    await kept.next();
    kept.stop();
    await memberCount(before);
    expect(kept.items).toHaveLength(1);
  });

  test('goes on after a page load behind the last item that was dealt with', async () => {
    const stored = new Map<string, string>();
    const storage = {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
    };
    const { owner, project } = await app.world.project();
    const subscribe = { query: tasks, variables: { projectId: project.id }, keep: 'board' };
    {
      using first = openClient(app, owner, { storage });
      const items = first.client.iterate<TaskItem>(subscribe);
      const step = items.next();
      await first.state('LIVE');
      for (const title of ['One', 'Two', 'Three']) await app.world.task({ project, by: owner, title });
      expect((await step).value?.data?.taskUpdated.task.title).toBe('One');
      // Asking for the third says that two were dealt with.
      await items.next();
      expect((await items.next()).value?.data?.taskUpdated.task.title).toBe('Three');
    }
    using second = openClient(app, owner, { storage });
    const stream = follow<TaskItem>(second.client, subscribe);
    expect((await stream.next()).data?.taskUpdated.task.title).toBe('Three');
    await second.state('LIVE');
    expect(stream.items).toHaveLength(1);
    expect([...stored.keys()].sort()).toEqual(['belfry:device', 'belfry:place:board']);
  });

  test('above a limit waits as long as the server says, and is told where waiting does not help', async () => {
    const config = { RATE_LIMITS: 'on', WS_MAX_SUBSCRIPTIONS: '2', WS_RATE_LIMIT: '1/1s' };
    await using limited = await startApp({ with: app, config });
    const { owner, project } = await app.world.project();
    using opened = openClient(limited, owner);
    const subscribe = { query: tasks, variables: { projectId: project.id } };
    const first = follow<TaskItem>(opened.client, subscribe);
    await opened.state('LIVE');
    // Two are free for who connects; the third is the one of this second.
    for (let started = 2; started <= 3; started++) {
      const passing = follow<TaskItem>(opened.client, subscribe);
      await expect.poll(() => limited.hub.sizes.members, { timeout: waitLimitMs }).toBe(2);
      passing.stop();
      await expect.poll(() => limited.hub.sizes.members, { timeout: waitLimitMs }).toBe(1);
    }
    const late = follow<TaskItem>(opened.client, subscribe);
    await expect.poll(() => opened.client.state.state, { timeout: waitLimitMs }).toBe('CATCHING_UP');
    limited.clock.advance('2s');
    await opened.state('LIVE');
    await app.world.task({ project, by: owner, title: 'For both' });
    expect(titles([await first.next(), await late.next()])).toEqual(['For both', 'For both']);

    limited.clock.advance('2s');
    const error = await follow(opened.client, subscribe).error();
    expect(error).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: undefined } });
  });

  test('knows when a mutation of its own has come back through the stream', async () => {
    using opened = await scene();
    const { client, project, stream } = opened;
    const { data } = await client.query(createTask, { input: { projectId: project.id, title: 'Mine' } });
    await client.passed(data.createTask.eventCursor);
    expect(titles(stream.items)).toEqual(['Mine']);
    await client.passed(data.createTask.eventCursor);
    await client.passed(null);
    stream.stop();
    const { data: unheard } = await client.query(createTask, { input: { projectId: project.id, title: 'Unheard' } });
    await expect(client.passed(unheard.createTask.eventCursor, { limitMs: 20 })).rejects.toMatchObject({
      code: 'CONNECTION_ERROR',
    });
  });

  test('may be made where there is no page: its address counts when it is used', async () => {
    const client = createBelfryClient({ url: '/graphql', token: 'none' });
    await expect(client.query('{ me { id } }')).rejects.toThrow();
    client.dispose();
  });

  test('measures the round trip, and closes its socket when nothing needs it any more', async () => {
    using opened = await scene();
    const { client, stream } = opened;
    expect(await client.ping()).toBeGreaterThan(0);
    stream.stop();
    await opened.state('OFFLINE');
    await expect(client.ping()).rejects.toMatchObject({ code: 'CONNECTION_ERROR' });
  });
});
