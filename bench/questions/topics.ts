import type { Client } from '../clients.ts';
import { compare } from '../support/compare.ts';
import type { Finding } from '../support/report.ts';
import type { Publication } from '../support/slices.ts';
import { setStage } from '../support/stage.ts';
import { rowOf } from './fanOut.ts';
import { type Options, oneOf } from './question.ts';

/** Topics that one publication touches. */
const atOnce = 50;

/** As many topics as subscribers: nothing to share, a reader and an execution for each. */
export async function topics(options: Options): Promise<Finding> {
  const size = oneOf(options.subscribers, 5_000);
  await using stage = await setStage();
  const { projects, ...world } = await stage.world({ people: size, projects: size, tasksEach: 1 });
  const clients = projects.map(
    ({ id }, nth): Client => ({ token: stage.token(`person-${nth}`), document: 0, topic: id }),
  );
  const all = (nth: number, touched: readonly number[]): Publication => ({
    facts: touched.map((topic) => ({
      projectId: projects[topic]?.id ?? '',
      taskId: projects[topic]?.taskIds[0] ?? '',
      mark: `event ${String(nth).padStart(6, '0')}`,
    })),
    reaches: (client) => (touchedBy(touched).has(client) ? 1 : 0),
  });
  const sets = new WeakMap<readonly number[], Set<number>>();
  const touchedBy = (touched: readonly number[]): Set<number> => {
    const set = sets.get(touched) ?? new Set(touched);
    sets.set(touched, set);
    return set;
  };
  const results = await compare(
    stage,
    { ...world, projects },
    {
      names: options.servers ?? ['raw', 'belfry', 'yoga'],
      clients,
      groups: 1,
      rounds: options.rounds ?? 8,
      perSlice: 10,
      publication: (nth) =>
        all(
          nth,
          Array.from({ length: Math.min(atOnce, size) }, (_, step) => (nth * atOnce + step) % size),
        ),
    },
  );
  return {
    question: 'topics',
    title: `${size} topics with one subscriber each, ${atOnce} events at a time in different topics`,
    rows: results.map((result) => rowOf(size, result)),
    goals: [],
    chart: { label: 'server', value: 'µs CPU per delivery', unit: 'median of the rounds' },
    notes: 'The peers are handed a ready object; Belfry reads the log and the task of each topic and asks for access.',
  };
}
