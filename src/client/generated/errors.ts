/** Printed by `npm run generate`; edit the declarations instead. */

/** `extensions.code` of every error a caller may see. */
export type ErrorCode =
  /** Ask the person to sign in again; do not retry with the same token. */
  | 'UNAUTHORIZED'
  /** Stop asking; a stream that ends with it is over, because access was lost. */
  | 'FORBIDDEN'
  /** Drop the object from what is shown. */
  | 'NOT_FOUND'
  /** Correct what `field` and the message name; the same request fails again. */
  | 'VALIDATION_ERROR'
  /** Wait `retryAfterMs`, then send the same request again. */
  | 'RATE_LIMITED'
  /** Retry with growing pauses and the same `idempotencyKey`; report the `correlationId` if it stays. */
  | 'INTERNAL_ERROR'
  /** Connect again with growing pauses and resume from the last cursor. */
  | 'CONNECTION_ERROR'
  /** Load the present state and let the person decide. */
  | 'CONFLICT'
  /** Load as on first start, then subscribe after `headCursor` (or each of `headCursors`). */
  | 'CURSOR_EXPIRED';

/** Close codes after which coming back by itself does not help. */
export const finalCloseCodes: ReadonlySet<number> = new Set([1009, 4400, 4401, 4406, 4409, 4429]);
