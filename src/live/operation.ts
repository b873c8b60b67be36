import type { LoggedEvent } from '../events/log.ts';
import type { TopicKey } from '../events/topic.ts';
import type { StreamPlan } from '../graphql/stream.ts';
import type { Viewer } from '../graphql/context.ts';
import type { SharedOperation } from './share.ts';
import type { Member } from './member.ts';
import type { Sink } from './sink.ts';

/** A running subscription of one client: its plan, its places in topics, and how it ends. */
export class LiveOperation {
  readonly plan: StreamPlan;
  readonly sink: Sink;
  readonly shared: SharedOperation;
  readonly correlationId: string;
  readonly members = new Map<TopicKey, Member>();
  /** Whether topics the person joins later belong to it (`{ kind: USER }` without id). */
  readonly expands: boolean;
  ended = false;
  readonly whenEnded: Promise<void>;
  readonly #resolveEnded: () => void;
  readonly #isPublic: (kind: string) => boolean;

  constructor(parts: {
    plan: StreamPlan;
    sink: Sink;
    shared: SharedOperation;
    correlationId: string;
    isPublic: (kind: string) => boolean;
  }) {
    this.plan = parts.plan;
    this.sink = parts.sink;
    this.shared = parts.shared;
    this.correlationId = parts.correlationId;
    this.expands = parts.plan.several && parts.plan.topics.some(({ kind, id }) => kind === 'user' && id === undefined);
    this.#isPublic = parts.isPublic;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.whenEnded = promise;
    this.#resolveEnded = resolve;
  }

  get viewer(): Viewer {
    return this.shared.viewer;
  }

  wants(event: LoggedEvent): boolean {
    // A copy only tells open streams of a topic gained or lost; the fact itself comes from its home.
    if (event.home !== null) return false;
    const { kinds, only } = this.plan;
    return (kinds ? kinds.has(event.kind) : this.#isPublic(event.kind)) && (only === null || only.has(event.kind));
  }

  /** Marks the operation as over and resolves `whenEnded`; the hub has written the last message. */
  finish(): void {
    if (this.ended) return;
    this.ended = true;
    this.#resolveEnded();
  }
}
