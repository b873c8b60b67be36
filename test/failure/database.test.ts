import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { membershipEvents } from '../../src/domains/membership/events.ts';
import { append } from '../../src/events/append.ts';
import { decodeCursor } from '../../src/events/cursor.ts';
import { topicKey } from '../../src/events/topic.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { administrator, commandsOf, run } from '../support/commands.ts';
import { withClient } from '../support/databases.ts';
import { openEventStream } from '../support/eventStream.ts';
import { watchStatements } from '../support/gates.ts';
import type { Person } from '../support/world.ts';

const taskUpdated = `subscription ($projectId: ID!) {
  taskUpdated(projectId: $projectId) { __typename task { title } } }`;

let app: TestApp;
let other: TestApp;
const uncaught: unknown[] = [];
const remember = (error: unknown) => void uncaught.push(error);
beforeAll(async () => {
  process.on('uncaughtExceptionMonitor', remember);
  process.on('unhandledRejection', remember);
  app = await startApp();
  other = await startApp({ with: app });
});
afterEach(() => {
  expect(uncaught).toEqual([]);
});
afterAll(async () => {
  process.off('uncaughtExceptionMonitor', remember);
  process.off('unhandledRejection', remember);
  await other?.[Symbol.asyncDispose]();
  await app?.[Symbol.asyncDispose]();
});

async function scene(role: 'MEMBER' | 'GUEST' = 'MEMBER') {
  const { owner, members, project } = await app.world.project({ members: [role] });
  const task = await app.world.task({ project, by: owner });
  return { owner, member: members[0] as Person, project, task, commands: commandsOf(other, owner, project) };
}

/** Ends every connection of both servers to their database, as a failover does. Answers how many there were. */
async function cutConnections(): Promise<number> {
  const { DATABASE_URL = '' } = app.environment;
  return withClient(DATABASE_URL, async (client) => {
    const { rowCount } = await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    return rowCount ?? 0;
  });
}

test('every connection to the database is cut again and again during 300 events: all arrive, once and in order', async () => {
  const { owner, member, project, task } = await scene();
  const streams = await Promise.all(
    [app, other].flatMap((server) =>
      [member, owner].map(async (person) =>
        (await server.socket(person)).subscribe(taskUpdated, { projectId: project.id }),
      ),
    ),
  );
  let written = 0;
  const writers = [app, other, app, other].map(async (server, writer) => {
    while (written < 300) {
      const { errors } = await server.graphql(
        owner,
        'mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { eventCursor } }',
        { input: { taskId: task.id, title: `${writer} ${written}` } },
      );
      if (!errors) written++;
    }
  });
  const cutting = (async () => {
    for (let cut = 1; cut <= 8; cut++) {
      // Each cut meets commands and deliveries under way.
      await expect.poll(() => written, { timeout: 20_000, interval: 1 }).toBeGreaterThanOrEqual(cut * 30);
      expect(await cutConnections()).toBeGreaterThan(0);
    }
  })();
  await Promise.all([...writers, cutting]);

  const [head] = await app.services.eventLog.heads([topicKey('project', project.id)]);
  for (const stream of streams) {
    const seqs: number[] = [];
    while (seqs.at(-1) !== head?.seq) {
      const { cursor = '', errors } = await stream.next(undefined, 15_000);
      expect(errors).toBeUndefined();
      seqs.push(decodeCursor(cursor).seq);
    }
    expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
    // A command that was told to have failed may have been committed; never the other way round.
    expect(seqs.length).toBeGreaterThanOrEqual(written);
  }
}, 60_000);

describe('with a bell that is silent', () => {
  /** A server whose rings nobody else hears: what is done there the others find in the log alone. */
  const unheard = () => startApp({ with: app, config: { REDIS_PREFIX: 'unheard:' } });

  test('an event is found by the sweep within LOG_POLL_MS', async () => {
    const { owner, member, project, task } = await scene();
    await using sweeping = await startApp({ with: app, config: { LOG_POLL_MS: '300' } });
    await using silent = await unheard();
    const stream = await (await sweeping.socket(member)).subscribe(taskUpdated, { projectId: project.id });
    const commands = commandsOf(silent, owner, project);
    for (let nth = 0; nth < 3; nth++) {
      await commands.updateTask(task, { title: `${nth}` });
      const committedAtMs = performance.now();
      const { arrivedAtMs, value } = await stream.next('TaskUpdated');
      expect(value.task.title).toBe(`${nth}`);
      // The pause between sweeps, and what a sweep and a delivery take.
      expect(arrivedAtMs - committedAtMs).toBeLessThan(300 + 400);
    }
  });

  test('a removal and a deactivation count within three seconds, and nothing written after them is heard', async () => {
    const admin = await administrator(app);
    const [removed, deactivated] = [await scene(), await scene()];
    await using sweeping = await startApp({ with: app, config: { LOG_POLL_MS: '1000' } });
    await using silent = await unheard();
    const [first, second] = [await sweeping.socket(removed.member), await sweeping.socket(deactivated.member)];
    const stream = await first.subscribe(taskUpdated, { projectId: removed.project.id });
    await second.subscribe(taskUpdated, { projectId: deactivated.project.id });
    const commands = commandsOf(silent, removed.owner, removed.project);
    await commands.remove(removed.member);
    await commands.updateTask(removed.task, { title: 'Written after the removal' });
    await run(silent, admin, 'deactivateUser', { userId: deactivated.member.id });
    const committedAtMs = performance.now();
    expect((await stream.error()).extensions?.code).toBe('FORBIDDEN');
    expect((await second.closed()).code).toBe(4401);
    expect(performance.now() - committedAtMs).toBeLessThan(3_000);
    expect(first.frames.join()).not.toContain('Written after');
  });
});

