/** What does not need React. */
export { belfryCache } from './cache.ts';
export { belfryExchange } from './exchange.ts';
