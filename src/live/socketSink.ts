import { MessageType } from 'graphql-ws';
import type { Extra } from './connection.ts';
import { type Address, addressOf, type Parcel } from './frames.ts';
import type { Outbox } from './outbox.ts';
import type { Sink } from './sink.ts';

/** One operation of a socket. A class for the reason {@link Outbox} is one. */
export class SocketSink implements Sink {
  readonly #extra: Extra;
  readonly #outbox: Outbox;
  readonly #id: string;
  readonly #address: Address;

  constructor(extra: Extra, id: string) {
    this.#extra = extra;
    this.#outbox = extra.outbox;
    this.#id = id;
    this.#address = addressOf(id);
  }

  get ready(): boolean {
    return this.#outbox.ready;
  }

  drained(): Promise<void> {
    return this.#outbox.drained();
  }

  dropped(count: number): void {
    this.#extra.dropped += count;
  }

  next(parcel: Parcel): void {
    this.#outbox.next(parcel, this.#address);
  }

  subscribed(place: { topic: string; cursor: string } | undefined): void {
    this.#ping({ type: 'subscribed', id: this.#id, ...place });
  }

  live(): void {
    this.#ping({ type: 'live', id: this.#id });
  }

  #ping(payload: Record<string, unknown>): void {
    this.#extra.limits.pinged();
    this.#outbox.text(JSON.stringify({ type: MessageType.Ping, payload }));
  }
}
