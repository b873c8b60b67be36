import fc from 'fast-check';
import {
  type GraphQLCompositeType,
  type GraphQLField,
  getNamedType,
  isCompositeType,
  isUnionType,
  parse,
  validate,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { taskEvents } from '../../src/domains/tasks/events.ts';
import { append } from '../../src/events/append.ts';
import { encodeCursor } from '../../src/events/cursor.ts';
import { topicKey } from '../../src/events/topic.ts';
import { schema } from '../../src/graphql/schema.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { run } from '../support/commands.ts';
import { watchField } from '../support/gates.ts';
import type { TestSocket } from '../support/socket.ts';
import type { Person } from '../support/world.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ config: { MAX_COST: '1000000', MAX_TOKENS: '20000', MAX_DEPTH: '20', MAX_ALIASES: '100' } });
});
afterAll(() => app?.[Symbol.asyncDispose]());

/** Documents of one root field that select at random what one execution may serve to many. */
function randomDocuments(root: 'events' | 'taskUpdated', count: number): string[] {
  const numbers = fc.sample(fc.nat(99), { seed: 41, numRuns: 2_000 * count }).values();
  const chance = (percent: number) => (numbers.next().value ?? 0) < percent;
  const some = <T>(all: readonly T[], percent: number) => all.filter(() => chance(percent));

  const documents: string[] = [];

  function selectionOf(type: GraphQLCompositeType, depth: number): string {
    const fields = isUnionType(type) ? [] : Object.values(type.getFields()).filter((field) => isShareable(field));
    const selected = some(fields, 40).flatMap((field, nth) => {
      // Also names that are those of other fields, and seldom one that only executing by itself gets right.
      const other = `${['other', 'id', 'title', 'task'][nth % 4]}${chance(50) ? nth : ''}`;
      const alias = chance(20) ? `${documents.length % 8 === 7 ? '__proto__' : other}: ` : '';
      const target = getNamedType(field.type);
      if (!isCompositeType(target)) return [`${alias}${field.name}`];
      return depth > 0 ? [`${alias}${field.name} ${selectionOf(target, depth - 1)}`] : [];
    });
    // What stands on other types too, at the top: each of them holds for the objects that it fits.
    const fragments =
      depth === 2 ? some(kinds, 50).map((kind) => `... on ${kind.name} ${selectionOf(kind, chance(50) ? 1 : 0)}`) : [];
    return `{ ${['__typename', ...selected, ...fragments].join(' ')} }`;
  }

  const item = getNamedType(schema.getSubscriptionType()?.getFields()[root]?.type) as GraphQLCompositeType;
  const kinds = ['Event', 'TaskEvent', 'TaskUpdated', 'TaskAssigned', 'TaskCommented', 'ProjectUpdated'].map(
    (name) => schema.getType(name) as Exclude<GraphQLCompositeType, { getTypes: unknown }>,
  );
  const [variables, args] =
    root === 'events' ? ['$topics: [TopicRef!]!', 'topics: $topics'] : ['$projectId: ID!', 'projectId: $projectId'];
  while (documents.length < count) {
    const [nth, selection] = [documents.length, selectionOf(item, 2)];
    // Every third one by a fragment with a name.
    const document =
      nth % 3 === 0
        ? `subscription (${variables}) { ${root}(${args}) { ...All n${nth}: __typename } } fragment All on ${item} ${selection}`
        : `subscription (${variables}) { r${nth}: ${root}(${args}) ${selection} }`;
    // Two fields may have the same name by chance.
    if (validate(schema, parse(document)).length === 0) documents.push(document);
  }
  return documents;
}

function isShareable({ type, args, extensions }: GraphQLField<unknown, unknown>): boolean {
  if (args.length > 0 || extensions.audience === 'viewer' || `${type}`.includes('[')) return false;
  return !isCompositeType(getNamedType(type)) || extensions.audience === 'topic';
}

/** The newest item of a stream as its bytes, without the id. */
function newest(socket: TestSocket, id: string): string {
  const frame = socket.frames.findLast((text) => text.startsWith(`{"id":"${id}","type":"next"`));
  return frame?.slice(frame.indexOf('"payload"')) ?? '';
}

