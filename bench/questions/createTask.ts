import type { Load, Loaded } from '../http-load.ts';
import type { Child } from '../support/ipc.ts';
import { atLeast, type Finding } from '../support/report.ts';
import { setStage } from '../support/stage.ts';
import { median, quantile, spreadOf } from '../support/statistics.ts';
import type { Options } from './question.ts';

const query = 'mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { id title version } } }';

/** What the log costs a command: createTask with it, and by hand without it. */
export async function createTask(options: Options): Promise<Finding> {
  await using stage = await setStage({ workers: 1 });
  const world = await stage.world({ people: 10, projects: 16, tasksEach: 1 });
  const belfry = await stage.belfry();
  const yoga = await stage.peer('yoga-prisma-server.ts', true);
  const servers: { name: string; server: Child; rates: number[]; took: number[]; cpuMs: number[] }[] = [
    { name: 'belfry', server: belfry, rates: [], took: [], cpuMs: [] },
    { name: 'yoga + prisma', server: yoga, rates: [], took: [], cpuMs: [] },
  ];
  const loader = await stage.loader();
  const variables = world.projects.map(({ id }) => JSON.stringify({ input: { projectId: id, title: 'task {nth}' } }));
  const rounds = options.rounds ?? 8;
  for (let round = -1; round < rounds; round++) {
    for (const { name, server, rates, took, cpuMs } of round % 2 ? servers.toReversed() : servers) {
      stage.progress(`createTask, round ${round + 1} of ${rounds}: ${name}`);
      const isProfiled = name === process.env.BENCH_PROFILE && round === rounds - 1;
      if (isProfiled) await server.call('profile');
      const before = await server.call<number>('usage');
      const loaded = await loader.call<Loaded>('load', {
        port: await server.call<number>('port'),
        path: '/graphql',
        token: stage.token('owner'),
        query,
        variables,
        seconds: options.seconds ?? 3,
        atOnce: 16,
        from: 0,
      } satisfies Load);
      if (loaded.failed > 0) throw new Error(`${name}: ${loaded.failed} failed: ${loaded.firstError}`);
      // The first round compiles.
      if (round < 0) continue;
      rates.push((1_000 * loaded.answered) / loaded.elapsedMs);
      took.push(...loaded.tookMs);
      cpuMs.push(((await server.call<number>('usage')) - before) / loaded.answered);
      if (isProfiled) await server.call('profiled', 'create-task');
    }
  }
  const ratios = servers[0]?.rates.map((rate, round) => rate / (servers[1]?.rates[round] ?? Number.NaN)) ?? [];
  const { median: ratio, low, high } = spreadOf(ratios);
  return {
    question: 'create-task',
    title: 'createTask over HTTP, 16 at once, 16 projects',
    rows: servers.map(({ name, rates, took, cpuMs }) => ({
      server: name,
      'per second': median(rates),
      'p50 ms': median(took),
      'p99 ms': quantile(took, 0.99),
      'ms CPU each': median(cpuMs),
    })),
    goals: [atLeast('createTask, ≥ 0.6 × the rate of Yoga + Prisma without a log', ratio, 0.6)],
    chart: { label: 'server', value: 'per second', unit: 'median of the rounds' },
    notes: `Ratio by round: ${ratio.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)}).`,
  };
}
