/**
 * What can go wrong, in one place: codes of GraphQL errors, close codes of the socket, and what a client
 * should do about each. `docs/errors.md` is printed from here.
 */

/** One kind of error a caller may see. */
interface ErrorEntry {
  /** The sentence used where the thrower has none of its own. */
  readonly sentence: string;
  /** `extensions.httpStatus`. The HTTP response itself carries it only for tokens, limits and failed requests; field errors are answered 200. */
  readonly httpStatus: number;
  /** The close code a socket gets for it at connect; absent means the socket stays open. */
  readonly closeCode?: number;
  readonly clientShould: string;
}

/** The catalogue, by `extensions.code`. It only grows: codes are a contract. */
export const errorCatalogue = {
  UNAUTHORIZED: {
    sentence: 'Invalid authentication token',
    httpStatus: 401,
    closeCode: 4401,
    clientShould: 'Ask the person to sign in again; do not retry with the same token.',
  },
  FORBIDDEN: {
    sentence: 'No such topic, or no access to it.',
    httpStatus: 403,
    clientShould: 'Stop asking; a stream that ends with it is over, because access was lost.',
  },
  NOT_FOUND: {
    sentence: 'No such object, or no access to it.',
    httpStatus: 404,
    clientShould: 'Drop the object from what is shown.',
  },
  VALIDATION_ERROR: {
    sentence: 'The request is not valid.',
    httpStatus: 400,
    clientShould: 'Correct what `field` and the message name; the same request fails again.',
  },
  RATE_LIMITED: {
    sentence: 'Too many requests.',
    httpStatus: 429,
    clientShould: 'Wait `retryAfterMs`, then send the same request again.',
  },
  INTERNAL_ERROR: {
    sentence: 'Something went wrong on the server.',
    httpStatus: 500,
    clientShould: 'Retry with growing pauses and the same `idempotencyKey`; report the `correlationId` if it stays.',
  },
  CONNECTION_ERROR: {
    sentence: 'The connection to the server failed.',
    httpStatus: 500,
    clientShould: 'Connect again with growing pauses and resume from the last cursor.',
  },
  CONFLICT: {
    sentence: 'It was changed by someone else in the meantime.',
    httpStatus: 409,
    clientShould: 'Load the present state and let the person decide.',
  },
  CURSOR_EXPIRED: {
    sentence: 'The cursor cannot be continued; load the present state and go on from the head cursor.',
    httpStatus: 410,
    clientShould: 'Load as on first start, then subscribe after `headCursor` (or each of `headCursors`).',
  },
} as const satisfies Record<string, ErrorEntry>;

/** `extensions.code` of every error a caller may see. */
export type ErrorCode = keyof typeof errorCatalogue;

/** The documented sentences about tokens: messages of `UNAUTHORIZED` and reasons of close codes alike. */
export const tokenSentences = {
  missing: 'Missing authentication token',
  invalid: 'Invalid authentication token',
  expired: 'Token expired',
} as const;

/** What an error may carry beside its code and sentence; each goes to `extensions` under its own name, but for `cause`. */
export interface AppErrorDetails {
  /** The argument or input field at fault, as a path with dots: `input.title`. */
  field?: string;
  /** How long to wait before the same request may succeed; zero means at once. */
  retryAfterMs?: number;
  /** With `CURSOR_EXPIRED`: the head of the topic, from where the client goes on. */
  headCursor?: string;
  /** With `CURSOR_EXPIRED` on a stream over several topics: all heads (each cursor names its topic). */
  headCursors?: readonly string[];
  /** With `RATE_LIMITED`: which limit, and where it stands; `resetAt` in ISO 8601, null: when something ends. */
  limit?: { name: string; limit: number; remaining: number; resetAt: string | null };
  /** What it came from; for the log, never shown to the caller. */
  cause?: unknown;
}

/** An error the caller may see, sentence included. Anything else that is thrown is masked as `INTERNAL_ERROR`. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: Readonly<Omit<AppErrorDetails, 'cause'>>;

  constructor(code: ErrorCode, message: string = errorCatalogue[code].sentence, details: AppErrorDetails = {}) {
    const { cause, ...shown } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = shown;
  }
}

/**
 * Why the server cannot start, in words for the person who started it: a wrong variable, a directory in
 * use, a database out of reach. `main` prints the message without a stack and exits with 1.
 */
export class StartupError extends Error {
  override readonly name: string = 'StartupError';
}

