import type { EventRegistry } from '../events/define.ts';
import type { LoggedEvent } from '../events/log.ts';
import type { PageListener } from '../events/reader.ts';
import type { Clock } from '../platform/clock.ts';
import { accessChangeOf } from './access.ts';
import { canFold } from './fold.ts';

/** More events than these are not held back, however long the time to wait: a page that is changed by a program. */
const mostHeld = 1_000;

/** Holds back pages of a topic; the pages handed on follow each other without a hole. */
export interface Coalescer extends Disposable {
  readonly accept: PageListener;
}

/**
 * Hands on the first change at once, and those of the following `ms` together, then again those of the next. All
 * streams of a topic wait for the same moment, so that they share an execution. A change of access is never waited
 * with: what was held goes out with it.
 */
export function createCoalescer(parts: {
  ms: number;
  clock: Clock;
  registry: EventRegistry;
  /** Never rejects. */
  deliver: (page: readonly LoggedEvent[], rungAtMs: number | undefined) => Promise<void>;
}): Coalescer {
  const { ms, clock, registry, deliver } = parts;
  let held: LoggedEvent[] = [];
  let window: Disposable | undefined;
  let delivering = Promise.resolve();
  let closed = false;

  function handOn(page: readonly LoggedEvent[], rungAtMs?: number): Promise<void> {
    if (page.some((event) => canFold(registry, event))) {
      window?.[Symbol.dispose]();
      window = clock.timer(ms, release);
    }
    delivering = delivering.then(() => (closed ? undefined : deliver(page, rungAtMs)));
    return delivering;
  }

  function release(): void {
    window = undefined;
    const page = held;
    held = [];
    if (page.length > 0) void handOn(page);
  }

  return {
    accept(page, rungAtMs) {
      const urgent = page.some((event) => accessChangeOf(registry, event)) || held.length + page.length > mostHeld;
      if (window && !urgent) {
        held.push(...page);
        return;
      }
      const first = page.findIndex((event) => canFold(registry, event));
      const now = urgent || first < 0 ? page.length : first + 1;
      const atOnce = [...held, ...page.slice(0, now)];
      held = page.slice(now);
      return handOn(atOnce, rungAtMs);
    },
    [Symbol.dispose]() {
      closed = true;
      window?.[Symbol.dispose]();
    },
  };
}
