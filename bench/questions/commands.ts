import type { Arrived } from '../clients.ts';
import type { Load, Loaded } from '../http-load.ts';
import { startContender } from '../support/contenders.ts';
import { atLeast, atMost, type Finding } from '../support/report.ts';
import { forget, openAudience } from '../support/slices.ts';
import { setStage } from '../support/stage.ts';
import { quantile } from '../support/statistics.ts';
import { probes } from './probes.ts';
import { type Options, oneOf } from './question.ts';

const neighbours = 8;
const neighbourPace = 20;
const query = 'mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { eventCursor } }';

/** Commands on one topic of a server that delivers them to 5,000 of its own sockets, and what the neighbours notice. */
export async function commands(options: Options): Promise<Finding> {
  const size = oneOf(options.subscribers, 5_000);
  const seconds = options.seconds ?? 15;
  await using stage = await setStage();
  const { projects, ...world } = await stage.world({ people: size, projects: 1 + neighbours, tasksEach: 8 });
  const [busy, ...quiet] = projects;
  if (!busy) throw new Error('the world has no project');
  const crowd = await startContender(stage, { ...world, projects }, 'belfry');
  // The same server under another name: its quiet clients are counted apart.
  const quietly = { ...crowd, name: 'neighbours' };
  const clients = Array.from({ length: size }, (_, nth) => ({
    token: stage.token(`person-${nth}`),
    document: 0,
    topic: busy.id,
  }));
  const quietClients = quiet.flatMap(({ id }) =>
    stage.workers.map((_, nth) => ({ token: stage.token(`person-${nth}`), document: 0, topic: id })),
  );
  const documents = [crowd.document(0)];
  await openAudience(stage, crowd, { clients, documents, probe: probes([busy]) });
  await openAudience(stage, quietly, { clients: quietClients, documents, probe: probes(quiet) });
  const [loader, quietLoader] = [await stage.loader(), await stage.loader()];
  const ask = (
    taskIds: readonly string[],
    load: Pick<Load, 'seconds' | 'atOnce' | 'from'> & { perSecond?: number },
  ): Load => ({
    ...load,
    port: crowd.port,
    path: '/graphql',
    token: stage.token('owner'),
    query,
    variables: taskIds.map((taskId) => JSON.stringify({ input: { taskId, title: 'command {nth}' } })),
  });
  const quietTasks = quiet.flatMap(({ taskIds }) => taskIds);

  /** How long the neighbours' events take from the sending of the command, to the first of their sockets. */
  async function neighboursFor(loadSeconds: number, from: number): Promise<number[]> {
    await forget(stage, quietly);
    for (const worker of stage.workers) await worker.call('keepTitles', quietly.name);
    const loaded = await quietLoader.call<Loaded>(
      'load',
      ask(quietTasks, { seconds: loadSeconds, atOnce: 32, perSecond: neighbourPace, from }),
    );
    if (loaded.failed > 0) throw new Error(`neighbours: ${loaded.firstError}`);
    const latencies: number[] = [];
    for (const [nth, worker] of stage.workers.entries()) {
      const share = quietClients.filter((_, client) => client % stage.workers.length === nth).length / quiet.length;
      const arrived = await worker.call<Arrived>('expect', {
        name: quietly.name,
        events: Math.round(loaded.answered * share),
        marks: undefined,
        limitMs: 30_000,
      });
      for (const [event, time] of arrived.times.entries()) {
        const number = Number(/command (\d+)/.exec(arrived.titles[event] ?? '')?.[1]);
        latencies.push(time - (loaded.sentAt[number - from] ?? Number.NaN));
      }
    }
    return latencies;
  }

  stage.progress('neighbours alone …');
  await neighboursFor(3, 100_000);
  const alone = await neighboursFor(seconds, 200_000);
  stage.progress(`commands on the topic of ${size} …`);
  await loader.call<Loaded>('load', ask(busy.taskIds, { seconds: 3, atOnce: 16, from: 300_000 }));
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  await forget(stage, crowd);
  const usageBefore = await crowd.server.call<number>('usage');
  const [loaded, beside] = await Promise.all([
    loader.call<Loaded>('load', ask(busy.taskIds, { seconds, atOnce: 16, from: 400_000 })),
    neighboursFor(seconds, 500_000),
  ]);
  const cpuMs = (await crowd.server.call<number>('usage')) - usageBefore;
  if (loaded.failed > 0) throw new Error(`commands: ${loaded.failed} failed: ${loaded.firstError}`);
  const late = performance.now();
  await Promise.all(
    stage.workers.map((worker, nth) =>
      worker.call('expect', {
        name: crowd.name,
        events: loaded.answered * clients.filter((_, client) => client % stage.workers.length === nth).length,
        marks: undefined,
        limitMs: 60_000,
      }),
    ),
  );
  const behindMs = performance.now() - late;
  const perSecond = (1_000 * loaded.answered) / loaded.elapsedMs;
  const [aloneP99, besideP99] = [quantile(alone, 0.99), quantile(beside, 0.99)];
  return {
    question: 'commands',
    title: `Commands on a topic while it is delivered to ${size} sockets of the same server`,
    rows: [
      {
        what: `commands on the topic of ${size}`,
        'per second': perSecond,
        'p50 ms': quantile(loaded.tookMs, 0.5),
        'p99 ms': quantile(loaded.tookMs, 0.99),
        'deliveries/s': perSecond * size,
        'CPU of a core': cpuMs / loaded.elapsedMs,
      },
      { what: 'neighbours alone', 'per second': neighbourPace, 'p50 ms': quantile(alone, 0.5), 'p99 ms': aloneP99 },
      {
        what: 'neighbours beside it',
        'per second': neighbourPace,
        'p50 ms': quantile(beside, 0.5),
        'p99 ms': besideP99,
      },
    ],
    goals: [
      atLeast(`commands on one topic while it fans out to ${size} local subscribers, ≥ 60 per second`, perSecond, 60),
      atMost('neighbours on other topics, p99 ≤ 1.5 × of alone', besideP99 / aloneP99, 1.5),
    ],
    notes: `Every one of ${loaded.answered} × ${size} events arrived, the last ${Math.round(behindMs)} ms after the last answer.`,
  };
}