describe('an event of a release this server does not know', () => {
  test('ends streams with CONNECTION_ERROR before it, and they resume where they were', async () => {
    const { owner, member, project, task, commands } = await scene();
    const socket = await app.socket(member);
    const live = await socket.subscribe(taskUpdated, { projectId: project.id });
    const start = live.cursor ?? '';
    await commands.updateTask(task, { title: 'Known' });
    const { cursor } = await live.next();
    await unknownEvent(owner, project);
    const error = await live.error();
    expect(error.extensions).toMatchObject({ code: 'CONNECTION_ERROR', retryAfterMs: expect.any(Number) });
    await live.completed();
    expect(live.cursor).toBe(cursor);
    expect(live.waiting).toEqual([]);

    // Nor is it skipped for those who come back too early, wherever they stand.
    for (const after of [start, cursor ?? '']) {
      const back = await socket.subscribe(taskUpdated, { projectId: project.id }, { after });
      expect((await back.error()).extensions?.code).toBe('CONNECTION_ERROR');
    }
    // The socket goes on, and so do its other topics.
    const neighbour = await scene();
    const stream = await (await app.socket(neighbour.member)).subscribe(taskUpdated, {
      projectId: neighbour.project.id,
    });
    await neighbour.commands.updateTask(neighbour.task, { title: 'Unharmed' });
    expect((await stream.next()).value.task.title).toBe('Unharmed');
    expect(await socket.ping()).toBeDefined();
  });

  async function unknownEvent(owner: Person, project: { id: string }): Promise<void> {
    const kind = {
      ...membershipEvents.MemberRoleChanged,
      kind: 'InventedTomorrow',
      access: undefined,
      notify: undefined,
    };
    await other.services.transaction({ actorId: owner.id, correlationId: null }, async (tx) => {
      append(tx, topicKey('project', project.id), kind as never, { userId: owner.id, role: 'OWNER' } as never);
    });
  }
});

describe('when nobody can say what became of a person', () => {
  /** Fails the reading of access to the person's own topic, on one server. */
  function failing(server: TestApp, person: Person): Disposable {
    return watchStatements(server, async ({ what, values }) => {
      const rows = JSON.parse(values)[0];
      const own = typeof rows === 'string' && rows.includes(`"id":"${person.id}"`);
      if (what === 'entry asked' && own) throw new Error('the database is away');
    });
  }

  test('sockets close with 1013, after which clients come back, and event streams say when to', async () => {
    const admin = await administrator(app);
    const { member, project } = await scene();
    const socket = await app.socket(member);
    const query = taskUpdated;
    using stream = await openEventStream(app, member, { query, variables: { projectId: project.id } });
    await stream.comment();
    using _failing = failing(app, member);
    await run(other, admin, 'setWorkspaceRole', { userId: member.id, role: 'GUEST' });
    expect(await socket.closed()).toEqual({ code: 1013, reason: 'Try again later' });
    const { errors } = await stream.next();
    expect(errors).toMatchObject([{ extensions: { code: 'CONNECTION_ERROR', retryAfterMs: expect.any(Number) } }]);
    await stream.closed();
  });

  test('an event stream that cannot begin for it leaves nothing behind', async () => {
    const { member, project } = await scene();
    const before = app.hub.sizes;
    using _failing = failing(app, member);
    using stream = await openEventStream(app, member, { query: taskUpdated, variables: { projectId: project.id } });
    await stream.closed();
    expect(JSON.parse(stream.text).errors[0].extensions.code).toBe('INTERNAL_ERROR');
    expect(app.hub.sizes).toEqual(before);
  });
});
