import type { Churned, ChurnOptions } from '../churn-clients.ts';
import { gaugesOf } from '../support/gauges.ts';
import { type Child, startChild } from '../support/ipc.ts';
import { atMost, type Finding, type Goal, type Row } from '../support/report.ts';
import { setStage } from '../support/stage.ts';
import { paced, pause, within } from '../support/waiting.ts';
import { type Options, oneOf } from './question.ts';

const projects = 20;
const eventsPerSecond = 10;
const documents = [
  'subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { __typename task { id title } } }',
  'subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { task { title status } } }',
  // A group for each viewer.
  'subscription ($projectId: ID!) { taskUpdated(projectId: $projectId) { task { creator { email } } } }',
  'subscription ($projectId: ID!) { events(topics: [{ kind: PROJECT, id: $projectId }, { kind: USER }]) { __typename } }',
  'subscription { inbox { __typename } }',
  'subscription ($projectId: ID!) { signals(topics: [{ kind: PROJECT, id: $projectId }]) { __typename } }',
];

interface Memory {
  rss: number;
  heap: number;
  external: number;
}

/** Clients that come and go at random for a while: what is left of them when all are gone? */
export async function churn(options: Options): Promise<Finding> {
  const size = oneOf(options.subscribers, 2_000);
  const seconds = options.seconds ?? 60;
  await using stage = await setStage({ workers: 0 });
  const world = await stage.world({ people: size, projects, tasksEach: 1 });
  const servers = [await stage.belfry(), await stage.belfry()];
  const ports = await Promise.all(servers.map((server) => server.call<number>('port')));
  await using crowd = startChild(new URL('../churn-clients.ts', import.meta.url));
  await crowd.call('start', {
    ports,
    documents,
    topics: world.projects.map(({ id }) => id),
    tokens: Array.from({ length: size }, (_, person) => stage.token(`person-${person}`)),
  } satisfies ChurnOptions);
  let nth = 0;
  const writing = new AbortController();
  const written = paced(eventsPerSecond, writing.signal, () => {
    const project = world.projects[nth % projects];
    const facts = [
      {
        projectId: project?.id ?? '',
        taskId: project?.taskIds[0] ?? '',
        mark: `event ${String(nth++).padStart(6, '0')}`,
      },
    ];
    return stage.writer.call('publish', { actorId: world.ownerId, facts });
  });

  const gauges = (): Promise<ReadonlyMap<string, number>[]> => Promise.all(ports.map(gaugesOf));
  const memory = (): Promise<Memory[]> => Promise.all(servers.map((server: Child) => server.call<Memory>('memory')));
  const open: number[] = [];
  // What was never above zero would prove nothing at the end.
  const peaks = new Map<string, number>();
  const quarters: Memory[][] = [];
  for (let quarter = 0; quarter < 4; quarter++) {
    const endMs = performance.now() + 250 * seconds;
    while (performance.now() < endMs) {
      await pause(Math.min(1_000, endMs - performance.now()));
      for (const shown of await gauges())
        for (const [name, value] of shown) peaks.set(name, Math.max(peaks.get(name) ?? 0, value));
      open.push(await crowd.call<number>('open'));
      stage.progress(`${open.at(-1)} of ${size} clients are there, ${open.length} s of ${seconds}`);
    }
    quarters.push(await memory());
  }
  const churned = await crowd.call<Churned>('finish');
  writing.abort();
  const events = await written;
  const leftMs = performance.now();
  const isEmpty = async (): Promise<boolean> =>
    (await gauges()).every((shown) => [...shown.values()].every((value) => value === 0));
  await within(60_000, isEmpty);
  const emptyMs = performance.now() - leftMs;
  const shown = await gauges();
  const sizes = await Promise.all(servers.map((server) => server.call<Record<string, number>>('sizes')));
  const after = await memory();

  const megabytes = (bytes: number): number => bytes / 2 ** 20;
  const rows: Row[] = [];
  const goals: Goal[] = [];
  for (const [which] of servers.entries()) {
    const row = (what: string, taken: Memory[] | undefined): Row => ({
      server: `${which + 1} ${what}`,
      'resident MB': megabytes(taken?.[which]?.rss ?? Number.NaN),
      'heap MB': megabytes(taken?.[which]?.heap ?? Number.NaN),
      'buffers MB': megabytes(taken?.[which]?.external ?? Number.NaN),
    });
    rows.push(...quarters.map((taken, quarter) => row(`after quarter ${quarter + 1}`, taken)), row('all gone', after));
    const [first, last] = [quarters[0]?.[which], quarters[3]?.[which]];
    goals.push(
      atMost(
        `server ${which + 1}: gauges that are not zero`,
        [...(shown[which] ?? [])].filter(([, value]) => value !== 0).length +
          Object.values(sizes[which] ?? {}).filter((value) => value !== 0).length,
        0,
      ),
      atMost(
        `server ${which + 1}: resident memory flat, after the last quarter to after the first, ≤ 1.1`,
        (last?.rss ?? Number.NaN) / (first?.rss ?? Number.NaN),
        1.1,
      ),
    );
  }
  const left = shown.flatMap((of, which) =>
    [...of].filter(([, value]) => value !== 0).map(([name, value]) => `server ${which + 1} ${name} ${value}`),
  );
  const ends = Object.entries(churned.ends).map(([how, count]) => `${count} ${how}`);
  return {
    question: 'churn',
    title: `${size} clients subscribe and leave at random for ${seconds} s on two servers`,
    rows,
    goals: [...goals, atMost('connections or operations refused', churned.refused, 0)],
    notes: [
      `${churned.connections} connections (${Math.min(...open.slice(6))} to ${Math.max(...open)} at once), ${churned.subscriptions} subscriptions, ${churned.deliveries} deliveries of ${events} events; ${ends.join(', ')}.`,
      `Most of each gauge while they were there: ${[...peaks].map(([name, value]) => `${name} ${value}`).join(', ')}.`,
      `${shown[0]?.size} gauges of each server${left.length > 0 ? ` not zero after 60 s: ${left.join(', ')}` : ` were zero ${Math.round(emptyMs)} ms after the last had left`}; hub.sizes ${JSON.stringify(sizes)}.`,
      ...(churned.firstRefusal ? [`First refusal: ${churned.firstRefusal}`] : []),
      'Memory is taken after collecting garbage.',
    ].join('\n'),
  };
}
