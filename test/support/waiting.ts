// A list of what arrived, in which tests wait for what they expect.

/** How long a test waits for a thing before it says what came instead. Generous: two test files share two cores. */
export const waitLimitMs = 8_000;

/** Things in the order of their arrival; taking one leaves the others. */
export interface Arrivals<T> {
  /** Everything not taken yet. */
  readonly waiting: readonly T[];
  add(thing: T): void;
  /**
   * Takes the first that fits, now or when it arrives. Rejects after the limit, or when `end` was called, with what
   * was wanted and what did arrive.
   */
  take(wanted: string, fits: (thing: T) => boolean, limitMs?: number): Promise<T>;
  /** Nothing more will come: who waits is told why. */
  end(why: string): void;
}

interface Waiter<T> {
  fits: (thing: T) => boolean;
  resolve: (thing: T) => void;
  fail: (why: string) => void;
}

/** `show` makes one line of a thing, for the message of a wait in vain. */
export function arrivals<T>(show: (thing: T) => string): Arrivals<T> {
  const waiting: T[] = [];
  const waiters = new Set<Waiter<T>>();
  let ended: string | undefined;

  return {
    waiting,
    add(thing) {
      for (const waiter of waiters) {
        if (!waiter.fits(thing)) continue;
        waiters.delete(waiter);
        return waiter.resolve(thing);
      }
      waiting.push(thing);
    },
    take(wanted, fits, limitMs = waitLimitMs) {
      const index = waiting.findIndex(fits);
      const [thing] = index < 0 ? [] : waiting.splice(index, 1);
      if (thing !== undefined) return Promise.resolve(thing);
      // Made here, so that its stack names the line of the test that waits.
      const error = new Error();
      return new Promise((resolve, reject) => {
        const fail = (why: string) => {
          clearTimeout(timer);
          waiters.delete(waiter);
          const rest = waiting.map((other) => `  ${show(other)}`).join('\n') || '  nothing';
          error.message = `waited for ${wanted}, ${why}. What did arrive and was not taken:\n${rest}`;
          reject(error);
        };
        const timer = setTimeout(() => fail(`not there after ${limitMs} ms`), limitMs);
        const waiter = {
          fits,
          fail,
          resolve: (found: T) => {
            clearTimeout(timer);
            resolve(found);
          },
        };
        waiters.add(waiter);
        if (ended !== undefined) fail(ended);
      });
    },
    end(why) {
      ended ??= why;
      for (const waiter of [...waiters]) waiter.fail(why);
    },
  };
}
