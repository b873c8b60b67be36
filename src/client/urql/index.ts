/** Belfry for urql 5 and @urql/core 6. */
export { belfryCache } from './cache.ts';
export { belfryExchange } from './exchange.ts';
