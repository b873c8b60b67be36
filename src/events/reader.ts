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

interface ReaderParts {
  readonly eventLog: EventLog;
  readonly clock: Clock;
  readonly log: Log;
  /** Pages for those behind. */
  readonly pages: PageCache;
  /** The last one has left. */
  readonly onIdle: (topic: TopicKey) => void;
}

const begun = Promise.resolve();

/**
 * The one reader of a topic in this process: reads for as long as somebody listens. A class, because every connection
 * has one, of its person's own topic: as closures it was 2 KB for each.
 */
export class Reader {
  readonly #topic: TopicKey;
  readonly #parts: ReaderParts;
  #listeners: readonly PageListener[] = [];
  #seq = -1;
  #target = 0;
  #rungAtMs: number | undefined;
  #stopped = false;
  #starting: Promise<void> | undefined;
  #pumping: Promise<void> | undefined;

  /** `parts` is shared by all readers. */
  constructor(topic: TopicKey, parts: ReaderParts) {
    this.#topic = topic;
    this.#parts = parts;
  }

  /** Its place: pages handed out so far end here. */
  get seq(): number {
    return this.#seq;
  }

  /** Events announced and not yet read. */
  get lag(): number {
    return this.#seq < 0 ? 0 : Math.max(0, this.#target - this.#seq);
  }

  /** Something up to `seq` is there; `atMs`: when that was announced. */
  ring(to: number, atMs?: number): void {
    if (to > this.#target) this.#target = to;
    if (to > this.#seq) this.#rungAtMs ??= atMs;
    if (this.#seq >= 0 && this.#target > this.#seq && !this.#stopped) this.#pumping ??= this.#pump();
  }

  /** Rejects when the head cannot be read. */
  async join(listener: PageListener): Promise<Following> {
    // Not spread, which leaves room for sixteen more.
    this.#listeners = this.#listeners.concat(listener);
    this.#starting ??= this.#start();
    const awaited = this.#starting;
    try {
      await awaited;
    } catch (error) {
      // Not the newer one that somebody may have begun meanwhile.
      if (this.#starting === awaited) this.#starting = undefined;
      this.leave(listener);
      throw error;
    }
    this.#starting = begun;
    return new Place(this.#topic, this, listener, this.#parts.pages);
  }

  /** Nothing happens when it has left already. */
  leave(listener: PageListener): void {
    this.#listeners = this.#listeners.filter((other) => other !== listener);
    if (this.#listeners.length > 0 || this.#stopped) return;
    this.#stopped = true;
    this.#parts.onIdle(this.#topic);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#pumping;
  }

  async #start(): Promise<void> {
    const [head] = await this.#parts.eventLog.heads([this.#topic]);
    this.#seq = head?.seq ?? 0;
    this.ring(this.#target);
  }

  async #pump(): Promise<void> {
    const { eventLog, log, clock } = this.#parts;
    // Never over before it is assigned.
    await undefined;
    while (this.#target > this.#seq && !this.#stopped) {
      try {
        const page = await eventLog.after(this.#topic, this.#seq);
        const last = page.at(-1);
        if (!last) {
          // Rung for something that is not there: a restored database, or a forged ring. Wait for the next one.
          this.#target = this.#seq;
          break;
        }
        // Moved before the page is handed out: whoever joins during that finds the page in the log.
        this.#seq = last.seq;
        const announcedAtMs = this.#rungAtMs;
        if (this.#target <= this.#seq) this.#rungAtMs = undefined;
        await Promise.all(this.#listeners.map(async (listener) => listener(page, announcedAtMs)));
      } catch (error) {
        log.warn({ err: error, topic: this.#topic }, 'follow.read-failed');
        await pause(clock, retryMs);
      }
    }
    // In the turn in which the loop looked last: a ring after it starts anew, one before it was seen.
    this.#pumping = undefined;
  }
}

/** A listener's place at a reader. */
class Place implements Following {
  readonly topic: TopicKey;
  readonly #reader: Reader;
  readonly #listener: PageListener;
  readonly #pages: PageCache;

  constructor(topic: TopicKey, reader: Reader, listener: PageListener, pages: PageCache) {
    this.topic = topic;
    this.#reader = reader;
    this.#listener = listener;
    this.#pages = pages;
  }

  get seq(): number {
    return this.#reader.seq;
  }

  pageAfter(seq: number): Promise<readonly LoggedEvent[]> {
    return this.#pages.after(this.topic, seq);
  }

  [Symbol.dispose](): void {
    this.#reader.leave(this.#listener);
  }
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.timer(ms, resolve));
}
