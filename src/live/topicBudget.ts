import type { Limits } from '../platform/limits.ts';
import type { LiveOperation } from './operation.ts';

/** How many topics each session follows, over all its streams; a topic in two streams counts twice. */
export interface TopicBudget {
  /** Makes room for a stream on so many topics. Throws RATE_LIMITED where there is none; it comes back as streams end. */
  reserve(operation: LiveOperation, topics: number): void;
  /** The stream has ended. */
  release(operation: LiveOperation): void;
  /** Topics of a session, and how many of its places in them wait for it to read. */
  of(sessionId: string): { topics: number; behind: number };
}

export function createTopicBudget(limit: number, limits: Pick<Limits, 'refusal'>): TopicBudget {
  // What streams begin with is kept besides what they have joined: several may be starting at the same moment.
  const sessions = new Map<string, Map<LiveOperation, number>>();

  function topicsOf(sessionId: string, except?: LiveOperation): number {
    let topics = 0;
    for (const [operation, reserved] of sessions.get(sessionId) ?? []) {
      if (operation !== except) topics += Math.max(reserved, operation.members.size);
    }
    return topics;
  }

  return {
    reserve(operation, topics) {
      if (operation.ended) return;
      const { id } = operation.viewer.session;
      const others = topicsOf(id, operation);
      if (others + topics > limit) {
        const remaining = Math.max(0, limit - others - operation.members.size);
        throw limits.refusal({ name: 'topics.session', limit, remaining, resetAt: undefined });
      }
      const own = sessions.get(id) ?? new Map<LiveOperation, number>();
      sessions.set(id, own.set(operation, topics));
    },
    release(operation) {
      const { id } = operation.viewer.session;
      const own = sessions.get(id);
      own?.delete(operation);
      if (own?.size === 0) sessions.delete(id);
    },
    of(sessionId) {
      let behind = 0;
      for (const operation of sessions.get(sessionId)?.keys() ?? []) {
        for (const member of operation.members.values()) if (member.state === 'behind') behind++;
      }
      return { topics: topicsOf(sessionId), behind };
    },
  };
}
