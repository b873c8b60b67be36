// Everybody who can ask, and topics in which each of them has a role: the world of the authorization matrix.
import type { TestApp } from '../support/app.ts';
import { run } from '../support/commands.ts';
import { readInbox } from '../support/inbox.ts';
import type { Person } from '../support/world.ts';

/** Roles in a topic; all four are MEMBERs of the workspace. */
export const inTopic = ['owner', 'admin', 'member', 'guest'] as const;
/** Others of the workspace by their role there, who belong to no topic: MEMBER, ADMIN, GUEST and BOT. */
export const inWorkspace = ['stranger', 'manager', 'visitor', 'bot'] as const;
/** Whoever has a token, somebody of another workspace included. */
export const everybody = [...inTopic, ...inWorkspace, 'foreigner'] as const;
export type Who = (typeof everybody)[number];

/** What an operation is about: `id` is what somebody without access must not be able to tell from a missing one. */
export interface Subject {
  readonly id: string;
  /** Somebody the operation names beside it. */
  readonly userId: string;
}

export type People = Readonly<Record<Who, Person>>;

/** Makes subjects; topics have the owner, the admin, the member, the guest, and a second owner. */
export interface Scene {
  readonly people: People;
  readonly project: () => Promise<Subject>;
  /** A draft. Its members are authors: for the guest it is somebody else's. */
  readonly content: () => Promise<Subject>;
  readonly conversation: () => Promise<Subject>;
  /** The same topics at every call, for what changes nothing of theirs. */
  readonly same: { readonly [Kind in 'project' | 'content' | 'conversation' | 'published']: () => Promise<Subject> };
  /** A person of the workspace. */
  readonly person: () => Promise<Subject>;
  /** A topic with one MEMBER more, who is `userId`. */
  readonly membership: (kind: 'project' | 'conversation') => () => Promise<Subject>;
  /** By the owner, as the others here are. */
  readonly task: () => Promise<Subject>;
  /** The project, in which the estimate of a task was changed. */
  readonly estimated: () => Promise<Subject>;
  readonly comment: () => Promise<Subject>;
  readonly message: () => Promise<Subject>;
  /** From the owner to the member. */
  readonly offer: () => Promise<Subject>;
  /** The owner's. */
  readonly timer: () => Promise<Subject>;
  /** The owner's. */
  readonly notification: () => Promise<Subject>;
  /** The first one of a project. */
  readonly event: () => Promise<Subject>;
  /** Of a person who is none of the people. */
  readonly session: () => Promise<Subject>;
}

export async function createScene(app: TestApp): Promise<Scene> {
  const { world } = app;
  const of = (role: 'ADMIN' | 'MEMBER' | 'GUEST' | 'BOT') => world.person({ role });
  const people: People = {
    owner: await of('MEMBER'),
    admin: await of('MEMBER'),
    member: await of('MEMBER'),
    guest: await of('MEMBER'),
    stranger: await of('MEMBER'),
    manager: await of('ADMIN'),
    visitor: await of('GUEST'),
    bot: await of('BOT'),
    foreigner: await world.person({ workspace: await world.newWorkspace() }),
  };
  const { owner, admin, member, guest } = people;
  const second = await of('MEMBER');
  const about = (id: string, userId = guest.id): Subject => ({ id, userId });

  async function fill(topic: { id: string }, hasGuests = true): Promise<Subject> {
    for (const [person, role] of [
      [admin, 'ADMIN'],
      [member, 'MEMBER'],
      [guest, 'GUEST'],
      [second, 'OWNER'],
    ] as const) {
      if (role !== 'GUEST' || hasGuests) await world.member({ project: topic, by: owner, person, role });
    }
    return about(topic.id);
  }
  const project = async () => fill((await world.project({ owner })).project);
  const content = async () => fill((await world.content({ owner, published: false })).content, false);
  const conversation = async () => fill((await world.conversation({ owner })).conversation);
  const topics = { project: await project(), content: await content(), conversation: await conversation() };
  const published = about((await world.content({ owner })).content.id);

  const task = async () => about((await world.task({ project: topics.project, by: owner })).id);
  return {
    people,
    project,
    content,
    conversation,
    same: {
      project: async () => topics.project,
      content: async () => topics.content,
      conversation: async () => topics.conversation,
      published: async () => published,
    },
    person: async () => about((await of('MEMBER')).id),
    membership: (kind) => async () =>
      about(topics[kind].id, (await world.member({ project: topics[kind], by: owner })).id),
    task,
    async estimated() {
      await run(app, owner, 'updateTask', { taskId: (await task()).id, estimateMinutes: 17 });
      return topics.project;
    },
    comment: async () => about((await world.comment({ task: await task(), by: owner })).id),
    message: async () => about((await world.message({ conversation: topics.conversation, by: owner })).id),
    async offer() {
      const input = {
        conversationId: topics.conversation.id,
        recipientId: member.id,
        title: 'An offer',
        amount: { minorUnits: 1_700, currency: 'EUR' },
      };
      const document = 'mutation ($input: CreateOfferInput!) { createOffer(input: $input) { offer { id } } }';
      return about((await app.ask(owner, document, { input })).createOffer.offer.id);
    },
    async timer() {
      const document = 'mutation ($input: StartTimerInput!) { startTimer(input: $input) { timeEntry { id } } }';
      const input = { taskId: (await task()).id };
      return about((await app.ask(owner, document, { input })).startTimer.timeEntry.id);
    },
    async notification() {
      const { id: taskId } = await task();
      await run(app, admin, 'assignTask', { taskId, assigneeId: owner.id });
      await app.settled();
      const { nodes } = await readInbox(app, owner);
      const found = nodes.find(({ subject }) => subject?.id === taskId);
      if (!found) throw new Error('the owner was not told of the task');
      return about(found.id);
    },
    async event() {
      const { id } = await project();
      const document = 'query ($id: ID!) { activity(topics: [{ kind: PROJECT, id: $id }], last: 1) { nodes { id } } }';
      return about((await app.ask(owner, document, { id })).activity.nodes[0].id);
    },
    session: async () => about(String((await app.socket(await of('MEMBER'))).acknowledged.sessionId)),
  };
}
