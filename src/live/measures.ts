import type { LoggedEvent } from '../events/log.ts';
import { parseTopicKey } from '../events/topic.ts';
import type { Services } from '../graphql/context.ts';
import type { StreamPlan } from '../graphql/stream.ts';
import { AppError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Span } from '../platform/tracing.ts';
import type { LiveOperation } from './operation.ts';
import type { TopicShare } from './topicShare.ts';

/** What the hub tells of its work: metrics, spans and debug lines. Nothing here waits or throws. */
export interface Measures {
  /** A page is about to be delivered; `rungAtMs` is when it was announced, if it was. */
  page(page: readonly LoggedEvent[], rungAtMs: number | undefined): PageMeasures;
  /** So many members lost access, through an event of then. */
  lost(at: Date, members: number): void;
  /** An event was written to one who catches up. */
  replayed(event: LoggedEvent): void;
  /** Something of one client was written: `Checkpoint`, `AccessLost` or `error`. */
  wroteItem(type: string): void;
  /** Passes on what a stream's start comes to, and counts the verdict on its cursors. */
  start<T>(plan: StreamPlan, start: Promise<T>): Promise<T>;
  began(operation: LiveOperation): void;
  /** Before the operation is finished; only the first call for an operation counts. */
  ended(operation: LiveOperation): void;
}

/** The delivery of one page. */
export interface PageMeasures {
  /** `counts[i]` members got `events[i]`; sets the counts to 0. */
  wrote(events: readonly LoggedEvent[], counts: Uint32Array): void;
  /** Everything is written. */
  done(): void;
}

export function createMeasures({ clock, metrics, tracing, instanceId }: Services, log: Log): Measures {
  const { emitted, fanoutLatency, accessLossLag, replayed, resumes } = metrics;
  const isDebugging = log.isLevelEnabled('debug');
  const beganAtMs = new WeakMap<LiveOperation, number>();

  /** Spans of the traced ones; without tracing nothing is looked at. */
  function deliverySpans(page: readonly LoggedEvent[]): Map<LoggedEvent, Span> | undefined {
    if (!tracing.enabled) return undefined;
    return new Map(
      page.flatMap((event) => {
        const { topic, seq, kind, trace } = event;
        const attributes = {
          'belfry.topic': topic,
          'belfry.seq': seq,
          'belfry.kind': kind,
          'belfry.instance': instanceId,
        };
        const span = trace ? tracing.start('event.deliver', { parent: trace, attributes }) : undefined;
        return span ? [[event, span]] : [];
      }),
    );
  }

  return {
    page(page, rungAtMs) {
      const spans = deliverySpans(page);
      const totals = spans || isDebugging ? new Map<LoggedEvent, number>() : undefined;
      return {
        wrote(events, counts) {
          const lagMs = rungAtMs === undefined ? undefined : Date.now() - rungAtMs;
          for (const [index, event] of events.entries()) {
            const count = counts[index] ?? 0;
            if (count === 0) continue;
            counts[index] = 0;
            emitted.of(event.kind).value += count;
            if (lagMs !== undefined) fanoutLatency.observe(lagMs, count);
            totals?.set(event, (totals.get(event) ?? 0) + count);
          }
        },
        done() {
          for (const [{ topic, seq, kind, id, correlationId }, deliveries] of totals ?? []) {
            log.debug({ topic, seq, kind, eventId: id, correlationId, deliveries }, 'message.sent');
          }
          for (const [event, span] of spans ?? []) {
            span.set({ 'belfry.deliveries': totals?.get(event) ?? 0 });
            span.end();
          }
        },
      };
    },
    lost: (at, members) => accessLossLag.observe(clock.now().getTime() - at.getTime(), members),
    replayed({ kind }) {
      replayed.value++;
      emitted.of(kind).value++;
    },
    wroteItem: (type) => void emitted.of(type).value++,
    async start(plan, start) {
      if (!plan.after) return start;
      try {
        const started = await start;
        resumes.of('resumed').value++;
        return started;
      } catch (error) {
        resumes.of(error instanceof AppError && error.code === 'CURSOR_EXPIRED' ? 'expired' : 'refused').value++;
        throw error;
      }
    },
    began(operation) {
      if (!isDebugging) return;
      beganAtMs.set(operation, performance.now());
      log.debug({ ...who(operation), topics: [...operation.members.keys()] }, 'sub.start');
    },
    ended(operation) {
      if (!isDebugging || operation.ended) return;
      const ms = Math.round(performance.now() - (beganAtMs.get(operation) ?? performance.now()));
      log.debug({ ...who(operation), ms }, 'sub.end');
    },
  };
}

function who({ viewer, correlationId, shared }: LiveOperation) {
  const { userId, session } = viewer;
  return { sessionId: session.id, userId, correlationId, operation: shared.args.operation.name?.value };
}

/** How many places streams have in topics, by kind of topic, and how many of them are behind. */
export function censusOf(shares: Iterable<TopicShare>): { members: Record<string, number>; behind: number } {
  const members: Record<string, number> = {};
  let behind = 0;
  for (const share of shares) {
    const { kind } = parseTopicKey(share.topic);
    members[kind] = (members[kind] ?? 0) + share.members.size;
    for (const { state } of share.members) if (state !== 'live') behind++;
  }
  return { members, behind };
}
