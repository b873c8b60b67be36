import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Bell } from './bell.ts';
import type { EventLog } from './log.ts';
import { createPageCache } from './pageCache.ts';
import { type Following, type PageListener, Reader } from './reader.ts';
import type { TopicKey } from './topic.ts';

/**
 * Gap-free reading of topics: one reader per topic and process, whatever the number of streams on it.
 *
 * What makes it hard, and what is done about it:
 * - A ring may be lost, doubled, late, or come before a read returns: a reader only ever asks the log for what
 *   comes after its own number, so at or below it nothing happens and above it nothing is skipped.
 * - Two rings during one read: the reader remembers the highest and reads again until it is reached.
 * - A ring lost for good: the sweep looks at recently changed topics every `LOG_POLL_MS`, at all followed
 *   topics every minute and after each reconnection of the bell.
 */
export interface Followers extends AsyncDisposable {
  /** Joins the reader of `topic`, starting one when this is the first. Rejects when the head cannot be read. */
  follow(topic: TopicKey, listener: PageListener): Promise<Following>;
  /** Topics followed by this process. */
  readonly size: number;
  /** Events announced and not yet read, over all of them. */
  readonly lag: number;
}

const fullComparisonMs = 60_000;
/** Rows become visible a little after their `logged_at`; the overlap is cheap. */
const sweepOverlapMs = 10_000;

export function createFollowers(parts: {
  log: Log;
  eventLog: EventLog;
  bell: Bell;
  clock: Clock;
  pollMs: number;
  /** Of the pages kept for those who catch up. */
  cacheBytes: number;
}): Followers {
  const { log, eventLog, bell, clock, pollMs, cacheBytes } = parts;
  const readers = new Map<TopicKey, Reader>();
  const pages = createPageCache(eventLog, clock, cacheBytes);
  const ofReaders = { eventLog, clock, log, pages, onIdle: (topic: TopicKey) => void readers.delete(topic) };
  let closed = false;
  let lastFullMs = clock.now().getTime();
  let lastSweepMs = lastFullMs;

  const rung = bell.onRing((topic, seq, atMs) => readers.get(topic)?.ring(seq, atMs));
  const reconnected = bell.onReconnect(() => {
    lastFullMs = 0;
    void sweep();
  });
  let timer = clock.timer(pollMs, tick);

  function tick(): void {
    void sweep().finally(() => {
      if (!closed) timer = clock.timer(pollMs, tick);
    });
  }

  async function sweep(): Promise<void> {
    if (readers.size === 0) return;
    const nowMs = clock.now().getTime();
    const full = nowMs - lastFullMs >= fullComparisonMs;
    try {
      const changed = full
        ? await eventLog.heads([...readers.keys()])
        : await eventLog.changedWithin(nowMs - lastSweepMs + sweepOverlapMs);
      lastSweepMs = nowMs;
      if (full) lastFullMs = nowMs;
      for (const { topic, seq } of changed) readers.get(topic)?.ring(seq);
    } catch (error) {
      // The next sweep covers this one's span too: nothing is lost, it comes a second later.
      log.warn({ err: error }, 'follow.sweep-failed');
    }
  }

  return {
    get size() {
      return readers.size;
    },
    get lag() {
      return [...readers.values()].reduce((sum, reader) => sum + reader.lag, 0);
    },
    async follow(topic, listener) {
      let reader = readers.get(topic);
      if (!reader) {
        reader = new Reader(topic, ofReaders);
        readers.set(topic, reader);
      }
      // Joined before the head is read: a ring that comes meanwhile is remembered by the reader.
      return reader.join(listener);
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      timer[Symbol.dispose]();
      rung[Symbol.dispose]();
      reconnected[Symbol.dispose]();
      await Promise.allSettled([...readers.values()].map((reader) => reader.stop()));
      readers.clear();
    },
  };
}
