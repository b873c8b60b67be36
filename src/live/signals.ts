import { setImmediate as nextTurn } from 'node:timers/promises';
import { mostNamed, type Signal, type SignalKind } from '../events/signals.ts';
import type { TopicKey } from '../events/topic.ts';
import type { Services } from '../graphql/context.ts';
import type { Tallies } from '../platform/metrics.ts';
import type { Parcel } from './frames.ts';
import type { LiveOperation, Member } from './operation.ts';
import type { Group } from './share.ts';
import type { TopicShare } from './topicShare.ts';

/** So often a count is told at most. */
const countEveryMs = 2_000;
/** So many states of people in a topic are remembered before the expired ones are looked for. */
const versionsBeforePruning = 1_000;
const writesPerTurn = 1_000;

/** Hands signals to the members of a topic. */
export interface SignalDelivery {
  deliver(signal: Signal): void;
}

/** What is known of one topic's signals in this process; gone with its share. */
interface TopicSignals {
  /** The newest version of each state, so that a late or doubled signal does not undo a newer one. */
  readonly versions: Map<string, { version: number; expiresAtMs: number }>;
  /** Waiting to be written: of one state only the newest, so that it cannot grow beyond the people there are. */
  readonly waiting: Map<string, Signal>;
  readonly counts: Map<SignalKind, { toldAtMs: number; next: Signal | undefined }>;
  pumping: boolean;
}

/**
 * Renders each signal once for every group, and writes it to those who are ready; for the others it is dropped and
 * counted, because the next one will tell them better. Access changes are applied between rendering and writing,
 * as for events: nobody gets a signal of after their removal.
 */
export function createSignalDelivery(parts: {
  services: Services;
  share: (topic: TopicKey) => TopicShare | undefined;
  /** Applies the access changes committed so far to the members. Rejects when they cannot be read. */
  settleAccess: (share: TopicShare) => Promise<void>;
}): SignalDelivery {
  const { services, share: shareOf, settleAccess } = parts;
  const { clock, log, metrics } = services;
  const dropped = metrics.dropped.of('signal');
  const topics = new WeakMap<TopicShare, TopicSignals>();

  function accept(share: TopicShare, signal: Signal): void {
    const topic = topics.get(share) ?? { versions: new Map(), waiting: new Map(), counts: new Map(), pumping: false };
    topics.set(share, topic);
    const nowMs = clock.now().getTime();
    const key = `${signal.kind} ${signal.userId}`;
    const known = topic.versions.get(key);
    if (signal.expiresAtMs <= nowMs || (known && known.version >= signal.version)) return;
    topic.versions.set(key, signal);
    prune(topic, nowMs);
    if (signal.count === null) {
      enqueue(share, topic, key, signal);
      return;
    }
    // Counts of several people come from several servers: an older one must not be told after a newer one.
    const countKey = `${signal.kind} count`;
    const counted = topic.versions.get(countKey);
    const isStale = counted !== undefined && counted.version > signal.version;
    if (!isStale) topic.versions.set(countKey, signal);
    if (signal.userId !== null && signal.count <= mostNamed) {
      if (!isStale) forgetWaiting(topic, signal.kind);
      enqueue(share, topic, key, isStale ? { ...signal, count: null } : signal);
    } else if (!isStale) count(share, topic, signal);
  }

  function forgetWaiting(topic: TopicSignals, kind: SignalKind): void {
    const told = topic.counts.get(kind);
    if (told) told.next = undefined;
    topic.waiting.delete(`${kind} count`);
  }

  /** The first count is told at once, later ones together every two seconds. */
  function count(share: TopicShare, topic: TopicSignals, { kind, ...signal }: Signal): void {
    const counted: Signal = { ...signal, kind, userId: null };
    const told = topic.counts.get(kind);
    if (told?.next) {
      told.next = counted;
      return;
    }
    const nowMs = performance.now();
    const waitMs = told ? told.toldAtMs + countEveryMs - nowMs : 0;
    const state: { toldAtMs: number; next: Signal | undefined } = { toldAtMs: nowMs, next: undefined };
    topic.counts.set(kind, state);
    if (waitMs <= 0) {
      enqueue(share, topic, `${kind} count`, counted);
      return;
    }
    state.next = counted;
    setTimeout(() => {
      state.toldAtMs = performance.now();
      if (state.next && shareOf(share.topic) === share) enqueue(share, topic, `${kind} count`, state.next);
      state.next = undefined;
    }, waitMs).unref();
  }

  function enqueue(share: TopicShare, topic: TopicSignals, key: string, signal: Signal): void {
    // At the end, also when it replaces an older one: in the order in which they came.
    topic.waiting.delete(key);
    topic.waiting.set(key, signal);
    if (topic.pumping) return;
    topic.pumping = true;
    void pump(share, topic);
  }

  async function pump(share: TopicShare, topic: TopicSignals): Promise<void> {
    while (topic.waiting.size > 0) {
      const batch = [...topic.waiting.values()];
      topic.waiting.clear();
      try {
        const rendered = await renderAll(share, batch);
        // A removal may have been committed while rendering, and be known here only through the log.
        await settleAccess(share);
        await write(share, batch, rendered, { drop, emitted: metrics.emitted });
      } catch (error) {
        log.debug({ err: error, topic: share.topic }, 'signals.dropped');
        for (const { operation } of listening(share)) drop(operation, batch.length);
      }
    }
    // In the turn that found nothing waiting, or what comes in between would wait for the next signal.
    topic.pumping = false;
  }

  function drop(operation: LiveOperation, count = 1): void {
    operation.sink.dropped(count);
    dropped.value += count;
  }

  return {
    deliver(signal) {
      const share = shareOf(signal.topic);
      if (share && hasListener(share)) accept(share, signal);
    },
  };
}

