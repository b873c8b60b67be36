import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { startApp } from '../../../test/support/app.ts';
import { gate, watchStatements } from '../../../test/support/gates.ts';
import {
  heardBefore,
  listenTo,
  nextSignal,
  setTyping,
  setViewing,
  signals,
  topicOf,
  twoServers,
  type,
  view,
  viewers,
} from '../../../test/support/presence.ts';
import { newId } from '../../platform/ids.ts';

const second = 1_000;

test('typing reaches the others of the project on every server, says until when it holds, and can be ended', async () => {
  await using servers = await twoServers();
  const { app, other } = servers;
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [member = owner] = members;
  const here = await listenTo(app, member, project);
  const there = await listenTo(other, member, project);
  await type(app, owner, project);
  for (const { stream } of [here, there]) {
    const signal = await nextSignal(stream, { __typename: 'TypingSignal' });
    expect(signal).toMatchObject({ topicId: project.id, userId: owner.id, typing: true, count: null });
    expect(Date.parse(signal.expiresAt) - Date.parse(signal.at)).toBe(6 * second);
  }
  await type(other, owner, project, false);
  for (const { stream } of [here, there]) {
    expect(await nextSignal(stream, { __typename: 'TypingSignal' })).toMatchObject({ typing: false });
  }
  // A moment has no place in the log: nothing to resume from.
  expect(there.socket.frames.filter((frame) => frame.includes('cursor'))).toEqual([]);
});

test('nobody hears of themselves, on none of their devices', async () => {
  await using servers = await twoServers();
  const { app, other } = servers;
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [member = owner] = members;
  const here = await listenTo(app, owner, project);
  const there = await listenTo(other, owner, project);
  await type(app, owner, project);
  await view(other, owner, project);
  for (const { stream } of [here, there]) {
    expect(await heardBefore(stream, owner, { app, by: member, project })).toEqual([]);
  }
});

test('a signal that comes late, twice or after a newer one changes nothing', async () => {
  await using servers = await twoServers();
  const { app } = servers;
  const { owner, members, project } = await app.world.project({ members: 2 });
  const [member = owner, another = owner] = members;
  const { stream } = await listenTo(app, member, project);
  const redis = new Redis(app.config.redisUrl ?? '');
  const nowMs = app.clock.now().getTime();
  const send = (active: boolean, version: number, expiresAtMs: number) =>
    redis.publish(
      `${app.config.redisPrefix}signals:0`,
      JSON.stringify({
        ...{ kind: 'TypingSignal', userId: owner.id, active, atMs: nowMs, version, expiresAtMs },
        topics: [[`project:${project.id}`, null]],
      }),
    );
  await send(true, 20, nowMs + second);
  await send(true, 20, nowMs + second);
  await send(false, 19, nowMs + second);
  await send(false, 21, nowMs - 1);
  await redis.publish(`${app.config.redisPrefix}signals:0`, 'no signal');
  await send(false, 22, nowMs + second);
  expect((await nextSignal(stream, { userId: owner.id })).version).toBe(20);
  expect((await nextSignal(stream, { userId: owner.id })).version).toBe(22);
  expect(await heardBefore(stream, owner, { app, by: another, project })).toEqual([]);
  await redis.quit();
});

test('of the counts of two servers the newest is told last, and an older one no more', async () => {
  await using servers = await twoServers();
  const { app } = servers;
  const { owner, members, project } = await app.world.project({ members: 2 });
  const [member = owner, another = owner] = members;
  const { stream } = await listenTo(app, member, project);
  const redis = new Redis(app.config.redisUrl ?? '');
  const nowMs = app.clock.now().getTime();
  const send = (userId: string | null, count: number, version: number) =>
    redis.publish(
      `${app.config.redisPrefix}signals:0`,
      JSON.stringify({
        ...{ kind: 'PresenceSignal', userId, active: true, atMs: nowMs, version, expiresAtMs: nowMs + 60 * second },
        topics: [[`project:${project.id}`, count]],
      }),
    );
  const people = Array.from({ length: 5 }, () => newId());
  await send(people[0] ?? null, 60, 20);
  expect(await nextSignal(stream, { __typename: 'PresenceSignal' })).toMatchObject({ userId: null, count: 60 });
  // Waits for its two seconds; what comes meanwhile decides what it says.
  await send(people[1] ?? null, 61, 21);
  await send(null, 63, 23);
  await send(people[2] ?? null, 62, 22);
  expect(await nextSignal(stream, { __typename: 'PresenceSignal' })).toMatchObject({ userId: null, count: 63 });
  // Few enough for names again: what waits is forgotten, and who comes with an older count comes without it.
  await send(null, 51, 24);
  await send(people[3] ?? null, 50, 26);
  await send(people[4] ?? null, 49, 25);
  const named = [await nextSignal(stream, { __typename: 'PresenceSignal' }), await nextSignal(stream, {})];
  expect(named).toMatchObject([
    { userId: people[3], count: 50 },
    { userId: people[4], count: null },
  ]);
  await send(null, 48, 27);
  expect(await nextSignal(stream, { __typename: 'PresenceSignal' })).toMatchObject({ userId: null, count: 48 });
  expect(await heardBefore(stream, owner, { app, by: another, project })).toEqual([]);
  await redis.quit();
});

