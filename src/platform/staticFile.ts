import { createHash } from 'node:crypto';

/** A file answered as it is. */
export interface StaticFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** With an etag, and asked for again each time unless `headers` say otherwise. */
export function staticFile(
  type: string,
  content: string | Uint8Array,
  headers: Record<string, string> = {},
): StaticFile {
  const body = Buffer.from(content);
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  return { body, headers: { 'content-type': type, 'cache-control': 'no-cache', etag, ...headers } };
}

/** Headers of a page that may hold a token and loads from here only; `more` are further lines of its policy. */
export function pageHeaders(more: readonly string[] = []): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    ...more,
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    // The page may hold a token, and differs by the name it was asked under.
    'cache-control': 'no-store',
  };
}

/** Data for a script of the page, as JSON inside an element. */
export function inlineJson(data: object): string {
  // Nothing in JSON needs a `<` of its own, and so none can end the element early.
  return JSON.stringify(data).replaceAll('<', '\\u003c');
}

// A bell.
export const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#b7791f" d="M8 1a5 5 0 0 0-5 5v4l-1.500 2h13L13 10V6a5 5 0 0 0-5-5zM6 13a2 2 0 0 0 4 0z"/></svg>',
)}`;
