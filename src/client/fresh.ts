import type { BelfryClient } from './client.ts';
import type { StreamItem } from './stream.ts';

type Message = Parameters<BelfryClient['execute']>[0];
type Answer = Awaited<ReturnType<BelfryClient['execute']>>;

/** Asks queries for a cache that streams change as well. */
export interface FreshQueries {
  /** A stream has brought this. */
  heard(item: Pick<StreamItem<unknown>, 'cursor'>): void;
  /**
   * The answer to a query, no older than the events that streams have brought: one that was on its way meanwhile would put
   * back what they have changed, and nothing would tell it again. Rejects as `execute` does.
   */
  ask(message: Message, signal: AbortSignal): Promise<Answer>;
}

/** How often a query is asked before its answer is taken, in a place where something happens all the time. */
const mostTimes = 4;

export function freshQueries(client: Pick<BelfryClient, 'execute'>): FreshQueries {
  let events = 0;
  return {
    heard({ cursor }) {
      // Signals and the like change nothing that a query answers.
      if (cursor !== undefined) events++;
    },
    async ask(message, signal) {
      for (let times = 1; ; times++) {
        const before = events;
        const answer = await client.execute(message, signal);
        const isOlder = events !== before && answer.data !== undefined && answer.data !== null;
        if (!isOlder || times === mostTimes) return answer;
      }
    },
  };
}
