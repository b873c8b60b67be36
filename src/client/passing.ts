import { BelfryError } from './errors.ts';

/** Waits for streams to pass places. */
export interface Passing {
  /** A stream stands there now. */
  at(cursor: string): void;
  /** Resolves when some stream has passed the place. Rejects after `limitMs`. */
  wait(cursor: string, limitMs: number): Promise<void>;
}

export function createPassing(): Passing {
  /** The furthest place in each topic. */
  const reached = new Map<string, number>();
  const waiters = new Set<{ topic: string; seq: number; resolve: () => void }>();

  return {
    at(cursor) {
      const { topic, seq } = decoded(cursor);
      if ((reached.get(topic) ?? 0) >= seq) return;
      reached.set(topic, seq);
      for (const waiter of waiters) if (waiter.topic === topic && waiter.seq <= seq) waiter.resolve();
    },
    wait(cursor, limitMs) {
      const { topic, seq } = decoded(cursor);
      if ((reached.get(topic) ?? 0) >= seq) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const end = (): void => {
          clearTimeout(timer);
          waiters.delete(waiter);
        };
        const waiter = {
          topic,
          seq,
          resolve() {
            end();
            resolve();
          },
        };
        const timer = setTimeout(() => {
          end();
          reject(new BelfryError('CONNECTION_ERROR', `No stream has passed the event within ${limitMs} ms.`));
        }, limitMs);
        waiters.add(waiter);
      });
    },
  };
}

/** Bytes of a cursor: version, kind, id of the topic (16), number (6), mark (4). */
function decoded(cursor: string): { topic: string; seq: number } {
  const bytes = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
  let seq = 0;
  for (let index = 18; index < 24; index++) seq = seq * 256 + bytes.charCodeAt(index);
  return { topic: bytes.slice(0, 18), seq };
}
