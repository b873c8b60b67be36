import type { Arrived } from '../clients.ts';
import type { Load, Loaded } from '../http-load.ts';
import { probes } from '../questions/probes.ts';
import { startContender } from './contenders.ts';
import { openAudience } from './slices.ts';
import type { Stage } from './stage.ts';
import type { World } from './world.ts';

/** What commands at a steady pace did. */
export interface Paced {
  /** From before a request is sent until each subscriber has the event. */
  readonly latencies: number[];
  readonly loaded: Loaded;
}

const updateTask = 'mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { eventCursor } }';

/**
 * Subscribers of every project on a Belfry of their own, and commands to another one, at a pace that no answer slows.
 * Each call of what it returns sends for so many seconds, and waits until everybody has everything.
 */
export async function pacedCommands(
  stage: Stage,
  { world, perTopic, perSecond }: { world: World; perTopic: number; perSecond: number },
): Promise<(seconds: number) => Promise<Paced>> {
  const { projects } = world;
  const contender = await startContender(stage, world, 'belfry');
  const clients = projects.flatMap(({ id }) =>
    Array.from({ length: perTopic }, (_, nth) => ({ token: stage.token(`person-${nth}`), document: 0, topic: id })),
  );
  await openAudience(stage, contender, { clients, documents: [contender.document(0)], probe: probes(projects) });
  const [worker] = stage.workers;
  const loader = await stage.loader();
  const port = await stage.writer.call<number>('port');
  const variables = projects
    .flatMap(({ taskIds }) => taskIds)
    .map((taskId) => JSON.stringify({ input: { taskId, title: 'command {nth}' } }));
  let from = 0;
  return async (seconds) => {
    const first = from;
    from += 100_000;
    await worker?.call('forget', contender.name);
    await worker?.call('keepTitles', contender.name);
    const loaded = await loader.call<Loaded>('load', {
      ...{ port, path: '/graphql', token: stage.token('owner'), query: updateTask, variables },
      ...{ seconds, atOnce: 64, perSecond, from: first },
    } satisfies Load);
    if (loaded.failed > 0) throw new Error(`${loaded.failed} commands failed: ${loaded.firstError}`);
    const arrived = await worker?.call<Arrived & { titles: string[] }>('expect', {
      name: contender.name,
      events: loaded.answered * perTopic,
      marks: undefined,
      limitMs: 10_000,
    });
    const latencies = [...(arrived?.times ?? [])].map((time, nth) => {
      const number = Number(/command (\d+)/.exec(arrived?.titles[nth] ?? '')?.[1]);
      return time - (loaded.sentAt[number - first] ?? Number.NaN);
    });
    return { latencies, loaded };
  };
}
