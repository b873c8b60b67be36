import type { OperationResult } from '@urql/core';
import {
  type Exchange,
  makeErrorResult,
  makeOperation,
  makeResult,
  type Operation,
  stringifyDocument,
} from '@urql/core';
import { filter, make, merge, mergeMap, pipe, type Source, takeUntil } from 'wonka';
import type { BelfryClient } from '../client.ts';
import { deniedAside } from '../denied.ts';
import { freshQueries } from '../fresh.ts';
import type { StreamOptions } from '../stream.ts';

/**
 * The last exchange of an urql client of Belfry: queries and mutations over HTTP, subscriptions over the client's socket.
 *
 * `context: { belfry: { after, keep, refetch } }` is for subscriptions and as in `client.subscribe`; without
 * `refetch` and `onTopics` the active queries are fetched again, when a place has expired and when somebody is added or removed. The BelfryError a stream ends with is `networkError`.
 * Errors of fields that may not be read stand in `extensions.denied`.
 */
export function belfryExchange(belfry: BelfryClient): Exchange {
  return ({ client, forward }) =>
    (operations) => {
      /** Queries somebody looks at, and the answers that are on their way. */
      const active = new Map<number, Operation>();
      const asked = new Map<number, Promise<unknown>>();
      const queries = freshQueries(belfry);

      async function refetch(): Promise<void> {
        for (const operation of active.values()) {
          const context = { ...operation.context, requestPolicy: 'network-only' as const };
          client.reexecuteOperation(makeOperation('query', operation, context));
        }
        // They come round through the exchanges before this one.
        await new Promise((resolve) => setTimeout(resolve));
        await Promise.all(asked.values());
      }

      function answer(operation: Operation): Source<OperationResult> {
        return make(({ next, complete }) => {
          const aborting = new AbortController();
          const ask = operation.kind === 'query' ? queries.ask : belfry.execute;
          const answering = ask(messageOf(operation), aborting.signal).then(
            (result) => next(makeResult(operation, deniedAside(result) as Parameters<typeof makeResult>[1])),
            (error: Error) => next(makeErrorResult(operation, error)),
          );
          if (operation.kind === 'query') {
            active.set(operation.key, operation);
            asked.set(operation.key, answering);
          }
          void answering.finally(() => {
            if (asked.get(operation.key) === answering) asked.delete(operation.key);
            complete();
          });
          return () => aborting.abort();
        });
      }

      function stream(operation: Operation): Source<OperationResult> {
        return make(({ next, complete }) => {
          const end = (): void => {
            // Otherwise urql takes it for running, and the same subscription later for the same one.
            client.reexecuteOperation(makeOperation('teardown', operation, operation.context));
            complete();
          };
          const options = (operation.context.belfry ?? {}) as StreamOptions;
          return belfry.subscribe(
            { refetch, onTopics: refetch, ...options, ...messageOf(operation) },
            {
              // Each result by itself: urql's own subscriptionExchange repeats earlier data and errors in later results.
              next({ data, errors, ...extensions }) {
                queries.heard(extensions);
                next(makeResult(operation, deniedAside({ data, errors, extensions }) as never));
              },
              error(error) {
                next(makeErrorResult(operation, error));
                end();
              },
              complete: end,
            },
          );
        });
      }

      const isOurs = ({ kind }: Operation): boolean => kind !== 'teardown';
      const results = pipe(
        operations,
        filter(isOurs),
        mergeMap((operation) => {
          const isEnd = ({ kind, key }: Operation): boolean => kind === 'teardown' && key === operation.key;
          const source = operation.kind === 'subscription' ? stream(operation) : answer(operation);
          return pipe(source, takeUntil(pipe(operations, filter(isEnd))));
        }),
      );
      const rest = pipe(
        operations,
        filter((operation) => {
          if (operation.kind === 'teardown') active.delete(operation.key);
          return !isOurs(operation);
        }),
        forward,
      );
      return merge([results, rest]);
    };
}

function messageOf({ query, variables }: Operation) {
  return { query: stringifyDocument(query), variables: variables as Record<string, unknown> };
}
