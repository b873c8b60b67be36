import { GraphQLError, type ValidatedSubscriptionArgs } from 'graphql';
import type { Head } from '../events/cursor.ts';
import type { Followers } from '../events/follow.ts';
import type { LoggedEvent } from '../events/log.ts';
import type { Signal } from '../events/signals.ts';
import { parseTopicKey, type TopicKey, topicKey } from '../events/topic.ts';
import type { Audience, Services, Viewer } from '../graphql/context.ts';
import { isPublic } from '../graphql/eventTypes.ts';
import type { StreamItem, StreamPlan, TopicAccess, TopicEntry } from '../graphql/stream.ts';
import { AppError } from '../platform/errors.ts';
import { shapeOf } from './audience.ts';
import { catchUp } from './catchUp.ts';
import { createCoalescer } from './coalesce.ts';
import { applyLaterAccess, deliverPage, type MemberActions } from './delivery.ts';
import { parcelOf } from './frames.ts';
import { censusOf, createMeasures } from './measures.ts';
import { LiveOperation, Member } from './operation.ts';
import { createRenderings } from './renderings.ts';
import { formatShared, renderItem } from './share.ts';
import { createSignalDelivery } from './signals.ts';
import type { Sink } from './sink.ts';
import { findStart, forbidden, placeOfJoining } from './start.ts';
import { createTopicBudget } from './topicBudget.ts';
import { TopicShare } from './topicShare.ts';

/** What a transport asks the hub to run. */
export interface Subscribe {
  readonly args: ValidatedSubscriptionArgs;
  readonly plan: StreamPlan;
  readonly viewer: Viewer;
  readonly sink: Sink;
  readonly correlationId: string;
}

/** Carries out the plans of subscriptions: follows topics, executes once per group, and writes to sinks. */
export interface Hub {
  /**
   * Starts a stream; nothing is written before this resolves, but for the opening Checkpoint.
   * Rejects with the errors of {@link findStart}.
   */
  subscribe(subscribe: Subscribe): Promise<LiveOperation>;
  /** Ends a stream at the client's wish. */
  stop(operation: LiveOperation): void;
  /** Ends a stream with an error as its last item: `FORBIDDEN`, or a failure. */
  fail(operation: LiveOperation, error: AppError): void;
  /** A person's role in the workspace has changed: their streams ask for access before they write again. */
  askAgain(userId: string): void;
  /** Hands a signal to the streams of its topic in this process; never throws, never waits. */
  signal(signal: Signal): void;
  /** Topics a session follows in all its streams, and how many of its places in them are behind. */
  topicsOf(sessionId: string): { topics: number; behind: number };
  /** For metrics and tests: how much is open in this process. */
  readonly sizes: { topics: number; members: number; groups: number };
  /** Places of streams in topics, by kind of topic, and how many of them are behind; walks through all of them. */
  census(): { members: Readonly<Record<string, number>>; behind: number };
}

