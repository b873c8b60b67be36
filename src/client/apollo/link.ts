import { ApolloLink, Observable } from '@apollo/client';
import { OperationTypeNode, print } from 'graphql';
import type { BelfryClient } from '../client.ts';
import { deniedAside } from '../denied.ts';
import { errorOf } from '../errors.ts';
import { freshQueries } from '../fresh.ts';
import type { StreamOptions } from '../stream.ts';
import { applyEvents } from './cache.ts';

/**
 * The only link an Apollo Client of Belfry needs: queries and mutations over HTTP, subscriptions over the client's socket.
 *
 * `context: { belfry: { after, keep, refetch } }` is for subscriptions and as in `client.subscribe`; without
 * `refetch` and `onTopics` the active queries are fetched again, when a place has expired and when somebody is added or removed. A stream that ends with an error ends with a BelfryError.
 * Errors of an event's fields that may not be read stand in `extensions.denied`; those of a query are as `errorPolicy` says.
 */
export function belfryLink(client: BelfryClient): ApolloLink {
  const queries = freshQueries(client);
  return new ApolloLink((operation) => {
    const { query, variables, operationName, operationType } = operation;
    const text = print(query);
    return new Observable((observer) => {
      if (operationType !== OperationTypeNode.SUBSCRIPTION) {
        const aborting = new AbortController();
        const ask = operationType === OperationTypeNode.QUERY ? queries.ask : client.execute;
        ask({ query: text, variables, operationName }, aborting.signal).then(
          ({ data, errors = [], extensions }) => {
            if (aborting.signal.aborted) return;
            // Nothing was executed: an error of this package is typed, with a code.
            if (data === undefined) return observer.error(errorOf(errors));
            observer.next({ data, ...(errors.length > 0 && { errors }), extensions } as ApolloLink.Result);
            observer.complete();
          },
          (error: unknown) => {
            if (!aborting.signal.aborted) observer.error(error);
          },
        );
        return () => aborting.abort();
      }
      const options = (operation.getContext().belfry ?? {}) as StreamOptions;
      const refetch = () => operation.client.refetchQueries({ include: 'active' });
      return client.subscribe(
        { refetch, onTopics: refetch, ...options, query: text, variables, operationName },
        {
          next({ data, errors, ...extensions }) {
            queries.heard(extensions);
            observer.next(deniedAside({ data, errors, extensions }) as ApolloLink.Result);
            applyEvents(operation.client.cache, data, { variables, topic: extensions.topic });
          },
          error: (error) => observer.error(error),
          complete: () => observer.complete(),
        },
      );
    });
  });
}
