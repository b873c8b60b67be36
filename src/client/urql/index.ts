/** Belfry for urql 5 and @urql/core 6, with hooks for React. */
export {
  BelfryProvider,
  type LiveEvent,
  type LiveOptions,
  type TopicName,
  useBelfry,
  useConnectionState,
} from '../hooks.ts';
export { belfryCache, belfryExchange } from './core.ts';
export { useAttention, useInbox, useNewComment, usePresence, useTaskUpdated, useViewing } from './hooks.ts';
