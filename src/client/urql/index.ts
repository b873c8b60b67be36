/** Belfry for urql 5 and @urql/core 6. */
export { belfryExchange } from './exchange.ts';
