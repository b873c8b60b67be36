import { parseTopicKey, type TopicKey } from '../../events/topic.ts';
import type { Database } from '../../platform/database.ts';
import type { PresenceStore } from './store.ts';

/** How many people of a topic are online, where there are too many to name each of them. */
export interface OnlineCounts {
  /**
   * The counts of these topics after somebody came (+1) or went (-1), at most two seconds old; null for a topic with
   * so few members that nobody counts them.
   */
  after(change: 1 | -1, topics: readonly TopicKey[]): Promise<Map<TopicKey, number | null>>;
}

/** Up to so many members are named one by one, whoever of them is online. */
const fewMembers = 50;
const keptMs = 2_000;

export function createOnlineCounts(parts: {
  database: Pick<Database, 'query'>;
  store: Pick<PresenceStore, 'declared'>;
}): OnlineCounts {
  const { database, store } = parts;
  const kept = new Map<TopicKey, { count: number | null; untilMs: number }>();

  async function read(topics: readonly TopicKey[]): Promise<void> {
    const large = await database.query<{ id: string; members: string[] }>(
      `SELECT m."topicId" AS id, array_agg(m."userId"::text) AS members FROM "Membership" m
       WHERE m."topicId" = ANY($1::uuid[]) GROUP BY m."topicId" HAVING count(*) > ${fewMembers}`,
      [topics.map((topic) => parseTopicKey(topic).id)],
    );
    const members = new Map(large.map((row) => [row.id, row.members]));
    const untilMs = performance.now() + keptMs;
    for (const topic of topics) {
      const ids = members.get(parseTopicKey(topic).id);
      kept.set(topic, { count: ids ? (await store.declared(ids)).length : null, untilMs });
    }
  }

  function forgetOld(nowMs: number): void {
    for (const [topic, { untilMs }] of kept) if (untilMs <= nowMs) kept.delete(topic);
  }

  return {
    async after(change, topics) {
      forgetOld(performance.now());
      const known = topics.filter((topic) => kept.has(topic));
      // A storm of people who come back must not go by what was counted before it.
      for (const topic of known) {
        const entry = kept.get(topic);
        if (entry && entry.count !== null) entry.count = Math.max(0, entry.count + change);
      }
      const unknown = topics.filter((topic) => !kept.has(topic));
      if (unknown.length > 0) await read(unknown);
      return new Map(topics.map((topic) => [topic, kept.get(topic)?.count ?? null]));
    },
  };
}
