import type { Arrived } from '../clients.ts';
import type { Load, Loaded } from '../http-load.ts';
import { startContender } from '../support/contenders.ts';
import { atMost, type Finding } from '../support/report.ts';
import { openAudience } from '../support/slices.ts';
import { setStage } from '../support/stage.ts';
import { quantile } from '../support/statistics.ts';
import { probes } from './probes.ts';
import { type Options, oneOf } from './question.ts';

const perSecond = 200;
const query = 'mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { eventCursor } }';

/** From the sending of a mutation to one server until a subscriber of another one has the event. */
export async function latency(options: Options): Promise<Finding> {
  const perTopic = oneOf(options.subscribers, 5);
  const seconds = options.seconds ?? 20;
  await using stage = await setStage({ workers: 1 });
  const { projects, ...world } = await stage.world({ people: perTopic, projects: 20, tasksEach: 4 });
  const contender = await startContender(stage, { ...world, projects }, 'belfry');
  const clients = projects.flatMap(({ id }) =>
    Array.from({ length: perTopic }, (_, nth) => ({ token: stage.token(`person-${nth}`), document: 0, topic: id })),
  );
  await openAudience(stage, contender, { clients, documents: [contender.document(0)], probe: probes(projects) });
  const [worker] = stage.workers;
  const loader = await stage.loader();
  const variables = projects
    .flatMap(({ taskIds }) => taskIds)
    .map((taskId) => JSON.stringify({ input: { taskId, title: 'command {nth}' } }));
  const load = (seconds: number, from: number): Promise<Loaded> =>
    stage.writer.call<number>('port').then((port) =>
      loader.call<Loaded>('load', {
        port,
        path: '/graphql',
        token: stage.token('owner'),
        query,
        variables,
        seconds,
        atOnce: 64,
        perSecond,
        from,
      } satisfies Load),
    );
  stage.progress('warming up …');
  await load(3, 900_000);
  await worker?.call('forget', contender.name);
  await worker?.call('keepTitles', contender.name);
  stage.progress(`${perSecond} commands per second for ${seconds} s …`);
  const loaded = await load(seconds, 0);
  if (loaded.failed > 0) throw new Error(`${loaded.failed} commands failed: ${loaded.firstError}`);
  const events = loaded.answered * perTopic;
  const arrived = await worker?.call<Arrived & { titles: string[] }>('expect', {
    name: contender.name,
    events,
    marks: undefined,
    limitMs: 10_000,
  });
  const latencies = [...(arrived?.times ?? [])].map((time, nth) => {
    const number = Number(/command (\d+)/.exec(arrived?.titles[nth] ?? '')?.[1]);
    return time - (loaded.sentAt[number] ?? Number.NaN);
  });
  const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
  return {
    question: 'latency',
    title: `Mutation to one server → ${perTopic} subscribers of each of 20 topics on another, ${perSecond} commands per second`,
    rows: [
      {
        server: 'belfry, two servers',
        'commands/s': (1_000 * loaded.answered) / loaded.elapsedMs,
        'p50 ms': p50,
        'p95 ms': quantile(latencies, 0.95),
        'p99 ms': p99,
        'most ms': Math.max(...latencies),
        deliveries: latencies.length,
        'answer p50 ms': quantile(loaded.tookMs, 0.5),
        'answer p99 ms': quantile(loaded.tookMs, 0.99),
      },
    ],
    goals: [
      atMost('mutation → subscriber on another server, median < 20 ms', p50, 20),
      atMost('mutation → subscriber on another server, p99 < 60 ms', p99, 60),
    ],
    notes:
      'From before the request is sent, so the command itself is included; paced whether answers have come or not.',
  };
}
