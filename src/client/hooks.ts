import {
  createContext,
  createElement,
  type ReactNode,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { BelfryClient } from './client.ts';
import {
  attention,
  inbox,
  newComment,
  notifications,
  presence,
  setViewing,
  signals,
  taskUpdated,
  viewers,
} from './documents.ts';
import type {
  NewCommentSubscription,
  SignalsSubscription,
  TaskUpdatedSubscription,
  TaskUpdatedSubscriptionVariables,
  TopicKind,
  TypedDocumentString,
} from './generated/graphql.ts';
import type { ConnectionState } from './state.ts';
import type { StreamOptions } from './stream.ts';

/** What the hooks need of a GraphQL library. */
export interface HookLibrary {
  /** Asks, and hears of every change of the answer in the library's cache. */
  useQuery<Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
  ): { data: Data | undefined; loading: boolean; error: Error | undefined; refetch: () => unknown };
  /** How to begin a subscription; its events go through the library's cache first. Stays the same between renderings. */
  useSubscribe(): <Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
    observer: { next: (data: Data) => void; error: (error: Error) => void },
    options: StreamOptions,
  ) => () => void;
}

/** The latest event of a stream, and why it ended. */
export interface LiveEvent<Event> {
  /** undefined: none has come yet. */
  readonly event: Event | undefined;
  /** undefined: it goes on. */
  readonly error: Error | undefined;
}

export interface LiveOptions<Event> extends Omit<StreamOptions, 'after'> {
  /** Go on behind this place; a later one changes nothing. Absent: from now on. */
  readonly after?: string | undefined;
  /** Gets every event, also those between two renderings. */
  readonly onEvent?: (event: Event) => void;
  /** true: nothing is subscribed to. */
  readonly skip?: boolean;
}

/** Which topic is meant: its kind and its id or externalId. */
export interface TopicName {
  readonly kind: Exclude<TopicKind, 'USER'>;
  readonly id: string;
}

const BelfryContext = createContext<BelfryClient | undefined>(undefined);

/** Hands the client to the hooks below it. */
export function BelfryProvider({ client, children }: { client: BelfryClient; children?: ReactNode }): ReactNode {
  return createElement(BelfryContext, { value: client }, children);
}

/**
 * The client of the nearest BelfryProvider.
 * @throws Error where there is none.
 */
export function useBelfry(): BelfryClient {
  const client = useContext(BelfryContext);
  if (!client) throw new Error('There is no <BelfryProvider client={…}> above this component.');
  return client;
}

/** How what is on the screen relates to what the server knows. */
export function useConnectionState(): ConnectionState {
  const client = useBelfry();
  const state = () => client.state;
  return useSyncExternalStore(client.onState, state, state);
}

/** So often it is said again that somebody looks at a topic; the server forgets it after 30 s. */
const viewingEveryMs = 20_000;

