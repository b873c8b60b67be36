import { AsyncLocalStorage } from 'node:async_hooks';
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import type { Prepared } from './prepared.ts';

/** The last statement of a transaction, which is sent together with COMMIT: no round trip lies between them. */
export interface LastStatement extends Prepared {
  readonly values: unknown[];
  /** Hears its rows after the commit. */
  answered(rows: readonly object[]): void;
}

/**
 * The connection on which a transaction of Prisma's runs, from BEGIN until COMMIT or ROLLBACK is sent. After that it
 * is gone: a statement that came later would run outside, on a connection that is somebody else's by then.
 */
export interface TransactionConnection {
  connection: pg.PoolClient | undefined;
  /** Asked when COMMIT is to be sent; absent or undefined: nothing goes before it. */
  last?: (() => LastStatement | undefined) | undefined;
}

const beginning = new AsyncLocalStorage<TransactionConnection>();

/** Runs what begins a transaction; its connection is told to `held`. */
export function holdConnection<T>(held: TransactionConnection, begin: () => Promise<T>): Promise<T> {
  return beginning.run(held, begin);
}

/** Prisma's adapter, which tells {@link holdConnection} of the connections of its transactions. */
export class HoldingPrismaPg extends PrismaPg {
  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect();
    const startTransaction = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolationLevel) => {
      const held = beginning.getStore();
      const transaction = await startTransaction(isolationLevel);
      if (held) hold(held, transaction as unknown as AdapterTransaction);
      return transaction;
    };
    return adapter;
  }
}

/** What we use of the adapter's transaction; `client` and `onError` are not in its types. */
interface AdapterTransaction {
  readonly client: pg.PoolClient;
  executeRaw(query: { sql: string }): Promise<number>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Throws what Prisma makes of an error of pg's. */
  onError(error: unknown): never;
}

const ending = /^\s*(COMMIT|ROLLBACK)\s*;?\s*$/i;

function hold(held: TransactionConnection, transaction: AdapterTransaction): void {
  held.connection = transaction.client;
  const { executeRaw, commit, rollback } = transaction;
  // Before the statement is sent: whatever came first is in the transaction still, pg keeps the order.
  transaction.executeRaw = (query) => {
    const end = ending.exec(query.sql)?.[1]?.toUpperCase();
    if (end) held.connection = undefined;
    const last = end === 'COMMIT' ? held.last?.() : undefined;
    const execute = () => executeRaw.call(transaction, query);
    return last ? sendWith(transaction, last, execute) : execute();
  };
  const over = (end: () => Promise<void>) => () => {
    held.connection = undefined;
    return end.call(transaction);
  };
  transaction.commit = over(commit);
  transaction.rollback = over(rollback);
}

/** Both are on their way before either is answered: the pool's connections pipeline. */
async function sendWith(
  transaction: AdapterTransaction,
  { name, text, values, answered }: LastStatement,
  commit: () => Promise<number>,
): Promise<number> {
  const [last, committed] = await Promise.allSettled([transaction.client.query({ name, text, values }), commit()]);
  // COMMIT of a transaction that has failed is answered like a ROLLBACK, without an error.
  if (last.status === 'rejected') return transaction.onError(last.reason);
  if (committed.status === 'rejected') throw committed.reason;
  answered(last.value.rows);
  return committed.value;
}
