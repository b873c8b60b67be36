/** Asks every 250 ms until it is so, and says whether it was within the time. */
export async function within(limitMs: number, condition: () => Promise<boolean>): Promise<boolean> {
  const endMs = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > endMs) return false;
    await pause(250);
  }
  return true;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

/** Calls `run` at a pace, one call after the other, until `signal` aborts; answers how often. */
export async function paced(perSecond: number, signal: AbortSignal, run: () => Promise<unknown>): Promise<number> {
  let times = 0;
  for (
    let due = performance.now();
    !signal.aborted;
    due = Math.max(due + 1_000 / perSecond, performance.now() - 1_000)
  ) {
    await pause(due - performance.now());
    await run();
    times++;
  }
  return times;
}
