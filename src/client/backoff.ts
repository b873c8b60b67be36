/** Four tries within the first five seconds, then more and more rarely; spread, so that many clients do not come back in one instant. */
const firstWaitMs = 250;
const longestWaitMs = 30_000;

/** How long to wait before the try after `failures` (from 0) failed ones. */
export function backoffMs(failures: number, random = Math.random): number {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** failures) * (0.5 + random() / 2);
}

/** Resolves after `ms`, or when `signal` aborts; after Infinity only then. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
