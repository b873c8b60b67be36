import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import { readInbox } from '../../../test/support/inbox.ts';
import type { Person } from '../../../test/support/world.ts';
import { append } from '../../events/append.ts';
import { defineEvents, event, eventRegistry, idsOf } from '../../events/define.ts';
import type { LoggedEvent } from '../../events/log.ts';
import { topicKey } from '../../events/topic.ts';
import { newId } from '../../platform/ids.ts';
import { commentEvents } from '../comments/events.ts';
import { createNotificationsConsumer, type Progress } from './consumer.ts';

// A declaration that tells whomever the event names, in the order it names them; only this file's consumer knows it.
const declared = defineEvents('project', {
  TaskCommented: event({
    description: 'Names people.',
    fields: { userIds: idsOf('Who is told.') },
    notify: {
      reasons: ['MENTIONED', 'COMMENTED'],
      recipients: ({ data }) => [
        ...data.userIds.map((userId) => ({ userId, reason: 'MENTIONED' })),
        ...data.userIds.map((userId) => ({ userId, reason: 'COMMENTED' })),
      ],
      thread: () => 'task:of this test',
      subject: ({ topic }) => ({ model: 'Project', id: topic.slice('project:'.length) }),
      title: ({ actor, subject }) => `${actor} on ${subject}`,
    },
  }),
});

const origin = { actorId: null, correlationId: null };

/** Hands an event to a consumer of its own, in chunks of two, as the worker does; returns the progress it made. */
async function tell(app: TestApp, logged: LoggedEvent, chunks = Number.POSITIVE_INFINITY): Promise<Progress[]> {
  const consumer = createNotificationsConsumer({
    ...app.services,
    events: eventRegistry(declared),
    peoplePerChunk: 2,
  });
  const made: Progress[] = [];
  let progress: Progress | null = null;
  for (let n = 0; n < chunks; n++) {
    const before: Progress | null = progress;
    progress = await app.services.transaction(origin, (tx) => consumer.handle(tx, logged, before));
    if (progress === null) return made;
    made.push(progress);
  }
  return made;
}

function naming(app: TestApp, project: { id: string }, people: Person[], actorId: string | null = null): LoggedEvent {
  return {
    topic: topicKey('project', project.id),
    seq: 1,
    id: newId(),
    kind: 'TaskCommented',
    actorId,
    at: app.clock.now(),
    correlationId: null,
    data: { userIds: people.map(({ id }) => id) },
    home: null,
  };
}

const ofThisTest = async (app: TestApp, person: Person) => {
  const { nodes } = await readInbox(app, person);
  return nodes
    .filter(({ threadKey }) => threadKey === 'task:of this test')
    .map(({ reason, count }) => ({ reason, count }));
};

test('people are told in chunks, each once, with the first of their reasons', async () => {
  await using app = await startApp();
  const { members, project } = await app.world.project({ members: 5 });
  const sorted = members.map(({ id }) => id).sort();
  // Named backwards and doubled: chunks go by id.
  const logged = naming(app, project, [...members, ...members].reverse());
  expect(await tell(app, logged)).toEqual([{ lastUserId: sorted[1] }, { lastUserId: sorted[3] }]);
  for (const member of members) expect(await ofThisTest(app, member)).toEqual([{ reason: 'MENTIONED', count: 1 }]);
});

test('an event handled again, or from the start after half of it, tells nobody twice', async () => {
  await using app = await startApp();
  const { members, project } = await app.world.project({ members: 5 });
  const logged = naming(app, project, members);
  await tell(app, logged, 1);
  await tell(app, logged);
  await tell(app, logged);
  for (const member of members) expect(await ofThisTest(app, member)).toEqual([{ reason: 'MENTIONED', count: 1 }]);
  const heard = await app.services.eventLog.after(topicKey('user', members[0]?.id ?? ''), 0);
  const upserts = heard.filter(({ kind }) => kind === 'NotificationUpserted');
  // Being added to the project was the first.
  expect(upserts).toHaveLength(2);
});

