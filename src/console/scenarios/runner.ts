/** Something that is played and then either holds or does not. */
export interface Playable<Stage> {
  /** `T4` */
  readonly name: string;
  /** Resolves when all of it held, with a remark where there is one to make. Rejects with what did not hold, in words. */
  play(stage: Stage): Promise<string | undefined>;
}

/** Where something stands that is played. */
export type Outcome =
  | { readonly state: 'waiting' }
  | { readonly state: 'running' }
  | { readonly state: 'passed'; readonly ms: number; readonly remark?: string | undefined }
  | { readonly state: 'failed'; readonly ms: number; readonly reason: string };

/** What became of all that were to be played. */
export interface Summary {
  readonly total: number;
  readonly passed: number;
  /** Their names. */
  readonly failed: readonly string[];
  readonly ms: number;
}

// Longer than the longest window of the limits, which are waited for where they are reached.
const defaultLimitMs = 75_000;

/** Why a scenario ends before its end. */
class Ended extends Error {
  override readonly name = 'Ended';
}

/**
 * Plays one after the other, each on a stage of its own, which is taken down behind it. One that fails holds up no other.
 * When `stop` aborts, the one that is under way waits again, and those behind it are not begun.
 */
export async function play<Stage extends AsyncDisposable, One extends Playable<Stage>>(
  ones: readonly One[],
  options: {
    /** `signal` aborts when the scenario has to end, with what to say of it. */
    open: (one: One, signal: AbortSignal) => Stage;
    onOutcome: (one: One, outcome: Outcome) => void;
    stop: AbortSignal;
    limitMs?: number;
  },
): Promise<Summary> {
  const { open, onOutcome, stop, limitMs = defaultLimitMs } = options;
  const startedMs = performance.now();
  const failed: string[] = [];
  let passed = 0;
  for (const one of ones) onOutcome(one, { state: 'waiting' });
  for (const one of ones) {
    if (stop.aborted) break;
    onOutcome(one, { state: 'running' });
    const ending = new AbortController();
    const late = new Ended(`It is not over after ${limitMs / 1000} s.`);
    const timer = setTimeout(() => ending.abort(late), limitMs);
    const stopped = (): void => ending.abort(new Ended('Stopped.'));
    stop.addEventListener('abort', stopped);
    const stage = open(one, ending.signal);
    const beganMs = performance.now();
    try {
      const remark = await until(ending.signal, one.play(stage));
      passed++;
      onOutcome(one, { state: 'passed', ms: performance.now() - beganMs, remark });
    } catch (error) {
      if (stop.aborted) onOutcome(one, { state: 'waiting' });
      else {
        failed.push(one.name);
        onOutcome(one, { state: 'failed', ms: performance.now() - beganMs, reason: reasonOf(error) });
      }
    } finally {
      clearTimeout(timer);
      stop.removeEventListener('abort', stopped);
      // Whatever of it still waits for something, waits no longer.
      ending.abort(new Ended('It is over.'));
      await stage[Symbol.asyncDispose]();
    }
  }
  return { total: ones.length, passed, failed, ms: performance.now() - startedMs };
}

/** The promise, unless the signal aborts before: then it rejects with the signal's reason. */
export function until<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

/** `20 of 20 passed in 8 s.` */
export function sentenceOf({ total, passed, failed, ms }: Summary): string {
  const time = `${Math.max(1, Math.round(ms / 1000))} s`;
  const played = passed + failed.length;
  if (played < total) return `Stopped after ${played} of ${total}; ${passed} passed.`;
  if (failed.length === 0) return `${passed} of ${total} passed in ${time}.`;
  return `${passed} of ${total} passed in ${time}; failed: ${failed.join(', ')}.`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as Error & { code?: unknown };
  return typeof code === 'string' ? `${code}: ${error.message}` : error.message;
}
