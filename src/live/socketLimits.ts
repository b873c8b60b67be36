import { OperationTypeNode } from 'graphql';
import type { Services } from '../graphql/context.ts';
import { closeCodes } from '../platform/errors.ts';
import { type LimitState, LocalLimit, parseRate } from '../platform/limits.ts';
import type { Outbox } from './outbox.ts';

/** What one socket may do in a while. Refuses; closes only a client that goes on for long above a limit. */
export interface SocketLimits {
  /** From now on subscriptions of a client that comes back are free for a moment. */
  acknowledged(): void;
  /**
   * For before the document of an operation is looked at.
   * @throws AppError RATE_LIMITED where it is refused whatever it holds.
   */
  requireRoom(userId: string | undefined): void;
  /**
   * Takes one operation. `free`: a subscription of a client that comes back, which counts for nobody.
   * @throws AppError RATE_LIMITED
   */
  admit(kind: OperationTypeNode | undefined): 'free' | 'counted';
  /** Whether a message that is no operation is listened to. `complete` always is: it makes room. */
  hears(type: unknown): boolean;
  /** The server has sent a ping: its pong is expected. */
  pinged(): void;
  /** The cap of operations at once. */
  running(): LimitState;
  states(topics: number): LimitState[];
}

/** What a client subscribed to before its connection broke, it subscribes to again within this time. */
const comebackMs = 10_000;
/** Refused so many times the limit within its window: no mistake any more. */
const abuseFactor = 10;

/** The limits of a server's sockets, each of which has them to itself. */
export function createSocketLimits({
  config,
  clock,
  limits,
}: Services): (socket: { outbox: Outbox; running: { readonly size: number } }) => SocketLimits {
  const operationRate = parseRate(config.wsRateLimit);
  const messageRate = parseRate(config.wsMessageRateLimit);
  return (socket) => {
    const operations = new LocalLimit('operations.session', operationRate, clock);
    const messages = new LocalLimit('messages.session', messageRate, clock);
    let acknowledgedAtMs = Number.POSITIVE_INFINITY;
    let freeLeft = config.wsMaxSubscriptions;
    let pongsDue = 0;

    function closeAbuser(limit: LocalLimit): void {
      if (limit.refused >= limit.state().limit * abuseFactor)
        socket.outbox.close(closeCodes.evicted.code, 'Too many requests');
    }

    /** Within a moment of the acknowledgement, as many subscriptions as may run at once. */
    const mayComeBack = () => freeLeft > 0 && clock.now().getTime() - acknowledgedAtMs <= comebackMs;

    function isComeback(kind: OperationTypeNode | undefined): boolean {
      if (kind !== OperationTypeNode.SUBSCRIPTION || !mayComeBack()) return false;
      freeLeft--;
      return true;
    }

    function take(): void {
      if (operations.take()) return;
      closeAbuser(operations);
      throw limits.refusal(operations.state(), operations.waitMs());
    }

    const running = (): LimitState => {
      const limit = config.wsMaxSubscriptions;
      const remaining = Math.max(0, limit - socket.running.size);
      return { name: 'subscriptions.session', limit, remaining, resetAt: undefined };
    };

    return {
      acknowledged() {
        acknowledgedAtMs = clock.now().getTime();
      },
      requireRoom(userId) {
        if (limits.off || mayComeBack()) return;
        const isBlocked = userId !== undefined && limits.blockedMs('operations.person', userId) > 0;
        if (!isBlocked && operations.state().remaining > 0) return;
        take();
        if (isBlocked) limits.requireUnblocked('operations.person', userId);
      },
      admit(kind) {
        if (limits.off || isComeback(kind)) return 'free';
        take();
        return 'counted';
      },
      hears(type) {
        // A second connection_init closes the socket anyway.
        if (limits.off || type === 'connection_init') return true;
        if (type === 'pong' && pongsDue > 0) {
          pongsDue--;
          return true;
        }
        if (messages.take()) return true;
        closeAbuser(messages);
        return type === 'complete';
      },
      pinged() {
        pongsDue++;
      },
      running,
      states(topics) {
        const limit = config.wsMaxTopics;
        const followed = { name: 'topics.session', limit, remaining: Math.max(0, limit - topics), resetAt: undefined };
        return [...(limits.off ? [] : [operations.state(), messages.state()]), running(), followed];
      },
    };
  };
}