test('who looks at a project is told, can be asked for, and is forgotten after 30 seconds without a word', async () => {
  await using servers = await twoServers();
  const { app, other } = servers;
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [member = owner] = members;
  const { stream } = await listenTo(other, member, project);
  const asked = async () => (await other.ask(member, viewers, { id: project.id })) as Record<string, unknown>;
  const none = { project: { viewers: { count: 0, users: [] } } };
  expect(await asked()).toEqual(none);

  await view(app, owner, project);
  const signal = await nextSignal(stream, { __typename: 'ViewingSignal' });
  expect(signal).toMatchObject({ userId: owner.id, viewing: true, count: 1 });
  expect(Date.parse(signal.expiresAt) - Date.parse(signal.at)).toBe(30 * second);
  expect(await asked()).toEqual({ project: { viewers: { count: 1, users: [{ id: owner.id }] } } });

  app.clock.advance('20s');
  await view(app, owner, project);
  app.clock.advance('20s');
  expect(await asked()).toEqual({ project: { viewers: { count: 1, users: [{ id: owner.id }] } } });
  app.clock.advance('11s');
  expect(await asked()).toEqual(none);

  await view(app, owner, project);
  await view(app, owner, project, false);
  expect(await nextSignal(stream, { __typename: 'ViewingSignal', viewing: false })).toMatchObject({ count: 0 });
  expect(await asked()).toEqual(none);
});

test('who may not read a project neither sends nor hears anything there', async () => {
  await using app = await startApp();
  const { owner, project } = await app.world.project();
  const stranger = await app.world.person();
  const foreign = await app.world.project({ workspace: await app.world.newWorkspace() });
  for (const person of [stranger, foreign.owner]) {
    for (const [document, input] of [
      [setTyping, { typing: true }],
      [setViewing, { viewing: true }],
    ] as const) {
      const { errors } = await app.graphql(person, document, { input: { ...input, topic: topicOf(project) } });
      expect(errors?.[0]).toMatchObject({
        message: 'No such project, or no access to it.',
        extensions: { code: 'FORBIDDEN' },
      });
    }
    const socket = await app.socket(person);
    const stream = await socket.subscribe(signals, { topics: [topicOf(project)] });
    expect(await stream.error()).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  }
  const { errors } = await app.graphql(owner, setTyping, { input: { topic: { kind: 'USER' }, typing: true } });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION_ERROR', field: 'topic.id' });
});

const removeMember = 'mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { eventCursor } }';

test('a removed member hears nothing of after the removal: the stream ends, or goes on with the other topics', async () => {
  await using servers = await twoServers();
  const { app, other } = servers;
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [member = owner] = members;
  const second = await app.world.project({ owner });
  await app.world.member({ project: second.project, by: owner, person: member });
  const { stream } = await listenTo(other, member, project);
  const socket = await other.socket(member);
  const both = await socket.subscribe(signals, { topics: [topicOf(project), topicOf(second.project)] });
  const all = await socket.subscribe(signals, { topics: [{ kind: 'USER' }] });

  await app.ask(owner, removeMember, { input: { topicId: project.id, userId: member.id } });
  await type(app, owner, project);
  expect(await stream.error()).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  await stream.completed();
  for (const each of [both, all]) {
    expect(await nextSignal(each, { __typename: 'AccessLost' })).toMatchObject({ topicId: project.id });
    await type(app, owner, second.project);
    expect(await nextSignal(each, { __typename: 'TypingSignal' })).toMatchObject({ topicId: second.project.id });
  }
  expect(stream.waiting.filter(({ value }) => JSON.stringify(value).includes('Typing'))).toEqual([]);

  // Joined again, and created: topics of everything come and go with the memberships.
  await app.world.member({ project, by: owner, person: member });
  await expect
    .poll(async () => {
      await type(app, owner, project);
      return all.waiting.some(({ value }) => (value as { topicId: string }).topicId === project.id);
    })
    .toBe(true);
});

