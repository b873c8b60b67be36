/**
 * Calls `wake` when the browser says that the network is back, or somebody looks at the page again: timers of pages in the
 * background are slow. Elsewhere nothing happens. Returns how to stop.
 */
export function onWakeup(wake: () => void): () => void {
  const { document, addEventListener, removeEventListener } = globalThis as Partial<typeof globalThis>;
  const look = (): void => {
    if (document?.visibilityState === 'visible') wake();
  };
  addEventListener?.('online', wake);
  document?.addEventListener('visibilitychange', look);
  return () => {
    removeEventListener?.('online', wake);
    document?.removeEventListener('visibilitychange', look);
  };
}
