import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Away, Stayed, StayOptions } from '../restart-clients.ts';
import type { Child } from '../support/ipc.ts';
import { startChild } from '../support/ipc.ts';
import { atMost, type Finding, type Row } from '../support/report.ts';
import { setStage } from '../support/stage.ts';
import { quantile } from '../support/statistics.ts';
import { paced, pause, within } from '../support/waiting.ts';
import { publications } from './fanOut.ts';
import { type Options, oneOf } from './question.ts';

const eventsPerSecond = 4;
const query =
  'subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { task { id title description status priority dueAt version createdAt } } }';

/** Both of two servers are told to end, one after the other, and started again: how long is everybody away? */
export async function restart(options: Options): Promise<Finding> {
  const size = oneOf(options.subscribers, 5_000);
  const betweenMs = 1_000 * (options.seconds ?? 5);
  await using stage = await setStage({ workers: 0 });
  const world = await stage.world({ people: size, projects: 1, tasksEach: 8 });
  const topic = world.projects[0]?.id ?? '';
  const next = publications(world, 1);
  let nth = 0;
  const publish = (): Promise<number> =>
    stage.writer.call('publish', { actorId: world.ownerId, facts: next(nth++).facts });
  await publish();

  const start = async (port: number): Promise<Child> => {
    const server = await stage.peer('main-server.ts', true);
    await server.call('start', port);
    return server;
  };
  const ports = [await freePort(), await freePort()];
  const servers: Child[] = [];
  for (const port of ports) servers.push(await start(port));
  await using opened = new AsyncDisposableStack();
  const crowds = ports.map(() => opened.use(startChild(new URL('../restart-clients.ts', import.meta.url))));
  const all = <Result>(name: string, argument?: unknown): Promise<Result[]> =>
    Promise.all(crowds.map((crowd) => crowd.call<Result>(name, argument)));
  const everybody = (name: string, argument?: unknown) => async (): Promise<boolean> =>
    (await all<number>(name, argument)).reduce((sum, value) => sum + value, 0) === size;
  for (const [share, crowd] of crowds.entries()) {
    const tokens = Array.from({ length: size }, (_, person) => stage.token(`person-${person}`)).filter(
      (_, person) => person % crowds.length === share,
    );
    await crowd.call('start', { query, topic, tokens, ports } satisfies StayOptions);
  }
  stage.progress(`connecting ${size} clients to two servers …`);
  if (!(await within(120_000, everybody('live')))) throw new Error('clients do not connect');

  const writing = new AbortController();
  const written = paced(eventsPerSecond, writing.signal, publish);
  const rows: Row[] = [];
  /** Committed so far, by all servers; PostgreSQL's own count, up to a second late. */
  const transactions = async (): Promise<number> => {
    const [row] = await stage.query<{ count: string }>(
      'SELECT xact_commit AS count FROM pg_stat_database WHERE datname = current_database()',
    );
    return Number(row?.count ?? 0);
  };
  const [away, behind]: [number[], number[]] = [[], []];
  await pause(betweenMs);
  for (const [which, port] of ports.entries()) {
    stage.progress(`server ${which + 1} is told to end …`);
    const atMs = performance.now();
    const server = servers[which] as Child;
    const staying = servers[1 - which] as Child;
    const usage = async (): Promise<number[]> =>
      Promise.all([staying, ...crowds].map((child) => child.call<number>('usage')));
    const usageBefore = await usage();
    const transactionsBefore = await transactions();
    if (process.env.BENCH_PROFILE === 'belfry') await staying.call('profile');
    process.kill(server.pid, 'SIGTERM');
    const ended = server.call('ended').then(String, ({ message }: Error) => message);
    // A balancer asks readiness; the server says no before its clients are told.
    await within(10_000, async () => !(await isReady(port)));
    await all('ports', ports.toSpliced(which, 1));
    // 'main-server.ts ended with 0'
    const how = (await ended).replace(/^.* ended with /, 'exit code ');
    const endedMs = performance.now() - atMs;
    servers[which] = await start(port);
    await all('ports', ports);
    const startedMs = performance.now() - atMs - endedMs;
    const isBack = await within(60_000, everybody('live'));
    const backMs = performance.now() - atMs;
    const [servingMs = 0, ...clientsMs] = (await usage()).map((value, child) => value - (usageBefore[child] ?? 0));
    const asked = (await transactions()) - transactionsBefore;
    if (process.env.BENCH_PROFILE === 'belfry') await staying.call('profiled', `belfry-restart-${which + 1}`);
    const times = await all<Away>('times');
    const [waveAway, waveBehind, waveJoin] = (['awayMs', 'behindMs', 'joinMs'] as const).map((name) =>
      times.flatMap((each) => [...each[name]]),
    ) as [number[], number[], number[]];
    away.push(...waveAway);
    behind.push(...waveBehind);
    rows.push({
      ...{ what: `server ${which + 1}, ${how}`, 'ended after s': endedMs / 1_000, 'started in s': startedMs / 1_000 },
      ...{ away: waveAway.length, ...timesOf(waveAway) },
      'joining p95 s': quantile(waveJoin, 0.95) / 1_000,
      'caught up p95 s': quantile(waveBehind, 0.95) / 1_000,
      'all back s': isBack ? backMs / 1_000 : 'not within 60',
      'CPU s of the other': servingMs / 1_000,
      'ms CPU each': servingMs / waveAway.length,
      'database transactions each': asked / waveAway.length,
      'CPU s of the clients': clientsMs.reduce((sum, value) => sum + value, 0) / 1_000,
    });
    await pause(betweenMs);
  }
  writing.abort();
  const events = await written;
  const [log] = await stage.query<{ seq: string }>('SELECT seq FROM topic_head WHERE topic = $1', [`project:${topic}`]);
  const head = Number(log?.seq ?? 0);
  await within(60_000, everybody('heard', head));
  const live = (await all<number>('live')).reduce((sum, value) => sum + value, 0);
  const results = await all<Stayed>('finish', head);
  const sum = (of: (result: Stayed) => number): number => results.reduce((value, result) => value + of(result), 0);
  rows.push({
    ...{ what: 'both', away: away.length, ...timesOf(away) },
    'caught up p95 s': quantile(behind, 0.95) / 1_000,
  });
  const codes = (of: (result: Stayed) => Readonly<Record<number, number>>): string => {
    const found = Map.groupBy(
      results.flatMap((result) => Object.entries(of(result))),
      ([code]) => code,
    );
    const counts = Array.from(found, ([code, each]) => `${code}: ${each.reduce((all, [, count]) => all + count, 0)}`);
    return counts.join(', ') || 'none';
  };
  return {
    question: 'restart',
    title: `Rolling restart of two servers under ${size} subscribed clients`,
    rows,
    goals: [
      atMost('clients that are not back', size - live, 0),
      atMost('time away, p95 < 5 s', quantile(away, 0.95) / 1_000, 5),
      atMost('from the end of the connection to having caught up, p95 < 5 s', quantile(behind, 0.95) / 1_000, 5),
      atMost(
        'events lost',
        sum(({ lost }) => lost),
        0,
      ),
      atMost(
        'events heard twice',
        sum(({ doubled }) => doubled),
        0,
      ),
    ],
    notes: `${events} events committed meanwhile, ${sum(({ deliveries }) => deliveries)} deliveries. Close codes: ${codes(({ closeCodes }) => closeCodes)}; ${sum(({ untold }) => untold)} closed without having been told when to come back; failed attempts: ${codes(({ failed }) => failed)}. Clients choose among the servers that say they are ready, as behind a balancer.`,
  };
}

const timesOf = (values: readonly number[]): Row => ({
  'p50 s': quantile(values, 0.5) / 1_000,
  'p95 s': quantile(values, 0.95) / 1_000,
  'most s': quantile(values, 1) / 1_000,
});

async function isReady(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok ?? false;
}

/** Free now; the same address is used again after the restart. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (!address || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}
