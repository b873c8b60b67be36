import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { EventLog, LoggedEvent } from './log.ts';
import type { PageCache } from './pageCache.ts';
import type { TopicKey } from './topic.ts';

/**
 * Gets every page, in order, without a hole. The reader waits for the promise before it reads on. `rungAtMs` is when
 * the oldest of it was announced (milliseconds since 1970); undefined when it was found without a ring.
 */
export type PageListener = (page: readonly LoggedEvent[], rungAtMs: number | undefined) => Promise<void> | void;

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

/** Pause before a read that failed is tried again. */
const retryMs = 250;

/** The one reader of a topic in this process. */
export interface Reader {
  /** Something up to `seq` is there; `atMs`: when that was announced. */
  ring(seq: number, atMs?: number): void;
  /** Events announced and not yet read. */
  readonly lag: number;
  join(listener: PageListener, pages: PageCache): Promise<Following>;
  stop(): Promise<void>;
}

/** Reads a topic for as long as somebody listens; `onIdle` is called when the last one has left. */
export function createReader(parts: {
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
  let rungAtMs: number | undefined;
  let stopped = false;
  let starting: Promise<void> | undefined;
  let pumping: Promise<void> | undefined;

  function ring(to: number, atMs?: number): void {
    if (to > target) target = to;
    if (to > seq) rungAtMs ??= atMs;
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
        const announcedAtMs = rungAtMs;
        if (target <= seq) rungAtMs = undefined;
        await Promise.all([...listeners].map(async (listener) => listener(page, announcedAtMs)));
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
    get lag() {
      return seq < 0 ? 0 : Math.max(0, target - seq);
    },
    async join(listener, pages) {
      listeners.add(listener);
      const leave = (): void => {
        listeners.delete(listener);
        if (listeners.size > 0 || stopped) return;
        stopped = true;
        onIdle();
      };
      starting ??= start();
      const awaited = starting;
      try {
        await awaited;
      } catch (error) {
        // Not the newer one that somebody may have begun meanwhile.
        if (starting === awaited) starting = undefined;
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

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.timer(ms, resolve));
}
