/** Belfry for Apollo Client 4, with hooks for React. */
export {
  BelfryProvider,
  type LiveEvent,
  type LiveOptions,
  type TopicName,
  useBelfry,
  useConnectionState,
} from '../hooks.ts';
export { belfryCache, belfryLink } from './core.ts';
export { useAttention, useInbox, useNewComment, usePresence, useTaskUpdated, useViewing } from './hooks.ts';
