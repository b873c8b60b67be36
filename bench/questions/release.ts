import { pacedCommands } from '../support/paced.ts';
import { atMost, type Finding } from '../support/report.ts';
import { type Stage, setStage } from '../support/stage.ts';
import { quantile } from '../support/statistics.ts';
import { within } from '../support/waiting.ts';
import type { World } from '../support/world.ts';
import { type Options, oneOf } from './question.ts';

const perSecond = 50;
const perTopic = 5;
const heldEach = 100;
const limitMs = 60_000;
/** From the writing of the alerts to their time. */
const holdMs = 2_000;

/** Ten thousand alerts that waited for one batch time, and whether what is live waits for them. */
export async function release(options: Options): Promise<Finding> {
  const people = oneOf(options.subscribers, 100);
  const seconds = options.seconds ?? 10;
  await using stage = await setStage({ workers: 1 });
  const world = await stage.world({ people: Math.max(people, perTopic), projects: 20, tasksEach: 4 });
  const commands = await pacedCommands(stage, { world, perTopic, perSecond });
  stage.progress('warming up …');
  await commands(3);
  stage.progress(`${perSecond} commands per second alone …`);
  const alone = await commands(seconds);
  stage.progress(`the same while ${people * heldEach} alerts are released …`);
  await hold(stage, world, people);
  const startMs = performance.now();
  const releasing = within(limitMs, async () => (await count(stage, 'HELD')) === 0).then((done) => {
    if (!done) throw new Error(`not everything was released within ${limitMs} ms`);
    return performance.now() - startMs - holdMs;
  });
  const [beside, releaseMs] = await Promise.all([commands(seconds), releasing]);
  const released = await count(stage, 'RELEASED');
  const [told] = await stage.query<{ count: number; people: number }>(
    `SELECT sum((data->>'count')::int)::int AS count, count(*)::int AS people FROM event WHERE kind = 'BatchReleased'`,
  );
  if (released !== people * heldEach || told?.count !== released || told.people !== people) {
    throw new Error(
      `${people * heldEach} alerts of ${people} people: ${released} released, ${JSON.stringify(told)} told`,
    );
  }
  const row = (what: string, { latencies }: { latencies: number[] }) => ({
    what,
    'per second': perSecond,
    'p50 ms': quantile(latencies, 0.5),
    'p95 ms': quantile(latencies, 0.95),
    'p99 ms': quantile(latencies, 0.99),
  });
  return {
    question: 'release',
    title: `${people * heldEach} held alerts of ${people} people are released while commands go on`,
    rows: [row('live events alone', alone), row('beside the release', beside)],
    goals: [
      atMost(
        'live events beside the release, p99 ≤ 1.2 × of alone',
        quantile(beside.latencies, 0.99) / quantile(alone.latencies, 0.99),
        1.2,
      ),
    ],
    notes: `The release took ${Math.round(releaseMs)} ms of the ${seconds} s; each person got one BatchReleased.`,
  };
}

async function count(stage: Stage, state: string): Promise<number> {
  const [row] = await stage.query<{ n: number }>(`SELECT count(*)::int AS n FROM "Delivery" WHERE state::text = $1`, [
    state,
  ]);
  return row?.n ?? 0;
}

/** Alerts that wait for a batch time which comes in a moment, written by hand, with the due work that looks at them. */
async function hold(stage: Stage, { projects }: World, people: number): Promise<void> {
  const [project] = projects;
  if (!project) throw new Error('no project');
  await stage.query(
    `WITH person AS (SELECT id FROM "User" WHERE "externalId" ~ '^person-' ORDER BY id LIMIT $1),
     settings AS (
       INSERT INTO "Attention" ("userId", "batchTimes") SELECT id, '{"23:59"}' FROM person),
     held AS (
       INSERT INTO "Delivery" (id, "userId", "eventId", channel, state, topic, type, reason, decision, version, "dueAt")
       SELECT gen_random_uuid(), person.id, gen_random_uuid(), 'ALERT', 'HELD', 'project:' || $3, 'TaskCommented',
         'COMMENTED', 'BATCH', 1, now() + make_interval(secs => $4 / 1000.0)
       FROM person, generate_series(1, $2))
     INSERT INTO due_work (id, kind, key, due_at)
     SELECT gen_random_uuid(), 'attention', id::text, now() + make_interval(secs => $4 / 1000.0) FROM person`,
    [people, heldEach, project.id, holdMs],
  );
  // The servers sleep until what they know to be due: a pause that ends then wakes one in time, as a real hold does.
  const port = await stage.writer.call<number>('port');
  const answer = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${stage.token('owner')}` },
    body: JSON.stringify({
      query: 'mutation ($until: DateTime!) { pauseAlerts(input: { until: $until }) { released } }',
      variables: { until: new Date(Date.now() + holdMs).toISOString() },
    }),
  });
  const text = await answer.text();
  if (text.includes('"errors"')) throw new Error(text.slice(0, 500));
}
