/** Belfry for urql 5 and @urql/core 6. */

export {
  BelfryProvider,
  type LiveEvent,
  type LiveOptions,
  type TopicName,
  useBelfry,
  useConnectionState,
} from '../hooks.ts';
export { belfryCache } from './cache.ts';
export { belfryExchange } from './exchange.ts';
export { useAttention, useInbox, useNewComment, usePresence, useTaskUpdated, useViewing } from './hooks.ts';
