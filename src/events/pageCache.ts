import pLimit from 'p-limit';
import type { Clock } from '../platform/clock.ts';
import type { EventLog, LoggedEvent } from './log.ts';
import type { TopicKey } from './topic.ts';

/** A page is kept for those who come just behind: a storm of resumes reads the log once. */
const pageCacheMs = 2_000;
const pageCacheSize = 200;
/** Catching up must not take the whole pool from commands. */
const concurrentReads = 4;

/** Pages of the log for those who catch up. */
export interface PageCache {
  /** The page after `seq`; empty at the head. */
  after(topic: TopicKey, seq: number): Promise<readonly LoggedEvent[]>;
}

export function createPageCache(eventLog: EventLog, clock: Clock): PageCache {
  const cached = new Map<string, { page: Promise<readonly LoggedEvent[]>; untilMs: number }>();
  const read = pLimit(concurrentReads);

  return {
    async after(topic, seq) {
      const key = `${topic} ${seq}`;
      const nowMs = clock.now().getTime();
      const hit = cached.get(key);
      if (hit && hit.untilMs > nowMs) return hit.page;
      const page = read(() => eventLog.after(topic, seq));
      cached.delete(key);
      cached.set(key, { page, untilMs: nowMs + pageCacheMs });
      // Oldest first. What is over is not kept until newer ones push it out: a page may be a megabyte.
      for (const [oldest, { untilMs }] of cached) {
        if (cached.size <= pageCacheSize && untilMs > nowMs) break;
        cached.delete(oldest);
      }
      try {
        // A page, once read, never changes; an empty one only says that nothing was there yet.
        if ((await page).length === 0) cached.delete(key);
      } catch (error) {
        cached.delete(key);
        throw error;
      }
      return page;
    },
  };
}
