/**
 * Where the program learns what time it is and waits. Everything that depends on time takes a `Clock`,
 * so that a test advances time by saying so; two tests that run at once never share one.
 */
export interface Clock {
  /** The present moment, a new `Date` each time. */
  now(): Date;
  /**
   * Calls `run` once, `delayMs` from now; zero or less means as soon as the present turn of the loop is over.
   * Disposing it prevents the call; disposing it afterwards does nothing. What `run` throws is not caught.
   */
  timer(delayMs: number, run: () => void): Disposable;
}

// setTimeout stores the delay in 31 bits; beyond that (24.8 days) it fires at once, so long waits go in steps.
const longestStepMs = 2 ** 31 - 1;

/** The machine's clock. Its timers keep the process alive until they have run or are disposed. */
export const systemClock: Clock = {
  now: () => new Date(),
  timer(delayMs, run) {
    const dueMs = Date.now() + delayMs;
    let handle: NodeJS.Timeout;
    const arm = (leftMs: number) => {
      handle = setTimeout(
        () => {
          const stillLeftMs = dueMs - Date.now();
          if (leftMs > longestStepMs && stillLeftMs > 0) arm(stillLeftMs);
          else run();
        },
        Math.min(Math.max(leftMs, 0), longestStepMs),
      );
    };
    arm(delayMs);
    return { [Symbol.dispose]: () => clearTimeout(handle) };
  },
};

/** A clock that can be moved on, for trying in development what happens later. */
export interface ShiftableClock extends Clock {
  /** Moves it on; timers that become due run. */
  shift(byMs: number): void;
}

/** Shows the machine's time until it is moved on. */
export function shiftableClock(): ShiftableClock {
  let aheadMs = 0;
  const waiting = new Set<() => void>();
  const nowMs = () => Date.now() + aheadMs;
  return {
    now: () => new Date(nowMs()),
    timer(delayMs, run) {
      const dueMs = nowMs() + delayMs;
      let timer: Disposable;
      const arm = () => {
        timer = systemClock.timer(dueMs - nowMs(), () => {
          waiting.delete(again);
          run();
        });
      };
      const again = () => {
        timer[Symbol.dispose]();
        arm();
      };
      waiting.add(again);
      arm();
      return {
        [Symbol.dispose]: () => {
          waiting.delete(again);
          timer[Symbol.dispose]();
        },
      };
    },
    shift(byMs) {
      aheadMs += byMs;
      for (const again of [...waiting]) again();
    },
  };
}
