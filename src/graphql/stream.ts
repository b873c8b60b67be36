import type { Head } from '../events/cursor.ts';
import type { LoggedEvent } from '../events/log.ts';
import type { Signal } from '../events/signals.ts';
import type { TopicKey, TopicKindName } from '../events/topic.ts';
import type { Viewer } from './context.ts';
import type { TopicRole, WorkspaceRole } from './permissions.ts';

/** A topic as a caller names it: by id, or by the `externalId` it was given. */
export interface TopicAsked {
  readonly kind: TopicKindName;
  /** Absent only for `user`: the viewer, which stands for everything they belong to. */
  readonly id: string | undefined;
}

/** What a subscription field wants to hear; the hub (src/live/hub.ts) carries it out. */
export interface StreamPlan {
  readonly topics: readonly TopicAsked[];
  /** Kinds this field can deliver; null: every kind that is neither internal nor of another stream. */
  readonly kinds: ReadonlySet<string> | null;
  /** The caller's own filter (`types`); null: none. Not part of the group: a skip per member. */
  readonly only: ReadonlySet<string> | null;
  /** Cursors to resume from; null: start at the heads. */
  readonly after: readonly string[] | null;
  /** A stream over several topics opens with a Checkpoint and goes on when one of them is lost. */
  readonly several: boolean;
  /** The first change at once, those of so many milliseconds after it as one; null: each by itself. Of one topic only. */
  readonly coalesceMs: number | null;
  /** Delivers the signals of its topics and no events: the logs are followed for access only, and it has no cursors. */
  readonly signals: boolean;
}

/** What opens a stream over several topics, and is repeated when a topic is gained. */
export interface Checkpoint {
  readonly kind: 'Checkpoint';
  readonly cursors: readonly { readonly topic: TopicKey; readonly cursor: string }[];
}

/** What is delivered in place of events that may no longer be read. */
export interface AccessLost {
  readonly kind: 'AccessLost';
  readonly topic: TopicKey;
}

/** What the root field of a subscription is executed for. */
export type StreamItem = LoggedEvent | Checkpoint | AccessLost | Signal;

/** What a field's `subscribe` returns: an async iterable that carries its plan. */
export interface Stream extends AsyncIterable<never> {
  readonly plan: StreamPlan;
}

/**
 * Makes the stream of a plan. Nothing comes out of it by iterating: the hub takes the plan from the object that
 * `createSourceEventStream` hands back, after scope-auth has run, and writes the frames itself.
 */
export function stream(plan: Partial<StreamPlan> & Pick<StreamPlan, 'topics'>): Stream {
  return {
    plan: { kinds: null, only: null, after: null, several: false, coalesceMs: null, signals: false, ...plan },
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<never>(() => {}),
      return: async () => ({ done: true, value: undefined }),
    }),
  };
}

/** Whether `value` is what {@link stream} made. */
export function isStream(value: unknown): value is Stream {
  return typeof value === 'object' && value !== null && 'plan' in value && Symbol.asyncIterator in value;
}

/** Somebody's access to a topic and the topic's place, read in one statement. */
export interface TopicEntry {
  readonly topic: TopicKey;
  /** Null: no such topic, another workspace's, or no access. The same for all three. */
  readonly role: TopicRole | null;
  /** Their role in the workspace at that moment. */
  readonly workspaceRole: WorkspaceRole;
  readonly head: Head;
  /** Number of the topic's newest event that changed somebody's access; 0: none. Access was read at or after it. */
  readonly accessSeq: number;
  /** Number of the event by which they joined; 0 for a topic read without membership. */
  readonly joinedSeq: number;
}

/** Access as the hub asks for it; from membership/access.ts. */
export interface TopicAccess {
  /**
   * One entry for each topic asked, in order. `externalId`s are accepted; an entry of an unknown one carries the
   * nil UUID. Every role is null when the person is deactivated.
   */
  enter(viewer: Viewer, topics: readonly TopicAsked[]): Promise<TopicEntry[]>;
  /** The person's own topic and everything they are a member of; those without access are left out. */
  enterEverything(viewer: Viewer): Promise<TopicEntry[]>;
}