/** Subscribes to each document, with its number as id. */
async function subscribeAll(
  person: Person,
  documents: readonly string[],
  variables: Record<string, unknown>,
  after?: string,
) {
  const socket = await app.socket(person);
  const streams = await Promise.all(
    documents.map((document, nth) => socket.subscribe(document, variables, { id: `${nth}`, ...(after && { after }) })),
  );
  return { socket, streams, [Symbol.asyncDispose]: () => socket[Symbol.asyncDispose]() };
}

test.each(['events', 'taskUpdated'] as const)(
  'documents of %s that are executed together get the very bytes that each gets by itself',
  async (root) => {
    const { owner, members, project } = await app.world.project({ members: 2 });
    const [member = owner] = members;
    const task = await app.world.task({ project, by: owner, assignee: member });
    const documents = randomDocuments(root, 25);
    const variables = root === 'events' ? { topics: [{ kind: 'PROJECT', id: project.id }] } : { projectId: project.id };
    await using theirs = await subscribeAll(member, documents, variables);
    await using owners = await subscribeAll(owner, documents, variables);
    for (const { streams } of [theirs, owners])
      for (const stream of streams) if (root === 'events') await stream.next();
    const commands: [string, object][] = [
      ['updateTask', { taskId: task.id, title: 'Renamed', estimateMinutes: 5 }],
      ['addComment', { taskId: task.id, text: 'With an author' }],
      ['assignTask', { taskId: task.id, assigneeId: owner.id }],
    ];
    if (root === 'events') commands.push(['updateProject', { projectId: project.id, name: 'Another name' }]);
    let after = (await app.services.eventLog.heads([topicKey('project', project.id)])).map(encodeCursor)[0] ?? '';
    // By their numbers among all streams, those of the owner last.
    const alone = new Set(
      [...documents, ...documents].flatMap((text, nth) => (text.includes('__proto__:') ? [nth] : [])),
    );
    for (const [command, input] of commands) {
      let executions = 0;
      using _counting = watchField('Subscription', root, () => void executions++);
      await run(app, owner, command as 'updateTask', input as never);
      const live = await Promise.all([theirs, owners].flatMap(({ streams }) => streams.map((stream) => stream.next())));
      for (const [nth, { errors }] of live.entries()) if (errors) alone.add(nth);
      // One for those with the one role, one for those with the other; errors are each document's own.
      expect(executions, command).toBe(2 + alone.size);
      for (const [one, person] of [[theirs, member] as const, [owners, owner] as const]) {
        await using again = await subscribeAll(person, documents, variables, after);
        for (const stream of again.streams) {
          if (root === 'events') await stream.next();
          await stream.next();
        }
        for (const id of documents.keys()) {
          expect(newest(one.socket, `${id}`), documents[id]).toBe(newest(again.socket, `${id}`));
        }
      }
      expect(executions, 'each by itself').toBeGreaterThan(2 + documents.length);
      after = live[0]?.cursor ?? '';
    }
  },
  60_000,
);

test('a field that does not answer holds up those who do not select it for one event of a page, not for each', async () => {
  const { owner, members, project } = await app.world.project({ members: 2 });
  const [member, other] = members as [Person, Person];
  const task = await app.world.task({ project, by: owner });
  const on = (selection: string) => `subscription ($id: ID!) { taskUpdated(projectId: $id) { ${selection} } }`;
  const documents = Array.from({ length: 9 }, (_, nth) => on(`n${nth}: __typename task: cursor`));
  await using innocent = await subscribeAll(member, documents, { id: project.id });
  await using _slow = await subscribeAll(other, [on('task { title }')], { id: project.id });
  const answer = Promise.withResolvers<void>();
  using _held = watchField('TaskUpdated', 'task', () => answer.promise);
  await app.services.transaction({ actorId: owner.id, correlationId: null }, async (tx) => {
    for (let nth = 0; nth < 16; nth++) {
      append(tx, topicKey('project', project.id), taskEvents.TaskUpdated, { taskId: task.id, changes: [] });
    }
  });
  for (let nth = 0; nth < 16; nth++) for (const stream of innocent.streams) await stream.next();
  answer.resolve();
});
