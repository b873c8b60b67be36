import { type Clock, systemClock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { newId } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { type Transactions, type Tx, wakeAt } from './transaction.ts';

/** Something to be done at a time. */
export interface DueWork {
  readonly kind: string;
  /** Unique within the kind: scheduling the same key again moves it. */
  readonly key: string;
  /** Of work that has failed: when it was due the first time. */
  readonly dueAt: Date;
  readonly data: Record<string, unknown>;
  /** How often it has failed since it was scheduled; the pauses in between grow to an hour. */
  readonly attempts: number;
}

/** When work is due again (null: it is finished), and what follows once that is committed, outside any transaction. */
export interface WorkWithSequel {
  readonly again: Date | null;
  /** Comes at most once: a server that dies before or in it leaves it undone. The same worker does nothing else meanwhile. */
  readonly sequel: () => Promise<void>;
}

/** Does a piece of work in a transaction. Returns when it is due again, or null when it is finished. */
export type DueHandler = (tx: Tx, work: DueWork) => Promise<Date | null | WorkWithSequel>;

/** Schedules work in the command's transaction, moving it when the key stands already. */
export async function schedule(
  tx: Tx,
  work: Omit<DueWork, 'data' | 'attempts'> & { data?: Record<string, unknown> },
): Promise<void> {
  wakeAt(tx, work.kind, work.dueAt);
  await tx.$executeRaw`
    INSERT INTO due_work (id, kind, key, due_at, data)
    VALUES (${newId()}::uuid, ${work.kind}, ${work.key}, ${work.dueAt}, ${JSON.stringify(work.data ?? {})}::jsonb)
    ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at, data = excluded.data, attempts = 0`;
}

/** Takes scheduled work back; nothing happens when there is none. */
export async function unschedule(tx: Tx, kind: string, key: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM due_work WHERE kind = ${kind} AND key = ${key}`;
}

/**
 * Sees to it that each key is due at its time or before: one that stands for later is moved, one that comes sooner is not
 * touched, and not waited for either.
 */
export async function scheduleEarlier(
  tx: Tx,
  kind: string,
  works: readonly { readonly key: string; readonly dueAt: Date }[],
): Promise<void> {
  const soonest = new Map<string, Date>();
  for (const { key, dueAt } of works) {
    const other = soonest.get(key);
    if (!other || dueAt < other) soonest.set(key, dueAt);
    wakeAt(tx, kind, dueAt);
  }
  if (soonest.size === 0) return;
  const keys = [...soonest.keys()].sort();
  await tx.$executeRaw`
    INSERT INTO due_work (id, kind, key, due_at)
    SELECT work.id, ${kind}, work.key, work.due_at
    FROM unnest(${keys.map(() => newId())}::uuid[], ${keys}::text[],
      ${keys.map((key) => soonest.get(key))}::timestamptz[]) AS work (id, key, due_at)
    WHERE NOT EXISTS (SELECT FROM due_work d WHERE d.kind = ${kind} AND d.key = work.key AND d.due_at <= work.due_at)
    ORDER BY work.key
    ON CONFLICT (kind, key) DO UPDATE SET due_at = least(due_work.due_at, excluded.due_at)`;
}

/**
 * Sees to it that a key is due at its time or before, and waits while it is being done: the work then sees what this
 * transaction wrote, in this round or in another. Call it before locking anything the work locks.
 */
export async function scheduleBy(tx: Tx, { kind, key, dueAt }: Omit<DueWork, 'data' | 'attempts'>): Promise<void> {
  wakeAt(tx, kind, dueAt);
  await tx.$executeRaw`
    INSERT INTO due_work (id, kind, key, due_at) VALUES (${newId()}::uuid, ${kind}, ${key}, ${dueAt})
    ON CONFLICT (kind, key) DO UPDATE SET due_at = least(due_work.due_at, excluded.due_at)`;
}

/** Schedules work unless the key stands already, and waits for nobody. */
export async function scheduleIfNone(tx: Tx, { kind, key, dueAt, data }: Omit<DueWork, 'attempts'>): Promise<void> {
  wakeAt(tx, kind, dueAt);
  await tx.$executeRaw`
    INSERT INTO due_work (id, kind, key, due_at, data)
    VALUES (${newId()}::uuid, ${kind}, ${key}, ${dueAt}, ${JSON.stringify(data)}::jsonb)
    ON CONFLICT (kind, key) DO NOTHING`;
}

export interface DueWorker extends AsyncDisposable {
  /**
   * Sees to it that work of this kind and time is not slept through; transactions that schedule call it after their
   * commit. Nothing for kinds that it does not do.
   */
  wake(kind: string, dueAt: Date): void;
}

const origin = { actorId: null, correlationId: null };
/** Work scheduled by a server that died before doing it is found by the others within this time. */
const longestSleepMs = 60_000;
/** Pause before another look at work that another server is doing; asking without one kept both busy. */
const heldElsewhereMs = 100;
/** Pause after the database failed. */
const failedMs = 1_000;
/** In the data of work that has failed, which the handler does not see: when it was due the first time. */
const firstDueAt = 'firstDueAt';
const backoffMs = (attempts: number) => Math.min(3_600_000, 1_000 * 2 ** Math.min(attempts, 12));

/** Does due work by `handlers`, on any number of servers: a row is locked while it is done. */
export function startDueWork(parts: {
  database: Database;
  transaction: Transactions;
  clock: Clock;
  log: Log;
  metrics: Pick<Metrics, 'dueFailures'>;
  handlers: Readonly<Record<string, DueHandler>>;
}): DueWorker {
  const { database, transaction, clock, log, metrics, handlers } = parts;
  const kinds = Object.keys(handlers);
  let closed = false;
  let timer: Disposable | undefined;
  /** Until when it sleeps by the people's clock; undefined: it is awake, or sleeps by the machine's. */
  let asleepUntil: Date | undefined;
  let running: Promise<void> | undefined;

  /** Waits behind the round that is running; however many nudge meanwhile, it is one. */
  let queued = false;

  function nudge(): void {
    if (closed || queued) return;
    queued = true;
    asleepUntil = undefined;
    timer?.[Symbol.dispose]();
    running = (running ?? Promise.resolve()).then(() => {
      queued = false;
      return run();
    });
  }

  async function run(): Promise<void> {
    if (closed) return;
    // From here on whatever is scheduled is looked for once more: this round may have looked already.
    asleepUntil = undefined;
    timer?.[Symbol.dispose]();
    // Retries are about the machine, not about the time people live in: a stopped test clock does not hold them.
    let sleep = sleepFor(longestSleepMs);
    try {
      while (!closed && (await doNext()));
      const [next] = await database.query<{ due_at: Date }>(
        'SELECT due_at FROM due_work WHERE kind = ANY($1) ORDER BY due_at LIMIT 1',
        [kinds],
      );
      // What is due already is being done by another server.
      const leftMs = next && new Date(next.due_at).getTime() - clock.now().getTime();
      if (leftMs !== undefined && leftMs > 0) sleep = sleepFor(Math.min(longestSleepMs, leftMs));
      else if (leftMs !== undefined) sleep = () => systemClock.timer(heldElsewhereMs, nudge);
    } catch (error) {
      log.warn({ err: error }, 'due.failed');
      sleep = () => systemClock.timer(failedMs, nudge);
    }
    timer?.[Symbol.dispose]();
    if (!closed) timer = sleep();
  }

  function sleepFor(ms: number): () => Disposable {
    return () => {
      asleepUntil = new Date(clock.now().getTime() + ms);
      return clock.timer(ms, nudge);
    };
  }

  /** Does the work that is due first. False when nothing is due. */
  async function doNext(): Promise<boolean> {
    let taken: { id: string; kind: string; key: string; due_at: Date; attempts: number } | undefined;
    let sequel: WorkWithSequel['sequel'] | undefined;
    try {
      const found = await transaction(origin, async (tx) => {
        sequel = undefined;
        const [row] = await tx.$queryRaw<
          { id: string; kind: string; key: string; due_at: Date; data: Record<string, unknown>; attempts: number }[]
        >`
          SELECT id, kind, key, due_at, data, attempts FROM due_work
          WHERE due_at <= ${clock.now()} AND kind = ANY(${kinds})
          ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED`;
        const handler = row && handlers[row.kind];
        if (!handler) return false;
        taken = row;
        const { kind, key, attempts } = row;
        const { [firstDueAt]: since, ...data } = row.data;
        const dueAt = attempts > 0 && typeof since === 'string' ? new Date(since) : row.due_at;
        const done = await handler(tx, { kind, key, dueAt, data, attempts });
        const { again, ...rest } = done === null || done instanceof Date ? { again: done } : done;
        if ('sequel' in rest) sequel = rest.sequel;
        if (again) {
          await tx.$executeRaw`
            UPDATE due_work SET due_at = ${again}, attempts = 0, data = data - ${firstDueAt}
            WHERE id = ${row.id}::uuid`;
        } else {
          await tx.$executeRaw`DELETE FROM due_work WHERE id = ${row.id}::uuid`;
        }
        return true;
      });
      // Assigned in a callback, which the compiler does not follow.
      await (sequel as WorkWithSequel['sequel'] | undefined)?.();
      return found;
    } catch (error) {
      if (!taken) throw error;
      metrics.dueFailures.of(taken.kind).value++;
      log.error({ err: error, kind: taken.kind, key: taken.key }, 'due.work-failed');
      const retryAt = new Date(clock.now().getTime() + backoffMs(taken.attempts));
      // What another server has done, or a command has moved, in between is left alone.
      await database.query(
        `UPDATE due_work SET attempts = attempts + 1, due_at = $2,
           data = CASE WHEN attempts = 0 THEN data || jsonb_build_object($4::text, due_at) ELSE data END
         WHERE id = $1 AND due_at = $3`,
        [taken.id, retryAt, taken.due_at, firstDueAt],
      );
      return true;
    }
  }

  nudge();
  return {
    wake(kind, dueAt) {
      if (kind in handlers && (!asleepUntil || dueAt < asleepUntil)) nudge();
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      timer?.[Symbol.dispose]();
      await running;
    },
  };
}
