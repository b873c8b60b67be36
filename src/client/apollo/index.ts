/** Belfry for Apollo Client 4. */
export { belfryLink } from './link.ts';
