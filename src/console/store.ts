import { useSyncExternalStore } from 'react';

/** A value that components follow. */
export interface Store<T> {
  readonly value: T;
  set(change: (before: T) => T): void;
  listen(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  const listeners = new Set<() => void>();
  let value = initial;
  return {
    get value() {
      return value;
    },
    set(change) {
      value = change(value);
      for (const listener of [...listeners]) listener();
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.listen, () => store.value);
}
