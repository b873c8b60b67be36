// Random things done by several people in a project, a page and a conversation, on two servers, while some are cut off
// and come back; what each of them shows in the end is what a fresh query says, and nobody was ever sent what was not theirs.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rolesOf } from '../../src/domains/membership/access.ts';
import { decodeCursor } from '../../src/events/cursor.ts';
import { topicKey } from '../../src/events/topic.ts';
import { startApp, type TestApp } from '../support/app.ts';
import type { TestSocket } from '../support/socket.ts';
import { applyObjects, comparable, headCursorOf, type State } from '../support/state.ts';
import { eventsDocument, withTypenames } from '../support/stateDocuments.ts';
import type { Delivery, Subscription } from '../support/subscription.ts';
import type { DeliveredEvent } from '../support/verifyEvents.ts';
import type { Person } from '../support/world.ts';
import {
  type Action,
  accessCommands,
  amounts,
  batches,
  changesAccess,
  commands,
  type Kind,
  kinds,
  queries,
  type Thing,
} from './modelCommands.ts';

let app: TestApp;
let other: TestApp;
beforeAll(async () => {
  app = await startApp();
  other = await startApp({ with: app });
});
afterAll(async () => {
  await other?.[Symbol.asyncDispose]();
  await app?.[Symbol.asyncDispose]();
});

test('however people act at once, everybody ends with what a fresh query shows, and saw nothing that was not theirs', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (all) => {
      await using scene = await createScene();
      for (const batch of all) await scene.live(batch);
      await scene.settle();
    }),
    // Each run takes seconds: a failure is shown as it was found.
    { numRuns: 10, endOnFailure: true },
  );
}, 300_000);

interface View {
  readonly person: Person;
  readonly kind: Kind;
  /** Loaded once, then kept by events; undefined: nothing is shown. */
  state?: State | undefined;
  /** Undefined also while they are away. */
  stream?: Stream | undefined;
  /** Delivered before the connection was cut, and not yet put into the state. */
  before: Delivery<{ events: DeliveredEvent }>[];
  /** The last cursor the client has seen. */
  place: string;
  /** Texts written while they had no access. */
  hidden: string[];
  mayRead: boolean;
}
type Stream = Subscription<{ events: DeliveredEvent }>;

