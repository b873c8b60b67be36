import type { BelfryError } from '../../client/index.ts';
import { plain } from '../words.ts';
import { until } from './runner.ts';

/** What a stream has brought, taken in order. */
export interface Heard<Item extends { __typename: string }> {
  /**
   * Takes the next of these that fits, dropping those before it. Rejects, with what did come, when there is none in
   * time.
   */
  next<Name extends Item['__typename']>(
    name: Name,
    fits?: (item: Extract<Item, { __typename: Name }>) => boolean,
  ): Promise<Extract<Item, { __typename: Name }>>;
  /** Everything so far. */
  readonly all: readonly Item[];
}

const limitMs = 10_000;

/** `who` for what is said when something is missed. */
export function createHeard<Item extends { __typename: string }>(who: string, signal: AbortSignal) {
  const all: Item[] = [];
  const waiting = new Set<() => void>();
  let failure: BelfryError | undefined;
  let taken = 0;

  function changed(): void {
    for (const look of [...waiting]) look();
  }

  const heard: Heard<Item> = {
    all,
    next(name, fits = () => true) {
      type Wanted = Parameters<typeof fits>[0];
      const found = new Promise<Wanted>((resolve, reject) => {
        const done = (end: () => void): void => {
          clearTimeout(timer);
          waiting.delete(look);
          end();
        };
        const look = (): void => {
          const at = all.findIndex((item, nth) => nth >= taken && item.__typename === name && fits(item as Wanted));
          if (at >= 0) {
            taken = at + 1;
            done(() => resolve(all[at] as Wanted));
          } else if (failure) done(() => reject(failure));
        };
        const timer = setTimeout(() => {
          const others = all.slice(taken).map(({ __typename }) => plain(__typename));
          const instead = others.length > 0 ? `only of: ${others.join(', ')}` : 'of nothing';
          done(() => reject(new Error(`${who} did not hear “${plain(name)}” within ${limitMs / 1000} s, ${instead}.`)));
        }, limitMs);
        waiting.add(look);
        look();
      });
      return until(signal, found);
    },
  };
  return {
    heard,
    hear(item: Item): void {
      all.push(item);
      changed();
    },
    fail(error: BelfryError): void {
      failure = error;
      changed();
    },
  };
}
