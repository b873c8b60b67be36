/** What does not need React. */
export { belfryCache } from './cache.ts';
export { belfryLink } from './link.ts';