/** The hooks, on top of a library. */
export function createHooks({ useQuery, useSubscribe }: HookLibrary) {
  function useStream<Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
    onData: (data: Data) => void,
    { skip = false, ...options }: Omit<StreamOptions, 'after'> & { skip?: boolean } = {},
  ): Error | undefined {
    const subscribe = useSubscribe();
    const [error, setError] = useState<Error>();
    const latest = useRef({ onData, options });
    useEffect(() => {
      latest.current = { onData, options };
    });
    const asked = JSON.stringify(variables);
    useEffect(() => {
      setError(undefined);
      if (skip) return;
      const next = (data: Data) => latest.current.onData(data);
      // The one of the latest rendering: it may ask with other variables by then.
      const own = { ...latest.current.options, onLive: () => latest.current.options.onLive?.() };
      return subscribe(document, JSON.parse(asked) as Variables, { next, error: setError }, own);
    }, [subscribe, document, asked, skip]);
    return error;
  }

  /** Everything that happens to the tasks of a project, as it happens. Lists of them in the cache change by themselves. */
  function useTaskUpdated(
    variables: Omit<TaskUpdatedSubscriptionVariables, 'after'>,
    { onEvent, after, ...options }: LiveOptions<TaskUpdatedSubscription['taskUpdated']> = {},
  ): LiveEvent<TaskUpdatedSubscription['taskUpdated']> {
    const [event, setEvent] = useState<TaskUpdatedSubscription['taskUpdated']>();
    const [first] = useState(after);
    const hear = (data: TaskUpdatedSubscription) => {
      setEvent(data.taskUpdated);
      onEvent?.(data.taskUpdated);
    };
    return { event, error: useStream(taskUpdated, { ...variables, after: first }, hear, options) };
  }

  /** Comments on a page, as they are made. */
  function useNewComment(
    variables: { contentId: string },
    { onEvent, after, ...options }: LiveOptions<NewCommentSubscription['newComment']> = {},
  ): LiveEvent<NewCommentSubscription['newComment']> {
    const [event, setEvent] = useState<NewCommentSubscription['newComment']>();
    const [first] = useState(after);
    const hear = (data: NewCommentSubscription) => {
      setEvent(data.newComment);
      onEvent?.(data.newComment);
    };
    return { event, error: useStream(newComment, { ...variables, after: first }, hear, options) };
  }

  /** The newest notifications, and how many there are; both stay up to date. */
  function useInbox({ first = 20 }: { first?: number } = {}) {
    const { data, loading, error } = useQuery(notifications, { first });
    const after = data?.notifications.headCursor;
    // As a variable: urql takes subscriptions with the same variables for one, wherever they begin.
    const ended = useStream(inbox, { after }, () => undefined, { skip: after === undefined });
    return {
      notifications: data?.notifications.nodes ?? [],
      counts: data?.notifications.counts,
      loading,
      error: error ?? ended,
    };
  }

  /** When and how the person wants to be told of things, and what waits because of it; stays up to date. */
  function useAttention() {
    const { data, loading, error } = useQuery(attention, {});
    const ended = useStream(inbox, {}, () => undefined);
    return { attention: data?.attention, loading, error: error ?? ended };
  }

  // Signals are not repeated: what happened before the stream began, or while it was away, is asked for when it is live.

  /** Who of these people is there, by id, as far as they share it; signals come through the topics they share with the viewer. */
  function usePresence(userIds: readonly string[], topics: readonly TopicName[]) {
    const { data, loading, error, refetch } = useQuery(presence, { userIds: [...userIds] });
    const [heard, setHeard] = useState<ReadonlyMap<string, boolean>>(new Map());
    const hear = ({ signals: signal }: SignalsSubscription) => {
      if (signal.__typename !== 'PresenceSignal' || !signal.user) return;
      const { id } = signal.user;
      const isOnline = signal.status === 'ONLINE';
      setHeard((before) => new Map(before).set(id, isOnline));
    };
    const ended = useStream(signals, { topics: topics.map(({ kind, id }) => ({ kind, id })) }, hear, {
      skip: topics.length === 0,
      onLive() {
        setHeard(new Map());
        refetch();
      },
    });
    const online = new Map(data?.presence.map(({ user, online }) => [user.id, online ?? false]));
    for (const [id, isOnline] of heard) if (userIds.includes(id)) online.set(id, isOnline);
    return { online: online as ReadonlyMap<string, boolean>, loading, error: error ?? ended };
  }

  /** Says that the viewer looks at a topic for as long as the component is there, and who else does. */
  function useViewing({ kind, id }: TopicName) {
    const client = useBelfry();
    const [heard, setHeard] = useState<ReadonlyMap<string, { name: string; untilMs: number }>>(new Map());
    const [counted, setCounted] = useState<number>();
    const { data, loading, error, refetch } = useQuery(viewers, {
      id,
      project: kind === 'PROJECT',
      content: kind === 'CONTENT',
      conversation: kind === 'CONVERSATION',
    });
    const first = (data?.project ?? data?.content ?? data?.conversation)?.viewers;
    const hear = ({ signals: signal }: SignalsSubscription) => {
      if (signal.__typename !== 'ViewingSignal') return;
      if (signal.count !== null && signal.count !== undefined) setCounted(signal.count);
      const { user, viewing, expiresAt } = signal;
      if (!user) return;
      setHeard((before) =>
        new Map(before).set(user.id, { name: user.name, untilMs: viewing ? Date.parse(expiresAt) : 0 }),
      );
    };
    const ended = useStream(signals, { topics: [{ kind, id }] }, hear, {
      onLive() {
        setHeard(new Map());
        setCounted(undefined);
        refetch();
      },
    });

    useEffect(() => {
      // One after the other: requests may overtake each other, and the last one counts.
      let said: Promise<unknown> | undefined;
      const say = (viewing: boolean) => {
        const send = () => client.query(setViewing, { input: { topic: { kind, id }, viewing } });
        // It is about this moment; the next one says it again.
        said = (said ?? Promise.resolve()).then(send).catch(() => undefined);
      };
      const again = () => {
        say(true);
        // Who has not said so again does not look any more.
        setHeard((before) => new Map(before));
      };
      // A turn later: StrictMode mounts everything twice.
      const first = setTimeout(() => say(true));
      const timer = setInterval(again, viewingEveryMs);
      return () => {
        clearTimeout(first);
        clearInterval(timer);
        if (said) say(false);
      };
    }, [client, kind, id]);

    const people = new Map(first?.users?.map((user) => [user.id, user]));
    for (const [userId, { name, untilMs }] of heard) {
      if (untilMs > client.now().getTime()) people.set(userId, { id: userId, name });
      else people.delete(userId);
    }
    return {
      viewers: [...people.values()],
      count: counted ?? first?.count ?? people.size,
      loading,
      error: error ?? ended,
    };
  }

  return { useTaskUpdated, useNewComment, useInbox, useAttention, usePresence, useViewing };
}
