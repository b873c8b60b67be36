// Servers take turns in short slices, so that what else happens on the machine hits all alike.
import type { Publish } from '../belfry-server.ts';
import type { Arrived, Client, Expectation, OpenClients } from '../clients.ts';
import type { Contender } from './contenders.ts';
import type { Child } from './ipc.ts';
import type { Stage } from './stage.ts';

/** What one publication is made of, and whom it reaches. */
export interface Publication {
  readonly facts: Publish['facts'];
  /** Events that arrive at each client of these (by number); a fact counts once for each client it reaches. */
  readonly reaches: (client: number) => number;
}

export interface Audience {
  readonly contender: Contender;
  readonly clients: readonly Client[];
}

/** What a slice has measured. */
export interface Measured {
  readonly cpuMs: number;
  readonly deliveries: number;
  /** From just before the commit, or the call, to each client. */
  readonly latenciesMs: Float64Array;
  /** First publication to last arrival. */
  readonly elapsedMs: number;
  readonly bytes: number;
  readonly sampled: number;
}

/** Arrivals that take longer than this are lost. */
const limitMs = 30_000;

/** Connects clients, spread over the workers, and waits until an event reaches every one of them. */
export async function openAudience(
  stage: Stage,
  contender: Contender,
  options: { clients: readonly Client[]; documents: readonly string[]; probe: () => Publication; history?: string },
): Promise<Audience> {
  const { clients, documents, probe, history } = options;
  stage.progress(`connecting ${clients.length} clients to ${contender.name} …`);
  await Promise.all(
    stage.workers.map((worker, nth) =>
      worker.call('open', {
        name: contender.name,
        port: contender.port,
        wire: contender.wire,
        documents,
        clients: clients
          .filter((_, client) => client % stage.workers.length === nth)
          .map((client) => ({ ...client, topic: contender.topicFor?.(client.topic) ?? client.topic })),
        atOnce: 50,
        ...(history && { history }),
      } satisfies OpenClients),
    ),
  );
  const audience = { contender, clients };
  await settle(stage, audience, probe);
  return audience;
}

/** Publishes until one publication reaches everybody, and forgets what arrived. */
export async function settle(stage: Stage, { contender, clients }: Audience, probe: () => Publication): Promise<void> {
  const arrived = async (): Promise<number> =>
    (await Promise.all(stage.workers.map((worker) => worker.call<number>('arrived', contender.name)))).reduce(sum, 0);
  const wrong = async (events: number): Promise<number> => {
    const asked = { name: contender.name, events };
    const answers = await Promise.all(stage.workers.map((worker) => worker.call<{ wrong: number }>('check', asked)));
    return answers.reduce((all, answer) => all + answer.wrong, 0);
  };
  for (let attempt = 0; attempt < 60; attempt++) {
    await forget(stage, contender);
    const publication = probe();
    const expected = clients.reduce((all, _, client) => all + publication.reaches(client), 0);
    await contender.publish(publication.facts);
    let [before, quiet] = [-1, 0];
    for (let now = await arrived(); now < expected && quiet < 6; now = await arrived()) {
      quiet = now === before ? quiet + 1 : 0;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    if ((await arrived()) !== expected) continue;
    // Late ones of an earlier attempt may have made up the number.
    const each = publication.reaches(0);
    if (clients.every((_, client) => publication.reaches(client) === each) && (await wrong(each)) > 0) continue;
    await forget(stage, contender);
    await new Promise((resolve) => setTimeout(resolve, 500));
    if ((await arrived()) === 0) return forget(stage, contender);
  }
  throw new Error(`${contender.name}: ${await arrived()} of ${clients.length} clients are subscribed`);
}

const sum = (one: number, other: number): number => one + other;

export async function forget(stage: Stage, { name }: Contender): Promise<void> {
  await Promise.all(stage.workers.map((worker) => worker.call('forget', name)));
}

/** Publishes one after the other, each when the one before has reached everybody, and counts the server's CPU. */
export async function runSlice(
  stage: Stage,
  { contender, clients }: Audience,
  publications: readonly Publication[],
): Promise<Measured> {
  const { server, name } = contender;
  const latencies: number[] = [];
  let [deliveries, bytes, sampled] = [0, 0, 0];
  const startMs = performance.now();
  const cpuBefore = await server.call<number>('usage');
  for (const { facts, reaches } of publications) {
    const arriving = stage.workers.map((worker, nth) =>
      expectAt(worker, {
        name,
        events: clients.reduce(
          (all, _, client) => (client % stage.workers.length === nth ? all + reaches(client) : all),
          0,
        ),
        marks: facts.map(({ mark }) => mark),
        limitMs,
      }),
    );
    const [publishedAt, ...arrivals] = await Promise.all([contender.publish(facts), ...arriving]);
    for (const arrived of arrivals) {
      for (const time of arrived.times) latencies.push(time - publishedAt);
      bytes += arrived.bytes;
      sampled += arrived.sampled;
      deliveries += arrived.times.length;
    }
  }
  const elapsedMs = performance.now() - startMs;
  const cpuMs = (await server.call<number>('usage')) - cpuBefore;
  return { cpuMs, deliveries, bytes, sampled, elapsedMs, latenciesMs: Float64Array.from(latencies) };
}

const expectAt = (worker: Child, expectation: Expectation): Promise<Arrived> => worker.call('expect', expectation);

/** Throws unless every client got exactly so many events since the last `forget` and none was closed. */
export async function requireExact(stage: Stage, { name }: Contender, events: number): Promise<void> {
  for (const worker of stage.workers) {
    const { wrong, closed } = await worker.call<{ wrong: number; closed: number }>('check', { name, events });
    if (wrong > 0 || closed > 0) {
      throw new Error(`${name}: ${wrong} clients did not get exactly ${events} events, ${closed} were closed`);
    }
  }
}

export async function closeAudience(stage: Stage, { contender }: Audience): Promise<void> {
  await Promise.all(stage.workers.map((worker) => worker.call('close', contender.name)));
}
