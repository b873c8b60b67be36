import type { Clock } from '../platform/clock.ts';
import type { Database, LastStatement, TxClient } from '../platform/database.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Span, Tracing } from '../platform/tracing.ts';
import type { Bell } from './bell.ts';
import { numbering, type StagedEvent } from './numbering.ts';
import type { TopicKey } from './topic.ts';

declare const brand: unique symbol;

/**
 * The client inside a transaction. Only {@link createTransactions} makes one, so an event appended outside a
 * transaction does not compile (`Prisma.TransactionClient` alone is satisfied by the outer client too).
 */
export type Tx = TxClient & { readonly [brand]: 'Tx' };

/** On whose behalf a transaction runs. */
export interface Origin {
  /** The acting person; null for the server itself. */
  readonly actorId: string | null;
  /** Ties the events to the request that caused them; null for the server itself. */
  readonly correlationId: string | null;
  /** W3C `traceparent` of the request. Absent: a trace begins here, where tracing is on. */
  readonly trace?: string | undefined;
}

interface TxState {
  readonly origin: Origin;
  readonly clock: Clock;
  readonly staged: StagedEvent[];
  /** The newest number of each topic, as COMMIT has given them. */
  readonly numbers: Map<TopicKey, number>;
  /** The commit of its events, from their numbering on. */
  span?: Span | undefined;
  /** The earliest time of the work it scheduled, by kind. */
  readonly due: Map<string, Date>;
  readonly afterwards: (() => void)[];
}

// The state lives beside the client: Prisma's transaction client is a proxy that takes no properties.
const states = new WeakMap<object, TxState>();

/** Events of the transaction so far. Throws when `tx` was not made by {@link createTransactions}. */
export function stagedIn(tx: Tx): StagedEvent[] {
  return stateOf(tx).staged;
}

/** Wakes who does due work of this kind, after the commit, so that `dueAt` is not slept through. */
export function wakeAt(tx: Tx, kind: string, dueAt: Date): void {
  const { due } = stateOf(tx);
  const earlier = due.get(kind);
  if (!earlier || dueAt < earlier) due.set(kind, dueAt);
}

/** Does something that cannot fail after the commit, such as counting; nothing when there is none. */
export function afterCommit(tx: Tx, work: () => void): void {
  stateOf(tx).afterwards.push(work);
}

function stateOf(tx: Tx): TxState {
  const state = states.get(tx);
  if (!state) throw new Error('not a transaction of transaction()');
  return state;
}

/** Runs `work` in one transaction, numbers what it appended, and rings the bell after the commit. */
export type Transactions = <T>(origin: Origin, work: (tx: Tx) => Promise<T>) => Promise<T>;

/** Deadlock and serialisation failure: the whole transaction may be run again. */
const retriable = new Set(['40P01', '40001']);
const attempts = 5;

export function createTransactions(parts: {
  database: Database;
  clock: Clock;
  bell: Bell;
  metrics: Metrics;
  tracing: Tracing;
  due: { wake(kind: string, dueAt: Date): void };
}): Transactions {
  const { database, clock, bell, metrics, tracing, due } = parts;

  async function once<T>(origin: Origin, work: (tx: Tx) => Promise<T>): Promise<{ result: T; state: TxState }> {
    const state: TxState = { origin, clock, staged: [], numbers: new Map(), due: new Map(), afterwards: [] };
    try {
      const result = await database.begin(
        async (client) => {
          const tx = client as Tx;
          states.set(tx, state);
          return await work(tx);
        },
        () => commitOf(state),
      );
      state.span?.end();
      return { result, state };
    } catch (error) {
      state.span?.end(error);
      throw error;
    }
  }

  /** What goes with COMMIT; nothing when nothing was appended. */
  function commitOf(state: TxState): LastStatement | undefined {
    const { staged, numbers, origin } = state;
    if (staged.length === 0) return undefined;
    if (tracing.enabled) state.span = commitSpan(state);
    const facts = { ...origin, at: clock.now(), trace: state.span?.traceparent ?? null };
    return numbering(staged, facts, (topic, seq) => numbers.set(topic, seq));
  }

  function commitSpan({ staged, origin }: TxState): Span | undefined {
    const [first] = staged;
    return (
      first &&
      tracing.start('event.commit', {
        parent: origin.trace,
        attributes: {
          'belfry.topic': first.topic,
          'belfry.kinds': staged.map(({ kind }) => kind),
          'belfry.correlation_id': origin.correlationId ?? '',
        },
      })
    );
  }

  return async (origin, work) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const { result, state } = await once(origin, work);
        for (const work of state.afterwards) work();
        for (const [kind, dueAt] of state.due) due.wake(kind, dueAt);
        if (state.staged.length > 0) publish(state);
        return result;
      } catch (error) {
        if (attempt === attempts || !retriable.has(sqlState(error))) throw error;
      }
    }
  };

  /** The commit has happened: from here on nothing may fail the command. A lost ring costs a poll. */
  function publish({ numbers, span }: TxState): void {
    const committedAtMs = performance.now();
    const publishing = span && tracing.start('event.publish', { parent: span.traceparent });
    bell.ring(numbers);
    publishing?.end();
    metrics.emitLatency.observe(performance.now() - committedAtMs);
  }
}

/** PostgreSQL's SQLSTATE of an error, wherever Prisma and its adapter put it; empty when there is none. */
export function sqlState(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, cause, meta } = error as { code?: unknown; cause?: unknown; meta?: { driverAdapterError?: unknown } };
  // P2034 is Prisma's own word for "write conflict or deadlock".
  if (code === 'P2034') return '40001';
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('P2')) return code;
  const originalCode = (error as { originalCode?: unknown }).originalCode;
  if (typeof originalCode === 'string') return originalCode;
  return sqlState(meta?.driverAdapterError) || sqlState(cause);
}
