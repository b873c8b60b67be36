import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import {
  heardBefore,
  listenTo,
  nextSignal,
  presence,
  twoServers,
  updateMe,
  view,
  viewers,
} from '../../../test/support/presence.ts';
import type { Person } from '../../../test/support/world.ts';

interface Shown {
  user: { id: string };
  online: boolean | null;
  devices: number;
  lastSeenAt: string | null;
}

async function presenceOf(app: TestApp, by: Person, people: Person[]): Promise<Shown[]> {
  const answer = await app.ask(by, presence, { userIds: people.map(({ id }) => id) });
  return (answer as { presence: Shown[] }).presence;
}

/** Lets the time of the servers pass, a second in each quarter, until something has happened. */
async function passUntil(app: TestApp, happened: Promise<unknown>): Promise<void> {
  const passing = setInterval(() => app.clock.advance('1s'), 250);
  await happened.finally(() => clearInterval(passing));
}

async function projectOfThree(app: TestApp) {
  const { owner, members, project } = await app.world.project({ members: 2 });
  const [member = owner, another = owner] = members;
  return { owner, member, another, project };
}

test('somebody comes online with the first device and goes offline with the last, at once when it took its leave', async () => {
  await using servers = await twoServers();
  const { app, other } = servers;
  const { owner, member, another, project } = await projectOfThree(app);
  const { stream } = await listenTo(app, owner, project);
  const phone = await other.socket(member, { headers: { 'user-agent': 'a phone' } });
  const signal = await nextSignal(stream, { __typename: 'PresenceSignal', userId: member.id });
  expect(signal).toMatchObject({ topicId: project.id, status: 'ONLINE', count: null });
  const laptop = await app.socket(member, { headers: { 'user-agent': 'a laptop' } });
  await expect.poll(() => presenceOf(app, owner, [member])).toMatchObject([{ online: true, devices: 2 }]);

  phone.close(1000);
  await phone.closed();
  await expect.poll(() => presenceOf(app, owner, [member])).toMatchObject([{ online: true, devices: 1 }]);
  expect(await heardBefore(stream, member, { app, by: another, project })).toEqual([]);

  const leftAtMs = performance.now();
  laptop.close(1000);
  await nextSignal(stream, { __typename: 'PresenceSignal', userId: member.id, status: 'OFFLINE' });
  expect(performance.now() - leftAtMs).toBeLessThan(1_000);
  expect(await presenceOf(other, owner, [member])).toMatchObject([{ online: false, devices: 0 }]);
});

test.each([
  ['a page that is left (1001)', (socket: Awaited<ReturnType<TestApp['socket']>>) => socket.close(1001)],
  ['a connection that breaks', (socket: Awaited<ReturnType<TestApp['socket']>>) => socket.drop()],
])('%s leaves somebody online for ten seconds, and for good when they come back', async (_name, end) => {
  await using servers = await twoServers();
  const { app, other } = servers;
  const { owner, member, another, project } = await projectOfThree(app);
  const { stream } = await listenTo(app, owner, project);
  const first = await other.socket(member);
  await nextSignal(stream, { __typename: 'PresenceSignal', userId: member.id, status: 'ONLINE' });
  end(first);
  await first.closed();
  await expect.poll(() => presenceOf(app, owner, [member])).toMatchObject([{ online: false }]);

  const second = await app.socket(member);
  await expect.poll(() => presenceOf(app, owner, [member])).toMatchObject([{ online: true }]);
  app.clock.advance('11s');
  expect(await heardBefore(stream, member, { app, by: another, project })).toEqual([]);

  const lostAtMs = app.clock.now().getTime();
  end(second);
  await second.closed();
  const offline = nextSignal(stream, { __typename: 'PresenceSignal', userId: member.id, status: 'OFFLINE' });
  await passUntil(app, offline);
  const passedMs = Date.parse((await offline).at) - lostAtMs;
  expect(passedMs).toBeGreaterThanOrEqual(10_000);
  expect(passedMs).toBeLessThan(15_000);
});

test('only the members of a project hear who of them comes and goes', async () => {
  await using servers = await twoServers();
  const { app, other } = servers;
  const { owner, member, project } = await projectOfThree(app);
  const elsewhere = await app.world.project();
  const { stream } = await listenTo(other, elsewhere.owner, elsewhere.project);
  const watching = await listenTo(other, owner, project);
  await app.socket(member);
  await nextSignal(watching.stream, { __typename: 'PresenceSignal', userId: member.id });
  const added = await app.world.member({ project: elsewhere.project, by: elsewhere.owner });
  expect(await heardBefore(stream, member, { app, by: added, project: elsewhere.project })).toEqual([]);
});

test('lastSeenAt is when they came or went', async () => {
  await using servers = await twoServers();
  const { app } = servers;
  const { owner, member, project } = await projectOfThree(app);
  expect(await presenceOf(app, owner, [member])).toMatchObject([{ lastSeenAt: null }]);
  const { stream } = await listenTo(app, owner, project);
  const socket = await app.socket(member);
  const came = app.clock.now().toISOString();
  await expect.poll(() => presenceOf(app, owner, [member])).toMatchObject([{ lastSeenAt: came }]);
  app.clock.advance('1m');
  socket.close(1000);
  await nextSignal(stream, { userId: member.id, status: 'OFFLINE' });
  const went = app.clock.now().toISOString();
  await expect.poll(() => presenceOf(app, owner, [member])).toMatchObject([{ lastSeenAt: went }]);
});

