import { clientsOf, compare } from '../support/compare.ts';
import { atMost, type Finding, type Goal, type Row } from '../support/report.ts';
import { setStage } from '../support/stage.ts';
import { publications, resultOf, rowOf } from './fanOut.ts';
import { type Options, oneOf } from './question.ts';

/** One topic whose subscribers ask for different things: 1, 10, 100 selections, and everybody their own. */
export async function groups(options: Options): Promise<Finding> {
  const size = oneOf(options.subscribers, 1_000);
  await using stage = await setStage();
  const world = await stage.world({ people: size, projects: 2, tasksEach: 8 });
  const rows: Row[] = [];
  const goals: Goal[] = [];
  for (const count of [...new Set([1, 10, 100, size])].filter((number) => number <= size)) {
    const results = await compare(stage, world, {
      names: options.servers ?? ['raw', 'belfry', 'yoga'],
      clients: clientsOf(stage, size, world.projects[0]?.id ?? '', count),
      groups: count,
      rounds: options.rounds ?? 8,
      perSlice: Math.max(2, Math.round(10_000 / size)),
      publication: publications(world, 1),
      perClient: 1,
    });
    rows.push(...results.map((result) => rowOf(`${size} in ${count}`, result)));
    const [belfry, yoga] = [resultOf(results, 'belfry'), resultOf(results, 'yoga')];
    if (belfry && count === 100) {
      goals.push(atMost(`100 groups on a topic of ${size}, ≤ 1.2 × raw`, belfry.ratio.median, 1.2));
    }
    if (belfry && yoga && count === size) {
      goals.push(atMost('nothing shared, ≤ 0.5 × Yoga', belfry.ratio.median / yoga.ratio.median, 0.5));
    }
  }
  return {
    question: 'groups',
    title: `${size} subscribers of one topic in groups of equal selection`,
    rows,
    goals,
    chart: { label: 'server', value: 'µs CPU per delivery', unit: 'median of the rounds' },
  };
}