type Rendered = Map<Group, readonly Parcel[]>;

async function renderAll(share: TopicShare, batch: readonly Signal[]): Promise<Rendered> {
  const groups = new Set(listening(share).map(({ group }) => group));
  const rendered = await Promise.all(
    [...groups].map(
      async (group) => [group, await Promise.all(batch.map((signal) => group.renderSignal(signal)))] as const,
    ),
  );
  return new Map(rendered);
}

async function write(
  share: TopicShare,
  batch: readonly Signal[],
  rendered: Rendered,
  { drop, emitted }: { drop: (operation: LiveOperation) => void; emitted: Tallies },
): Promise<void> {
  const counts = batch.map(({ kind }) => emitted.of(kind));
  let writes = 0;
  for (const member of listening(share)) {
    const payloads = rendered.get(member.group);
    const { operation } = member;
    for (const [index, { userId }] of batch.entries()) {
      // Everyone but the sender, and a skip rather than a group of their own.
      if (userId === operation.viewer.userId) continue;
      // The operation may have ended in an earlier turn of this loop.
      const payload = operation.ended || member.state === 'gone' ? undefined : payloads?.[index];
      const count = counts[index];
      if (payload && count && operation.sink.ready) {
        operation.sink.next(payload);
        count.value++;
      } else if (!operation.ended) drop(operation);
      if (++writes % writesPerTurn === 0) await nextTurn();
    }
  }
}

function hasListener(share: TopicShare): boolean {
  for (const { operation } of share.members) if (operation.plan.signals) return true;
  return false;
}

/** Members that hear signals now: one that asks for access anew hears none until it has the answer. */
function listening(share: TopicShare): Member[] {
  return [...share.members].filter(({ operation, state }) => operation.plan.signals && state === 'live');
}

function prune({ versions }: TopicSignals, nowMs: number): void {
  if (versions.size < versionsBeforePruning) return;
  for (const [key, { expiresAtMs }] of versions) if (expiresAtMs <= nowMs) versions.delete(key);
}
