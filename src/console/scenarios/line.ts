import {
  BelfryError,
  createBelfryClient,
  type ErrorCode,
  type GraphQLErrorLike,
  type TokenSource,
} from '../../client/index.ts';
import { heardEvents, heardInbox, heardSignals } from '../documents/scenarios.ts';
import type {
  ScenarioEventsSubscription,
  ScenarioInboxSubscription,
  ScenarioSignalsSubscription,
  TopicRef,
  TypedDocumentString,
} from '../generated/graphql.ts';
import { noteOperation } from '../operations.ts';
import { options, tokenFor } from '../options.ts';
import type { Member } from './cast.ts';
import { createHeard, type Heard } from './heard.ts';
import { until } from './runner.ts';
import { type WatchedSockets, watchedSockets } from './watchedSockets.ts';

export type HeardEvent = ScenarioEventsSubscription['events'];
type HeardSignal = ScenarioSignalsSubscription['signals'];
type HeardChange = ScenarioInboxSubscription['inbox'];
type Document<Data, Variables> = TypedDocumentString<Data, Variables>;

/** Somebody's own connection, through the client package. */
export interface Line {
  readonly member: Member;
  readonly client: ReturnType<typeof createBelfryClient>;
  readonly sockets: WatchedSockets;
  /** Over HTTP. What the server asks to wait for is waited for. */
  ask<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Promise<Data>;
  /** Over the socket, and the same. */
  say<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Promise<Data>;
  /** Resolves when the stream is live. */
  follow(topics: TopicRef[]): Promise<Heard<HeardEvent>>;
  followSignals(topics: TopicRef[]): Promise<Heard<HeardSignal>>;
  followInbox(): Promise<Heard<HeardChange>>;
  /** Says goodbye to the server. */
  close(): void;
}

const connectWithinMs = 10_000;

/** Connects when something is followed or said. `token` and `deviceId`: others than the member's own. */
export function openLine(
  member: Member,
  signal: AbortSignal,
  { token, deviceId }: { token?: TokenSource; deviceId?: string } = {},
): Line {
  const { name, externalId } = member.someone;
  const sockets = watchedSockets();
  const client = createBelfryClient({
    url: options.endpoint,
    webSocket: sockets.WebSocket,
    token: token ?? (({ renew }) => (renew ? tokenFor(externalId) : member.someone.token)),
    ...(deviceId !== undefined && { deviceId }),
  });

  /** Gives up when there is no connection for long: the client itself never does. */
  async function whileConnected<T>(answer: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stop = (): void => {};
    const lost = new Promise<never>((_, reject) => {
      const problem = new Error(`${name} is not connected after ${connectWithinMs / 1000} s.`);
      const look = (): void => {
        const isConnected = client.state.state === 'LIVE' || client.state.state === 'CATCHING_UP';
        if (!isConnected) timer ??= setTimeout(() => reject(problem), connectWithinMs);
        else {
          clearTimeout(timer);
          timer = undefined;
        }
      };
      stop = client.onState(look);
      look();
    });
    try {
      return await Promise.race([answer, lost]);
    } finally {
      stop();
      clearTimeout(timer);
    }
  }

  function listen<Data, Variables, Item extends { __typename: string }>(
    document: Document<Data, Variables>,
    variables: Variables,
    itemOf: (data: Data) => Item,
  ): Promise<Heard<Item>> {
    const { heard, hear, fail } = createHeard<Item>(name, signal);
    const live = new Promise<Heard<Item>>((resolve, reject) => {
      client.subscribe(
        { query: document, variables, onLive: () => resolve(heard) },
        {
          next: ({ data }) => {
            if (data) hear(itemOf(data));
          },
          error: (error) => {
            fail(error);
            reject(error);
          },
        },
      );
    });
    return whileConnected(until(signal, live));
  }

  /** Shown among the operations of the page. */
  async function noted<Data>(document: unknown, variables: unknown, answer: Promise<Data>): Promise<Data> {
    const answered = noteOperation(name, String(document), variables);
    try {
      const data = await answer;
      answered();
      return data;
    } catch (error) {
      answered(BelfryError.is(error) ? `${error.code}: ${error.message}` : String(error));
      throw error;
    }
  }

  async function say<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Promise<Data> {
    for await (const { data, errors } of client.iterate({ query: document, variables })) {
      if (data) return data;
      throw errorOf(errors);
    }
    throw errorOf([]);
  }

  return {
    member,
    client,
    sockets,
    async ask(document, variables) {
      const query = () => client.query(document, variables, { signal });
      return (await noted(document, variables, patiently(signal, query))).data;
    },
    say: (document, variables) => noted(document, variables, whileConnected(until(signal, say(document, variables)))),
    follow: (topics) => listen(heardEvents, { topics }, ({ events }) => events),
    followSignals: (topics) => listen(heardSignals, { topics }, ({ signals }) => signals),
    followInbox: () => listen(heardInbox, {}, ({ inbox }) => inbox),
    close: () => client.dispose(),
  };
}

/** Asks again when the limits allow it, where they do not now. */
export async function patiently<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const { code, details } = error as Partial<BelfryError>;
      if (code !== 'RATE_LIMITED' || details?.retryAfterMs === undefined) throw error;
      await pause(details.retryAfterMs, signal);
    }
  }
}

/** The first of them. */
function errorOf(errors: readonly GraphQLErrorLike[]): BelfryError {
  const [first] = errors;
  const { code, ...details } = (first?.extensions ?? {}) as { code?: ErrorCode };
  return new BelfryError(code ?? 'INTERNAL_ERROR', first?.message ?? 'There is no answer.', { errors, details });
}

/** Resolves after so long. Rejects when the scenario has to end before. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return until(signal, new Promise((resolve) => setTimeout(resolve, ms)));
}
