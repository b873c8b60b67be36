import { AsyncLocalStorage } from 'node:async_hooks';
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';

/**
 * The connection on which a transaction of Prisma's runs, from BEGIN until COMMIT or ROLLBACK is sent. After that it
 * is gone: a statement that came later would run outside, on a connection that is somebody else's by then.
 */
export interface TransactionConnection {
  connection: pg.PoolClient | undefined;
  /** Told what the server says by the way (RAISE NOTICE), also during COMMIT. */
  onNotice?: ((message: string) => void) | undefined;
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

/** What we use of the adapter's transaction; `client` is not in its types. */
interface AdapterTransaction {
  readonly client: pg.PoolClient;
  executeRaw(query: { sql: string }): Promise<number>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

const ending = /^\s*(COMMIT|ROLLBACK)\s*;?\s*$/i;

function hold(held: TransactionConnection, transaction: AdapterTransaction): void {
  const { client } = transaction;
  const hear = ({ message }: { message?: string | undefined }) => held.onNotice?.(message ?? '');
  held.connection = client;
  client.on('notice', hear);
  const { executeRaw, commit, rollback } = transaction;
  // Before the statement is sent: whatever came first is in the transaction still, pg keeps the order.
  transaction.executeRaw = (query) => {
    if (ending.test(query.sql)) held.connection = undefined;
    return executeRaw.call(transaction, query);
  };
  const over = (end: () => Promise<void>) => () => {
    held.connection = undefined;
    client.off('notice', hear);
    return end.call(transaction);
  };
  transaction.commit = over(commit);
  transaction.rollback = over(rollback);
}
