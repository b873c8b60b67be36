import { OperationTypeNode } from 'graphql';
import type { Services } from '../graphql/context.ts';
import { closeCodes } from '../platform/errors.ts';
import { type LimitState, LocalLimit, parseRate, type Rate } from '../platform/limits.ts';
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
export function createSocketLimits({ config, clock, limits }: Services): (socket: LimitedSocket) => SocketLimits {
  const shared = {
    clock,
    limits,
    operationRate: parseRate(config.wsRateLimit),
    messageRate: parseRate(config.wsMessageRateLimit),
    maxSubscriptions: config.wsMaxSubscriptions,
    maxTopics: config.wsMaxTopics,
  };
  return (socket) => new OwnLimits(socket, shared);
}

interface LimitedSocket {
  readonly outbox: Outbox;
  readonly running: { readonly size: number };
}

interface Shared extends Pick<Services, 'clock' | 'limits'> {
  readonly operationRate: Rate;
  readonly messageRate: Rate;
  readonly maxSubscriptions: number;
  readonly maxTopics: number;
}

/** A class: as closures it was 1 KB for each socket. */
class OwnLimits implements SocketLimits {
  readonly #socket: LimitedSocket;
  readonly #shared: Shared;
  readonly #operations: LocalLimit;
  readonly #messages: LocalLimit;
  #acknowledgedAtMs = Number.POSITIVE_INFINITY;
  #freeLeft: number;
  #pongsDue = 0;

  constructor(socket: LimitedSocket, shared: Shared) {
    this.#socket = socket;
    this.#shared = shared;
    this.#operations = new LocalLimit('operations.session', shared.operationRate, shared.clock);
    this.#messages = new LocalLimit('messages.session', shared.messageRate, shared.clock);
    this.#freeLeft = shared.maxSubscriptions;
  }

  acknowledged(): void {
    this.#acknowledgedAtMs = this.#shared.clock.now().getTime();
  }

  requireRoom(userId: string | undefined): void {
    const { limits } = this.#shared;
    if (limits.off || this.#mayComeBack()) return;
    const isBlocked = userId !== undefined && limits.blockedMs('operations.person', userId) > 0;
    if (!isBlocked && this.#operations.state().remaining > 0) return;
    this.#take();
    if (isBlocked) limits.requireUnblocked('operations.person', userId);
  }

  admit(kind: OperationTypeNode | undefined): 'free' | 'counted' {
    if (this.#shared.limits.off || this.#isComeback(kind)) return 'free';
    this.#take();
    return 'counted';
  }

  hears(type: unknown): boolean {
    // A second connection_init closes the socket anyway.
    if (this.#shared.limits.off || type === 'connection_init') return true;
    if (type === 'pong' && this.#pongsDue > 0) {
      this.#pongsDue--;
      return true;
    }
    if (this.#messages.take()) return true;
    this.#closeAbuser(this.#messages);
    return type === 'complete';
  }

  pinged(): void {
    this.#pongsDue++;
  }

  running(): LimitState {
    const limit = this.#shared.maxSubscriptions;
    const remaining = Math.max(0, limit - this.#socket.running.size);
    return { name: 'subscriptions.session', limit, remaining, resetAt: undefined };
  }

  states(topics: number): LimitState[] {
    const limit = this.#shared.maxTopics;
    const followed = { name: 'topics.session', limit, remaining: Math.max(0, limit - topics), resetAt: undefined };
    const rates = this.#shared.limits.off ? [] : [this.#operations.state(), this.#messages.state()];
    return [...rates, this.running(), followed];
  }

  #closeAbuser(limit: LocalLimit): void {
    if (limit.refused >= limit.state().limit * abuseFactor)
      this.#socket.outbox.close(closeCodes.evicted.code, 'Too many requests');
  }

  /** Within a moment of the acknowledgement, as many subscriptions as may run at once. */
  #mayComeBack(): boolean {
    return this.#freeLeft > 0 && this.#shared.clock.now().getTime() - this.#acknowledgedAtMs <= comebackMs;
  }

  #isComeback(kind: OperationTypeNode | undefined): boolean {
    if (kind !== OperationTypeNode.SUBSCRIPTION || !this.#mayComeBack()) return false;
    this.#freeLeft--;
    return true;
  }

  #take(): void {
    if (this.#operations.take()) return;
    this.#closeAbuser(this.#operations);
    throw this.#shared.limits.refusal(this.#operations.state(), this.#operations.waitMs());
  }
}
