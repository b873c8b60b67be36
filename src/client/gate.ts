import { backoffMs, pause } from './backoff.ts';
import { BelfryError } from './errors.ts';
import type { StateTracker } from './state.ts';
import type { TokenSource } from './token.ts';

/** Decides when the next connection may be tried, and gets the token for it. */
export interface Gate {
  /**
   * Resolves with a token when it is time.
   * @throws BelfryError why the server refuses this client, unless its streams are to wait; or that it is disposed of.
   */
  open(): Promise<string>;
  /** The connection is lost, or could not be made: the next one has to wait. */
  lost(): void;
  /** The server asks to be left for another one, so long from now. */
  drain(reconnectAfterMs: number): void;
  /** The connection does what it is for: the next failure is a first one again. */
  worked(): void;
  /** The token is too old for the server: the next one has to be fresh. */
  expired(): void;
  /** Nobody is let in until {@link resume}. */
  refuse(reason: BelfryError): void;
  /** The same, at the application's wish. */
  leave(): void;
  readonly isAway: boolean;
  /** Lets in at once. */
  resume(): void;
  /** Ends the present waiting, and all others that go by its signal. */
  wake(): void;
  /** Aborts with the next {@link wake}. */
  readonly waking: AbortSignal;
  dispose(): void;
}

export function createGate(options: { token: TokenSource; whenRefused: 'end' | 'wait'; tracker: StateTracker }): Gate {
  const { token, whenRefused, tracker } = options;
  let mustRenew = false;
  let failures = 0;
  let tryAtMs = 0;
  /** When a server that goes has asked to be left; 0: it has not. */
  let drainAtMs = 0;
  let isAway = false;
  let isDisposed = false;
  let refusal: BelfryError | undefined;
  let waking = new AbortController();
  let opening: Promise<string> | undefined;

  function refuse(reason: BelfryError): void {
    refusal = reason;
    tracker.refused(reason);
  }

  function wake(): void {
    tryAtMs = 0;
    waking.abort();
    waking = new AbortController();
  }

  function later(): void {
    tryAtMs = performance.now() + backoffMs(failures++);
  }

  async function open(): Promise<string> {
    for (;;) {
      if (isDisposed) throw new BelfryError('CONNECTION_ERROR', 'This client has been disposed of.');
      if (refusal && whenRefused === 'end') throw refusal;
      const waitMs = isAway || refusal ? Number.POSITIVE_INFINITY : tryAtMs - performance.now();
      if (waitMs > 0) {
        await pause(waitMs, waking.signal);
        continue;
      }
      try {
        const fresh = await token({ renew: mustRenew });
        mustRenew = false;
        if (fresh === null) refuse(new BelfryError('UNAUTHORIZED', 'Nobody is signed in.'));
        // Something may have happened while it was fetched.
        else if (!isAway && !refusal && !isDisposed) return fresh;
      } catch {
        // The application's own server is away, most likely.
        later();
      }
    }
  }

  return {
    open() {
      opening ??= open().finally(() => {
        opening = undefined;
      });
      return opening;
    },
    lost() {
      if (drainAtMs > performance.now()) tryAtMs = drainAtMs;
      else later();
      drainAtMs = 0;
    },
    drain(reconnectAfterMs) {
      drainAtMs = performance.now() + reconnectAfterMs;
    },
    worked() {
      failures = 0;
    },
    expired() {
      mustRenew = true;
    },
    refuse,
    leave() {
      isAway = true;
    },
    get isAway() {
      return isAway;
    },
    resume() {
      isAway = false;
      refusal = undefined;
      failures = 0;
      wake();
    },
    wake,
    get waking() {
      return waking.signal;
    },
    dispose() {
      isDisposed = true;
      wake();
    },
  };
}
