import { markOf } from '../../src/events/cursor.ts';
import type { DropOptions, Dropped } from '../drop-clients.ts';
import { startContender } from '../support/contenders.ts';
import type { Child } from '../support/ipc.ts';
import { atMost, type Finding } from '../support/report.ts';
import { setStage } from '../support/stage.ts';
import { quantile } from '../support/statistics.ts';
import { publications } from './fanOut.ts';
import { type Options, oneOf } from './question.ts';

const lifetimeMs = 15_000;
const eventsPerSecond = 4;
/** A killed server is missed for so long until somebody has started it again. */
const awayMs = 4_000;

/** Every client is cut about every 15 s, one of two servers is killed in the middle: who has heard what? */
export async function drops(options: Options): Promise<Finding> {
  const size = oneOf(options.subscribers, 5_000);
  const seconds = options.seconds ?? 60;
  await using stage = await setStage({ workers: 0 });
  const world = await stage.world({ people: size, projects: 1, tasksEach: 8 });
  const topic = world.projects[0]?.id ?? '';
  const [one, other] = [await startContender(stage, world, 'belfry'), await startContender(stage, world, 'belfry')];
  const next = publications(world, 1);
  let [nth, committed] = [0, 0];
  const publish = (): Promise<number> =>
    stage.writer.call('publish', { actorId: world.ownerId, facts: next(nth++).facts });
  await publish();
  const crowds = [await stage.dropClients(), await stage.dropClients()];
  const all = <Result>(name: string, argument?: unknown): Promise<Result[]> =>
    Promise.all(crowds.map((crowd) => crowd.call<Result>(name, argument)));
  const total = async (name: string, argument?: unknown): Promise<number> =>
    (await all<number>(name, argument)).reduce((sum, value) => sum + value, 0);
  for (const [share, crowd] of crowds.entries()) {
    await crowd.call('start', {
      ports: [one.port, other.port],
      wire: one.wire,
      query: one.document(0),
      topic,
      tokens: Array.from({ length: size }, (_, person) => person)
        .filter((person) => person % crowds.length === share)
        .map((person) => stage.token(`person-${person}`)),
      lifetimeMs,
    } satisfies DropOptions);
  }
  stage.progress(`connecting ${size} clients to two servers …`);
  await until(async () => (await total('live')) > size * 0.98, 120_000, 'clients do not connect');
  // Connections made at the same time are cut at the same time: let their lives drift apart first.
  await run(lifetimeMs, 'warming up');
  await all('forgetTimes');

  async function run(ms: number, what: string): Promise<void> {
    const endMs = performance.now() + ms;
    for (let due = performance.now(); due < endMs; due += 1_000 / eventsPerSecond) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      await publish();
      committed++;
      stage.progress(`${what}: ${committed} events committed`);
    }
  }

  await run(500 * seconds, 'two servers');
  await one.server.kill();
  await all('ports', [other.port]);
  await run(awayMs, 'one killed');
  const successor: Child = await stage.belfry();
  await all('ports', [await successor.call<number>('port'), other.port]);
  await run(500 * seconds, 'two again');

  const log = await stage.query<{ seq: string; id: string }>(
    'SELECT seq, id FROM event WHERE topic = $1 ORDER BY seq',
    [`project:${topic}`],
  );
  const head = Number(log.at(-1)?.seq ?? 0);
  await until(
    async () => (await total('heard', head)) === size,
    60_000,
    'not everybody has heard the last event',
  ).catch((error: Error) => console.error(error.message));
  const marks: string[] = [];
  for (const { seq, id } of log) marks[Number(seq)] = String(markOf(id));
  const results = await all<Dropped>('finish', { marks, head });
  const sum = (of: (result: Dropped) => number): number => results.reduce((value, result) => value + of(result), 0);
  const replays = results.flatMap(({ replayMs }) => [...replayMs]);
  const p99 = quantile(replays, 0.99) / 1_000;
  return {
    question: 'drops',
    title: `${size} clients on two servers, each cut about every ${lifetimeMs / 1_000} s, one server killed with -9`,
    rows: [
      {
        server: 'belfry, two servers',
        'events committed': committed,
        deliveries: sum(({ deliveries }) => deliveries),
        reconnections: replays.length,
        'refused attempts': sum(({ refused }) => refused),
        'replay p50 s': quantile(replays, 0.5) / 1_000,
        'replay p99 s': p99,
        'replay most s': Math.max(...replays) / 1_000,
      },
    ],
    goals: [
      atMost(
        'clients whose set is not the committed set',
        size - sum(({ complete, differing }) => complete - differing),
        0,
      ),
      atMost(
        'gaps or wrong order',
        sum(({ gaps }) => gaps),
        0,
      ),
      atMost(
        'events heard twice',
        sum(({ doubled }) => doubled),
        0,
      ),
      atMost('replay p99 from the start of the reconnection, < 2.5 s', p99, 2.5),
    ],
    notes:
      'Caught up: the client has what any client of its process had when it began to reconnect. A client tries a dead server until it is told of another.',
  };
}

async function until(condition: () => Promise<boolean>, limitMs: number, why: string): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(why);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
