/**
 * Whether a page of `origin` may use the API. Patterns as `ALLOWED_ORIGINS` has them: an origin, `*` for any,
 * `https://*.example.com` for any host below, `http://localhost:*` for any port. The opaque origin `null` never is.
 */
export function isAllowedOrigin(patterns: readonly string[], origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const asked = origin.toLowerCase();
  return patterns.some((pattern) => pattern === '*' || pattern === asked || matcher(pattern).test(asked));
}

const matchers = new Map<string, RegExp>();

function matcher(pattern: string): RegExp {
  let made = matchers.get(pattern);
  if (!made) {
    const escaped = pattern.replace(/[\\^$.|?+()[\]{}]/g, '\\$&');
    // The port may be any, or none; the part of a host may have dots of its own.
    const source = escaped.replace(/:\*$/, '(:\\d+)?').replace('//*\\.', '//[a-z0-9.-]+\\.');
    made = new RegExp(`^${source}$`);
    matchers.set(pattern, made);
  }
  return made;
}
