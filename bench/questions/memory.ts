import { clientsOf } from '../support/compare.ts';
import { startContender } from '../support/contenders.ts';
import { atMost, type Finding, type Goal, type Row } from '../support/report.ts';
import { closeAudience, openAudience, runSlice } from '../support/slices.ts';
import { setStage } from '../support/stage.ts';
import { publications } from './fanOut.ts';
import { type Options, oneOf } from './question.ts';

interface Memory {
  rss: number;
  heap: number;
  external: number;
}

/** What an idle subscribed connection holds, and whether that grows. */
export async function memory(options: Options): Promise<Finding> {
  const size = oneOf(options.subscribers, 5_000);
  const seconds = options.seconds ?? 20;
  await using stage = await setStage();
  const world = await stage.world({ people: size, projects: 1, tasksEach: 8 });
  const publication = publications(world, 1);
  const rows: Row[] = [];
  const goals: Goal[] = [];
  for (const name of options.servers ?? ['raw', 'belfry', 'socket.io', 'yoga']) {
    const contender = await startContender(stage, world, name);
    const documents = [contender.document(0)];
    let nth = 0;
    const probe = () => publication(nth++);
    // What is loaded and compiled with the first connections is not theirs.
    const first = await openAudience(stage, contender, {
      clients: clientsOf(stage, 50, world.projects[0]?.id ?? ''),
      documents,
      probe,
    });
    await runSlice(stage, first, Array.from({ length: 50 }, probe));
    await closeAudience(stage, first);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const empty = await contender.server.call<Memory>('memory');
    const audience = await openAudience(stage, contender, {
      clients: clientsOf(stage, size, world.projects[0]?.id ?? ''),
      documents,
      probe,
    });
    const each = (now: Memory): number => (now.heap + now.external - empty.heap - empty.external) / size / 1_024;
    const idle = await contender.server.call<Memory>('memory');
    stage.progress(`${name}: events and ${seconds} s of waiting …`);
    await runSlice(stage, audience, Array.from({ length: 30 }, probe));
    await new Promise((resolve) => setTimeout(resolve, 1_000 * seconds));
    const later = await contender.server.call<Memory>('memory');
    rows.push({
      server: name,
      'KB each (heap and buffers)': each(idle),
      'KB each later': each(later),
      'KB each (resident)': (idle.rss - empty.rss) / size / 1_024,
      'KB each later (resident)': (later.rss - empty.rss) / size / 1_024,
      connections: size,
    });
    if (name === 'belfry') {
      goals.push(
        atMost(
          `memory per idle subscribed connection at ${size}, resident, ≤ 25 KB`,
          (idle.rss - empty.rss) / size / 1_024,
          25,
        ),
        atMost('flat over time: later to before, heap and buffers, ≤ 1.05', each(later) / each(idle), 1.05),
      );
    }
    await closeAudience(stage, audience);
    await contender.server[Symbol.asyncDispose]();
  }
  return {
    question: 'memory',
    title: `Memory for each of ${size} idle subscribed connections on one topic`,
    rows,
    goals,
    chart: { label: 'server', value: 'KB each (heap and buffers)', unit: 'after collecting garbage' },
    notes:
      'What the operating system holds for sockets is not counted; resident memory includes what the allocator keeps.',
  };
}
