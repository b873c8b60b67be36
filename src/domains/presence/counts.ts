import { mostNamed } from '../../events/signals.ts';
import { parseTopicKey, type TopicKey } from '../../events/topic.ts';
import type { Database } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import type { PresenceStore } from './store.ts';

/** How many people of a topic are online, where there are too many to name each of them. */
export interface OnlineCounts extends AsyncDisposable {
  /**
   * The counts of these topics after somebody came (+1) or went (-1), which the store gave this version; null for a
   * topic with so few members that nobody counts them. They are about right: two seconds later it is counted again, and
   * told where it was wrong.
   */
  after(change: 1 | -1, topics: readonly TopicKey[], version: number): Promise<Map<TopicKey, number | null>>;
}

/** A topic was counted again, and what `after` last answered was wrong. Of two counts the greater version is newer. */
type Correct = (topic: TopicKey, count: number, version: number) => void;

const keptMs = 2_000;

interface Kept {
  count: number | null;
  /** Changes up to this version are in the count. */
  readonly version: number;
  readonly untilMs: number;
}

/**
 * Between two countings people are added and subtracted as they come and go here, but for those who were in the
 * counting already. Another server's people are not heard of: so whatever was answered is counted again, after the last
 * change at the latest, and that count is the last word.
 */
export function createOnlineCounts(parts: {
  database: Pick<Database, 'query'>;
  store: Pick<PresenceStore, 'declared'>;
  log: Log;
  correct: Correct;
}): OnlineCounts {
  const { database, store, log, correct } = parts;
  const kept = new Map<TopicKey, Kept>();
  /** Changed since they were last counted. */
  let changed = new Set<TopicKey>();
  let timer: NodeJS.Timeout | undefined;
  let recounting: Promise<void> | undefined;

  /** Those of these topics that have many members, and how many of them are seen to be online. */
  async function count(topics: readonly TopicKey[]) {
    // As one text: to read an array of 5,000 letter by letter was a tenth of the garbage when they came back at once.
    const large = await database.query<{ id: string; members: string | null }>(
      `SELECT m."topicId" AS id, string_agg(m."userId"::text, ' ') FILTER (WHERE u."sharePresence") AS members
       FROM "Membership" m JOIN "User" u ON u.id = m."userId"
       WHERE m."topicId" = ANY($1::uuid[]) GROUP BY m."topicId" HAVING count(*) > ${mostNamed}`,
      [topics.map((topic) => parseTopicKey(topic).id)],
    );
    const members = new Map(large.map((row) => [row.id, row.members?.split(' ') ?? []]));
    const counted = new Map<TopicKey, { count: number; version: number }>();
    for (const topic of topics) {
      const ids = members.get(parseTopicKey(topic).id);
      if (!ids) continue;
      const { userIds, version } = await store.declared(ids);
      counted.set(topic, { count: userIds.length, version });
    }
    return counted;
  }

  async function read(topics: readonly TopicKey[]): Promise<void> {
    const counted = await count(topics);
    const untilMs = performance.now() + keptMs;
    for (const topic of topics) kept.set(topic, { count: null, version: 0, ...counted.get(topic), untilMs });
  }

  function forgetOld(nowMs: number): void {
    for (const [topic, { untilMs }] of kept) if (untilMs <= nowMs && !changed.has(topic)) kept.delete(topic);
  }

  function recountSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      recounting = recount();
    }, keptMs).unref();
  }

  async function recount(): Promise<void> {
    // Who comes while it is counted comes after this, and has it counted once more.
    const topics = [...changed];
    changed = new Set();
    try {
      const counted = await count(topics);
      for (const [topic, { count, version }] of counted) {
        const answered = kept.get(topic)?.count;
        kept.set(topic, { count, version, untilMs: performance.now() + keptMs });
        if (answered !== count) correct(topic, count, version);
      }
    } catch (error) {
      log.debug({ err: error, topics: topics.length }, 'presence.recount-failed');
      for (const topic of topics) changed.add(topic);
      recountSoon();
    }
  }

  return {
    async after(change, topics, version) {
      forgetOld(performance.now());
      const known = topics.filter((topic) => kept.has(topic));
      // A storm of people who come back must not go by what was counted before it.
      for (const topic of known) {
        const entry = kept.get(topic);
        // Somebody may have been declared before the store was read, and come here after it.
        if (!entry || entry.count === null || version <= entry.version) continue;
        entry.count = Math.max(0, entry.count + change);
      }
      const unknown = topics.filter((topic) => !kept.has(topic));
      if (unknown.length > 0) await read(unknown);
      const answer = new Map(topics.map((topic) => [topic, kept.get(topic)?.count ?? null]));
      for (const [topic, count] of answer) if (count !== null) changed.add(topic);
      if (changed.size > 0) recountSoon();
      return answer;
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      await recounting;
      // It failed, and would have tried again.
      clearTimeout(timer);
    },
  };
}
