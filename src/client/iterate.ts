import type { BelfryError } from './errors.ts';
import type { StreamItem, StreamObserver } from './stream.ts';

/** The items of a stream, taken one by one. An item counts as dealt with when the next one is asked for. */
export async function* itemsOf<Data>(
  start: (observer: StreamObserver) => () => void,
): AsyncGenerator<StreamItem<Data>, void, void> {
  const queue: { item: StreamItem<Data>; handled: () => void }[] = [];
  let end: { error?: BelfryError } | undefined;
  let wake = (): void => {};
  const stop = start({
    next(item, handled) {
      queue.push({ item: item as StreamItem<Data>, handled });
      wake();
    },
    error(error) {
      end = { error };
      wake();
    },
    complete() {
      end = {};
      wake();
    },
  });
  try {
    for (;;) {
      for (let first = queue.shift(); first; first = queue.shift()) {
        yield first.item;
        first.handled();
      }
      if (end?.error) throw end.error;
      if (end) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    stop();
  }
}
