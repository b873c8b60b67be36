import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Bell } from './bell.ts';
import type { EventLog, LoggedEvent } from './log.ts';
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
}

/** Gets every page, in order, without a hole. The reader waits for the promise before it reads on. */
export type PageListener = (page: readonly LoggedEvent[]) => Promise<void> | void;

export interface Following extends Disposable {
  readonly topic: TopicKey;
  /** The reader's place: pages handed out so far end here. */
  readonly seq: number;
  /**
   * The page after `seq` for those behind; shared by all who ask for the same page. May reach beyond the
   * reader's own place. Empty at the head.
   */
  pageAfter(seq: number): Promise<readonly LoggedEvent[]>;
}

/** A page is kept for those who come just behind: a storm of resumes reads the log once. */
const pageCacheMs = 2_000;
const pageCacheSize = 200;
/** Catching up must not take the whole pool from commands. */
const concurrentReads = 4;
const fullComparisonMs = 60_000;
/** Rows become visible a little after their `logged_at`; the overlap is cheap. */
const sweepOverlapMs = 10_000;
const retryMs = 250;

export function createFollowers(parts: {
  log: Log;
  eventLog: EventLog;
  bell: Bell;
  clock: Clock;
  pollMs: number;
}): Followers {
  const { log, eventLog, bell, clock, pollMs } = parts;
  const readers = new Map<TopicKey, Reader>();
  const pages = createPageCache(eventLog, clock);
  let closed = false;
  let lastFullMs = clock.now().getTime();
  let lastSweepMs = lastFullMs;

  const rung = bell.onRing((topic, seq) => readers.get(topic)?.ring(seq));
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
    async follow(topic, listener) {
      let reader = readers.get(topic);
      if (!reader) {
        reader = createReader({ topic, eventLog, clock, log, onIdle: () => readers.delete(topic) });
        readers.set(topic, reader);
      }
      // Joined before the head is read: a ring that comes meanwhile is remembered by the reader.
      return reader.join(listener, pages);
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

interface Reader {
  ring(seq: number): void;
  join(listener: PageListener, pages: PageCache): Promise<Following>;
  stop(): Promise<void>;
}

function createReader(parts: {
  topic: TopicKey;
  eventLog: EventLog;
  clock: Clock;
  log: Log;
  onIdle: () => void;
}): Reader {
  const { topic, eventLog, clock, log, onIdle } = parts;
  const listeners = new Set<PageListener>();
  let seq = -1;
  let target = 0;
  let stopped = false;
  let starting: Promise<void> | undefined;
  let pumping: Promise<void> | undefined;

  function ring(to: number): void {
    if (to > target) target = to;
    if (seq >= 0 && target > seq && !stopped) pumping ??= pump();
  }

  async function pump(): Promise<void> {
    // Never over before it is assigned to `pumping`.
    await undefined;
    while (target > seq && !stopped) {
      try {
        const page = await eventLog.after(topic, seq);
        const last = page.at(-1);
        if (!last) {
          // Rung for something that is not there: a restored database, or a forged ring. Wait for the next one.
          target = seq;
          break;
        }
        // Moved before the page is handed out: whoever joins during that finds the page in the log.
        seq = last.seq;
        await Promise.all([...listeners].map(async (listener) => listener(page)));
      } catch (error) {
        log.warn({ err: error, topic }, 'follow.read-failed');
        await pause(clock, retryMs);
      }
    }
    // In the turn in which the loop looked last: a ring after it starts anew, one before it was seen.
    pumping = undefined;
  }

  async function start(): Promise<void> {
    const [head] = await eventLog.heads([topic]);
    seq = head?.seq ?? 0;
    ring(target);
  }

  return {
    ring,
    async join(listener, pages) {
      listeners.add(listener);
      const leave = (): void => {
        listeners.delete(listener);
        if (listeners.size > 0 || stopped) return;
        stopped = true;
        onIdle();
      };
      try {
        starting ??= start();
        await starting;
      } catch (error) {
        starting = undefined;
        leave();
        throw error;
      }
      return {
        topic,
        get seq() {
          return seq;
        },
        pageAfter: (after) => pages.after(topic, after),
        [Symbol.dispose]: leave,
      };
    },
    async stop() {
      stopped = true;
      await pumping;
    },
  };
}

interface PageCache {
  after(topic: TopicKey, seq: number): Promise<readonly LoggedEvent[]>;
}

function createPageCache(eventLog: EventLog, clock: Clock): PageCache {
  const cached = new Map<string, { page: Promise<readonly LoggedEvent[]>; untilMs: number }>();
  const waiting: (() => void)[] = [];
  let reading = 0;

  async function read(topic: TopicKey, seq: number): Promise<readonly LoggedEvent[]> {
    if (reading >= concurrentReads) await new Promise<void>((resolve) => waiting.push(resolve));
    reading++;
    try {
      return await eventLog.after(topic, seq);
    } finally {
      reading--;
      waiting.shift()?.();
    }
  }

  return {
    async after(topic, seq) {
      const key = `${topic} ${seq}`;
      const nowMs = clock.now().getTime();
      const hit = cached.get(key);
      if (hit && hit.untilMs > nowMs) return hit.page;
      const page = read(topic, seq);
      cached.delete(key);
      cached.set(key, { page, untilMs: nowMs + pageCacheMs });
      for (const oldest of cached.keys()) {
        if (cached.size <= pageCacheSize) break;
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

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.timer(ms, resolve));
}
