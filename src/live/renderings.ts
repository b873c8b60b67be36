import type { Parcel } from './frames.ts';

/** Rendered payloads, kept for a moment for those who come just behind; one store for the process. */
export interface Renderings {
  /** The payload kept for `key` by the same owner, or the one that `render` makes now. A failed one is not kept. */
  get(owner: object, key: string, render: () => Promise<Parcel>): Promise<Parcel>;
}

/** Replays of the same event share a rendering: a storm of resumes is not a storm of executions. */
const keptMs = 2_000;
/** Whatever the number of groups and the size of their events: one socket could ask for 50 streams of 50 KB each. */
const limitBytes = 32 * 1024 * 1024;

interface Kept {
  readonly owner: Map<string, Kept>;
  readonly key: string;
  readonly payload: Promise<Parcel>;
  readonly untilMs: number;
  bytes: number;
}

/** Oldest first; a payload leaves when its moment is over, or when newer ones need the room. */
export function createRenderings(): Renderings {
  const owners = new WeakMap<object, Map<string, Kept>>();
  const queue = new Set<Kept>();
  let bytes = 0;
  let sweeping = false;

  function drop(kept: Kept): void {
    if (!queue.delete(kept)) return;
    bytes -= kept.bytes;
    if (kept.owner.get(kept.key) === kept) kept.owner.delete(kept.key);
  }

  function sweep(): void {
    const nowMs = performance.now();
    for (const kept of queue) {
      if (kept.untilMs > nowMs && bytes <= limitBytes) break;
      drop(kept);
    }
    sweeping = false;
    planSweep();
  }

  function planSweep(): void {
    if (sweeping || queue.size === 0) return;
    sweeping = true;
    setTimeout(sweep, keptMs).unref();
  }

  return {
    get(owner, key, render) {
      const own = owners.get(owner) ?? new Map<string, Kept>();
      owners.set(owner, own);
      const nowMs = performance.now();
      const found = own.get(key);
      if (found && found.untilMs > nowMs) return found.payload;
      if (found) drop(found);
      const kept: Kept = { owner: own, key, payload: render(), untilMs: nowMs + keptMs, bytes: 0 };
      own.set(key, kept);
      queue.add(kept);
      planSweep();
      kept.payload.then(
        (payload) => {
          if (!queue.has(kept)) return;
          kept.bytes = payload.bytes;
          bytes += payload.bytes;
          for (const oldest of queue) {
            if (bytes <= limitBytes) break;
            drop(oldest);
          }
        },
        () => drop(kept),
      );
      return kept.payload;
    },
  };
}
