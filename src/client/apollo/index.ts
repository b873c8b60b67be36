/** Belfry for Apollo Client 4. */
export { belfryCache } from './cache.ts';
export { belfryLink } from './link.ts';