export function createHub(parts: { services: Services; access: TopicAccess; followers: Followers }): Hub {
  const { services, access, followers } = parts;
  const { eventLog, events: registry } = services;
  const log = services.log.child({ ns: 'websocket:delivery' });
  const measures = createMeasures(services, log);
  const renderings = createRenderings();
  const budget = createTopicBudget(services.config.wsMaxTopics, services.limits);
  const shares = new Map<string, TopicShare>();
  const starting = new Map<string, Promise<TopicShare>>();
  const publicKinds = new Set([...registry.values()].filter(isPublic).map(({ kind }) => kind));

  const actions: MemberActions = {
    lose,
    complete,
    catchUp: fallBehind,
    reconcile: (member) => reconcile(member.operation),
    outdated: (member) => fail(member.operation, outdated()),
  };

  /** Operations that have no place in every topic of theirs yet. */
  const beginning = new Set<LiveOperation>();

  /** The share of a topic, following it from now on. */
  async function shareOf(topic: TopicKey, coalesceMs: number | null): Promise<TopicShare> {
    const key = shareKey(topic, coalesceMs);
    const existing = shares.get(key);
    if (existing) return existing;
    let promise = starting.get(key);
    if (!promise) {
      promise = startShare(topic, coalesceMs).finally(() => starting.delete(key));
      starting.set(key, promise);
    }
    return promise;
  }

  async function startShare(topic: TopicKey, coalesceMs: number | null): Promise<TopicShare> {
    const share = new TopicShare(topic, { services, renderings });
    const deliver = async (page: readonly LoggedEvent[], rungAtMs: number | undefined): Promise<void> => {
      try {
        await deliverPage(share, page, rungAtMs, { eventLog, registry, actions, measures });
      } catch (error) {
        // Rendering failed for want of the database: everyone catches up from the log, with retries.
        log.warn({ err: error, topic }, 'live.delivery-failed');
        for (const member of share.members) if (member.state === 'live') fallBehind(member);
      }
    };
    if (coalesceMs !== null) {
      share.coalescer = createCoalescer({ ms: coalesceMs, clock: services.clock, registry, deliver });
    }
    share.following = await followers.follow(topic, share.coalescer?.accept ?? deliver);
    shares.set(shareKey(topic, coalesceMs), share);
    return share;
  }

  /** `epoch` is the operation's from before access was read. */
  async function join(
    operation: LiveOperation,
    epoch: number,
    entry: TopicEntry,
    place: Head,
  ): Promise<Member | undefined> {
    const { coalesceMs } = operation.plan;
    const key = shareKey(entry.topic, coalesceMs);
    let share = await shareOf(entry.topic, coalesceMs);
    // Its last member may have left, and closed it, between the promise and this turn.
    while (shares.get(key) !== share) share = await shareOf(entry.topic, coalesceMs);
    if (operation.ended || operation.members.has(entry.topic)) {
      closeIfIdle(key, share);
      return undefined;
    }
    const audience = audienceOf(entry, operation.viewer);
    share.requireRoom(operation, audience);
    const member = new Member(operation, entry, { place, audience, group: share.takeGroup(operation, audience) });
    // The role changed between the reading of access and this turn, in which askAgain() would have found it.
    member.mustAsk = operation.accessEpoch !== epoch;
    share.members.add(member);
    operation.members.set(entry.topic, member);
    return member;
  }

  function leave(member: Member): void {
    if (member.state === 'gone') return;
    member.state = 'gone';
    member.operation.members.delete(member.topic);
    member.operation.settled(member);
    const key = shareKey(member.topic, member.operation.plan.coalesceMs);
    const share = shares.get(key);
    if (!share?.members.delete(member)) return;
    share.releaseGroup(member.group);
    closeIfIdle(key, share);
  }

  function closeIfIdle(key: string, share: TopicShare): void {
    if (share.members.size > 0) return;
    share.following[Symbol.dispose]();
    share.coalescer?.[Symbol.dispose]();
    shares.delete(key);
  }

  function fallBehind(member: Member): void {
    const share = shares.get(shareKey(member.topic, member.operation.plan.coalesceMs));
    if (!share || member.state === 'gone') return;
    member.state = 'behind';
    void catchUp(member, share, { eventLog, registry, access, actions, measures, log });
  }

  function end(operation: LiveOperation): void {
    budget.release(operation);
    measures.ended(operation);
    operation.finish();
    for (const member of [...operation.members.values()]) leave(member);
  }

  async function lose(member: Member): Promise<void> {
    const { operation, topic } = member;
    // The log of the topic and that of the person both tell of a loss: the first to be read counts.
    if (member.state === 'gone') return;
    leave(member);
    if (operation.ended) return;
    if (!operation.plan.several) return fail(operation, forbidden(parseTopicKey(topic)));
    await writeItem(operation, { kind: 'AccessLost', topic });
    // It may have been given back already, and their own topic have said so while this place was still held.
    if (operation.expands) reconcile(operation);
    else if (operation.members.size === 0) end(operation);
  }

  async function complete(member: Member): Promise<void> {
    const { operation } = member;
    leave(member);
    if (operation.members.size === 0 || !operation.plan.several) end(operation);
  }

  function fail(operation: LiveOperation, error: AppError): void {
    if (operation.ended) return;
    const errors = [new GraphQLError(error.message, { originalError: error })];
    const result = formatShared(services, operation.shared.args, { errors }, operation.correlationId);
    operation.sink.next(parcelOf([Buffer.from(JSON.stringify(result))]));
    measures.wroteItem('error');
    end(operation);
  }

  /** An item of one client: Checkpoint and AccessLost are never shared. */
  function render(operation: LiveOperation, item: StreamItem): Promise<Buffer> {
    const { viewer } = operation;
    const audience: Audience = {
      workspaceId: viewer.workspaceId,
      workspaceRole: viewer.workspaceRole,
      topic: topicKey('user', viewer.userId),
      topicRole: 'OWNER',
    };
    return renderItem(services, operation.shared, { audience, viewer, item });
  }

  async function writeItem(operation: LiveOperation, item: StreamItem): Promise<void> {
    const payload = await render(operation, item);
    if (operation.ended) return;
    operation.sink.next(parcelOf([payload]));
    measures.wroteItem(item.kind);
  }

  async function writeCheckpoint(operation: LiveOperation): Promise<void> {
    if (operation.plan.signals) return operation.sink.subscribed(undefined);
    const places = () => [...operation.members.values()].map(({ topic, cursor }) => ({ topic, cursor }));
    for (;;) {
      const cursors = places();
      const payload = await render(operation, { kind: 'Checkpoint', cursors });
      if (operation.ended) return;
      // An event may have been written meanwhile: its cursor must not be followed by an older one of its topic.
      if (JSON.stringify(places()) !== JSON.stringify(cursors)) continue;
      operation.sink.next(parcelOf([payload]));
      measures.wroteItem('Checkpoint');
      return;
    }
  }

  /** Brings an expanding stream's topics to what the person belongs to now; one at a time for each stream. */
  const reconciling = new WeakMap<LiveOperation, Promise<void>>();
  function reconcile(operation: LiveOperation): void {
    const before = reconciling.get(operation) ?? Promise.resolve();
    const run = before
      .then(() => reconcileNow(operation))
      .catch((error) => {
        log.warn({ err: error }, 'live.reconcile-failed');
        // Ends with a retryable error rather than going on without a topic.
        const told = error instanceof AppError ? error : new AppError('INTERNAL_ERROR', undefined, { cause: error });
        fail(operation, told);
      });
    reconciling.set(operation, run);
  }

  async function reconcileNow(operation: LiveOperation): Promise<void> {
    if (operation.ended) return;
    const { viewer, plan } = operation;
    const epoch = operation.accessEpoch;
    const entries = await access.enterEverything(viewer);
    const topics = new Set(entries.map((entry) => entry.topic));
    // By id or externalId; a published page may be read without belonging to it.
    const explicit = plan.topics.filter(({ kind, id }) => kind !== 'user' || id !== undefined);
    const named = explicit.length > 0 ? await access.enter(viewer, explicit) : [];
    const readable = new Set(named.flatMap(({ topic, role }) => (role === null ? [] : [topic])));
    for (const member of [...operation.members.values()]) {
      if (!topics.has(member.topic) && !readable.has(member.topic)) await lose(member);
    }
    const gained: Member[] = [];
    budget.reserve(operation, new Set([...operation.members.keys(), ...topics]).size);
    for (const entry of entries) {
      if (operation.members.has(entry.topic)) continue;
      const member = await join(operation, epoch, entry, await placeOfJoining(entry, eventLog));
      if (member) gained.push(member);
    }
    if (gained.length === 0) return;
    await writeCheckpoint(operation);
    for (const member of gained) fallBehind(member);
  }

  const signals = createSignalDelivery({
    services,
    share: (topic) => shares.get(topic),
    settleAccess: (share) => applyLaterAccess(share, share.following.seq, { eventLog, registry, actions, measures }),
  });

  return {
    async subscribe({ args, plan, viewer, sink, correlationId }) {
      const shape = shapeOf(args.schema, args.document, args.operation);
      const operation = new LiveOperation({
        plan,
        sink,
        correlationId,
        // Each event is executed in a context of its own.
        shared: { args: { ...args, contextValue: undefined }, shape, viewer },
        isPublic: (kind) => publicKinds.has(kind),
      });
      const epoch = operation.accessEpoch;
      beginning.add(operation);
      try {
        const start = await measures.start(plan, findStart(plan, viewer, { access, eventLog }));
        budget.reserve(operation, start.topics.length);
        await Promise.all(start.topics.map(({ entry, place }) => join(operation, epoch, entry, place)));
        if (plan.several) {
          await writeCheckpoint(operation);
          for (const topic of start.lost) await writeItem(operation, { kind: 'AccessLost', topic });
        } else {
          for (const { topic, cursor } of operation.members.values())
            sink.subscribed(plan.signals ? undefined : { topic, cursor });
        }
      } catch (error) {
        end(operation);
        throw error;
      } finally {
        beginning.delete(operation);
      }
      measures.began(operation);
      for (const member of operation.members.values()) fallBehind(member);
      // Every topic it asked for was lost while the client was away.
      if (operation.members.size === 0 && !operation.expands) end(operation);
      else operation.begin();
      return operation;
    },
    stop: end,
    fail,
    askAgain(userId) {
      const members = [...shares.values()].flatMap((share) => [...share.members]);
      const operations = new Set([...beginning, ...members.map(({ operation }) => operation)]);
      for (const operation of operations) {
        if (operation.viewer.userId !== userId) continue;
        operation.accessEpoch++;
        for (const member of operation.members.values()) {
          member.mustAsk = true;
          // Those who are joining ask when they begin.
          if (member.state !== 'joining') fallBehind(member);
        }
      }
    },
    signal: (signal) => signals.deliver(signal),
    topicsOf: (sessionId) => budget.of(sessionId),
    get sizes() {
      const all = [...shares.values()];
      return {
        topics: all.length,
        members: all.reduce((sum, share) => sum + share.members.size, 0),
        groups: all.reduce((sum, share) => sum + share.groupCount, 0),
      };
    },
    census: () => censusOf(shares.values()),
  };
}

/** Streams that coalesce a topic have a share of it of their own, whose pages are held back. */
function shareKey(topic: TopicKey, coalesceMs: number | null): string {
  return coalesceMs === null ? topic : `${topic} ${coalesceMs}`;
}

/** During a rolling deploy; the client comes back, and finds a newer server sooner or later. */
function outdated(): AppError {
  const message = 'This server does not know an event of the stream yet. Resume from your cursor.';
  return new AppError('CONNECTION_ERROR', message, { retryAfterMs: 2_000 });
}

function audienceOf(entry: TopicEntry, viewer: Viewer): Audience {
  if (entry.role === null) throw forbidden(parseTopicKey(entry.topic));
  const { topic, role, workspaceRole } = entry;
  return { workspaceId: viewer.workspaceId, workspaceRole, topic, topicRole: role };
}