test('a signal of after a removal is not delivered where the log of it has not been read yet', async () => {
  await using servers = await twoServers();
  const { app, other } = servers;
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [member = owner] = members;
  const { stream } = await listenTo(other, member, project);
  const reading = gate(({ what }) => what === 'page asked');
  using _watched = watchStatements(other, reading.onStep);
  await app.ask(owner, removeMember, { input: { topicId: project.id, userId: member.id } });
  await reading.reached();
  await type(app, owner, project);
  expect(await stream.error()).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  expect(stream.waiting.filter(({ value }) => JSON.stringify(value).includes('Typing'))).toEqual([]);
  reading.open();
});

test('above 50 people who look at a project it is told how many they are, at most every two seconds', async () => {
  await using servers = await twoServers();
  const { app, other } = servers;
  const { owner, members, project } = await app.world.project({ members: 60 });
  const { stream, socket } = await listenTo(other, owner, project);
  await Promise.all(members.slice(0, 50).map((member) => view(app, member, project)));
  const named = new Set<string | null>();
  while (named.size < 50) named.add((await nextSignal(stream, { __typename: 'ViewingSignal' })).userId);
  expect(named.has(null)).toBe(false);

  const framesBefore = socket.frames.length;
  const startedAtMs = performance.now();
  for (const member of members.slice(50)) await view(app, member, project);
  const first = await nextSignal(stream, { __typename: 'ViewingSignal' });
  expect(first).toMatchObject({ userId: null, count: 51 });
  const last = await nextSignal(stream, { __typename: 'ViewingSignal', count: 60 });
  expect(last.userId).toBeNull();
  const told = socket.frames.slice(framesBefore).filter((frame) => frame.includes('ViewingSignal')).length;
  expect(told).toBeLessThanOrEqual(2 + Math.floor((performance.now() - startedAtMs) / 2_000));
  expect(await other.ask(owner, viewers, { id: project.id })).toEqual({
    project: { viewers: { count: 60, users: null } },
  });
});

test('a client that does not read loses signals and nothing else: they are counted, and the neighbours have them all', async () => {
  await using servers = await twoServers({ OUTBOX_LIMIT_BYTES: '65536', LAG_CLOSE_MS: '60000' });
  const { app } = servers;
  const { owner, members, project } = await app.world.project({ members: 2 });
  const [slow = owner, quick = owner] = members;
  const aliases = Array.from({ length: 14 }, (_, index) => `${'a'.repeat(1_000)}${index}: topicId`).join(' ');
  const large = `subscription ($topics: [TopicRef!]!) { signals(topics: $topics) { ... on TypingSignal { ${aliases} } } }`;
  const slowSocket = await app.socket(slow);
  const heavy = await Promise.all(
    Array.from({ length: 20 }, () => slowSocket.subscribe(large, { topics: [topicOf(project)] })),
  );
  const durable = await slowSocket.subscribe('subscription ($id: ID!) { taskUpdated(projectId: $id) { __typename } }', {
    id: project.id,
  });
  const { stream } = await listenTo(app, quick, project);
  const dropped = app.services.metrics.dropped.of('signal');
  slowSocket.pause();
  let sent = 0;
  while (dropped.value === 0 && sent < 5_000) {
    app.services.presence.type(`project:${project.id}`, owner.id, ++sent % 2 === 1);
    await nextSignal(stream, { userId: owner.id });
  }
  expect(dropped.value).toBeGreaterThan(0);
  const task = await app.world.task({ project, by: owner });
  expect(task.id).toBeTruthy();
  slowSocket.resume();
  await durable.next('TaskCreated');
  for (const each of heavy) expect(each.ended).toBe(false);
  const answer = await app.ask(slow, '{ sessions { dropped } }');
  const counted = (answer as { sessions: { dropped: number }[] }).sessions.map((session) => session.dropped);
  expect(Math.max(...counted)).toBe(dropped.value);
});
