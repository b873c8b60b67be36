import { useCallback, useEffect, useRef, useState } from 'react';
import { type CombinedError, useQuery } from 'urql';
import { pipe, subscribe } from 'wonka';
import { BelfryError } from '../client/index.ts';
import { eventsStream } from './documents/events.ts';
import type { TopicKind, TypedDocumentString } from './generated/graphql.ts';
import { noteOperation } from './operations.ts';
import { note, usePerson } from './person.ts';
import { type ConsoleEvent, sentenceOf } from './words.ts';

type Document<Data, Variables> = TypedDocumentString<Data, Variables>;

/** What a query answers, and every change of it. While the server cannot be reached, what it answered last stays. */
export function useRead<Data, Variables>(document: Document<Data, Variables>, variables: Variables, pause = false) {
  const [{ data, error }, again] = useQuery<Data, Record<string, unknown>>({
    query: String(document),
    variables: variables as Record<string, unknown>,
    pause,
  });
  const refresh = useCallback(() => again({ requestPolicy: 'network-only' }), [again]);
  const asked = JSON.stringify(variables);
  const last = useRef<{ asked: string; data: Data | undefined }>({ asked, data: undefined });
  if (data || !error?.networkError || last.current.asked !== asked) last.current = { asked, data };
  const code = error?.graphQLErrors[0]?.extensions.code;
  return {
    data: last.current.data,
    error: error && textOf(error),
    /** Why it may not be read; undefined: it may, or nobody knows yet. */
    refused: code === 'FORBIDDEN' || code === 'NOT_FOUND' ? error?.graphQLErrors[0]?.message : undefined,
    refresh,
  };
}

/** Between two tries of a command that the server could not be asked. */
const againMs = 1_000;

/**
 * How to send a mutation: resolves with its answer, undefined when it was refused, which is then said. With
 * `untilAnswered` it is sent again while the server cannot be reached, with one key, so that it happens once.
 */
export function useAct() {
  const person = usePerson();
  return useCallback(
    async <Data, Variables extends { input: object }>(
      document: Document<Data, Variables>,
      { input }: Variables,
      { untilAnswered = false } = {},
    ): Promise<Data | undefined> => {
      const variables = { input: untilAnswered ? { ...input, idempotencyKey: crypto.randomUUID() } : input };
      const answered = noteOperation(person.someone.name, String(document), variables);
      const send = () => person.urql.mutation<Data>(String(document), variables).toPromise();
      let result = await send();
      while (untilAnswered && result.error?.networkError) {
        await new Promise((resolve) => setTimeout(resolve, againMs));
        result = await send();
      }
      const problem = result.error && textOf(result.error);
      answered(problem);
      if (problem) person.news.set((before) => [...before, problem]);
      return result.error ? undefined : result.data;
    },
    [person],
  );
}

/** Code and sentence, as the server said it. */
function textOf({ networkError, graphQLErrors: [first], message }: CombinedError): string {
  if (networkError && BelfryError.is(networkError)) return `${networkError.code}: ${networkError.message}`;
  return first ? `${first.extensions.code ?? 'ERROR'}: ${first.message}` : message;
}

/** A subscription for as long as the component is there. `after` counts when it begins. */
export function useStream<Data, Variables>(
  document: Document<Data, Variables>,
  variables: Variables,
  onData: (data: Data) => void,
  { after, skip = false }: { after?: string | null | undefined; skip?: boolean } = {},
): void {
  const { urql } = usePerson();
  const latest = useRef({ onData, after });
  latest.current = { onData, after };
  const asked = JSON.stringify(variables);
  useEffect(() => {
    if (skip) return;
    const from = latest.current.after;
    const results = urql.subscription(String(document), JSON.parse(asked), { belfry: from ? { after: from } : {} });
    const { unsubscribe } = pipe(
      results,
      subscribe(({ data }) => {
        if (data) latest.current.onData(data as Data);
      }),
    );
    return unsubscribe;
  }, [urql, document, asked, skip]);
}

/**
 * Follows a place from where a query read it. `hasLeft`: the person may not read it any more, and nothing of it
 * arrives.
 */
export function usePlace(
  topic: { kind: TopicKind; id: string | undefined },
  after: string | null | undefined,
  onEvent?: (event: ConsoleEvent) => void,
): { hasLeft: boolean } {
  const person = usePerson();
  const { kind, id } = topic;
  const [leftId, setLeftId] = useState<string>();
  useStream(
    eventsStream,
    { topics: [{ kind, id }] },
    ({ events: event }) => {
      if (event.__typename === 'AccessLost') {
        setLeftId(id);
        if (id) person.left.add(id);
        const at = new Date().toISOString();
        note(person, { key: `lost ${id} ${at}`, at, type: 'AccessLost', text: 'no longer in this place' });
      } else if (event.__typename !== 'Checkpoint') {
        note(person, {
          key: event.id,
          at: event.at,
          type: event.__typename,
          text: sentenceOf(event),
          cursor: event.cursor,
        });
      }
      onEvent?.(event);
    },
    { after, skip: id === undefined || !after },
  );
  return { hasLeft: leftId !== undefined && leftId === id };
}
