import type { Parcel } from './frames.ts';

/** Where a stream's output goes: one operation on a socket, or one server-sent-events response. */
export interface Sink {
  /** False while too many bytes wait for the client: nothing more is written until `drained`. */
  readonly ready: boolean;
  /** Resolves when the sink is ready again, or closed. */
  drained(): Promise<void>;
  /** Counts signals that were left out because it was not ready. */
  dropped(count: number): void;
  /** Writes items: rendered execution results. */
  next(parcel: Parcel): void;
  /** Tells the client where the stream stands in a topic, without an item; undefined: that it has begun, where there are no cursors. */
  subscribed(place: { topic: string; cursor: string } | undefined): void;
  /** Tells the client, once, that everything that had been missed has been written: what follows happens now. */
  live(): void;
}
