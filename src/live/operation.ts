import { encodeCursor, type Head } from '../events/cursor.ts';
import type { LoggedEvent } from '../events/log.ts';
import type { Following } from '../events/reader.ts';
import type { TopicKey } from '../events/topic.ts';
import type { Audience, Viewer } from '../graphql/context.ts';
import { mayHear } from '../graphql/permissions.ts';
import type { StreamPlan, TopicEntry } from '../graphql/stream.ts';
import type { Parcel } from './frames.ts';
import type { Group, SharedOperation } from './share.ts';
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
  /** Rises when the person's role in the workspace changes: access that was read before is out of date. */
  accessEpoch = 0;
  readonly whenEnded: Promise<void>;
  /** Places that have not reached the readers since the stream began; undefined: not begun, or told already. */
  #awaited: Set<Member> | undefined;
  readonly #resolveEnded: () => void;
  /** What a plan without kinds of its own hears. */
  readonly #publicKinds: ReadonlySet<string>;

  constructor(parts: {
    plan: StreamPlan;
    sink: Sink;
    shared: SharedOperation;
    correlationId: string;
    publicKinds: ReadonlySet<string>;
  }) {
    this.plan = parts.plan;
    this.sink = parts.sink;
    this.shared = parts.shared;
    this.correlationId = parts.correlationId;
    this.expands = parts.plan.several && parts.plan.topics.some(({ kind, id }) => kind === 'user' && id === undefined);
    this.#publicKinds = parts.publicKinds;
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
    const { kinds, only, signals } = this.plan;
    if (signals) return false;
    return (kinds ?? this.#publicKinds).has(event.kind) && (only === null || only.has(event.kind));
  }

  /** The stream has begun: from here on it is waited for every place it has now to become live. */
  begin(): void {
    this.#awaited = new Set([...this.members.values()].filter(({ state }) => state !== 'live'));
    this.#tellIfLive();
  }

  /** A place is live, or gone. */
  settled(member: Member): void {
    if (this.#awaited?.delete(member)) this.#tellIfLive();
  }

  #tellIfLive(): void {
    if (this.ended || this.#awaited?.size !== 0) return;
    // The only topic is lost: the stream is about to end.
    if (this.members.size === 0 && !this.expands) return;
    this.#awaited = undefined;
    this.sink.live();
  }

  /** Marks the operation as over and resolves `whenEnded`; the hub has written the last message. */
  finish(): void {
    if (this.ended) return;
    this.ended = true;
    this.#resolveEnded();
  }
}

/** The place of an event, one object for all members that pass it in a row. */
function placeOf(event: LoggedEvent): Head {
  if (lastPassed?.event !== event) {
    lastPassed = { event, place: { topic: event.topic, seq: event.seq, eventId: event.id } };
  }
  return lastPassed.place;
}
let lastPassed: { event: LoggedEvent; place: Head } | undefined;

/** After this many events that a filter hides, the client is told where it stands. */
const hiddenBeforeCursor = 100;

/**
 * One operation's place in one topic.
 *
 * `joining`: the client has not been told of it yet, so nothing is written. `live`: at the reader's place; gets its pages. `behind`: catches up from the log, page by page, and becomes live
 * when it reaches the reader. `gone`: nothing is written any more. Only one of the two ever writes for a member:
 * delivery skips what is not live, and catching up makes it live in the same turn in which it compares the places.
 */
export class Member {
  readonly operation: LiveOperation;
  readonly topic: TopicKey;
  state: 'joining' | 'live' | 'behind' | 'gone' = 'joining';
  /** The last event that was written or skipped, for cursors; seq 0 before the first. */
  place: Head;
  /** Events up to here are reflected in `group`: their access changes are not applied again. */
  accessSeq: number;
  group: Group;
  /** With whom it shares an execution. */
  audience: Audience;
  catchingUp = false;
  /** Access as it was read when the stream began, until it has been gone by; then it is asked for with each page. */
  entered: TopicEntry | undefined;
  /** Access must be asked again before anything is written: the person's role in the workspace has changed. */
  mustAsk = false;
  #hidden = 0;

  constructor(operation: LiveOperation, entry: TopicEntry, parts: { place: Head; group: Group; audience: Audience }) {
    this.operation = operation;
    this.topic = entry.topic;
    this.entered = entry;
    this.place = parts.place;
    this.accessSeq = entry.accessSeq;
    this.group = parts.group;
    this.audience = parts.audience;
  }

  get seq(): number {
    return this.place.seq;
  }

  get cursor(): string {
    return encodeCursor(this.place);
  }

  /** Whether the event reaches this client, by the field's kinds, the caller's filter and the role. */
  wants(event: LoggedEvent): boolean {
    return this.operation.wants(event) && mayHear(this.audience.topicRole, event.kind);
  }

  /** Moves past events up to `event`, writing what of them is wanted; undefined: it is one, and is not. */
  pass(event: LoggedEvent, parcel: Parcel | undefined): void {
    this.place = placeOf(event);
    if (parcel) {
      this.#hidden = 0;
      this.operation.sink.next(parcel);
      return;
    }
    if (this.operation.plan.signals || ++this.#hidden < hiddenBeforeCursor) return;
    this.#hidden = 0;
    this.operation.sink.subscribed({ topic: this.topic, cursor: this.cursor });
  }

  /** Whether the reader has nothing that this member lacks. */
  hasReached(following: Following): boolean {
    return this.seq >= following.seq;
  }
}
