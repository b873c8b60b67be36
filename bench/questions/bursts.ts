import { clientsOf, compare } from '../support/compare.ts';
import { atLeast, type Finding } from '../support/report.ts';
import { setStage } from '../support/stage.ts';
import { publications, resultOf, rowOf } from './fanOut.ts';
import { type Options, oneOf } from './question.ts';

const burst = 8;

/** Eight events in one turn of the loop: what one write per socket is worth. */
export async function bursts(options: Options): Promise<Finding> {
  const size = oneOf(options.subscribers, 1_000);
  await using stage = await setStage();
  const world = await stage.world({ people: size, projects: 2, tasksEach: burst });
  const results = await compare(stage, world, {
    names: options.servers ?? ['raw', 'belfry', 'socket.io', 'yoga'],
    clients: clientsOf(stage, size, world.projects[0]?.id ?? ''),
    groups: 1,
    rounds: options.rounds ?? 12,
    perSlice: Math.max(2, Math.round(6_000 / size)),
    publication: publications(world, burst),
    perClient: burst,
  });
  const belfry = resultOf(results, 'belfry');
  return {
    question: 'bursts',
    title: `Bursts of ${burst} events to ${size} subscribers of one topic`,
    rows: results.map((result) => rowOf(size, result)),
    goals: belfry
      ? [atLeast('deliveries per second of CPU in bursts of 8, ≥ 8 × raw', 1 / belfry.ratio.median, 8)]
      : [],
    chart: { label: 'server', value: 'µs CPU per delivery', unit: 'median of the rounds' },
    notes:
      'Clients count every event; deliveries/s is by the clock and bounded by the clients, who read on the same machine.',
  };
}
