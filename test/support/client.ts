import {
  type BelfryClient,
  type BelfryClientOptions,
  type BelfryError,
  type ConnectionState,
  createBelfryClient,
  type Observer,
  type StreamItem,
} from '../../src/client/index.ts';
import type { TestApp } from './app.ts';
import { type Arrivals, arrivals } from './waiting.ts';
import type { Person } from './world.ts';

/** A client of the package, with what a test looks at. Disposing it disposes the client. */
export interface TestClient extends Disposable {
  readonly client: BelfryClient;
  /** Every state the connection has been in, oldest first. */
  readonly states: readonly ConnectionState[];
  /** Takes the next state of that name. */
  state(name: ConnectionState['state']): Promise<ConnectionState>;
  /** Whether each call for a token asked for a fresh one. */
  readonly tokensAsked: readonly boolean[];
}

/** A client of `person`, by default straight to the server. */
export function openClient(app: TestApp, person: Person, options: Partial<BelfryClientOptions> = {}): TestClient {
  const tokensAsked: boolean[] = [];
  const client = createBelfryClient({
    url: `${app.url}${app.config.graphqlPath}`,
    token: ({ renew }) => {
      tokensAsked.push(renew);
      return app.token(person);
    },
    ...options,
  });
  const states: ConnectionState[] = [client.state];
  const changes: Arrivals<ConnectionState> = arrivals((state) => JSON.stringify(state));
  client.onState(() => {
    states.push(client.state);
    changes.add(client.state);
  });
  return {
    client,
    states,
    tokensAsked,
    state: (name) => changes.take(`the state ${name}`, ({ state }) => state === name),
    [Symbol.dispose]: () => client.dispose(),
  };
}

/** A stream's items as they arrived. */
export interface Followed<Data> {
  readonly items: readonly StreamItem<Data>[];
  next(): Promise<StreamItem<Data>>;
  /** The error it ended with. */
  error(): Promise<BelfryError>;
  completed(): Promise<void>;
  stop(): void;
}

/** Follows a subscription with a client. */
export function follow<Data>(
  client: BelfryClient,
  subscribe: Parameters<typeof client.subscribe<Data, Record<string, unknown>>>[0],
): Followed<Data> {
  return followWith((observer) => client.subscribe<Data, Record<string, unknown>>(subscribe, observer));
}

/** Keeps what `start` hands to its observer. */
export function followWith<Data>(start: (observer: Observer<Data>) => () => void): Followed<Data> {
  const items: StreamItem<Data>[] = [];
  const waiting: Arrivals<StreamItem<Data>> = arrivals((item) => JSON.stringify(item));
  const errors: Arrivals<BelfryError> = arrivals(String);
  const ends: Arrivals<true> = arrivals(String);
  const stop = start({
    next(item) {
      items.push(item);
      waiting.add(item);
    },
    error: errors.add,
    complete: () => ends.add(true),
  });
  return {
    items,
    next: () => waiting.take('an item', () => true),
    error: () => errors.take('an error', () => true),
    completed: async () => void (await ends.take('the end', () => true)),
    stop,
  };
}
