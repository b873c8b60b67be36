import pLimit from 'p-limit';
import type { Clock } from '../platform/clock.ts';
import type { EventLog, LoggedEvent } from './log.ts';
import type { TopicKey } from './topic.ts';

/** A page is kept for those who come just behind: a storm of resumes reads the log once. */
const pageCacheMs = 2_000;
/** Catching up must not take the whole pool from commands. */
const concurrentReads = 4;
/** What an event takes beside its data, about: its ids, its time, the objects themselves. */
const eventBytes = 500;

/** Pages of the log for those who catch up. */
export interface PageCache {
  /** The page after `seq`; empty at the head. */
  after(topic: TopicKey, seq: number): Promise<readonly LoggedEvent[]>;
  /** About so many bytes are kept. */
  readonly bytes: number;
}

interface Kept {
  readonly page: Promise<readonly LoggedEvent[]>;
  readonly untilMs: number;
  /** 0 until it is read. */
  bytes: number;
}

/** `maxBytes`: what is kept of all topics together, by the JSON of the events; the oldest go first. 0 keeps nothing. */
export function createPageCache(eventLog: Pick<EventLog, 'after'>, clock: Clock, maxBytes: number): PageCache {
  const cached = new Map<string, Kept>();
  const read = pLimit(concurrentReads);
  let bytes = 0;

  function forget(key: string): void {
    bytes -= cached.get(key)?.bytes ?? 0;
    cached.delete(key);
  }

  /** Oldest first. What is over is not kept until newer ones push it out: a page may be a megabyte. */
  function forgetOld(): void {
    const nowMs = clock.now().getTime();
    for (const [key, { untilMs }] of cached) {
      if (bytes <= maxBytes && untilMs > nowMs) break;
      forget(key);
    }
  }

  return {
    get bytes() {
      return bytes;
    },
    async after(topic, seq) {
      forgetOld();
      const key = `${topic} ${seq}`;
      const hit = cached.get(key);
      if (hit) return hit.page;
      const page = read(() => eventLog.after(topic, seq));
      const kept: Kept = { page, untilMs: clock.now().getTime() + pageCacheMs, bytes: 0 };
      cached.set(key, kept);
      try {
        const events = await page;
        // A page, once read, never changes; an empty one only says that nothing was there yet.
        if (events.length === 0) forget(key);
        else if (cached.get(key) === kept) {
          kept.bytes = bytesOf(events);
          bytes += kept.bytes;
          forgetOld();
        }
      } catch (error) {
        forget(key);
        throw error;
      }
      return page;
    },
  };
}

function bytesOf(events: readonly LoggedEvent[]): number {
  return events.reduce((sum, { data }) => sum + eventBytes + JSON.stringify(data).length, 0);
}
