import { useCallback } from 'react';
import { type DocumentInput, useClient, useQuery as useUrqlQuery } from 'urql';
import { pipe, subscribe } from 'wonka';
import { createHooks, type HookLibrary } from '../hooks.ts';

const library: HookLibrary = {
  useQuery<Data, Variables>(document: object, variables: Variables) {
    const query = String(document) as unknown as DocumentInput<Data, Record<string, unknown>>;
    const [{ data, fetching, error }, ask] = useUrqlQuery({ query, variables: variables as Record<string, unknown> });
    return { data, loading: fetching, error, refetch: () => ask({ requestPolicy: 'network-only' }) };
  },
  useSubscribe() {
    const urql = useClient();
    return useCallback(
      (document, variables, { next, error: fail }, options) => {
        const results = urql.subscription(String(document), variables as Record<string, unknown>, { belfry: options });
        const { unsubscribe } = pipe(
          results,
          subscribe(({ data, error }) => {
            if (data) next(data as never);
            else if (error) fail(error.networkError ?? error);
          }),
        );
        return unsubscribe;
      },
      [urql],
    );
  },
};

export const { useTaskUpdated, useNewComment, useInbox, useAttention, usePresence, useViewing } = createHooks(library);
