/** Belfry for Apollo Client 4. */

export {
  BelfryProvider,
  type LiveEvent,
  type LiveOptions,
  type TopicName,
  useBelfry,
  useConnectionState,
} from '../hooks.ts';
export { belfryCache } from './cache.ts';
export { useAttention, useInbox, useNewComment, usePresence, useTaskUpdated, useViewing } from './hooks.ts';
export { belfryLink } from './link.ts';