async function createScene() {
  const [owner, ...rest] = await Promise.all([1, 2, 3, 4].map(() => app.world.person()));
  const people = [owner, ...rest] as [Person, Person, Person, Person];
  const [, second, third] = people;
  const { project } = await app.world.project({ owner: people[0] });
  const { content } = await app.world.content({ owner: people[0], published: false });
  const { conversation } = await app.world.conversation({ owner: people[0], members: [second] });
  await app.world.member({ project, by: people[0], person: second, role: 'ADMIN' });
  await app.world.member({ project, by: people[0], person: third, role: 'GUEST' });
  await app.world.member({ project: content, by: people[0], person: second });
  const topics: Readonly<Record<Kind, string>> = {
    project: project.id,
    content: content.id,
    conversation: conversation.id,
  };
  /** Every socket a person has had, the newest last. */
  const sockets = new Map<Person, TestSocket[]>();
  /** Who was cut off, and in which batch. */
  const away = new Map<Person, number>();
  const socketOf = (person: Person) => sockets.get(person)?.at(-1) as TestSocket;
  for (const [index, person] of people.entries()) await connect(person, index % 2 === 0 ? app : other);
  const views = people.flatMap((person) =>
    kinds.map((kind): View => ({ person, kind, before: [], place: '', hidden: [], mayRead: false })),
  );
  const objects: Record<Thing, string[]> = { task: [], comment: [], message: [], offer: [] };
  /** The two who may know an amount. */
  const parties = new Map<string, readonly (string | undefined)[]>();
  const offers = new Map<string, readonly (string | undefined)[]>();
  const scene = `${project.id.slice(-8)}`;
  let written = 0;
  let round = 0;
  await refresh();

  /** What somebody shows of a topic; undefined: they may not read it. */
  async function load({ person, kind }: View): Promise<State | undefined> {
    const { data, errors } = await other.graphql(person, withTypenames(queries[kind]), { id: topics[kind] });
    if (!errors) return data as State;
    expect(errors[0]?.message).toMatch(/no access to it/);
    return undefined;
  }

  async function connect(person: Person, server: TestApp): Promise<void> {
    const socket = await server.socket(person);
    sockets.set(person, [...(sockets.get(person) ?? []), socket]);
    await socket.subscribe(
      'subscription { inbox { __typename ... on NotificationUpserted { notification { title } } } }',
    );
  }

  async function cut(person: Person): Promise<void> {
    if (away.has(person)) return;
    away.set(person, round);
    socketOf(person).drop();
    await socketOf(person).closed();
    for (const view of views) {
      if (view.person !== person || !view.stream || view.stream.ended) continue;
      view.before.push(...view.stream.waiting);
      view.place = view.before.findLast(({ cursor }) => cursor)?.cursor ?? view.place;
      view.stream = undefined;
    }
  }

  /** Those who were cut off before a batch come back, and go on where they were. */
  async function comeBack(since: number, server: TestApp): Promise<void> {
    for (const [person, batch] of away) {
      if (batch >= since) continue;
      away.delete(person);
      await connect(person, server);
      for (const view of views) if (view.person === person && view.state && !view.stream) await follow(view);
    }
  }

  async function follow(view: View): Promise<void> {
    view.stream = await socketOf(view.person).subscribe(eventsDocument(queries[view.kind], amounts), {
      topics: [{ kind: view.kind.toUpperCase(), id: topics[view.kind] }],
      after: [view.place],
    });
  }

  /** Loads and follows where nothing is followed. */
  async function begin(view: View): Promise<void> {
    if ((view.stream && !view.stream.ended) || away.has(view.person)) return;
    view.state = await load(view);
    view.before = [];
    view.stream = undefined;
    if (!view.state) return;
    view.place = headCursorOf(view.state);
    await follow(view);
  }

  /** Asks who may read what by now, and lets everybody who may follow it. */
  async function refresh(): Promise<void> {
    for (const view of views) {
      const key = topicKey(view.kind, topics[view.kind]);
      const person = { userId: view.person.id, workspaceId: view.person.workspace.id };
      const mayRead = (await rolesOf(app.services.database.db, person, [key])).has(key);
      if (mayRead && !view.mayRead) {
        expectUnseen(view);
        // Current members see a topic's whole history.
        view.hidden = [];
      }
      view.mayRead = mayRead;
      if (mayRead) await begin(view);
    }
  }

  function expectUnseen({ person, hidden }: View): void {
    const frames = (sockets.get(person) ?? []).flatMap((socket) => socket.frames).join('\n');
    for (const text of hidden) expect(frames).not.toContain(text);
    for (const [amount, both] of parties) if (!both.includes(person.id)) expect(frames).not.toContain(amount);
  }

  async function act({ command, actor, person, object, kind: anyKind, elsewhere }: Action) {
    const by = people[actor] as Person;
    if (command === 'cut') {
      await cut(by);
      return { kind: anyKind, text: '' };
    }
    const access = accessCommands[command];
    const { kind = anyKind, name = access?.name ?? '', on, makes, input: inputOf } = commands[command] ?? {};
    // None of them is the beginning of another.
    const text = `text-${scene}-${++written}-`;
    const minorUnits = 7_000_000_000 + written;
    const userId = people[person]?.id ?? '';
    const list = on ? objects[on] : [];
    const chosen = {
      topic: topics[kind],
      person: userId,
      object: list[object % Math.max(1, list.length)] ?? '',
      text,
      amount: { minorUnits, currency: 'EUR' },
      value: object,
    };
    if (makes === 'offer') parties.set(String(minorUnits), [by.id, userId]);
    if (on === 'offer') parties.set(String(minorUnits), offers.get(chosen.object) ?? []);
    const input = inputOf?.(chosen) ?? { topicId: topics[kind], userId, ...(access?.role && { role: access.role }) };
    const made = makes ? `${makes} { id }` : '__typename';
    const document = `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { made: ${name}(input: $input) { ${made} } }`;
    const { data, errors } = await (elsewhere ? other : app).graphql(by, document, { input });
    const id = makes && data?.made?.[makes]?.id;
    if (id) objects[makes].push(id);
    if (id && makes === 'offer') offers.set(id, [by.id, userId]);
    // What a role does not allow is refused; anything else would be a fault.
    for (const { extensions } of errors ?? []) {
      expect(extensions?.code).toMatch(/^(FORBIDDEN|NOT_FOUND|CONFLICT|VALIDATION_ERROR)$/);
    }
    return { kind, text };
  }

  /** Takes what was delivered up to a place in the log; false when the stream ended before. */
  async function takeUntil(view: View, from: string, to: string): Promise<boolean> {
    const { state, kind } = view;
    let place = decodeCursor(from).seq;
    while (place < decodeCursor(to).seq) {
      const delivery = view.before.shift() ?? (await nextOf(view.stream));
      if (!delivery) return false;
      if (delivery.cursor === undefined) continue;
      const next = decodeCursor(delivery.cursor).seq;
      expect(next, 'in order, once, without a gap').toBe(place + 1);
      place = next;
      applyObjects(state as State, delivery.value, { tombstones: kind !== 'project' });
    }
    return true;
  }

  /** Undefined: the stream has ended. */
  function nextOf(stream: Stream | undefined) {
    return stream?.next().catch((error: unknown) => {
      if (stream.ended) return undefined;
      throw error;
    });
  }

  async function settleOne(view: View): Promise<void> {
    for (;;) {
      const fresh = await load(view);
      if (!fresh) {
        if (view.stream && !view.stream.ended) await view.stream.completed();
        return expectUnseen(view);
      }
      await begin(view);
      if (!(await takeUntil(view, headCursorOf(view.state as State), headCursorOf(fresh)))) continue;
      expect(comparable(view.state as State), `what ${view.person.name} shows of the ${view.kind}`).toEqual(
        comparable(fresh),
      );
      return;
    }
  }

  return {
    async live(batch: readonly Action[]): Promise<void> {
      round++;
      const before = new Map(views.map((view) => [view, view.mayRead]));
      const done = await Promise.all(batch.map(act));
      await comeBack(round, round % 2 === 0 ? app : other);
      await refresh();
      // Where access changes in the same moment nobody can say what was written before it.
      if (batch.some(({ command }) => changesAccess(command))) return;
      for (const view of views) {
        if (before.get(view) || view.mayRead) continue;
        view.hidden.push(...done.flatMap(({ kind, text }) => (text && kind === view.kind ? [text] : [])));
      }
    },
    async settle(): Promise<void> {
      await comeBack(Number.POSITIVE_INFINITY, other);
      await app.settled();
      for (const view of views) await settleOne(view);
      for (const view of views) expectUnseen(view);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of [...sockets.values()].flat()) await socket[Symbol.asyncDispose]();
    },
  };
}
