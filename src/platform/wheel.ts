import type { Clock } from './clock.ts';

/** Many moments, one timer. */
export interface Wheel extends Disposable {
  /** Calls `run` at that moment or up to a slot later; a moment that has passed: in the next turn of the loop. */
  at(when: Date, run: () => void): Disposable;
  /** How many calls are waiting. */
  readonly size: number;
}

/**
 * A timer for each of many thousand connections would each cost memory and a place in the runtime's lists; most of
 * them are moved before they fire. Moments of one slot share a bucket, and one timer waits for the earliest bucket.
 */
export function createWheel(clock: Clock, slotMs = 250): Wheel {
  const buckets = new Map<number, Set<() => void>>();
  let armed: { slot: number; timer: Disposable } | undefined;

  function arm(): void {
    let earliest = Number.POSITIVE_INFINITY;
    for (const slot of buckets.keys()) earliest = Math.min(earliest, slot);
    if (armed?.slot === earliest) return;
    armed?.timer[Symbol.dispose]();
    armed = undefined;
    if (earliest === Number.POSITIVE_INFINITY) return;
    const timer = clock.timer(earliest * slotMs - clock.now().getTime(), turn);
    armed = { slot: earliest, timer };
  }

  function turn(): void {
    armed = undefined;
    const nowMs = clock.now().getTime();
    const due = [...buckets].filter(([slot]) => slot * slotMs <= nowMs).sort(([a], [b]) => a - b);
    for (const [slot, runs] of due) {
      buckets.delete(slot);
      for (const run of runs) run();
    }
    arm();
  }

  return {
    at(when, run) {
      const slot = Math.ceil(when.getTime() / slotMs);
      const bucket = buckets.get(slot) ?? new Set();
      // One function may wait twice.
      const own = () => run();
      bucket.add(own);
      if (!buckets.has(slot)) buckets.set(slot, bucket);
      if (!armed || slot < armed.slot) arm();
      return {
        [Symbol.dispose]() {
          if (!bucket.delete(own) || bucket.size > 0 || buckets.get(slot) !== bucket) return;
          buckets.delete(slot);
          if (armed?.slot === slot) arm();
        },
      };
    },
    get size() {
      let size = 0;
      for (const bucket of buckets.values()) size += bucket.size;
      return size;
    },
    [Symbol.dispose]() {
      buckets.clear();
      arm();
    },
  };
}
