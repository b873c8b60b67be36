import { gql, type TypedDocumentNode } from '@apollo/client';
import { useApolloClient, useQuery as useApolloQuery } from '@apollo/client/react';
import { useCallback } from 'react';
import type { TypedDocumentString } from '../generated/graphql.ts';
import { createHooks, type HookLibrary } from '../hooks.ts';

type Parsed<Data, Variables> = TypedDocumentNode<Data, Variables & Record<string, unknown>>;

function parsed<Data, Variables>(document: TypedDocumentString<Data, Variables>): Parsed<Data, Variables> {
  // gql keeps what it has parsed.
  return gql(String(document));
}

const library: HookLibrary = {
  useQuery(document, variables) {
    const { data, loading, error, refetch } = useApolloQuery(parsed(document), { variables: variables as never });
    return { data: data as never, loading, error, refetch };
  },
  useSubscribe() {
    const apollo = useApolloClient();
    return useCallback(
      (document, variables, { next, error: fail }, options) => {
        const running = apollo
          .subscribe({ query: parsed(document), variables: variables as never, context: { belfry: options } })
          .subscribe({
            next({ data, error }) {
              if (data) next(data as never);
              else if (error) fail(error);
            },
            error: fail,
          });
        return () => running.unsubscribe();
      },
      [apollo],
    );
  },
};

export const { useTaskUpdated, useNewComment, useInbox, useAttention, usePresence, useViewing } = createHooks(library);
