import { PothosValidationError } from '@pothos/core';
import { ForbiddenError } from '@pothos/plugin-scope-auth';
import { type DocumentNode, type ExecutionResult, GraphQLError, Kind, type OperationDefinitionNode } from 'graphql';
import { ZodError } from 'zod';
import type { Clock } from '../platform/clock.ts';
import { AppError, type AppErrorDetails, type ErrorCode, errorCatalogue } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';

/** What an error is reported with, beside what it says itself. */
export interface ErrorScene {
  readonly correlationId: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Where the cause of an INTERNAL_ERROR goes, once. */
  readonly log: Log;
  /** The operation that failed, for `originalEvent`; absent when there is no document to speak of. */
  readonly document?: DocumentNode | undefined;
  readonly operationName?: string | null | undefined;
  /** False leaves out `locations`, where the same frame goes to several documents. Absent: they are kept. */
  readonly locations?: boolean;
}

/** A request that is answered with an HTTP status of its own, whatever its code's status is. */
export class RequestRefused extends AppError {
  readonly httpStatus: number;
  /** Headers of the response, such as `Allow`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(httpStatus: number, code: ErrorCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(code, message);
    this.httpStatus = httpStatus;
    this.headers = headers;
  }
}

// An error may pass here twice, from the hub and from the transport: it is finished, and its cause logged, once.
const finished = new WeakSet<GraphQLError>();
const logged = new WeakSet<object>();

/**
 * The one mapping of whatever was thrown to what a caller may see: `extensions { code httpStatus timestamp
 * correlationId originalEvent? field? retryAfterMs? headCursor? headCursors? }`. What is not the caller's doing is
 * INTERNAL_ERROR with its sentence and nothing else, and its cause is logged.
 */
export function toGraphQLError(error: unknown, scene: ErrorScene): GraphQLError {
  if (error instanceof GraphQLError && finished.has(error)) return error;
  const cause = rootOf(error);
  const seen = describe(error, cause);
  const { nodes, source, positions, path } = error instanceof GraphQLError ? error : ({} as Partial<GraphQLError>);
  const originalEvent = originalEventOf(scene, path);
  if (seen.code === 'INTERNAL_ERROR') report(cause, { ...scene, originalEvent, path });
  const mapped = new GraphQLError(seen.message, {
    ...(scene.locations === false ? {} : { nodes, source, positions }),
    path,
    extensions: {
      code: seen.code,
      httpStatus: cause instanceof RequestRefused ? cause.httpStatus : errorCatalogue[seen.code].httpStatus,
      timestamp: scene.clock.now().toISOString(),
      ...(originalEvent === undefined ? {} : { originalEvent }),
      correlationId: scene.correlationId,
      ...seen.details,
    },
  });
  finished.add(mapped);
  return mapped;
}

/** Maps all errors of a result, for every transport alike; a result without errors comes back as it is. */
export function formatResult<Result extends Pick<ExecutionResult, 'errors'>>(
  result: Result,
  scene: ErrorScene,
): Result {
  if (!result.errors) return result;
  return { ...result, errors: result.errors.map((error) => toGraphQLError(error, scene)) };
}

interface Seen {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Omit<AppErrorDetails, 'cause'>;
}

const masked: Seen = { code: 'INTERNAL_ERROR', message: errorCatalogue.INTERNAL_ERROR.sentence };

function describe(error: unknown, cause: unknown): Seen {
  if (cause instanceof AppError) {
    if (cause.code === 'INTERNAL_ERROR') return masked;
    // A scalar's own error comes wrapped in "Variable … has invalid value", which says where.
    const message = error instanceof GraphQLError ? error.message : cause.message;
    return { code: cause.code, message, details: { ...fieldOf(message), ...cause.details } };
  }
  if (cause instanceof ForbiddenError) return { code: 'FORBIDDEN', message: 'You may not see this.' };
  if (cause instanceof PothosValidationError) return { code: 'VALIDATION_ERROR', message: cause.message };
  if (cause instanceof ZodError) return ofZod(cause);
  if (error instanceof GraphQLError && isCallersFault(error, cause)) {
    return { code: 'VALIDATION_ERROR', message: error.message, details: fieldOf(error.message) };
  }
  return masked;
}

// Of graphql 17: a field of the schema that does not return what it must.
const serverFault = /^(Subscription field must return|Schema is not configured|The subscription field )/;
const coercion = /^(Variable|Argument) "/;

/**
 * Whether graphql itself refused the request. Before execution (no path) everything it says is about the document or
 * the variables; during execution only what it says about arguments is, the rest is about what a resolver returned.
 */
function isCallersFault(error: GraphQLError, cause: unknown): boolean {
  if (coercion.test(error.message)) return true;
  return error.path === undefined && cause instanceof GraphQLError && !serverFault.test(error.message);
}

function ofZod(error: ZodError): Seen {
  const issue = error.issues[0];
  const field = issue?.path.map(String).join('.');
  const message = issue?.message ?? errorCatalogue.VALIDATION_ERROR.sentence;
  return { code: 'VALIDATION_ERROR', message, details: field ? { field } : {} };
}

/** `Variable "$input" has invalid value at .tags[0]: …` is about the field `input.tags.0`. */
function fieldOf(message: string): { field?: string } {
  const [, variable, below = ''] = /^Variable "\$(\w+)" has invalid value(?: at ([\w.[\]]+))?:/.exec(message) ?? [];
  return variable === undefined ? {} : { field: variable + below.replace(/\[(\d+)\]/g, '.$1') };
}

function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof GraphQLError && root.originalError) root = root.originalError;
  return root;
}

function report(
  cause: unknown,
  scene: ErrorScene & { originalEvent: string | undefined; path: GraphQLError['path'] | undefined },
): void {
  // One fault may fail every row of a list.
  if (typeof cause === 'object' && cause !== null) {
    if (logged.has(cause)) return;
    logged.add(cause);
  }
  const { correlationId, originalEvent, path } = scene;
  scene.log.error({ err: cause, correlationId, originalEvent, path }, 'an operation failed');
}

/**
 * What the caller was doing: the root field at fault, else the operation's first root field, else the operation's name.
 * Undefined when none is known.
 */
function originalEventOf(scene: ErrorScene, path: GraphQLError['path'] | undefined): string | undefined {
  const operation = operationOf(scene.document, scene.operationName);
  const rootFields = operation?.selectionSet.selections.filter((selection) => selection.kind === Kind.FIELD) ?? [];
  const atFault = rootFields.find(({ alias, name }) => (alias ?? name).value === path?.[0]) ?? rootFields[0];
  if (atFault) return atFault.name.value;
  const name = operation?.name?.value ?? scene.operationName;
  return name ? name.slice(0, 100) : undefined;
}

/** The operation a request asks for; undefined when there is none of that name, or several without a name given. */
export function operationOf(
  document: DocumentNode | undefined,
  operationName: string | null | undefined,
): OperationDefinitionNode | undefined {
  const operations = document?.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION) ?? [];
  if (operationName == null) return operations.length === 1 ? operations[0] : undefined;
  return operations.find(({ name }) => name?.value === operationName);
}
