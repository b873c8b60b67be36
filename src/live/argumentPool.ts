import type { OperationDefinitionNode, ValidatedSubscriptionArgs } from 'graphql';

/**
 * One object of arguments for all streams of the same document and variables, as long as any of them runs: thousands who
 * follow one topic would keep 1 KB each (bench memory, 2026-11-27). The documents themselves are of the document cache.
 */
export function createArgumentPool(): (args: ValidatedSubscriptionArgs) => ValidatedSubscriptionArgs {
  type Pooled = Map<string, WeakRef<ValidatedSubscriptionArgs>>;
  const pools = new WeakMap<OperationDefinitionNode, Pooled>();
  const forgotten = new FinalizationRegistry<{ pool: Pooled; key: string }>(({ pool, key }) => {
    if (pool.get(key)?.deref() === undefined) pool.delete(key);
  });

  return (args) => {
    // What belongs to one request belongs to nobody else.
    if (args.contextValue !== undefined || args.externalAbortSignal || args.hooks) return args;
    const pool: Pooled = pools.get(args.operation) ?? new Map();
    pools.set(args.operation, pool);
    // Coerced values follow from the raw ones, which came as JSON.
    const key = JSON.stringify(args.rawVariableValues ?? {});
    const known = pool.get(key)?.deref();
    if (known) return known;
    pool.set(key, new WeakRef(args));
    forgotten.register(args, { pool, key });
    return args;
  };
}
