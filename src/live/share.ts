import { type ExecutionResult, executeRootSelectionSet, type ValidatedSubscriptionArgs } from 'graphql';
import { encodeCursor } from '../events/cursor.ts';
import type { LoggedEvent } from '../events/log.ts';
import type { Signal } from '../events/signals.ts';
import { parseTopicKey, type TopicKey } from '../events/topic.ts';
import { type Audience, eventContext, type Services, type Viewer } from '../graphql/context.ts';
import { formatResult } from '../graphql/errors.ts';
import type { StreamItem } from '../graphql/stream.ts';
import { AppError } from '../platform/errors.ts';
import type { DocumentShape } from './audience.ts';

/** What an operation contributes to its group. */
export interface SharedOperation {
  readonly args: ValidatedSubscriptionArgs;
  readonly shape: DocumentShape;
  readonly viewer: Viewer;
}

/**
 * Members of one topic whom one execution serves: same selection, same variables below the root, same audience.
 * Each event is executed once and serialised once for all of them.
 */
export interface Group {
  readonly key: string;
  /** The result for an event as the bytes of a `payload`; shared for a moment with those who come just behind. */
  render(event: LoggedEvent): Promise<Buffer>;
  /** The result for a signal, which nobody comes behind for. */
  renderSignal(signal: Signal): Promise<Buffer>;
}

/** Replays of the same event share a rendering: a storm of resumes is not a storm of executions. */
const keptRenderings = 256;
const keptMs = 2_000;
/** A database that is away for a moment must not turn an event into an error: so often it is rendered again first. */
const renderingAttempts = 5;

/** The key of an operation's group in a topic. Never contains another's data: only what decides the bytes. */
export function groupKey(operation: SharedOperation, audience: Audience): string {
  const { shape, args, viewer } = operation;
  const { coerced } = args.variableValues;
  // Absent is not null: an argument's default stands only where its variable is absent.
  const variables = shape.variables.map((name) => (name in coerced ? [coerced[name]] : []));
  return JSON.stringify([
    shape.selection,
    variables,
    audience.workspaceId,
    audience.workspaceRole,
    audience.topicRole,
    isOwn(operation, audience) ? viewer.userId : null,
  ]);
}

/** Whether the group serves one person: then fields may ask who they are. */
function isOwn({ shape }: SharedOperation, audience: Audience): boolean {
  // Only the person themselves ever follows their own topic: their devices share one execution.
  return shape.perViewer || parseTopicKey(audience.topic).kind === 'user';
}

export function createGroup(services: Services, operation: SharedOperation, audience: Audience): Group {
  const viewer = isOwn(operation, audience) ? operation.viewer : undefined;
  const renderings = new Map<string, { payload: Promise<Buffer>; untilMs: number }>();
  const failures = new Map<string, number>();
  return {
    key: groupKey(operation, audience),
    render(event) {
      const nowMs = performance.now();
      const kept = renderings.get(event.id);
      if (kept && kept.untilMs > nowMs) return kept.payload;
      const failed = failures.get(event.id) ?? 0;
      const strict = failed < renderingAttempts;
      const payload = renderItem(services, operation, { audience, viewer, item: event, strict });
      renderings.delete(event.id);
      renderings.set(event.id, { payload, untilMs: nowMs + keptMs });
      payload.then(
        () => failures.delete(event.id),
        () => {
          renderings.delete(event.id);
          failures.set(event.id, failed + 1);
        },
      );
      for (const oldest of renderings.keys()) {
        if (renderings.size <= keptRenderings) break;
        renderings.delete(oldest);
      }
      return payload;
    },
    renderSignal: (signal) => renderItem(services, operation, { audience, viewer, item: signal }),
  };
}

/**
 * Executes an operation for one item and serialises the result, with its place in `extensions`. With `strict` it
 * rejects when a resolver failed unexpectedly, instead of answering with INTERNAL_ERROR.
 */
export async function renderItem(
  services: Services,
  { args }: SharedOperation,
  parts: { audience: Audience; viewer: Viewer | undefined; item: StreamItem; strict?: boolean },
): Promise<Buffer> {
  const { audience, viewer, item, strict } = parts;
  const event = 'seq' in item ? item : undefined;
  const correlationId = event?.correlationId ?? '';
  const result = await executeRootSelectionSet({
    ...args,
    rootValue: item,
    contextValue: eventContext(services, { audience, viewer, correlationId }),
  });
  const unexpected = strict && result.errors?.find(({ originalError }) => !(originalError instanceof AppError));
  if (unexpected) throw unexpected.originalError ?? unexpected;
  const formatted = formatShared(services, args, result, correlationId);
  return Buffer.from(JSON.stringify(event ? { ...formatted, extensions: place(event) } : formatted));
}

/** A result as every member sees it. Locations would be those of one member's document. */
export function formatShared(
  { clock, log }: Services,
  { document, operation }: ValidatedSubscriptionArgs,
  result: ExecutionResult,
  correlationId: string,
): ExecutionResult {
  const operationName = operation.name?.value;
  return formatResult(result, { correlationId, clock, log, document, operationName, locations: false });
}

function place({ topic, seq, id }: LoggedEvent): { cursor: string; topic: TopicKey } {
  return { cursor: encodeCursor({ topic, seq, eventId: id }), topic };
}
