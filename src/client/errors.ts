import type { ErrorCode } from './generated/errors.ts';

/** An error of the server's answer, as it came: one entry of `errors`. */
export interface GraphQLErrorLike {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** What an error may carry beside its code and sentence. */
interface Details {
  /** The argument or input field at fault, as a path with dots. */
  readonly field?: string | undefined;
  /** How long to wait before the same request may succeed. */
  readonly retryAfterMs?: number | undefined;
  /** What to tell whoever runs the server. */
  readonly correlationId?: string | undefined;
  /** With `CURSOR_EXPIRED`: from where to go on; over several topics a list with a cursor for each. */
  readonly head?: string | readonly string[] | undefined;
  /** The code of RFC 6455 the connection was closed with; absent: it was not about the connection. */
  readonly closeCode?: number | undefined;
}

/**
 * Everything this package throws, and hands to `error` of an observer. `code` is one of the catalogue's; what cannot be
 * reached is `CONNECTION_ERROR`.
 */
export class BelfryError extends Error {
  override readonly name = 'BelfryError';
  readonly code: ErrorCode;
  /** All errors of the answer; empty when none came. */
  readonly errors: readonly GraphQLErrorLike[];
  readonly details: Details;

  constructor(
    code: ErrorCode,
    message: string,
    parts: { errors?: readonly GraphQLErrorLike[]; details?: Details; cause?: unknown } = {},
  ) {
    super(message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.code = code;
    this.errors = parts.errors ?? [];
    this.details = parts.details ?? {};
  }

  /** Also where two copies of this package are loaded. */
  static is(error: unknown): error is BelfryError {
    return error instanceof Error && error.name === 'BelfryError';
  }
}

/** The first error of an answer, with all of them beside it. One without a code is `INTERNAL_ERROR`. */
export function errorOf(errors: readonly GraphQLErrorLike[]): BelfryError {
  const [first] = errors;
  const { code, field, retryAfterMs, correlationId, headCursor, headCursors } = (first?.extensions ?? {}) as Details & {
    code?: ErrorCode;
    headCursor?: string;
    headCursors?: readonly string[];
  };
  return new BelfryError(code ?? 'INTERNAL_ERROR', first?.message ?? 'The server gave no reason.', {
    errors,
    details: { field, retryAfterMs, correlationId, head: headCursors ?? headCursor },
  });
}

/** Waiting and asking again may help, without the person doing anything. A limit that names no time is not one of time. */
export function isPassing({ code, details }: BelfryError): boolean {
  if (code === 'RATE_LIMITED') return details.retryAfterMs !== undefined;
  return code === 'INTERNAL_ERROR' || code === 'CONNECTION_ERROR';
}