test('neither the actor is told, nor who was removed, deactivated, or never a member', async () => {
  await using app = await startApp();
  const { owner, members, project } = await app.world.project({ members: 4 });
  const [actor, removed, deactivated, member] = members as [Person, Person, Person, Person];
  const admin = await app.world.person({ role: 'ADMIN' });
  const logged = naming(app, project, [...members, admin], actor.id);
  // After the event, before it is handled.
  await app.ask(owner, 'mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { eventCursor } }', {
    input: { topicId: project.id, userId: removed.id },
  });
  await app.ask(admin, 'mutation ($input: DeactivateUserInput!) { deactivateUser(input: $input) { eventCursor } }', {
    input: { userId: deactivated.id },
  });
  await tell(app, logged);
  const rows = await app.services.database.db.notification.findMany({ where: { threadKey: 'task:of this test' } });
  expect(rows.map(({ userId }) => userId)).toEqual([member.id]);
});

test('a chunk that fails leaves neither rows nor news of them', async () => {
  await using app = await startApp();
  const { members, project } = await app.world.project({ members: 1 });
  const [member] = members as [Person];
  await app.settled();
  const before = await readInbox(app, member);
  const consumer = createNotificationsConsumer({
    ...app.services,
    events: eventRegistry(declared),
  });
  const logged = naming(app, project, members);
  const failing = app.services.transaction(origin, async (tx) => {
    await consumer.handle(tx, logged, null);
    throw new Error('the server ended here');
  });
  await expect(failing).rejects.toThrow('the server ended here');
  expect(await readInbox(app, member)).toEqual(before);
});

test('an older event does not set the time of a notification back', async () => {
  await using app = await startApp();
  const { members, project } = await app.world.project({ members: 1 });
  const [member] = members as [Person];
  const older = naming(app, project, members);
  app.clock.advance('1m');
  const newer = naming(app, project, members);
  await tell(app, newer);
  await tell(app, older);
  const { nodes } = await readInbox(app, member);
  expect(nodes.find(({ threadKey }) => threadKey === 'task:of this test')).toMatchObject({
    count: 2,
    updatedAt: newer.at.toISOString(),
  });
});

test('an event of a kind this server does not know is left for one that does', async () => {
  await using app = await startApp();
  const { members, project } = await app.world.project({ members: 1 });
  const unknown = { ...naming(app, project, members), kind: 'OfTheNextRelease' };
  await expect(tell(app, unknown)).rejects.toThrow('no declaration of OfTheNextRelease');
  // One that tells nobody is done at once.
  const silent = { ...naming(app, project, members), kind: commentEvents.CommentDeleted.kind };
  const consumer = createNotificationsConsumer({
    ...app.services,
    events: eventRegistry(commentEvents),
  });
  expect(await app.services.transaction(origin, (tx) => consumer.handle(tx, silent, null))).toBeNull();
});

test('a topic whose next event cannot be handled holds up no other, however much waits behind it', async () => {
  await using app = await startApp();
  const broken = await app.world.project({});
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [member] = members as [Person];
  const task = await app.world.task({ project, by: member });
  await app.settled();
  const { OfTheNextRelease } = defineEvents('project', {
    OfTheNextRelease: event({
      ...declared.TaskCommented,
      description: 'This server does not know it.',
      fields: { userIds: idsOf('Who is told.') },
    }),
  });
  await app.services.transaction(origin, async (tx) => {
    const topic = topicKey('project', broken.project.id);
    for (let nth = 0; nth < 150; nth++) append(tx, topic, OfTheNextRelease, { userIds: [] });
  });
  const { database } = app.services;
  await expect.poll(() => database.query('SELECT 1 FROM todo WHERE not_before IS NOT NULL')).toHaveLength(1);
  await database.query(
    `UPDATE todo SET not_before = clock_timestamp() + interval '1 minute' WHERE not_before IS NOT NULL`,
  );
  await app.world.comment({ task, by: owner });
  const threads = async () => (await readInbox(app, member)).nodes.map(({ threadKey }) => threadKey);
  await expect.poll(threads).toContain(`task:${task.id}`);
});
