import type { Arrived } from '../clients.ts';
import { clientsOf } from '../support/compare.ts';
import { type Contender, startContender } from '../support/contenders.ts';
import { nowMs } from '../support/ipc.ts';
import { atMost, type Finding, type Goal, type Row } from '../support/report.ts';
import { closeAudience, forget, openAudience, runSlice } from '../support/slices.ts';
import { type Stage, setStage } from '../support/stage.ts';
import { quantile, short } from '../support/statistics.ts';
import { publications } from './fanOut.ts';
import { type Options, oneOf } from './question.ts';

/** Events that happen while everybody is away. */
const missedEvents = 10;
const history =
  'query ($projectId: ID!, $after: Int!) { missed(projectId: $projectId, after: $after) { id title status priority version createdAt } }';

/** Everybody is cut, things happen, and everybody comes back at the same moment with token and cursor. */
export async function reconnect(options: Options): Promise<Finding> {
  const size = oneOf(options.subscribers, 5_000);
  await using stage = await setStage();
  // Another check-out on the same database has a topic of its own.
  const projects = options.servers?.includes('other') ? 2 : 1;
  const world = await stage.world({ people: size, projects, tasksEach: 8 });
  const topic = world.projects[0]?.id ?? '';
  const next = publications(world, 1);
  let [nth, inexact] = [0, 0];
  const rows: Row[] = [];
  const cpu = new Map<string, number[]>();
  const live = new Map<string, number[]>();
  for (const worker of stage.workers) await worker.call('trackCursors');
  const contenders: Contender[] = [];
  for (const name of options.servers ?? ['belfry', 'yoga'])
    contenders.push(await startContender(stage, world, name, true));

  for (let round = 0; round < (options.rounds ?? 3); round++) {
    for (const contender of contenders) {
      const { name, server } = contender;
      const resumes = name !== 'yoga';
      const audience = await openAudience(stage, contender, {
        clients: clientsOf(stage, size, topic),
        documents: [contender.document(0)],
        probe: () => next(nth++),
        ...(!resumes && { history }),
      });
      await runSlice(
        stage,
        audience,
        Array.from({ length: 3 }, () => next(nth++)),
      );
      const [head] = await stage.query<{ seq: string }>('SELECT seq FROM topic_head WHERE topic = $1', [
        `project:${contender.topicFor?.(topic) ?? topic}`,
      ]);
      await forget(stage, contender);
      await Promise.all(stage.workers.map((worker) => worker.call('cut', name)));
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      // Through the log in both cases: that is where Yoga's history query reads.
      for (let missed = 0; missed < missedEvents; missed++) {
        const { facts } = next(nth++);
        if (resumes) await contender.publish(facts);
        else await stage.writer.call('publish', { actorId: world.ownerId, facts });
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
      stage.progress(`round ${round + 1}: ${size} clients come back to ${name} …`);
      if (name === process.env.BENCH_PROFILE) await server.call('profile');
      const cpuBefore = await server.call<number>('usage');
      const startedAt = nowMs();
      for (const worker of stage.workers) void worker.call('reconnect', { name, after: Number(head?.seq ?? 0) });
      const times = await arrivals(stage, contender, size, resumes ? missedEvents : 1);
      const cpuMs = (await server.call<number>('usage')) - cpuBefore;
      if (name === process.env.BENCH_PROFILE) await server.call('profiled', `${name}-reconnect`);
      const checked = await Promise.all(
        stage.workers.map((worker) =>
          worker.call<{ wrong: number }>('check', { name, events: resumes ? missedEvents : 1 }),
        ),
      );
      if (resumes) inexact += checked.reduce((sum, { wrong }) => sum + wrong, 0);
      // Nobody is missing: one more event reaches everybody exactly once.
      await new Promise((resolve) => setTimeout(resolve, 500));
      await forget(stage, contender);
      await runSlice(stage, audience, [next(nth++)]);
      cpu.set(name, [...(cpu.get(name) ?? []), cpuMs]);
      live.set(name, [...(live.get(name) ?? []), Math.max(...times) - startedAt]);
      rows.push({
        server: name,
        round: round + 1,
        'CPU s': cpuMs / 1_000,
        'ms CPU each': cpuMs / size,
        'p50 caught up s': (quantile(times, 0.5) - startedAt) / 1_000,
        'all caught up s': (Math.max(...times) - startedAt) / 1_000,
        'missed events delivered': resumes ? times.length : times.length * missedEvents,
      });
      await closeAudience(stage, audience);
    }
  }
  const goals: Goal[] = [];
  const [ours, theirs] = [cpu.get('belfry'), cpu.get('yoga')];
  if (ours) {
    if (theirs) {
      const ratios = ours.map((value, round) => value / (theirs[round] ?? Number.NaN));
      goals.push(atMost(`CPU of ${size} reconnecting, ≤ 0.5 × Yoga`, quantile(ratios, 0.5), 0.5));
    }
    goals.push(atMost(`all ${size} live again, < 5 s`, quantile(live.get('belfry') ?? [], 0.5) / 1_000, 5));
    goals.push(atMost('clients that did not get every missed event exactly once', inexact, 0));
  }
  return {
    question: 'reconnect',
    title: `${size} clients reconnect at once with tokens, after ${missedEvents} missed events`,
    rows,
    goals,
    notes: `Belfry resumes ${size} cursors and delivers ${short(size * missedEvents)} events; Yoga asks for the person, the membership twice, and the ${missedEvents} rows in one history query.`,
  };
}

async function arrivals(stage: Stage, { name }: Contender, size: number, each: number): Promise<number[]> {
  const all = await Promise.all(
    stage.workers.map((worker, nth) => {
      const share = Math.ceil((size - nth) / stage.workers.length);
      return worker.call<Arrived>('expect', { name, events: share * each, marks: undefined, limitMs: 120_000 });
    }),
  );
  return all.flatMap(({ times }) => [...times]);
}
