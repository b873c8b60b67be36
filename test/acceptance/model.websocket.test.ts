// Random things done by several people in a project, a page and a conversation, on two servers; what each of them
// shows in the end is what a fresh query says, and nobody was ever sent what was not theirs.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rolesOf } from '../../src/domains/membership/access.ts';
import { decodeCursor } from '../../src/events/cursor.ts';
import { topicKey } from '../../src/events/topic.ts';
import { startApp, type TestApp } from '../support/app.ts';
import type { TestSocket } from '../support/socket.ts';
import { applyObjects, comparable, headCursorOf, type State } from '../support/state.ts';
import { eventsDocument, withTypenames } from '../support/stateDocuments.ts';
import type { Subscription } from '../support/subscription.ts';
import type { DeliveredEvent } from '../support/verifyEvents.ts';
import type { Person } from '../support/world.ts';

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

const kinds = ['project', 'content', 'conversation'] as const;
type Kind = (typeof kinds)[number];

/** What somebody shows of a topic. */
const queries: Readonly<Record<Kind, string>> = {
  project: `query ($id: ID!) { tasks(projectId: $id, first: 20) { headCursor nodes {
    id title status version comments(first: 10) { nodes { id text version } } } } }`,
  content: 'query ($id: ID!) { content(id: $id) { headCursor id title body status version } }',
  conversation: `query ($id: ID!) { messages(conversationId: $id, first: 50) { headCursor nodes {
    id content isEdited version deletedAt reactions { emoji count } } } }`,
};

/** Each command: its mutation, and its input from what there is. `text` is unlike any other. */
type Chosen = { topic: string; person: string; object: string; text: string };
const commands: Readonly<Record<string, { kind: Kind; name: string; input: (chosen: Chosen) => object }>> = {
  createTask: { kind: 'project', name: 'createTask', input: ({ topic, text }) => ({ projectId: topic, title: text }) },
  updateTask: { kind: 'project', name: 'updateTask', input: ({ object, text }) => ({ taskId: object, title: text }) },
  deleteTask: { kind: 'project', name: 'deleteTask', input: ({ object }) => ({ taskId: object }) },
  comment: { kind: 'project', name: 'addComment', input: ({ object, text }) => ({ taskId: object, text }) },
  updateContent: {
    kind: 'content',
    name: 'updateContent',
    input: ({ topic, text }) => ({ contentId: topic, body: text }),
  },
  publish: { kind: 'content', name: 'publishContent', input: ({ topic }) => ({ contentId: topic }) },
  unpublish: { kind: 'content', name: 'unpublishContent', input: ({ topic }) => ({ contentId: topic }) },
  send: {
    kind: 'conversation',
    name: 'sendMessage',
    input: ({ topic, text }) => ({ conversationId: topic, content: text }),
  },
  edit: {
    kind: 'conversation',
    name: 'editMessage',
    input: ({ object, text }) => ({ messageId: object, content: text }),
  },
  deleteMessage: { kind: 'conversation', name: 'deleteMessage', input: ({ object }) => ({ messageId: object }) },
  react: { kind: 'conversation', name: 'toggleReaction', input: ({ object }) => ({ messageId: object, emoji: '👍' }) },
  read: { kind: 'conversation', name: 'markConversationRead', input: ({ topic }) => ({ conversationId: topic }) },
};
/** Those that change who may read; of every kind of topic. */
const accessCommands: Readonly<Record<string, { name: string; role?: string }>> = {
  add: { name: 'addMember', role: 'MEMBER' },
  remove: { name: 'removeMember' },
  promote: { name: 'changeMemberRole', role: 'ADMIN' },
  demote: { name: 'changeMemberRole', role: 'GUEST' },
};
const changesAccess = (name: string) => name in accessCommands || name === 'publish' || name === 'unpublish';

