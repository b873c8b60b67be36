import { BelfryError } from './errors.ts';

/** Pings that wait for their pongs. */
export interface RoundTrips {
  /** Milliseconds from a ping to its pong. Rejects when the connection is lost. */
  start(socket: Pick<WebSocket, 'send'>): Promise<number>;
  hear(payload: Record<string, unknown> | undefined): void;
  lost(): void;
}

export function createRoundTrips(): RoundTrips {
  const waiting = new Map<unknown, { sentAtMs: number; resolve: (ms: number) => void; reject: (why: Error) => void }>();
  let made = 0;

  return {
    start(socket) {
      const roundTrip = ++made;
      return new Promise((resolve, reject) => {
        waiting.set(roundTrip, { sentAtMs: performance.now(), resolve, reject });
        socket.send(JSON.stringify({ type: 'ping', payload: { roundTrip } }));
      });
    },
    hear(payload) {
      const waiter = waiting.get(payload?.roundTrip);
      waiting.delete(payload?.roundTrip);
      waiter?.resolve(performance.now() - waiter.sentAtMs);
    },
    lost() {
      for (const { reject } of waiting.values())
        reject(new BelfryError('CONNECTION_ERROR', 'The connection was lost before the pong.'));
      waiting.clear();
    },
  };
}
