import type { BelfryError } from './errors.ts';

/**
 * How what is on the screen relates to what the server knows.
 *
 * `OFFLINE`: not connected, and nobody waits for it: nothing is subscribed to, it has never been connected, or
 * `disconnect()` was called. `CATCHING_UP`: connected; `events` of what was missed have come so far. `LIVE`: everything
 * that happens arrives at once; `caughtUp` events had been missed. `STALE`: the connection is lost since then and being
 * made again. `REFUSED`: the server will not let this client in, and trying again by itself does not help.
 */
export type ConnectionState =
  | { readonly state: 'OFFLINE' }
  | { readonly state: 'CATCHING_UP'; readonly events: number }
  | { readonly state: 'LIVE'; readonly caughtUp: number }
  | { readonly state: 'STALE'; readonly since: Date }
  | { readonly state: 'REFUSED'; readonly reason: BelfryError };

/** The connection's state, from what happens to it and to its streams. */
export interface StateTracker {
  readonly state: ConnectionState;
  /** Calls `listener` after every change. Returns how to stop. */
  listen(listener: () => void): () => void;
  /** A stream begins; until it has caught up nobody is told that everything is live, unless all was before. */
  began(stream: object): void;
  /** A stream that ran before begins anew, or goes on on another connection. */
  restarted(stream: object): void;
  heard(stream: object): void;
  /** A stream has caught up. */
  live(stream: object): void;
  ended(stream: object): void;
  connected(): void;
  lost(): void;
  refused(reason: BelfryError): void;
  /** By hand, or because nobody needs the connection. */
  offline(): void;
}

const offline: ConnectionState = { state: 'OFFLINE' };

export function createStateTracker(): StateTracker {
  const listeners = new Set<() => void>();
  const streams = new Set<object>();
  const behind = new Set<object>();
  let state = offline;
  let isConnected = false;
  /** When something was last known to be complete; undefined: it is, or never was. */
  let staleSince: Date | undefined;
  let events = 0;

  function set(next: ConnectionState): void {
    if (next === state) return;
    state = next;
    for (const listener of [...listeners]) listener();
  }

  function settle(): void {
    if (!isConnected || (behind.size === 0 && state.state === 'LIVE')) return;
    if (behind.size > 0) set({ state: 'CATCHING_UP', events });
    else {
      staleSince = undefined;
      set({ state: 'LIVE', caughtUp: events });
      events = 0;
    }
  }

  return {
    get state() {
      return state;
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    began(stream) {
      streams.add(stream);
      // Another one that begins beside those that are live does not make them less so.
      if (state.state !== 'LIVE') behind.add(stream);
    },
    restarted(stream) {
      if (!streams.has(stream)) return;
      behind.add(stream);
      settle();
    },
    heard(stream) {
      if (!behind.has(stream)) return;
      events++;
      settle();
    },
    live(stream) {
      if (behind.delete(stream)) settle();
    },
    ended(stream) {
      streams.delete(stream);
      if (behind.delete(stream)) settle();
      if (streams.size > 0 || state.state !== 'STALE') return;
      staleSince = undefined;
      set(offline);
    },
    connected() {
      isConnected = true;
      events = 0;
      for (const stream of streams) behind.add(stream);
      settle();
    },
    lost() {
      const wasConnected = isConnected;
      isConnected = false;
      if (streams.size === 0) {
        staleSince = undefined;
        return set(offline);
      }
      if (wasConnected && state.state !== 'OFFLINE') staleSince ??= new Date();
      if (staleSince && state.state !== 'STALE') set({ state: 'STALE', since: staleSince });
      // It is being tried again.
      else if (state.state === 'REFUSED') set(offline);
    },
    refused(reason) {
      isConnected = false;
      set({ state: 'REFUSED', reason });
    },
    offline() {
      isConnected = false;
      staleSince = undefined;
      set(offline);
    },
  };
}
