import { useEffect, useState } from 'react';
import { moveClock } from './options.ts';
import { createStore, useStore } from './store.ts';

/** How far the server's clock for people is ahead of this machine's. In development any page can move it on. */
const aheadMs = createStore(0);
let movedAtMs = Number.NEGATIVE_INFINITY;

// Answers take a while: what differs by less is the same.
const sameWithinMs = 1_000;
const lateWithinMs = 5_000;
const tickMs = 15_000;

/** The server has said what time it is. */
export function learnServerTime(now: string | Date): void {
  const ahead = new Date(now).getTime() - Date.now();
  aheadMs.set((before) => {
    // It was on its way when the clock was moved.
    if (ahead < before && performance.now() - movedAtMs < lateWithinMs) return before;
    return Math.abs(ahead - before) < sameWithinMs ? before : ahead;
  });
}

/** Moves on the time people live in. */
export async function moveServerClock(minutes: number): Promise<void> {
  const now = await moveClock(minutes);
  movedAtMs = performance.now();
  learnServerTime(now);
}

/** The time people live in. */
export function serverNow(): Date {
  return new Date(Date.now() + aheadMs.value);
}

/** The same, anew as it goes on and when it is moved; `isMoved`: it shows another hour than this machine. */
export function useServerNow(): { now: Date; isMoved: boolean } {
  const ahead = useStore(aheadMs);
  const [, setTicks] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTicks((before) => before + 1), tickMs);
    return () => clearInterval(timer);
  }, []);
  return { now: serverNow(), isMoved: Math.abs(ahead) > 60_000 };
}
