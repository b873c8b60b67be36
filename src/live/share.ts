import {
  type ExecutionResult,
  executeRootSelectionSet,
  type OperationDefinitionNode,
  type ValidatedSubscriptionArgs,
} from 'graphql';
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
import { type Projection, projectionOf } from './projection.ts';
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
  /** How it can be rendered together with others; undefined: only by itself. */
  readonly merging: Merging | undefined;
}

/** What a group contributes to an execution for several groups. */
export interface Merging {
  /** The same for groups of one topic that may be executed together: same root field, same audience. */
  readonly key: string;
  readonly projection: Projection;
  readonly args: ValidatedSubscriptionArgs;
  readonly audience: Audience;
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
    merging: viewer ? undefined : mergingOf(operation.args, audience),
  };
  return group;
}

const projections = new WeakMap<OperationDefinitionNode, { readonly projection: Projection | undefined }>();

function mergingOf(args: ValidatedSubscriptionArgs, audience: Audience): Merging | undefined {
  const known = projections.get(args.operation) ?? { projection: projectionOf(args) };
  projections.set(args.operation, known);
  const { projection } = known;
  if (!projection) return undefined;
  const { workspaceId, workspaceRole, topic, topicRole } = audience;
  const key = JSON.stringify([projection.field, workspaceId, workspaceRole, topic, topicRole]);
  return { key, projection, args, audience };
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
  const { item, strict } = parts;
  const result = await executeFor(services, args, parts);
  const formatted = formatShared(services, args, result, correlationIdOf(item));
  // What the client's document brought upon itself is its result; a failure of ours is worth another try.
  if (strict && formatted.errors?.some(({ extensions }) => extensions.code === 'INTERNAL_ERROR')) {
    throw new Error('an event could not be rendered', { cause: result.errors?.[0]?.originalError });
  }
  return payloadOf(formatted, placeText(item));
}

/** The result of an operation for one item, in a context of its own; errors are as they were thrown. */
export async function executeFor(
  services: Services,
  args: ValidatedSubscriptionArgs,
  { audience, viewer, item }: { audience: Audience; viewer: Viewer | undefined; item: StreamItem },
): Promise<ExecutionResult> {
  const rows = rowsFor(services, 'seq' in item ? item : undefined);
  const contextValue = eventContext(services, { audience, viewer, correlationId: correlationIdOf(item), rows });
  return executeRootSelectionSet({ ...args, rootValue: item, contextValue });
}

const correlationIdOf = (item: StreamItem): string => ('seq' in item ? (item.correlationId ?? '') : '');

/** The bytes of a `payload`: a result, and the JSON of its `extensions`, which are the same for all who get the item. */
export function payloadOf(result: ExecutionResult, extensions: string | undefined): Buffer {
  const text = JSON.stringify(result);
  return Buffer.from(extensions ? `${text.slice(0, -1)},"extensions":${extensions}}` : text);
}

/** Where an item stands, as JSON; undefined: nowhere. */
export function placeText(item: StreamItem): string | undefined {
  return JSON.stringify('seq' in item ? place(item) : placesOf(item));
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
