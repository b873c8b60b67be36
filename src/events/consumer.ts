import { type Database, statement } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import type { Bell } from './bell.ts';
import { eventColumns, type LoggedEvent, toLoggedEvent } from './log.ts';
import type { TopicKey } from './topic.ts';
import type { Transactions, Tx } from './transaction.ts';

/** What a consumer makes of one event. Runs in a transaction that also stores its progress. */
export interface Consumer<Progress> {
  /** Its name in `todo`; the trigger writes rows for it when an event's declaration names recipients. */
  readonly name: string;
  /**
   * Handles an event, or the next chunk of it. Returns what to remember for the next call, or null when the
   * event is done. Running twice is harmless because the effect and the progress are one transaction.
   */
  handle(tx: Tx, event: LoggedEvent, progress: Progress | null): Promise<Progress | null>;
}

export interface ConsumerWorker extends AsyncDisposable {
  /** Resolves when everything committed before the call is handled by this server or another. For tests. */
  settled(): Promise<void>;
}

const waitingSql = {
  name: 'waiting-topics',
  text: `
    SELECT topic FROM (
      SELECT topic, ord FROM todo WHERE consumer = $1 AND topic NOT IN (
        SELECT topic FROM todo WHERE consumer = $1 AND not_before > clock_timestamp())
      ORDER BY ord LIMIT $2) AS oldest
    GROUP BY topic ORDER BY min(ord)`,
};

const lockSql = {
  name: 'lock-topic',
  text: 'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS locked',
};

const nextSql = {
  name: 'next-todo',
  text: `
    SELECT ${eventColumns
      .split(', ')
      .map((column) => `e.${column}`)
      .join(', ')}, t.progress FROM todo t JOIN event e USING (topic, seq)
    WHERE t.consumer = $1 AND t.topic = $2 ORDER BY t.seq LIMIT 1`,
};

type NextRow<Progress> = Parameters<typeof toLoggedEvent>[0] & { progress: Progress | null };

const doneSql = {
  name: 'todo-done',
  text: 'DELETE FROM todo WHERE consumer = $1 AND topic = $2 AND seq = $3',
};

const progressSql = {
  name: 'todo-progress',
  text: `
    UPDATE todo SET progress = $4::jsonb, attempts = 0, not_before = NULL
    WHERE consumer = $1 AND topic = $2 AND seq = $3`,
};

const origin = { actorId: null, correlationId: null };
const batchSize = 100;
/** A failing event holds its topic back (order), not the others; retried after 0.25 s, doubling up to a minute. */
const backoffMs = (attempts: number) => Math.min(60_000, 250 * 2 ** Math.min(attempts, 8));

/**
 * Works off `todo` rows: oldest topic first, one topic at a time under an advisory lock, so that any number of
 * servers may run it and every event takes effect exactly once and in order.
 */
export function startConsumer<Progress>(
  consumer: Consumer<Progress>,
  parts: { database: Database; transaction: Transactions; bell: Bell; log: Log; pollMs: number },
): ConsumerWorker {
  const { database, transaction, bell, log, pollMs } = parts;
  let closed = false;
  let again = false;
  let running: Promise<void> | undefined;

  const wake = (): void => {
    again = true;
    if (!closed) running ??= run();
  };
  const rung = bell.onRing(wake);
  const timer = setInterval(wake, pollMs);
  wake();

  async function run(): Promise<void> {
    // Never over before it is assigned to `running`.
    await undefined;
    while (again && !closed) {
      again = false;
      try {
        const topics = await waitingTopics();
        for (const topic of topics) {
          while (!closed && (await handleNext(topic)));
        }
        // More than a batch was waiting, or something came meanwhile.
        if (topics.length > 0) again = true;
      } catch (error) {
        // The database is away or the like; the poll comes back to it.
        log.warn({ err: error, consumer: consumer.name }, 'consumer.failed');
      }
    }
    // In the turn in which the loop looked last: a wake after it starts anew, one before it was seen.
    running = undefined;
  }

  async function waitingTopics(): Promise<TopicKey[]> {
    // Those that are held back are left out first: what waits behind them would fill the batch, and nothing else go on.
    const rows = await database.query<{ topic: TopicKey }>(waitingSql, [consumer.name, batchSize]);
    const free = rows.filter(({ topic }) => !busyElsewhere.has(topic)).map(({ topic }) => topic);
    busyElsewhere.clear();
    return free;
  }

  /** Topics another server was working on a moment ago: passed over once, so that this loop does not spin. */
  const busyElsewhere = new Set<TopicKey>();

  /** Handles the topic's oldest event, or a chunk of it. False when there is none or another server has it. */
  async function handleNext(topic: TopicKey): Promise<boolean> {
    let event: LoggedEvent | undefined;
    try {
      return await transaction(origin, async (tx) => {
        const lockName = `${consumer.name} ${topic}`;
        // The second is of a moment after the first: whoever held the lock until then has committed.
        const [[lock], [next]] = await Promise.all([
          statement<{ locked: boolean }>(tx, lockSql, [lockName]),
          statement<NextRow<Progress>>(tx, nextSql, [consumer.name, topic]),
        ]);
        if (!lock?.locked) {
          busyElsewhere.add(topic);
          return false;
        }
        if (!next) return false;
        const { progress, ...row } = next;
        event = toLoggedEvent(row);
        const remaining = await consumer.handle(tx, event, progress);
        const place = [consumer.name, topic, event.seq];
        if (remaining === null) await statement(tx, doneSql, place);
        else await statement(tx, progressSql, [...place, JSON.stringify(remaining)]);
        return true;
      });
    } catch (error) {
      if (!event) throw error;
      log.error(
        { err: error, consumer: consumer.name, topic, seq: event.seq, kind: event.kind },
        'consumer.event-failed',
      );
      await postpone(event);
      return false;
    }
  }

  async function postpone({ topic, seq }: LoggedEvent): Promise<void> {
    const [row] = await database.query<{ attempts: number }>(
      'UPDATE todo SET attempts = attempts + 1 WHERE consumer = $1 AND topic = $2 AND seq = $3 RETURNING attempts',
      [consumer.name, topic, seq],
    );
    await database.query(
      `UPDATE todo SET not_before = clock_timestamp() + make_interval(secs => $4)
       WHERE consumer = $1 AND topic = $2 AND seq = $3`,
      [consumer.name, topic, seq, backoffMs(row?.attempts ?? 1) / 1000],
    );
  }

  return {
    async settled() {
      const [last] = await database.query<{ ord: number | null }>(
        'SELECT max(ord) AS ord FROM todo WHERE consumer = $1',
        [consumer.name],
      );
      const until = last?.ord ?? 0;
      for (;;) {
        wake();
        await running;
        const [left] = await database.query('SELECT 1 FROM todo WHERE consumer = $1 AND ord <= $2 LIMIT 1', [
          consumer.name,
          until,
        ]);
        if (!left || closed) return;
      }
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      clearInterval(timer);
      rung[Symbol.dispose]();
      await running;
    },
  };
}