const action = fc.record({
  command: fc.constantFrom(
    ...Object.keys(commands),
    ...Object.keys(commands),
    ...Object.keys(accessCommands),
    'remove',
  ),
  actor: fc.nat(3),
  person: fc.nat(3),
  object: fc.nat(),
  kind: fc.constantFrom(...kinds),
  elsewhere: fc.boolean(),
});
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;
/** Actions of one batch happen at the same time. */
const batches = fc.array(fc.array(action, { minLength: 1, maxLength: 3 }), { minLength: 8, maxLength: 15 });

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
  stream?: Subscription<{ events: DeliveredEvent }> | undefined;
  /** Texts written while they had no access. */
  hidden: string[];
  mayRead: boolean;
}

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
  const sockets = new Map<Person, TestSocket>();
  for (const [index, person] of people.entries()) {
    const socket = await (index % 2 === 0 ? app : other).socket(person);
    await socket.subscribe(
      'subscription { inbox { __typename ... on NotificationUpserted { notification { title } } } }',
    );
    sockets.set(person, socket);
  }
  const views = people.flatMap((person) => kinds.map((kind): View => ({ person, kind, hidden: [], mayRead: false })));
  const objects: Record<Kind, string[]> = { project: [], content: [], conversation: [] };
  const scene = `${project.id.slice(-8)}`;
  let written = 0;
  await refresh();

  /** What somebody shows of a topic; undefined: they may not read it. */
  async function load({ person, kind }: View): Promise<State | undefined> {
    const { data, errors } = await other.graphql(person, withTypenames(queries[kind]), { id: topics[kind] });
    if (!errors) return data as State;
    expect(errors[0]?.message).toMatch(/no access to it/);
    return undefined;
  }

  /** Loads and follows where nothing is followed. */
  async function begin(view: View): Promise<void> {
    if (view.stream && !view.stream.ended) return;
    view.state = await load(view);
    view.stream = undefined;
    if (!view.state) return;
    const socket = sockets.get(view.person) as TestSocket;
    view.stream = await socket.subscribe(eventsDocument(queries[view.kind]), {
      topics: [{ kind: view.kind.toUpperCase(), id: topics[view.kind] }],
      after: [headCursorOf(view.state)],
    });
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
    const frames = sockets.get(person)?.frames.join('\n');
    for (const text of hidden) expect(frames).not.toContain(text);
  }

  async function act({ command, actor, person, object, kind: anyKind, elsewhere }: Action) {
    const access = accessCommands[command];
    const kind = commands[command]?.kind ?? anyKind;
    // None of them is the beginning of another.
    const text = `text-${scene}-${++written}-`;
    const userId = people[person]?.id ?? '';
    const list = objects[kind];
    const chosen = { topic: topics[kind], person: userId, object: list[object % Math.max(1, list.length)] ?? '', text };
    const input = access
      ? { topicId: topics[kind], userId, ...(access.role && { role: access.role }) }
      : commands[command]?.input(chosen);
    const name = access?.name ?? commands[command]?.name ?? '';
    const made = name === 'createTask' ? 'task { id }' : name === 'sendMessage' ? 'message { id }' : '__typename';
    const document = `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { made: ${name}(input: $input) { ${made} } }`;
    const { data, errors } = await (elsewhere ? other : app).graphql(people[actor], document, { input });
    const id = data?.made?.task?.id ?? data?.made?.message?.id;
    if (id) list.push(id);
    // What a role does not allow is refused; anything else would be a fault.
    for (const { extensions } of errors ?? []) {
      expect(extensions?.code).toMatch(/^(FORBIDDEN|NOT_FOUND|CONFLICT|VALIDATION_ERROR)$/);
    }
    return { kind, text };
  }

  /** Takes what was delivered up to a place in the log; false when the stream ended before. */
  async function takeUntil({ stream, state, kind }: View, seq: number): Promise<boolean> {
    let place = decodeCursor(headCursorOf(state as State)).seq;
    while (place < seq) {
      const delivery = await stream?.next().catch((error: unknown) => {
        if (stream.ended) return undefined;
        throw error;
      });
      if (!delivery) return false;
      if (delivery.cursor === undefined) continue;
      const next = decodeCursor(delivery.cursor).seq;
      expect(next, 'in order, once, without a gap').toBe(place + 1);
      place = next;
      applyObjects(state as State, delivery.value, { tombstones: kind === 'conversation' });
    }
    return true;
  }

  async function settleOne(view: View): Promise<void> {
    for (;;) {
      const fresh = await load(view);
      if (!fresh) {
        await view.stream?.completed();
        return expectUnseen(view);
      }
      await begin(view);
      if (!(await takeUntil(view, decodeCursor(headCursorOf(fresh)).seq))) continue;
      expect(comparable(view.state as State), `what ${view.person.name} shows of the ${view.kind}`).toEqual(
        comparable(fresh),
      );
      return;
    }
  }

  return {
    async live(batch: readonly Action[]): Promise<void> {
      const before = new Map(views.map((view) => [view, view.mayRead]));
      const done = await Promise.all(batch.map(act));
      await refresh();
      // Where access changes in the same moment nobody can say what was written before it.
      if (batch.some(({ command }) => changesAccess(command))) return;
      for (const view of views) {
        if (before.get(view) || view.mayRead) continue;
        view.hidden.push(...done.flatMap(({ kind, text }) => (kind === view.kind ? [text] : [])));
      }
    },
    async settle(): Promise<void> {
      await app.settled();
      for (const view of views) await settleOne(view);
      for (const view of views) expectUnseen(view);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.values()) await socket[Symbol.asyncDispose]();
    },
  };
}