test('who does not share their presence is offline for the others, and themselves for themselves', async () => {
  await using servers = await twoServers();
  const { app, other } = servers;
  const { owner, member, another, project } = await projectOfThree(app);
  const { stream } = await listenTo(other, owner, project);
  const own = await listenTo(app, member, project);
  await nextSignal(stream, { userId: member.id, status: 'ONLINE' });
  await view(app, member, project);
  await nextSignal(stream, { userId: member.id, viewing: true });

  const hidden = await app.ask(member, updateMe, { input: { sharePresence: false } });
  expect(hidden).toMatchObject({ updateMe: { user: { sharePresence: false } } });
  await nextSignal(stream, { userId: member.id, status: 'OFFLINE' });
  expect(await presenceOf(app, owner, [member])).toEqual([]);
  expect(await presenceOf(app, member, [member])).toMatchObject([{ online: true }]);
  const asked = 'query ($id: ID!) { node(id: $id) { ... on User { presence { online } lastSeenAt } } }';
  expect(await app.ask(owner, asked, { id: member.id })).toEqual({ node: { presence: null, lastSeenAt: null } });
  expect(await app.ask(owner, viewers, { id: project.id })).toMatchObject({ project: { viewers: { users: [] } } });
  await view(app, member, project);
  own.socket.close(1000);
  await own.socket.closed();
  await app.socket(member);
  expect(await heardBefore(stream, member, { app, by: another, project })).toEqual([]);

  await app.ask(member, updateMe, { input: { sharePresence: true } });
  await nextSignal(stream, { userId: member.id, status: 'ONLINE' });
  await expect.poll(() => presenceOf(app, owner, [member])).toMatchObject([{ online: true }]);
  const { data, errors } = await app.graphql(owner, '{ me { presence { sessionCount } } }');
  expect({ data, errors }).toEqual({ data: { me: { presence: { sessionCount: 1 } } } });
});

test('updateMe changes the name, refuses an empty one, and is the same when repeated', async () => {
  await using app = await startApp();
  const person = await app.world.person();
  const input = { name: '  Grace  ', idempotencyKey: 'one intent' };
  const first = await app.ask(person, updateMe, { input });
  expect(first).toMatchObject({ updateMe: { user: { id: person.id, name: 'Grace' } } });
  expect(await app.ask(person, updateMe, { input })).toEqual(first);
  const { errors } = await app.graphql(person, updateMe, { input: { name: ' ' } });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION_ERROR', field: 'name' });
});

test('ADMINs see who of their workspace is connected, on whatever server', async () => {
  await using servers = await twoServers();
  const { app, other } = servers;
  const admin = await app.world.person({ role: 'ADMIN' });
  const person = await app.world.person();
  const foreign = await app.world.person({ workspace: await app.world.newWorkspace() });
  await other.socket(person);
  await other.socket(foreign);
  const asked = '{ activeUsers { nodes { id presence { devices sessionCount } } } }';
  await expect
    .poll(() => app.ask(admin, asked))
    .toEqual({ activeUsers: { nodes: [{ id: person.id, presence: { devices: 1, sessionCount: 1 } }] } });
  expect((await app.graphql(person, asked)).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
});

test('in a project of more than 50 members it is told how many are online once they are more than 50', async () => {
  await using servers = await twoServers();
  const { app, other } = servers;
  const { owner, members, project } = await app.world.project({ members: 60 });
  const { stream, socket } = await listenTo(other, owner, project);
  // The owner makes one.
  const few = members.slice(0, 40);
  await Promise.all(few.map((member) => app.socket(member)));
  const named = new Set<string>();
  while (named.size < few.length) {
    const signal = await nextSignal(stream, { __typename: 'PresenceSignal', status: 'ONLINE' });
    if (signal.userId !== null) named.add(signal.userId);
  }
  expect(named).toEqual(new Set(few.map(({ id }) => id)));
  const before = socket.frames.length;
  for (const member of members.slice(40)) await app.socket(member);
  const counted = await nextSignal(stream, { __typename: 'PresenceSignal', userId: null });
  expect(counted).toMatchObject({ status: 'ONLINE' });
  expect(counted.count).toBeGreaterThan(50);
  if (counted.count !== 61) await nextSignal(stream, { __typename: 'PresenceSignal', userId: null, count: 61 });
  const told = socket.frames.slice(before).filter((frame) => frame.includes('PresenceSignal')).length;
  expect(told).toBeLessThan(20);
});

test('without Redis a server that is alone knows who is there', { timeout: 90_000 }, async () => {
  await using app = await startApp({ engine: 'pglite' });
  const { owner, member, project } = await projectOfThree(app);
  const { stream } = await listenTo(app, owner, project);
  const socket = await app.socket(member);
  await nextSignal(stream, { userId: member.id, status: 'ONLINE' });
  await view(app, member, project);
  await nextSignal(stream, { userId: member.id, viewing: true, count: 1 });
  socket.close(1000);
  await nextSignal(stream, { userId: member.id, status: 'OFFLINE' });
  const again = await app.socket(member);
  await nextSignal(stream, { userId: member.id, status: 'ONLINE' });
  again.drop();
  await again.closed();
  const offline = nextSignal(stream, { userId: member.id, status: 'OFFLINE' });
  await passUntil(app, offline);
});
