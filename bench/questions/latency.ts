import { pacedCommands } from '../support/paced.ts';
import { atMost, type Finding } from '../support/report.ts';
import { setStage } from '../support/stage.ts';
import { quantile } from '../support/statistics.ts';
import { type Options, oneOf } from './question.ts';

const perSecond = 200;

/** From the sending of a mutation to one server until a subscriber of another one has the event. */
export async function latency(options: Options): Promise<Finding> {
  const perTopic = oneOf(options.subscribers, 5);
  const seconds = options.seconds ?? 20;
  await using stage = await setStage({ workers: 1 });
  const world = await stage.world({ people: perTopic, projects: 20, tasksEach: 4 });
  const commands = await pacedCommands(stage, { world, perTopic, perSecond });
  stage.progress('warming up …');
  await commands(3);
  stage.progress(`${perSecond} commands per second for ${seconds} s …`);
  const { latencies, loaded } = await commands(seconds);
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
