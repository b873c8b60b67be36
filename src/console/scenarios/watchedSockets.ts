/** What came over the sockets of one client, and how each of them ended. */
export interface WatchedSockets {
  /** For the client, in the place of the browser's own. */
  readonly WebSocket: typeof globalThis.WebSocket;
  /** Messages of the server, in order. */
  readonly frames: readonly Frame[];
  readonly closes: readonly { readonly code: number; readonly reason: string }[];
}

/** A message of the protocol, as it came. */
export interface Frame {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
  readonly atMs: number;
}

export function watchedSockets(): WatchedSockets {
  const frames: Frame[] = [];
  const closes: { code: number; reason: string }[] = [];

  class WatchedSocket extends globalThis.WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      // Before whatever the client does with it: these listeners are the first.
      this.addEventListener('message', ({ data }) => {
        frames.push({ ...JSON.parse(String(data)), atMs: performance.now() });
      });
      this.addEventListener('close', ({ code, reason }) => closes.push({ code, reason }));
    }
  }

  return { WebSocket: WatchedSocket, frames, closes };
}
