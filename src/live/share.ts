import { type ExecutionResult, executeRootSelectionSet, type ValidatedSubscriptionArgs } from 'graphql';
import { encodeCursor } from '../events/cursor.ts';
import type { LoggedEvent } from '../events/log.ts';
import type { Signal } from '../events/signals.ts';
import { parseTopicKey } from '../events/topic.ts';
import { type Audience, eventContext, type Services, type Viewer } from '../graphql/context.ts';
import { formatResult } from '../graphql/errors.ts';
import { type NamedRows, namedRows, sharedRows } from '../graphql/namedRows.ts';
import type { StreamItem } from '../graphql/stream.ts';
import type { DocumentShape } from './audience.ts';
import type { ToldEvent } from './fold.ts';
import { type Parcel, parcelOf } from './frames.ts';
import type { Renderings } from './renderings.ts';

/** What an operation contributes to its group. */
export interface SharedOperation {
  readonly args: ValidatedSubscriptionArgs;
  readonly shape: DocumentShape;
  readonly viewer: Viewer;
}

/** Runs something now, or when its turn has come. */
export type InTurn = <T>(run: () => Promise<T>) => Promise<T>;
const atOnce: InTurn = (run) => run();

/**
 * Members of one topic whom one execution serves: same selection, same variables below the root, same audience.
 * Each event is executed once and serialised once for all of them.
 */
export interface Group {
  readonly key: string;
  /**
   * The result for an event as the bytes of a `payload`; the same object for all, and for a moment for those who
   * come just behind. `inTurn` lets it wait.
   */
  render(event: ToldEvent, inTurn?: InTurn): Promise<Parcel>;
  /** The result for a signal, which nobody comes behind for. */
  renderSignal(signal: Signal): Promise<Parcel>;
}

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

export function createGroup(
  parts: { services: Services; renderings: Renderings },
  operation: SharedOperation,
  audience: Audience,
): Group {
  const { services, renderings } = parts;
  const viewer = isOwn(operation, audience) ? operation.viewer : undefined;
  const failures = new Map<string, number>();
  const group: Group = {
    key: groupKey(operation, audience),
    render: (event, inTurn = atOnce) =>
      renderings.get(group, `${event.id} ${event.coversFrom ?? ''}`, () =>
        inTurn(async () => {
          const failed = failures.get(event.id) ?? 0;
          try {
            const strict = failed < renderingAttempts;
            const payload = await renderItem(services, operation, { audience, viewer, item: event, strict });
            failures.delete(event.id);
            return parcelOf([payload]);
          } catch (error) {
            failures.set(event.id, failed + 1);
            throw error;
          }
        }),
      ),
    renderSignal: async (signal) =>
      parcelOf([await renderItem(services, operation, { audience, viewer, item: signal })]),
  };
  return group;
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
    contextValue: eventContext(services, { audience, viewer, correlationId, rows: rowsFor(services, event) }),
  });
  const formatted = formatShared(services, args, result, correlationId);
  // What the client's document brought upon itself is its result; a failure of ours is worth another try.
  if (strict && formatted.errors?.some(({ extensions }) => extensions.code === 'INTERNAL_ERROR')) {
    throw new Error('an event could not be rendered', { cause: result.errors?.[0]?.originalError });
  }
  const extensions = event ? place(event) : placesOf(item);
  return Buffer.from(JSON.stringify(extensions ? { ...formatted, extensions } : formatted));
}

/** Cursors that a client needs whatever its document selects. */
function placesOf(item: StreamItem): Record<string, unknown> | undefined {
  if ('cursors' in item) return { cursors: item.cursors };
  return item.kind === 'AccessLost' ? { lost: item.topic } : undefined;
}

/** As long as the page is in somebody's hands: at most as long as renderings are kept. */
const rowsOfEvents = new WeakMap<LoggedEvent, NamedRows>();

function rowsFor({ database }: Services, event: LoggedEvent | undefined): NamedRows {
  let rows = event && rowsOfEvents.get(event);
  if (rows) return rows;
  rows = sharedRows(namedRows(database.db));
  if (event) rowsOfEvents.set(event, rows);
  return rows;
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

function place({ topic, seq, id, correlationId, trace }: LoggedEvent) {
  const cursor = encodeCursor({ topic, seq, eventId: id });
  return { cursor, topic, ...(correlationId && { correlationId }), ...(trace && { traceparent: trace }) };
}
