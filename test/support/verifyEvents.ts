import { expect } from 'vitest';
import { decodeCursor } from '../../src/events/cursor.ts';
import type { TestApp } from './app.ts';
import { applyObjects, comparable, headCursorOf, type State } from './state.ts';
import { eventsDocument, withTypenames } from './stateDocuments.ts';
import type { Delivery, Subscription } from './subscription.ts';
import type { Person } from './world.ts';

/** An event as the stream delivered it: `__typename`, `id`, and the objects it leads to. */
export type DeliveredEvent = { __typename: string; id: string } & Record<string, unknown>;

export interface VerifyEventsOptions {
  /** Whose state it is. */
  person: Person;
  topic: { kind: 'USER' | 'PROJECT' | 'CONTENT' | 'CONVERSATION'; id: string };
  /**
   * What a client shows: reads the state, with `headCursor` of the topic and the `id` of every object. Objects the events
   * lead to are selected as they are here.
   */
  query: string;
  variables?: Record<string, unknown>;
  /** Fragments on events for what `reduce` needs besides objects: `... on MemberAdded { role }`. */
  says?: string;
  /**
   * Applies what an event says beyond its objects, in place, after they were applied; such as a changed role, which
   * is no object. Objects replace their former selves by id, new ones join the list of their type, deleted ones leave.
   */
  reduce?: (state: State, event: DeliveredEvent) => void;
  /** Whether deleted objects keep their place in lists. */
  tombstones?: boolean;
  /** The commands, one after the other; the socket is cut half-way between them, before the only one. */
  act: (() => Promise<unknown>) | readonly (() => Promise<unknown>)[];
  /** The server on which the one who was cut off goes on; default the same. */
  resumeOn?: TestApp;
}

/**
 * Proves of commands that their events tell everything: *stale state + events = fresh state*. Over real sockets: one
 * client stays, another is cut off without a word half-way, and resumes from its last cursor. Both must see the same
 * events, in order, once, and both must end in the state a fresh query shows.
 *
 * Returns the events, for what the test says of them.
 */
export async function verifyEvents(app: TestApp, options: VerifyEventsOptions): Promise<DeliveredEvent[]> {
  const { person, topic, variables, resumeOn = app } = options;
  const query = withTypenames(options.query);
  const load = async (): Promise<State> => (await app.ask(person, query, variables)) as State;
  const steps = typeof options.act === 'function' ? [options.act] : options.act;
  const half = Math.floor(steps.length / 2);
  const document = eventsDocument(options.query, options.says);
  const topics = [{ kind: topic.kind, id: topic.id }];

  const stale = await load();
  const head = headCursorOf(stale);
  const staying = await follow(app, head);
  const cutOff = await follow(app, head);

  for (const step of steps.slice(0, half)) await step();
  cutOff.socket.drop();
  await cutOff.socket.closed();
  for (const step of steps.slice(half)) await step();

  const fresh = await load();
  const end = decodeCursor(headCursorOf(fresh)).seq;
  const resumed = await follow(resumeOn, cutOff.place());
  const seenStaying = await staying.until(end);
  const seenCutOff = [...(await cutOff.rest()), ...(await resumed.until(end))];

  expectConsecutive(seenStaying, decodeCursor(head).seq, end);
  expect(seenCutOff.map(eventId), 'the client that was cut off saw the same events').toEqual(seenStaying.map(eventId));
  for (const seen of [seenStaying, seenCutOff]) {
    expect(comparable(afterEvents(stale, seen)), 'stale state + events = fresh state').toEqual(comparable(fresh));
  }
  return seenStaying.map(({ value }) => value);

  async function follow(server: TestApp, after: string) {
    const socket = await server.socket(person);
    const stream: Subscription<{ events: DeliveredEvent }> = await socket.subscribe(document, {
      topics,
      after: [after],
    });
    await stream.next('Checkpoint');
    return {
      socket,
      place: () => stream.waiting.findLast(({ cursor }) => cursor)?.cursor ?? after,
      rest: async () => stream.take(stream.waiting.length),
      async until(seq: number) {
        const seen: Delivery<{ events: DeliveredEvent }>[] = [];
        let place = decodeCursor(after).seq;
        while (place < seq) {
          const delivery = await stream.next();
          expect(delivery.errors, `errors in ${delivery.value.__typename}`).toBeUndefined();
          if (delivery.cursor === undefined) continue;
          place = decodeCursor(delivery.cursor).seq;
          seen.push(delivery);
        }
        return seen;
      },
    };
  }

  function afterEvents(state: State, deliveries: Delivery<{ events: DeliveredEvent }>[]): State {
    const copy = structuredClone(state);
    for (const { value } of deliveries) {
      applyObjects(copy, value, options);
      options.reduce?.(copy, value);
    }
    return copy;
  }
}

function eventId({ value }: Delivery<{ events: DeliveredEvent }>): string {
  return value.id;
}

/** Every number from after the start to the end, once and in order. */
function expectConsecutive(seen: readonly { cursor?: string }[], from: number, to: number): void {
  expect(to, 'the commands appended nothing to the topic').toBeGreaterThan(from);
  const numbers = seen.map(({ cursor }) => cursor && decodeCursor(cursor).seq);
  expect(numbers).toEqual(Array.from({ length: to - from }, (_, index) => from + 1 + index));
}
