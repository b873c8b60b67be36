import { Redis } from 'ioredis';
import { inject } from 'vitest';
import { newId } from '../../src/platform/ids.ts';
import { startApp, type TestApp } from './app.ts';
import type { Delivery, Subscription } from './subscription.ts';
import type { Person } from './world.ts';

/** Everything a signal says, but for what costs a query. */
export const signals = `subscription ($topics: [TopicRef!]!) { signals(topics: $topics) {
  __typename
  ... on TopicSignal { topicId userId count version at expiresAt }
  ... on TypingSignal { typing }
  ... on ViewingSignal { viewing }
  ... on PresenceSignal { status }
  ... on AccessLost { topicId }
} }`;

/** What a delivery of {@link signals} holds. */
export interface SignalValue {
  __typename: 'TypingSignal' | 'ViewingSignal' | 'PresenceSignal' | 'AccessLost';
  topicId: string;
  userId: string | null;
  count: number | null;
  version: number;
  at: string;
  expiresAt: string;
  typing?: boolean;
  viewing?: boolean;
  status?: 'ONLINE' | 'OFFLINE';
}

export const setTyping = 'mutation ($input: SetTypingInput!) { setTyping(input: $input) { expiresAt } }';
export const setViewing = 'mutation ($input: SetViewingInput!) { setViewing(input: $input) { expiresAt } }';
export const updateMe =
  'mutation ($input: UpdateMeInput!) { updateMe(input: $input) { user { id name sharePresence } } }';
export const presence = `query ($userIds: [ID!]!) {
  presence(userIds: $userIds) { user { id } online devices lastSeenAt }
}`;
export const viewers = 'query ($id: ID!) { project(id: $id) { viewers { count users { id } } } }';

/** A project as `TopicRef` names it. */
export const topicOf = ({ id }: { id: string }) => ({ kind: 'PROJECT', id });

/** Two servers on one database and Redis. */
export interface TwoServers extends AsyncDisposable {
  readonly app: TestApp;
  readonly other: TestApp;
}

/**
 * Starts two servers on a Redis that has known servers for long: on a new one nobody would be declared offline for as
 * long as a lease.
 */
export async function twoServers(config: Record<string, string> = {}): Promise<TwoServers> {
  const { REDIS_URL = inject('redisUrl'), REDIS_PREFIX = `test:${newId()}:` } = config;
  await using opened = new AsyncDisposableStack();
  const redis = new Redis(REDIS_URL);
  await redis.set(`${REDIS_PREFIX}ws:since`, '1');
  await redis.quit();
  const app = opened.use(await startApp({ config: { ...config, REDIS_URL, REDIS_PREFIX } }));
  const other = opened.use(await startApp({ with: app }));
  const resources = opened.move();
  return { app, other, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** A socket of the person that hears the signals of a project. */
export async function listenTo(app: TestApp, person: Person, project: { id: string }) {
  const socket = await app.socket(person);
  const stream = await socket.subscribe(signals, { topics: [topicOf(project)] });
  return { socket, stream };
}

export const signalOf = ({ value }: Delivery<unknown>) => value as SignalValue;

/** Says that somebody types, or has stopped. */
export const type = (app: TestApp, person: Person, project: { id: string }, typing = true) =>
  app.ask(person, setTyping, { input: { topic: topicOf(project), typing } });

/** Says that somebody looks at the project, or no more. */
export const view = (app: TestApp, person: Person, project: { id: string }, viewing = true) =>
  app.ask(person, setViewing, { input: { topic: topicOf(project), viewing } });

/** The next signal that fits; those before it are dropped. */
export async function nextSignal(
  stream: Subscription<unknown>,
  fits: Partial<SignalValue>,
  limitMs?: number,
): Promise<SignalValue> {
  for (;;) {
    const value = signalOf(await stream.next(undefined, limitMs));
    if (Object.entries(fits).every(([name, wanted]) => value[name as keyof SignalValue] === wanted)) return value;
  }
}

/** Proves absence: somebody types, and what came before that signal, about the person in question, is answered. */
export async function heardBefore(
  stream: Subscription<unknown>,
  about: Person,
  fence: { app: TestApp; by: Person; project: { id: string } },
): Promise<SignalValue[]> {
  await type(fence.app, fence.by, fence.project);
  const before: SignalValue[] = [];
  for (;;) {
    const value = signalOf(await stream.next());
    if (value.__typename === 'TypingSignal' && value.userId === fence.by.id) return before;
    if (value.userId === about.id) before.push(value);
  }
}