/** One way a socket ends. */
export interface CloseCode {
  /** RFC 6455 section 7.4; 4000–4999 are the application's. */
  readonly code: number;
  /** The reason sent, at most 123 bytes; some codes are sent with a more precise one. */
  readonly reason: string;
  readonly when: string;
  /** Whether the stock graphql-ws client comes back by itself. */
  readonly stockClient: 'retries' | 'stops';
  readonly clientShould: string;
}

/** Every close code, by what it is about. What the stock client does with a number decided which number it is. */
export const closeCodes = {
  goingAway: {
    code: 1001,
    reason: 'Going away',
    when: 'The server process ends at once.',
    stockClient: 'retries',
    clientShould: 'Connect again with a short random pause and resume from the last cursor.',
  },
  messageTooBig: {
    code: 1009,
    reason: 'Message too big',
    when: 'A frame is larger than `WS_MAX_PAYLOAD_BYTES`.',
    stockClient: 'stops',
    clientShould: 'Send a smaller document; the same message fails again.',
  },
  drain: {
    code: 1012,
    reason: 'Service restart',
    when: 'The server is being replaced.',
    stockClient: 'retries',
    clientShould: 'Connect again after the `reconnectAfterMs` announced before, and resume from the last cursor.',
  },
  lagging: {
    code: 1013,
    reason: 'Too far behind, resume from your cursor',
    when: 'The client did not read for `LAG_CLOSE_MS` while events waited.',
    stockClient: 'retries',
    clientShould: 'Connect again and resume from the last cursor.',
  },
  unavailable: {
    code: 1013,
    reason: 'Try again later',
    when: 'The server cannot check the token or the person at the moment.',
    stockClient: 'retries',
    clientShould: 'Connect again with growing pauses.',
  },
  badRequest: {
    code: 4400,
    reason: 'Bad request',
    when: 'A message is not one of graphql-transport-ws.',
    stockClient: 'stops',
    clientShould: 'Correct the client.',
  },
  // 4401, not 4403: the stock client gives up on it, and none of these is worth a retry.
  unauthorized: {
    code: 4401,
    reason: tokenSentences.invalid,
    when: 'The token is missing or invalid, the person is deactivated, the session was ended, or an operation came before `connection_init`.',
    stockClient: 'stops',
    clientShould: 'Ask the person to sign in again.',
  },
  // 4403, not 4401: the stock client comes back after it, and an expired token is worth a retry with a fresh one.
  tokenExpired: {
    code: 4403,
    reason: tokenSentences.expired,
    when: 'The token expired, at connect or later.',
    stockClient: 'retries',
    clientShould: 'Get a fresh token, connect again and resume from the last cursor.',
  },
  subprotocolNotAcceptable: {
    code: 4406,
    reason: 'Subprotocol not acceptable',
    when: 'The upgrade did not ask for `graphql-transport-ws`.',
    stockClient: 'stops',
    clientShould: 'Use a graphql-ws client, not the older subscriptions-transport-ws.',
  },
  initTimeout: {
    code: 4408,
    reason: 'Connection initialisation timeout',
    when: 'No `connection_init` within `WS_INIT_TIMEOUT_MS`.',
    stockClient: 'retries',
    clientShould: 'Send `connection_init` first; have the token ready before connecting.',
  },
  subscriberExists: {
    code: 4409,
    reason: 'Subscriber already exists',
    when: 'An operation id was used twice at the same time on one socket.',
    stockClient: 'stops',
    clientShould: 'Correct the client: ids are unique among the running operations of a socket.',
  },
  // The protocol closes with the same number for a second `connection_init`; all of them mean "not again".
  evicted: {
    code: 4429,
    reason: 'Too many connections',
    when: 'The person connected more devices than allowed and this one was used longest ago, a newer connection takes its place, the client went on for long above a limit, or `connection_init` was sent twice.',
    stockClient: 'stops',
    clientShould: 'Stay disconnected until the person uses this device again.',
  },
  internalError: {
    code: 4500,
    reason: 'Internal server error',
    when: 'A fault of the server.',
    stockClient: 'stops',
    clientShould: 'Connect again with growing pauses; report it if it stays.',
  },
} as const satisfies Record<string, CloseCode>;

/** The rows of `docs/errors.md`, in the order they are printed. */
export function describeErrors(): {
  errors: ({ code: ErrorCode } & ErrorEntry)[];
  closeCodes: ({ name: string } & CloseCode)[];
} {
  return {
    errors: (Object.keys(errorCatalogue) as ErrorCode[]).map((code) => ({ code, ...errorCatalogue[code] })),
    closeCodes: Object.entries(closeCodes).map(([name, entry]) => ({ name, ...entry })),
  };
}
