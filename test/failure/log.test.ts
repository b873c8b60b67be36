import { expect, test } from 'vitest';
import { taskEvents } from '../../src/domains/tasks/events.ts';
import { append } from '../../src/events/append.ts';
import { type TopicKey, topicKey } from '../../src/events/topic.ts';
import { newId } from '../../src/platform/ids.ts';
import { startApp } from '../support/app.ts';

const stream = `subscription ($topics: [TopicRef!]!) { events(topics: $topics) {
  __typename ... on Event { id } ... on Checkpoint { cursors { topic } } } }`;

class ChangedMyMind extends Error {}

/** Numbers that look random and are the same in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
}

const writers = 12;
const commands = 40;

test.for(['postgresql', 'pglite'] as const)(
  'many writers, several topics a command and rollbacks leave no hole on %s, and a live follower misses nothing',
  { timeout: 60_000 },
  async (engine) => {
    await using app = await startApp({ engine });
    const { owner, project } = await app.world.project();
    const projects = [project];
    while (projects.length < 4) projects.push((await app.world.project({ owner })).project);
    const topics = projects.map(({ id }) => topicKey('project', id));
    const { transaction, eventLog, database } = app.services;

    const before = await eventLog.heads(topics);
    const socket = await app.socket(owner);
    const follower = await socket.subscribe(stream, { topics: projects.map(({ id }) => ({ kind: 'PROJECT', id })) });
    await follower.next('Checkpoint');

    const committed = new Map<TopicKey, Set<string>>(topics.map((topic) => [topic, new Set()]));
    const rolledBack = new Set<string>();
    async function write(writer: number): Promise<void> {
      const random = seeded(writer + 1);
      for (let command = 0; command < commands; command++) {
        const appended: { topic: TopicKey; id: string }[] = [];
        const rollsBack = random(10) === 0;
        const origin = { actorId: owner.id, correlationId: `${writer}/${command}` };
        const result = transaction(origin, async (tx) => {
          // Run again after a serialisation failure: only the last run counts.
          appended.length = 0;
          // In any order, a topic also more than once: locks taken in this order would deadlock.
          for (let i = 0; i <= random(4); i++) {
            const topic = topics[random(topics.length)] ?? topics[0];
            if (topic) appended.push({ topic, id: append(tx, topic, taskEvents.TaskCreated, { taskId: newId() }) });
          }
          await tx.$queryRaw`SELECT pg_sleep(${random(5) / 1000})::text`;
          if (rollsBack) throw new ChangedMyMind();
        });
        if (rollsBack) {
          await expect(result).rejects.toThrow(ChangedMyMind);
          for (const { id } of appended) rolledBack.add(id);
        } else {
          await result;
          for (const { topic, id } of appended) committed.get(topic)?.add(id);
        }
      }
    }
    await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));

    const total = [...committed.values()].reduce((sum, ids) => sum + ids.size, 0);
    const seen = await follower.take(total);
    for (const [index, topic] of topics.entries()) {
      const from = before[index]?.seq ?? 0;
      const rows = await database.query<{ seq: number; id: string }>(
        'SELECT seq, id FROM event WHERE topic = $1 AND seq > $2 ORDER BY seq',
        [topic, from],
      );
      expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, nth) => from + 1 + nth));
      const ids = rows.map(({ id }) => id);
      expect(new Set(ids)).toEqual(committed.get(topic));
      expect(ids.filter((id) => rolledBack.has(id))).toEqual([]);
      expect(await eventLog.heads([topic])).toEqual([{ topic, seq: from + ids.length, eventId: ids.at(-1) }]);
      const followed = seen.filter(({ extensions }) => extensions?.topic === topic).map(({ value }) => value.id);
      expect(followed).toEqual(ids);
    }
    expect(rolledBack.size).toBeGreaterThan(0);
  },
);

const createTask = 'mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { id } eventCursor } }';

test.for(['postgresql', 'pglite'] as const)(
  '50 concurrent retries of one createTask on %s make one task, one event and one notification',
  { timeout: 60_000 },
  async (engine) => {
    await using app = await startApp({ engine });
    const { owner, project, members } = await app.world.project({ members: 1 });
    const [assignee = owner] = members;
    await app.settled();
    const {
      database: { db },
      eventLog,
    } = app.services;
    const notified = await db.notification.count({ where: { userId: assignee.id } });
    const [before] = await eventLog.heads([topicKey('project', project.id)]);
    const input = { projectId: project.id, title: 'Only once', assigneeId: assignee.id, idempotencyKey: 'intent 1' };

    const answers = await Promise.all(Array.from({ length: 50 }, () => app.ask(owner, createTask, { input })));

    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    await app.settled();
    expect(await db.task.count({ where: { projectId: project.id } })).toBe(1);
    const [after] = await eventLog.heads([topicKey('project', project.id)]);
    const events = await eventLog.after(topicKey('project', project.id), before?.seq ?? 0);
    expect(events.map(({ kind }) => kind)).toEqual(['TaskCreated', 'TaskAssigned']);
    expect(after?.seq).toBe((before?.seq ?? 0) + 2);
    expect(await db.notification.count({ where: { userId: assignee.id } })).toBe(notified + 1);
    expect(await db.notification.findFirst({ where: { userId: assignee.id, type: 'TaskAssigned' } })).toMatchObject({
      count: 1,
    });

    const other = await app.graphql(owner, createTask, { input: { ...input, title: 'Something else' } });
    expect(other.errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT' });
  },
);
