import { cacheExchange } from '@urql/exchange-graphcache';
import { createContext, useContext, useEffect, useState } from 'react';
import { type Client, createClient } from 'urql';
import { type BelfryClient, createBelfryClient } from '../client/index.ts';
import { belfryCache, belfryExchange } from '../client/urql/index.ts';
import { options, type Someone, tokenFor } from './options.ts';
import { type BreakableSockets, breakableSockets } from './sockets.ts';
import { createStore, type Store } from './store.ts';

/** One event, or change of the inbox, as the log of the column shows it. */
export interface LogLine {
  readonly key: string;
  readonly at: string;
  readonly type: string;
  readonly text: string;
  /** Absent: a remark of the console, such as how many events were replayed. */
  readonly cursor?: string;
}

/** Somebody with a connection of their own. */
export interface Person {
  readonly someone: Someone;
  readonly client: BelfryClient;
  readonly urql: Client;
  readonly sockets: BreakableSockets;
  readonly log: Store<readonly LogLine[]>;
  /** Ids of the places they were removed from while they were shown. */
  readonly left: Set<string>;
  /** What to say aloud; the column says several at once. */
  readonly news: Store<readonly string[]>;
  /** The next connection begins with a token that has expired. */
  expireToken(): Promise<void>;
}

const logLines = 200;

export function connectPerson(someone: Someone): Person & Disposable {
  const sockets = breakableSockets();
  let { token } = someone;
  let expired: string | undefined;
  const client = createBelfryClient({
    url: options.endpoint,
    webSocket: sockets.WebSocket,
    whenRefused: 'wait',
    async token({ renew }) {
      if (expired !== undefined && !renew) return expired;
      if (renew && options.development) {
        expired = undefined;
        token = await tokenFor(someone.externalId);
      }
      return token;
    },
  });
  const urql = createClient({ url: options.endpoint, exchanges: [cacheExchange(belfryCache), belfryExchange(client)] });
  const log = createStore<readonly LogLine[]>([]);
  return {
    someone,
    client,
    urql,
    sockets,
    log,
    left: new Set(),
    news: createStore<readonly string[]>([]),
    async expireToken() {
      expired = await tokenFor(someone.externalId, -60_000);
      sockets.drop();
    },
    [Symbol.dispose]: () => client.dispose(),
  };
}

/** Adds to the log, the newest first. An event that two streams bring stands there once. */
export function note(person: Person, line: LogLine): void {
  person.log.set((before) =>
    before.some(({ key }) => key === line.key) ? before : [line, ...before].slice(0, logLines),
  );
}

export const PersonContext = createContext<Person | undefined>(undefined);

export function usePerson(): Person {
  const person = useContext(PersonContext);
  if (!person) throw new Error('There is nobody above this component.');
  return person;
}

/** A connection for as long as the component is there. */
export function useConnected(someone: Someone): Person | undefined {
  const [person, setPerson] = useState<Person>();
  useEffect(() => {
    const connected = connectPerson(someone);
    setPerson(connected);
    return () => connected[Symbol.dispose]();
  }, [someone]);
  return person?.someone === someone ? person : undefined;
}
