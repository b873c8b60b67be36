import { clientsOf } from '../support/compare.ts';
import { startContender } from '../support/contenders.ts';
import { gaugesOf } from '../support/gauges.ts';
import { atMost, type Finding } from '../support/report.ts';
import { openAudience, runSlice } from '../support/slices.ts';
import { openSlowReader } from '../support/slowReader.ts';
import { setStage } from '../support/stage.ts';
import { quantile, spreadOf } from '../support/statistics.ts';
import { pause, within } from '../support/waiting.ts';
import { publications } from './fanOut.ts';
import type { Options } from './question.ts';

const neighbours = 10;
const eventsPerSecond = 40;
/** Long enough that the operating system's own buffers (some MB) are full long before a slice ends. */
const descriptionChars = 50_000;

interface Memory {
  rss: number;
  heap: number;
  external: number;
}

interface Slice {
  readonly p50: number;
  readonly p99: number;
  readonly latencies: readonly number[];
  readonly memory: Memory;
  readonly parked: number;
}

/** One of eleven clients of a busy topic reads 1 KB/s: what do the other ten, and the server's memory, notice? */
export async function slow(options: Options): Promise<Finding> {
  const seconds = options.seconds ?? 15;
  const rounds = options.rounds ?? 4;
  await using stage = await setStage();
  const world = await stage.world({ people: neighbours + 1, projects: 1, tasksEach: 8 });
  const topic = world.projects[0]?.id ?? '';
  await stage.query(`UPDATE "Task" SET description = repeat('d', $1)`, [descriptionChars]);
  const belfry = await startContender(stage, world, 'belfry');
  const publication = publications(world, 1);
  let nth = 0;
  const next = () => publication(nth++);
  const query = belfry.document(0);
  const clients = clientsOf(stage, neighbours, topic);
  const audience = await openAudience(stage, belfry, { clients, documents: [query], probe: next });
  const token = stage.token(`person-${neighbours}`);
  await using reader = await openSlowReader({ port: belfry.port, wire: belfry.wire, token, query, topic });
  const head = async (): Promise<number> => {
    const [row] = await stage.query<{ seq: string }>('SELECT seq FROM topic_head WHERE topic = $1', [
      `project:${topic}`,
    ]);
    return Number(row?.seq ?? 0);
  };
  if (!(await within(10_000, async () => reader.live))) throw new Error('the eleventh client does not subscribe');
  const first = (await head()) + 1;

  /** Events at a pace, whose times from before the commit to each of the ten are taken. */
  async function slice(): Promise<Slice> {
    const latencies: number[] = [];
    const startMs = performance.now();
    for (let event = 0; event < seconds * eventsPerSecond; event++) {
      await pause(startMs + (1_000 * event) / eventsPerSecond - performance.now());
      latencies.push(...(await runSlice(stage, audience, [next()])).latenciesMs);
    }
    const parked = (await gaugesOf(belfry.port)).get('ws_sockets_parked') ?? Number.NaN;
    const memory = await belfry.server.call<Memory>('memory');
    return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), latencies, memory, parked };
  }

  const caughtUp = async (): Promise<boolean> =>
    within(60_000, async () => (reader.seqs.at(-1) ?? 0) === (await head()));
  stage.progress('warming up …');
  await slice();
  const [before, beside]: [Slice[], Slice[]] = [[], []];
  const [backMs, slowBytes, dueBytes]: [number[], number[], number[]] = [[], [], []];
  let complete = await caughtUp();
  for (let round = 0; round < rounds; round++) {
    stage.progress(`round ${round + 1} of ${rounds}: all eleven read`);
    before.push(await slice());
    complete &&= await caughtUp();
    stage.progress(`round ${round + 1} of ${rounds}: one of them reads 1 KB/s`);
    const [readBefore, seenBefore] = [reader.bytes, reader.seqs.length];
    reader.slow(true);
    beside.push(await slice());
    slowBytes.push(reader.bytes - readBefore);
    dueBytes.push((seconds * eventsPerSecond - (reader.seqs.length - seenBefore)) * descriptionChars);
    reader.slow(false);
    const startMs = performance.now();
    complete &&= await caughtUp();
    backMs.push(performance.now() - startMs);
  }
  const expected = (await head()) - first + 1;
  const distinct = new Set(reader.seqs.filter((seq) => seq >= first)).size;
  const doubled = reader.seqs.filter((seq) => seq >= first).length - distinct;
  const unordered = reader.seqs.filter((seq, at) => at > 0 && seq <= (reader.seqs[at - 1] as number)).length;

  const all = (slices: readonly Slice[]): number[] => slices.flatMap(({ latencies }) => latencies);
  const ratio = quantile(all(beside), 0.99) / quantile(all(before), 0.99);
  const byRound = spreadOf(beside.map(({ p99 }, round) => p99 / (before[round]?.p99 ?? Number.NaN)));
  const held = ({ memory: { heap, external } }: Slice): number => (heap + external) / 2 ** 20;
  const grown = beside.map((one, round) => held(one) - held(before[round] as Slice));
  const rss = (slices: readonly Slice[]): number => slices.at(-1)?.memory.rss ?? Number.NaN;
  const row = (what: string, slices: readonly Slice[]) => ({
    what,
    'p50 ms': quantile(all(slices), 0.5),
    'p95 ms': quantile(all(slices), 0.95),
    'p99 ms': quantile(all(slices), 0.99),
    deliveries: all(slices).length,
    'heap and buffers MB': quantile(slices.map(held), 0.5),
    'resident MB at the end': rss(slices) / 2 ** 20,
    parked: slices.reduce((sum, { parked }) => sum + parked, 0),
  });
  return {
    question: 'slow',
    title: `${neighbours} clients of a topic with ${eventsPerSecond} events of ${descriptionChars / 1_000} KB a second while an eleventh reads 1 KB/s`,
    rows: [row('all eleven read', before), row('one reads 1 KB/s', beside)],
    goals: [
      atMost("the other ten's p99, ≤ 1.2 × of before", ratio, 1.2),
      atMost(
        'server memory flat: heap and buffers grown by the slow one, MB, median of the rounds, ≤ 4',
        quantile(grown, 0.5),
        4,
      ),
      atMost(
        'resident memory, after the last round to after the first, ≤ 1.1',
        rss(beside) / rss(beside.slice(0, 1)),
        1.1,
      ),
      atMost('events the slow one has not got in the end', expected - distinct, 0),
      atMost('events the slow one got twice or out of order', doubled + unordered, 0),
    ],
    notes: [
      `p99 by round: ${beside.map(({ p99 }, round) => `${(before[round]?.p99 ?? Number.NaN).toFixed(1)} → ${p99.toFixed(1)} ms`).join(', ')}; ratio ${byRound.median.toFixed(2)} (${byRound.low.toFixed(2)}–${byRound.high.toFixed(2)}).`,
      `The slow one read ${slowBytes.map((bytes) => Math.round(bytes / 1_000)).join(', ')} KB in the slices of ${seconds} s, and ${dueBytes.map((bytes) => Math.round(bytes / 1e6)).join(', ')} MB were due to it then; it had everything ${backMs.map((ms) => `${(ms / 1_000).toFixed(1)} s`).join(', ')} after it read on${complete ? '' : ' (or not within 60 s)'}. Closed by the server: ${reader.closeCodes.length} times${reader.closeCodes.length > 0 ? ` (${reader.closeCodes.join(', ')})` : ''}.`,
      `Heap and buffers grew by ${grown.map((megabytes) => megabytes.toFixed(1)).join(', ')} MB.`,
      'Memory grows by at most what may wait for one socket (OUTBOX_LIMIT_BYTES, 1 MB) and one event; 4 MB is that and the noise of the heap. Parked counts the slices at whose end a socket was parked.',
    ].join('\n'),
  };
}
