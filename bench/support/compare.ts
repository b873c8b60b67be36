// The comparison that most questions are: the same publications on several servers in turns.
import type { Client } from '../clients.ts';
import { type Contender, startContender } from './contenders.ts';
import {
  type Audience,
  closeAudience,
  forget,
  openAudience,
  type Publication,
  requireExact,
  runSlice,
} from './slices.ts';
import type { Stage } from './stage.ts';
import { median, quantile, type Spread, spreadOf } from './statistics.ts';
import type { World } from './world.ts';

export interface Comparison {
  /** Raw first: the others are compared with it. */
  readonly names: readonly string[];
  readonly clients: readonly Client[];
  /** Documents by number; 0 is the usual one. */
  readonly groups: number;
  readonly rounds: number;
  readonly perSlice: number;
  /** The next publication; `nth` rises for ever. */
  publication(nth: number): Publication;
  /** Events each client gets in a slice; undefined where they differ. */
  readonly perClient?: number;
}

/** What came out for one server. */
export interface Result {
  readonly name: string;
  /** Microseconds of the server's CPU for each delivery. */
  readonly cpuUs: Spread;
  /** CPU per delivery to that of the first server, by round. */
  readonly ratio: Spread;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly perSecond: number;
  readonly deliveries: number;
  readonly bytesEach: number;
  readonly sampled: number;
}

/** Sockets open at once; each worker and server stays below 20,000 files. */
const socketsAtOnce = 30_000;

/** Runs the comparison; where not all fit at once, each server takes turns with the first one alone. */
export async function compare(stage: Stage, world: World, comparison: Comparison): Promise<Result[]> {
  const { names, clients } = comparison;
  const atOnce = Math.max(2, Math.floor(socketsAtOnce / clients.length));
  const [first = 'raw', ...others] = names;
  const results: Result[] = [];
  for (let from = 0; from < Math.max(1, others.length); from += atOnce - 1) {
    const batch = await compareAtOnce(stage, world, {
      ...comparison,
      names: [first, ...others.slice(from, from + atOnce - 1)],
    });
    results.push(...(from === 0 ? batch : batch.slice(1)));
  }
  return results;
}

async function compareAtOnce(stage: Stage, world: World, comparison: Comparison): Promise<Result[]> {
  const { names, clients, groups, rounds, perSlice, perClient } = comparison;
  let nth = 0;
  const next = (): Publication => comparison.publication(nth++);
  const audiences: Audience[] = [];
  const contenders: Contender[] = [];
  for (const name of names) {
    const contender = await startContender(stage, world, name);
    contenders.push(contender);
    const documents = Array.from({ length: groups }, (_, group) => contender.document(group));
    audiences.push(await openAudience(stage, contender, { clients, documents, probe: next }));
  }
  // Compiled code first: a round that does not count.
  for (const audience of audiences) await runSlice(stage, audience, Array.from({ length: perSlice }, next));
  for (const contender of contenders) await forget(stage, contender);
  const profiled = contenders.filter(({ name }) => name === process.env.BENCH_PROFILE);
  for (const { server } of profiled) await server.call('profile');
  const measured = new Map(names.map((name) => [name, [] as Awaited<ReturnType<typeof runSlice>>[]]));
  for (let round = 0; round < rounds; round++) {
    // Each begins a round as often as the others.
    for (let turn = 0; turn < audiences.length; turn++) {
      const audience = audiences[(round + turn) % audiences.length] as Audience;
      stage.progress(`${clients.length} clients, round ${round + 1} of ${rounds}: ${audience.contender.name}`);
      measured
        .get(audience.contender.name)
        ?.push(await runSlice(stage, audience, Array.from({ length: perSlice }, next)));
    }
  }
  for (const { server, name } of profiled) await server.call('profiled', `${name}-${clients.length}`);
  const base = measured.get(names[0] as string) ?? [];
  const results = names.map((name): Result => {
    const slices = measured.get(name) ?? [];
    const each = slices.map(({ cpuMs, deliveries }) => (1_000 * cpuMs) / deliveries);
    const baseEach = base.map(({ cpuMs, deliveries }) => (1_000 * cpuMs) / deliveries);
    const total = (of: (slice: (typeof slices)[number]) => number): number =>
      slices.reduce((all, slice) => all + of(slice), 0);
    const deliveries = total((slice) => slice.deliveries);
    return {
      name,
      cpuUs: spreadOf(each),
      ratio: spreadOf(each.map((value, round) => value / (baseEach[round] as number))),
      p50Ms: median(slices.map(({ latenciesMs }) => quantile(latenciesMs, 0.5))),
      p95Ms: median(slices.map(({ latenciesMs }) => quantile(latenciesMs, 0.95))),
      perSecond: median(slices.map((slice) => (1_000 * slice.deliveries) / slice.elapsedMs)),
      deliveries,
      bytesEach: total((slice) => slice.bytes) / deliveries,
      sampled: total((slice) => slice.sampled),
    };
  });
  if (perClient !== undefined) {
    for (const contender of contenders) await requireExact(stage, contender, rounds * perSlice * perClient);
  }
  for (const audience of audiences) await closeAudience(stage, audience);
  for (const { server } of contenders) await server[Symbol.asyncDispose]();
  return results;
}

/** `count` clients of one topic, each another person; documents in turn. */
export function clientsOf(stage: Stage, count: number, topic: string, groups = 1): Client[] {
  return Array.from({ length: count }, (_, nth) => ({
    token: stage.token(`person-${nth}`),
    document: nth % groups,
    topic,
  }));
}
