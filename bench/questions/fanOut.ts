import { clientsOf, compare, type Result } from '../support/compare.ts';
import { everybody } from '../support/contenders.ts';
import { atMost, type Finding, type Goal, type Row } from '../support/report.ts';
import type { Publication } from '../support/slices.ts';
import { setStage } from '../support/stage.ts';
import type { World } from '../support/world.ts';
import { listOf, type Options } from './question.ts';

/** Publications to everybody in the first project, `burst` facts each. */
export function publications(world: World, burst: number): (nth: number) => Publication {
  const [project] = world.projects;
  if (!project) throw new Error('the world has no project');
  return (nth) => ({
    facts: Array.from({ length: burst }, (_, fact) => ({
      projectId: project.id,
      taskId: project.taskIds[fact % project.taskIds.length] as string,
      mark: `event ${String(nth).padStart(6, '0')}-${fact}`,
    })),
    reaches: () => burst,
  });
}

export function rowOf(size: number | string, result: Result): Row {
  const spread = ({ median, low, high }: Result['ratio']): string =>
    `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
  return {
    server: `${result.name} × ${size}`,
    'µs CPU per delivery': result.cpuUs.median,
    'ratio to raw (10–90 %)': spread(result.ratio),
    'p50 ms': result.p50Ms,
    'p95 ms': result.p95Ms,
    'deliveries/s': result.perSecond,
    deliveries: result.deliveries,
    'bytes each': result.bytesEach,
    'checked samples': result.sampled,
  };
}

export function resultOf(results: readonly Result[], name: string): Result | undefined {
  return results.find((result) => result.name === name);
}

/** One topic, one event at a time, N subscribers. */
export async function fanOut(options: Options): Promise<Finding> {
  const sizes = listOf(options.subscribers, [100, 1_000, 5_000, 10_000]);
  const names = options.servers ?? everybody;
  await using stage = await setStage();
  const world = await stage.world({ people: Math.max(...sizes), projects: 2, tasksEach: 8 });
  const rows: Row[] = [];
  const goals: Goal[] = [];
  for (const size of sizes) {
    const results = await compare(stage, world, {
      names,
      clients: clientsOf(stage, size, world.projects[0]?.id ?? ''),
      groups: 1,
      rounds: options.rounds ?? 12,
      perSlice: Math.max(4, Math.round(20_000 / size)),
      publication: publications(world, 1),
      perClient: 1,
    });
    rows.push(...results.map((result) => rowOf(size, result)));
    goals.push(...goalsOf(size, results));
  }
  return {
    question: 'fan-out',
    title: `One topic, one event at a time: what a delivery costs (${sizes.join(', ')} subscribers)`,
    rows,
    goals,
    chart: { label: 'server', value: 'µs CPU per delivery', unit: 'median of the rounds' },
  };
}

function goalsOf(size: number, results: readonly Result[]): Goal[] {
  const [belfry, raw, yoga, socketIo] = ['belfry', 'raw', 'yoga', 'socket.io'].map((name) => resultOf(results, name));
  if (!belfry || !raw) return [];
  const { median } = belfry.ratio;
  return [
    ...(size === 1_000 ? [atMost(`CPU per delivery at ${size}, ≤ 1.15 × raw`, median, 1.15)] : []),
    ...(size >= 5_000 ? [atMost(`CPU per delivery at ${size}, ≤ 1.05 × raw`, median, 1.05)] : []),
    ...(yoga
      ? [atMost(`CPU per delivery at ${size}, ≤ 1/4.5 = 0.222 of Yoga`, median / yoga.ratio.median, 1 / 4.5)]
      : []),
    ...(socketIo ? [atMost(`CPU per delivery at ${size}, ≤ Socket.IO`, median / socketIo.ratio.median, 1)] : []),
    ...(size === 5_000
      ? [
          atMost(`p50 commit → client at ${size}, ≤ 1.3 × raw`, belfry.p50Ms / raw.p50Ms, 1.3),
          atMost(`p95 commit → client at ${size}, ≤ 1.3 × raw`, belfry.p95Ms / raw.p95Ms, 1.3),
          atMost(`p50 commit → client at ${size}, < 100 ms`, belfry.p50Ms, 100),
          atMost(`p95 commit → client at ${size}, < 200 ms`, belfry.p95Ms, 200),
          ...(yoga
            ? [
                atMost(`p50 commit → client at ${size}, ≤ 1/5 of Yoga`, belfry.p50Ms / yoga.p50Ms, 0.2),
                atMost(`p95 commit → client at ${size}, ≤ 1/5 of Yoga`, belfry.p95Ms / yoga.p95Ms, 0.2),
              ]
            : []),
        ]
      : []),
  ];
}
