import type { RequestListener } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** The requests a handler is answering. */
export interface Requests {
  readonly handler: RequestListener;
  /** Resolves when there is none, or after `limitMs`. */
  idle(limitMs: number): Promise<void>;
}

/** Counts what `handler` is answering, so that the end of the server can wait for it. */
export function countRequests(handler: RequestListener): Requests {
  let running = 0;
  let waiting: (() => void)[] = [];
  return {
    handler(request, response) {
      running++;
      response.once('close', () => {
        if (--running > 0) return;
        for (const resolve of waiting) resolve();
        waiting = [];
      });
      handler(request, response);
    },
    async idle(limitMs) {
      if (running === 0) return;
      const none = new Promise<void>((resolve) => waiting.push(resolve));
      await Promise.race([none, pause(Math.max(0, limitMs), undefined, { ref: false })]);
    },
  };
}
