import type { ValidatedSubscriptionArgs } from 'graphql';
import type { Followers } from '../events/follow.ts';
import type { LoggedEvent } from '../events/log.ts';
import type { Signal } from '../events/signals.ts';
import { parseTopicKey } from '../events/topic.ts';
import type { Services, Viewer } from '../graphql/context.ts';
import { isPublic } from '../graphql/eventTypes.ts';
import type { StreamPlan, TopicAccess } from '../graphql/stream.ts';
import { AppError } from '../platform/errors.ts';
import { createArgumentPool } from './argumentPool.ts';
import { shapeOf } from './audience.ts';
import { catchUp } from './catchUp.ts';
import { applyLaterAccess, deliverPage, type MemberActions } from './delivery.ts';
import { censusOf, createMeasures } from './measures.ts';
import { LiveOperation, type Member } from './operation.ts';
import { createOwnItems } from './ownItems.ts';
import { createSignalDelivery } from './signals.ts';
import type { Sink } from './sink.ts';
import { findStart, forbidden, placeOfJoining } from './start.ts';
import { createTopicBudget } from './topicBudget.ts';
import type { TopicShare } from './topicShare.ts';
import { createTopicShares } from './topicShares.ts';

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
  const budget = createTopicBudget(services.config.wsMaxTopics, services.limits);
  const publicKinds = new Set([...registry.values()].filter(isPublic).map(({ kind }) => kind));

  const pooled = createArgumentPool();
  const items = createOwnItems(services, measures);
  const shares = createTopicShares({ services, followers, deliver });

  const actions: MemberActions = {
    lose,
    complete,
    catchUp: fallBehind,
    reconcile: (member) => reconcile(member.operation),
    outdated: (member) => fail(member.operation, outdated()),
  };

  /** Operations that have no place in every topic of theirs yet. */
  const beginning = new Set<LiveOperation>();

  async function deliver(share: TopicShare, page: readonly LoggedEvent[], rungAtMs: number | undefined): Promise<void> {
    try {
      await deliverPage(share, page, rungAtMs, { eventLog, registry, actions, measures });
    } catch (error) {
      // Rendering failed for want of the database: everyone catches up from the log, with retries.
      log.warn({ err: error, topic: share.topic }, 'live.delivery-failed');
      for (const member of share.members) if (member.state === 'live') fallBehind(member);
    }
  }

  function fallBehind(member: Member): void {
    const share = shares.of(member);
    if (!share) return;
    member.state = 'behind';
    void catchUp(member, share, { eventLog, registry, access, actions, measures, log });
  }

  function end(operation: LiveOperation): void {
    budget.release(operation);
    measures.ended(operation);
    operation.finish();
    for (const member of [...operation.members.values()]) shares.leave(member);
  }

  async function lose(member: Member): Promise<void> {
    const { operation, topic } = member;
    // The log of the topic and that of the person both tell of a loss: the first to be read counts.
    if (member.state === 'gone') return;
    shares.leave(member);
    if (operation.ended) return;
    if (!operation.plan.several) return fail(operation, forbidden(parseTopicKey(topic)));
    await items.write(operation, { kind: 'AccessLost', topic });
    // It may have been given back already, and their own topic have said so while this place was still held.
    if (operation.expands) reconcile(operation);
    else if (operation.members.size === 0) end(operation);
  }

  async function complete(member: Member): Promise<void> {
    const { operation } = member;
    shares.leave(member);
    if (operation.members.size === 0 || !operation.plan.several) end(operation);
  }

  function fail(operation: LiveOperation, error: AppError): void {
    if (operation.ended) return;
    items.error(operation, error);
    end(operation);
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
      const member = await shares.join(operation, epoch, entry, await placeOfJoining(entry, eventLog));
      if (member) gained.push(member);
    }
    if (gained.length === 0) return;
    await items.checkpoint(operation);
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
        shared: { args: pooled({ ...args, contextValue: undefined }), shape, viewer },
        publicKinds,
      });
      const epoch = operation.accessEpoch;
      beginning.add(operation);
      try {
        const start = await measures.start(plan, findStart(plan, viewer, { access, eventLog }));
        budget.reserve(operation, start.topics.length);
        await Promise.all(start.topics.map(({ entry, place }) => shares.join(operation, epoch, entry, place)));
        if (plan.several) {
          await items.checkpoint(operation);
          for (const topic of start.lost) await items.write(operation, { kind: 'AccessLost', topic });
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
      const members = [...shares.all()].flatMap((share) => [...share.members]);
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
      const all = [...shares.all()];
      return {
        topics: all.length,
        members: all.reduce((sum, share) => sum + share.members.size, 0),
        groups: all.reduce((sum, share) => sum + share.groupCount, 0),
      };
    },
    census: () => censusOf(shares.all()),
  };
}

/** During a rolling deploy; the client comes back, and finds a newer server sooner or later. */
function outdated(): AppError {
  const message = 'This server does not know an event of the stream yet. Resume from your cursor.';
  return new AppError('CONNECTION_ERROR', message, { retryAfterMs: 2_000 });
}
