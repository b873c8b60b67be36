import type { ClientError } from './request.ts';
import { type Arrivals, arrivals, waitLimitMs } from './waiting.ts';

/** A message about one operation. `subscribed` and `live` are pings of the server: where a stream begins, and that it has caught up. */
export type OperationMessage =
  | { id: string; type: 'next'; payload: Payload }
  | { id: string; type: 'error'; payload: ClientError[] }
  | { id: string; type: 'complete' }
  | { id: string; type: 'subscribed' | 'live'; payload: Record<string, unknown> };

interface Payload {
  data?: unknown;
  errors?: ClientError[];
  extensions?: { cursor?: string; topic?: string } & Record<string, unknown>;
}

/** One `next` message. */
export interface Delivery<Data> {
  data: Data;
  /** Absent: none. */
  errors?: ClientError[];
  extensions?: Payload['extensions'];
  /** The value of the root field. */
  value: RootValue<Data>;
  /** Place in the log; absent on what is not an event. */
  cursor?: string;
  /** When it arrived, by `performance.now()`. */
  arrivedAtMs: number;
}

type RootValue<Data> = Data extends object ? Data[keyof Data] : Data;

/** A running operation on a test's socket. */
export interface Subscription<Data> {
  readonly id: string;
  /** The newest place in the log the server has told: of the last event, or where the stream began. */
  readonly cursor: string | undefined;
  /** Deliveries not taken yet, in order. */
  readonly waiting: readonly Delivery<Data>[];
  /** Takes the next delivery; with a kind, the next whose root value has this `__typename`, leaving the others. */
  next(kind?: string, limitMs?: number): Promise<Delivery<Data>>;
  /** Takes that many deliveries, in the order they came. */
  take(count: number, limitMs?: number): Promise<Delivery<Data>[]>;
  /** The error it ended with: of an `error` message, or of a last `next` without data. */
  error(): Promise<ClientError>;
  /** Resolves when the server has said that everything missed has been written, with how many deliveries had come until then. */
  live(): Promise<number>;
  /** Resolves when the server has said `complete`. */
  completed(): Promise<void>;
  /** Whether the server has ended it, with `complete` or an error. */
  readonly ended: boolean;
  /** Tells the server to stop. What is on its way may still arrive. */
  complete(): void;
}

/** The subscription, and how its socket tells it what happens. */
export function openSubscription<Data>(
  id: string,
  complete: () => void,
): {
  subscription: Subscription<Data>;
  receive: (message: OperationMessage) => void;
  end: (why: string) => void;
  /** Resolves at the first message about it. */
  begun: () => Promise<void>;
} {
  const deliveries: Arrivals<Delivery<Data>> = arrivals(({ data, errors }) =>
    JSON.stringify({ data, errors }).slice(0, 500),
  );
  const errors: Arrivals<ClientError> = arrivals((error) => JSON.stringify(error));
  const ends: Arrivals<true> = arrivals(() => 'complete');
  const begun: Arrivals<OperationMessage> = arrivals((message) => JSON.stringify(message));
  const lives: Arrivals<number> = arrivals(() => 'live');
  const all = [deliveries, errors, ends, begun, lives];
  let delivered = 0;
  let cursor: string | undefined;
  let ended = false;
  let hasBegun = false;

  const endAll = (why: string) => all.forEach((list) => void list.end(why));

  function receive(message: OperationMessage): void {
    if (!hasBegun) begun.add(message);
    hasBegun = true;
    switch (message.type) {
      case 'subscribed':
        if (typeof message.payload.cursor === 'string') cursor = message.payload.cursor;
        break;
      case 'live':
        lives.add(delivered);
        break;
      case 'next':
        receiveNext(message.payload);
        break;
      case 'error':
        ended = true;
        for (const error of message.payload) errors.add(error);
        endAll(`the operation ended with ${JSON.stringify(message.payload)}`);
        break;
      case 'complete':
        ended = true;
        ends.add(true);
        endAll('the operation was completed');
        break;
    }
  }

  function receiveNext(payload: Payload): void {
    const root = Object.values(payload.data ?? {})[0];
    if (payload.errors && (root === undefined || root === null)) {
      for (const error of payload.errors) errors.add(error);
      return;
    }
    cursor = payload.extensions?.cursor ?? cursor;
    delivered++;
    deliveries.add({
      ...(payload as { data: Data }),
      value: root,
      arrivedAtMs: performance.now(),
      ...(payload.extensions?.cursor && { cursor: payload.extensions.cursor }),
    });
  }

  async function next(kind?: string, limitMs = waitLimitMs): Promise<Delivery<Data>> {
    const fits = ({ value }: Delivery<Data>) =>
      kind === undefined || (value as { __typename?: string } | null)?.__typename === kind;
    return deliveries.take(kind ?? 'a delivery', fits, limitMs);
  }

  const subscription: Subscription<Data> = {
    id,
    get cursor() {
      return cursor;
    },
    waiting: deliveries.waiting,
    next,
    async take(count, limitMs = waitLimitMs) {
      const taken: Delivery<Data>[] = [];
      while (taken.length < count) taken.push(await next(undefined, limitMs));
      return taken;
    },
    error: () => errors.take('an error', () => true),
    live: () => lives.take('live', () => true),
    completed: async () => void (await ends.take('complete', () => true)),
    get ended() {
      return ended;
    },
    complete,
  };
  return {
    subscription,
    receive,
    end: endAll,
    begun: async () => void (await begun.take(`the start of operation ${id}`, () => true)),
  };
}
