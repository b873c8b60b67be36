import type { Clock } from '../../src/platform/clock.ts';

/** A length of time: milliseconds, or a number with its unit: `250ms` `30s` `2m` `1h` `3d`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** A clock that stands still until the test moves it. */
export interface ManualClock extends Clock {
  /**
   * Moves the time on and runs every timer that becomes due, in the order of their times (equal times: in the order they
   * were set), each at its own moment, so that a timer that sets another one behaves as in real life. What the
   * timers started may still be under way afterwards: wait for its effect.
   */
  advance(by: Duration): void;
  /** How many timers are waiting: zero after a clean end. */
  readonly pending: number;
}

interface Timer {
  at: number;
  run: () => void;
}

/** A clock that starts at the real time of this call, or at the given one. */
export function manualClock(start: Date = new Date()): ManualClock {
  let now = start.getTime();
  const timers = new Set<Timer>();

  function nextDue(until: number): Timer | undefined {
    let next: Timer | undefined;
    // A Set keeps insertion order, so `<` leaves the older of two equal ones first.
    for (const timer of timers) if (timer.at <= until && (!next || timer.at < next.at)) next = timer;
    return next;
  }

  return {
    now: () => new Date(now),
    timer(delayMs, run) {
      const timer = { at: now + Math.max(0, delayMs), run };
      timers.add(timer);
      return { [Symbol.dispose]: () => void timers.delete(timer) };
    },
    advance(by) {
      const until = now + milliseconds(by);
      for (let timer = nextDue(until); timer; timer = nextDue(until)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.run();
      }
      now = until;
    },
    get pending() {
      return timers.size;
    },
  };
}

const unitsMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The milliseconds of a duration. Throws RangeError when it is negative or not a duration. */
export function milliseconds(duration: Duration): number {
  const [, amount, unit = 'ms'] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(String(duration)) ?? [];
  if (amount === undefined) throw new RangeError(`Not a duration: ${duration}`);
  return Number(amount) * (unitsMs[unit] ?? 1);
}
