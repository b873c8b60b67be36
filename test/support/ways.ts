import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { createClient, type Client as Urql } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { pipe, subscribe as subscribeTo } from 'wonka';
import { belfryCache, belfryLink } from '../../src/client/apollo/index.ts';
import { type BelfryClient, BelfryError, type StreamItem } from '../../src/client/index.ts';
import { belfryExchange, belfryCache as graphcache } from '../../src/client/urql/index.ts';
import { type Followed, followWith } from './client.ts';

/** What is followed. */
interface Asked {
  query: string;
  variables: Record<string, unknown>;
  after?: string;
}

/** A library through which an application uses the client: the tests of resuming run through each of them. */
export interface Way {
  follow<Data>(asked: Asked): Followed<Data>;
  /** Asks, and goes on looking at the answer: every one that comes, also out of the library's cache, oldest first. */
  look(query: string, variables: Record<string, unknown>): readonly unknown[];
}

/** By the name of the library. */
export const ways: Record<string, (client: BelfryClient) => Way> = {
  'the client itself': (client) => {
    const loads: (() => Promise<unknown>)[] = [];
    const refetch = () => Promise.all(loads.map((load) => load()));
    return {
      follow: <Data>(asked: Asked) =>
        followWith<Data>((observer) => client.subscribe<Data>({ ...asked, refetch }, observer)),
      look(query, variables) {
        const answers: unknown[] = [];
        const load = async () => answers.push((await client.query(query, variables)).data);
        loads.push(load);
        void load();
        return answers;
      },
    };
  },

  'Apollo Client': (client) => {
    const apollo = new ApolloClient({ link: belfryLink(client), cache: new InMemoryCache(belfryCache) });
    return {
      follow: <Data>({ query, variables, after }: Asked) =>
        followWith<Data>((observer) => {
          const running = apollo
            .subscribe<Data>({ query: gql(query), variables, context: { belfry: { after } } })
            .subscribe({
              next({ data, error, extensions }) {
                if (BelfryError.is(error)) observer.error?.(error);
                else observer.next({ data: data ?? null, errors: [], ...extensions } as StreamItem<Data>);
              },
              error: (error) => observer.error?.(error),
              complete: () => observer.complete?.(),
            });
          return () => running.unsubscribe();
        }),
      look(query, variables) {
        const answers: unknown[] = [];
        // A field that may not be read is null, with an error beside it.
        const errorPolicy = 'all' as const;
        const options = { query: gql(query), variables, notifyOnNetworkStatusChange: true, errorPolicy };
        apollo.watchQuery(options).subscribe(({ data, loading }) => {
          if (data && !loading) answers.push(data);
        });
        return answers;
      },
    };
  },

  urql: (client) => {
    const urql: Urql = createClient({ url: '/', exchanges: [cacheExchange(graphcache), belfryExchange(client)] });
    return {
      follow: <Data>({ query, variables, after }: Asked) =>
        followWith<Data>((observer) => {
          const results = urql.subscription(query, variables, { belfry: { after } });
          const { unsubscribe } = pipe(
            results,
            subscribeTo(({ data, error, extensions }) => {
              if (BelfryError.is(error?.networkError)) {
                observer.error?.(error.networkError);
              } else observer.next({ data, errors: [], ...extensions } as StreamItem<Data>);
            }),
          );
          return unsubscribe;
        }),
      look(query, variables) {
        const answers: unknown[] = [];
        pipe(
          urql.query(query, variables),
          subscribeTo(({ data, stale }) => {
            if (data && !stale) answers.push(data);
          }),
        );
        return answers;
      },
    };
  },
};
