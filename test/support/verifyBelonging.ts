import { expect } from 'vitest';
import { decodeCursor } from '../../src/events/cursor.ts';
import type { TestApp } from './app.ts';
import { applyObjects, comparable, removeById, type State } from './state.ts';
import { eventsDocument, withTypenames } from './stateDocuments.ts';
import type { Delivery, Subscription } from './subscription.ts';
import type { DeliveredEvent } from './verifyEvents.ts';
import type { Person } from './world.ts';

export interface VerifyBelongingOptions {
  /** Whose state it is, and who is cut off. */
  person: Person;
  /** What a client shows of everything the person belongs to: lists, with the `id` of every object. */
  query: string;
  /** The commands, one after the other; the socket is cut half-way between them. */
  act: readonly (() => Promise<unknown>)[];
  /** The server on which the one who was cut off goes on. */
  resumeOn: TestApp;
}

type Item = DeliveredEvent & { cursors?: { topic: string; cursor: string }[]; topicId?: string };

/**
 * `verifyEvents` for the stream over everything somebody belongs to, where topics begin and end: *stale state + events
 * = fresh state*, for a client that stays and for one that is cut off without a word half-way and resumes from the
 * last cursor of each topic. What either was told of a topic it keeps is what `sync` says of it, in order, once.
 *
 * Returns what the one who stayed was told, events only.
 */
export async function verifyBelonging(app: TestApp, options: VerifyBelongingOptions): Promise<DeliveredEvent[]> {
  const { person, act, resumeOn } = options;
  const query = withTypenames(options.query);
  const load = async (): Promise<State> => (await app.ask(person, query)) as State;
  const document = eventsDocument(
    options.query,
    '... on AccessLost { topicId } ... on Checkpoint { cursors { topic cursor } }',
  );
  const topics = [{ kind: 'USER' }];
  const half = Math.floor(act.length / 2);

  const staying = await follow(app, null);
  const heads = await staying.opened();
  const stale = await load();
  const cutOff = await follow(app, heads);
  await cutOff.opened();

  for (const step of act.slice(0, half)) await step();
  cutOff.socket.drop();
  await cutOff.socket.closed();
  for (const step of act.slice(half)) await step();

  const fresh = await load();
  const resumed = await follow(resumeOn, cutOff.places());
  await resumed.opened();
  const expected = await synced();
  const seenStaying = await staying.until(stale, []);
  const seenCutOff = await resumed.until(stale, cutOff.rest());
  for (const seen of [seenStaying, seenCutOff]) {
    const ids = seen.flatMap(({ value }) => value.id ?? []);
    expect(new Set(ids).size, 'nothing was told twice').toBe(ids.length);
    for (const [topic, told] of expected) {
      expect(
        ids.filter((id) => told.includes(id)),
        `of ${topic}, in order`,
      ).toEqual(told);
    }
  }
  return seenStaying.map(({ value }) => value).filter(({ id }) => id !== undefined);

  async function follow(server: TestApp, after: readonly string[] | null) {
    const socket = await server.socket(person);
    const stream: Subscription<{ events: Item }> = await socket.subscribe(document, { topics, after });
    const places = new Map<string, string>();
    const place = (delivery: Delivery<{ events: Item }>) => {
      for (const { topic, cursor } of delivery.value.cursors ?? []) if (!places.has(topic)) places.set(topic, cursor);
      if (delivery.cursor) places.set(String(delivery.extensions?.topic), delivery.cursor);
    };
    return {
      socket,
      /** The places it begins at. */
      async opened(): Promise<string[]> {
        const { value } = await stream.next('Checkpoint');
        for (const { topic, cursor } of value.cursors ?? []) places.set(topic, cursor);
        return [...places.values()];
      },
      places(): string[] {
        stream.waiting.forEach(place);
        return [...places.values()];
      },
      rest: () => [...stream.waiting],
      /** Everything that was told, once it and what was `seen` before make the fresh state of the stale. */
      async until(before: State, seen: readonly Delivery<{ events: Item }>[]) {
        const all = [...seen];
        const ids = () => new Set(all.map(({ value }) => value.id));
        const isThere = () => [...expected.values()].flat().every((id) => ids().has(id));
        const state = () => comparable(afterEvents(before, all));
        const wanted = JSON.stringify(comparable(fresh));
        while (!isThere() || JSON.stringify(state()) !== wanted) {
          const next = await stream.next().catch((cause: unknown) => {
            expect(state(), 'stale state + events = fresh state').toEqual(comparable(fresh));
            throw cause;
          });
          expect(next.errors, `errors in ${next.value.__typename}`).toBeUndefined();
          all.push(next);
        }
        return all;
      },
    };
  }

  /** Ids of what happened since, by topic the person still belongs to. */
  async function synced(): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    let since = heads;
    for (let hasMore = true; hasMore; ) {
      const page = `query ($topics: [TopicRef!]!, $since: [Cursor!]!) { sync(topics: $topics, since: $since) {
        items { ... on Event { id cursor } } cursors { topic cursor } hasMore } }`;
      const { sync } = await app.ask(person, page, { topics, since });
      for (const { id, cursor } of sync.items) {
        if (!cursor) continue;
        const { topic } = decodeCursor(cursor);
        found.set(topic, [...(found.get(topic) ?? []), id]);
      }
      since = sync.cursors.map(({ cursor }: { cursor: string }) => cursor);
      ({ hasMore } = sync);
    }
    return found;
  }

  function afterEvents(state: State, deliveries: readonly Delivery<{ events: Item }>[]): State {
    const copy = structuredClone(state);
    for (const { value } of deliveries) {
      applyObjects(copy, value);
      if (value.topicId !== undefined) removeById(copy, value.topicId);
    }
    return copy;
  }
}
