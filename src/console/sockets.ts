/** The sockets of one person, which can be broken on purpose. */
export interface BreakableSockets {
  /** For the client, in the place of the browser's own. */
  readonly WebSocket: typeof globalThis.WebSocket;
  /** Cuts the connection, as a lost network does. */
  drop(): void;
  /** From now on nothing that arrives is read, until the connection is given up or so much time has passed. */
  stopReading(forMs: number): void;
}

// graphql-ws takes it for what happens to a connection, and not for something the server said.
const droppedCode = 4499;

export function breakableSockets(): BreakableSockets {
  const open = new Set<BreakableSocket>();

  class BreakableSocket extends globalThis.WebSocket {
    private held: MessageEvent[] | undefined;
    private read: ((event: MessageEvent) => void) | null = null;

    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      open.add(this);
      this.addEventListener('close', () => open.delete(this));
      this.addEventListener('message', (event) => {
        if (this.held) this.held.push(event);
        else this.read?.(event);
      });
    }

    override get onmessage() {
      return this.read;
    }
    override set onmessage(read: ((event: MessageEvent) => void) | null) {
      this.read = read;
    }

    hold(forMs: number): void {
      this.held ??= [];
      setTimeout(() => {
        const waiting = this.held ?? [];
        this.held = undefined;
        if (open.has(this)) for (const event of waiting) this.read?.(event);
      }, forMs);
    }
  }

  return {
    WebSocket: BreakableSocket,
    drop() {
      for (const socket of open) socket.close(droppedCode, 'Dropped on purpose');
    },
    stopReading(forMs) {
      for (const socket of open) socket.hold(forMs);
    },
  };
}
