import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeCursor } from '../../src/events/cursor.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { commandsOf } from '../support/commands.ts';
import { arrivedBefore } from '../support/fence.ts';
import { gate, watchStatements } from '../support/gates.ts';
import type { Subscription } from '../support/subscription.ts';
import type { Person } from '../support/world.ts';

const events = `subscription ($topics: [TopicRef!]!, $after: [Cursor!]) { events(topics: $topics, after: $after) {
  __typename ... on Event { id cursor } ... on MemberAdded { user { id } } ... on TaskCreated { task { title } }
  ... on Checkpoint { cursors { topic cursor } } ... on AccessLost { topic } } }`;
/** Everything the viewer belongs to. */
const everything = { topics: [{ kind: 'USER' }] };

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

type Stream = Subscription<{ events: { __typename: string } & Record<string, unknown> }>;

async function listen(server: TestApp, person: Person, variables: object, after?: string[]): Promise<Stream> {
  const socket = await server.socket(person);
  return socket.subscribe(events, variables as Record<string, unknown>, { ...(after && { after }) });
}

/** Cursors by topic, as a client keeps them. */
async function checkpoint(stream: Stream): Promise<Map<string, string>> {
  const { value } = await stream.next('Checkpoint');
  const { cursors } = value as unknown as { cursors: { topic: string; cursor: string }[] };
  return new Map(cursors.map(({ topic, cursor }) => [topic, cursor]));
}

/** A member of `count` projects, with the commands of their owners on the other server. */
async function memberOf(count: number) {
  const member = await app.world.person();
  const projects = [];
  for (let i = 0; i < count; i++) {
    const { owner, project } = await app.world.project();
    const commands = commandsOf(other, owner, project);
    await commands.add(member);
    projects.push({ owner, project, commands, task: (title: string) => app.world.task({ project, by: owner, title }) });
  }
  return { member, projects };
}

const titleOf = async (stream: Stream) =>
  ((await stream.next('TaskCreated')).value as unknown as { task: { title: string } }).task.title;

describe('a stream of everything somebody belongs to', () => {
  test('can be resumed whatever its document selects: cursors and losses stand beside the items', async () => {
    const { member, projects } = await memberOf(2);
    const [kept, lost] = projects;
    if (!kept || !lost) throw new Error('no projects');
    const bare = 'subscription ($topics: [TopicRef!]!) { events(topics: $topics) { __typename } }';
    const socket = await app.socket(member);
    const stream = await socket.subscribe(bare, everything);
    const { cursors } = (await stream.next('Checkpoint')).extensions as {
      cursors: { topic: string; cursor: string }[];
    };
    const topics = [`user:${member.id}`, `project:${kept.project.id}`, `project:${lost.project.id}`];
    expect(cursors.map(({ topic }) => topic).sort()).toEqual(topics.sort());
    expect(await stream.live()).toBe(1);
    socket.drop();
    await kept.task('Missed');
    await kept.task('Missed too');
    await lost.commands.remove(member);

    const again = await app.socket(member);
    const resumed = await again.subscribe(bare, everything, { after: cursors.map(({ cursor }) => cursor) });
    expect((await resumed.next('AccessLost')).extensions).toEqual({ lost: `project:${lost.project.id}` });
    // The checkpoint, the loss, and what was missed come before it is told that the stream is live.
    expect(await resumed.live()).toBe(4);
    expect((await resumed.take(3)).map(({ extensions }) => extensions?.topic)).toEqual([
      undefined,
      ...Array(2).fill(`project:${kept.project.id}`),
    ]);
  });

  test('gains a project without subscribing again, and loses it again, and goes on', async () => {
    const { member, projects } = await memberOf(1);
    const { owner, project } = await app.world.project();
    const commands = commandsOf(other, owner, project);
    const stream = await listen(app, member, everything);
    const opened = await checkpoint(stream);
    expect([...opened.keys()].sort()).toEqual([member.id, projects[0]?.project.id].sort());

    for (let round = 1; round <= 2; round++) {
      await app.world.task({ project, by: owner, title: `Before ${round}` });
      await commands.add(member);
      const gained = await checkpoint(stream);
      expect(gained.has(project.id)).toBe(true);
      const added = await stream.next();
      expect(added.value).toMatchObject({ __typename: 'MemberAdded', user: { id: member.id } });
      await app.world.task({ project, by: owner, title: `During ${round}` });
      expect(await titleOf(stream)).toBe(`During ${round}`);

      await commands.remove(member);
      expect((await stream.next()).value).toEqual({ __typename: 'AccessLost', topic: project.id });
      await app.world.task({ project, by: owner, title: 'After the removal' });
    }
    const fence = () => projects[0]?.task('Fence') ?? Promise.reject(new Error('no project'));
    expect(await arrivedBefore(stream, 'TaskCreated', fence)).toEqual([]);
  });

  test('gains a project one creates, with its whole history', async () => {
    const member = await app.world.person();
    const stream = await listen(app, member, everything);
    await checkpoint(stream);
    const { project } = await app.world.project({ owner: member });
    expect((await checkpoint(stream)).has(project.id)).toBe(true);
    expect((await stream.next()).value).toMatchObject({ __typename: 'ProjectCreated' });
    await app.world.task({ project, by: member, title: 'First' });
    expect(await titleOf(stream)).toBe('First');
  });

  test('gains a project again that was taken and given back while the server was reading', async () => {
    const { member, projects } = await memberOf(1);
    const [{ owner, project, commands, task }] = projects as [(typeof projects)[number]];
    const stream = await listen(app, member, everything);
    await checkpoint(stream);

    // The server has read the removal and not looked at it; of the person's own topic it reads both at once. Pages of one
    // turn are read by one statement, so it is about to read of a notification when the removal comes.
    const own = gate(({ what, values }) => what === 'page asked' && values.includes(`user:${member.id}`));
    const gates = [own];
    using _steps = watchStatements(app, async (step) => {
      await Promise.all(gates.map(({ onStep }) => onStep(step)));
    });
    await app.world.task({ project, by: owner, assignee: member, title: 'Notified' });
    expect(await titleOf(stream)).toBe('Notified');
    await stream.next('TaskAssigned');
    await own.reached();
    const removal = gate(({ what, values }) => what === 'page answered' && values.includes(project.id));
    const judged = gate(({ what, values }) => what === 'entry answered' && values.includes(member.id));
    gates.push(removal, judged);
    await commands.remove(member);
    await removal.reached();
    await commands.add(member);
    own.open();
    await judged.reached();
    judged.open();
    // Whatever the answer leads to has been done when the next statement about the same topic is answered.
    await app.services.eventLog.heads([`user:${member.id}`]);
    removal.open();

    expect((await stream.next()).value).toEqual({ __typename: 'AccessLost', topic: project.id });
    expect((await checkpoint(stream)).has(project.id)).toBe(true);
    expect((await stream.next()).value).toMatchObject({ __typename: 'MemberAdded', user: { id: member.id } });
    await task('Theirs again');
    expect(await titleOf(stream)).toBe('Theirs again');
  });
});

describe('a stream of several topics that resumes', () => {
  test('hears what happened in each of them, of those joined while away from the joining on', async () => {
    const { member, projects } = await memberOf(2);
    const [first, second] = projects as [(typeof projects)[number], (typeof projects)[number]];
    const stream = await listen(app, member, everything);
    const cursors = await checkpoint(stream);
    await first.task('Heard');
    const { cursor = '' } = await stream.next('TaskCreated');
    cursors.set(first.project.id, cursor);
    stream.complete();

    await first.task('Missed in the first');
    await second.task('Missed in the second');
    const { owner, project } = await app.world.project();
    await app.world.task({ project, by: owner, title: 'Before they joined' });
    await app.world.member({ project, by: owner, person: member });
    await app.world.task({ project, by: owner, title: 'Missed in the new one' });

    const back = await listen(other, member, everything, [...cursors.values()]);
    const at = await checkpoint(back);
    // Where the stream begins in each, which is where it was left.
    expect(at.get(first.project.id)).toBe(cursors.get(first.project.id));
    const kinds = new Map<string, string[]>();
    for (const { value, cursor: place = '' } of await back.take(4)) {
      const { topic } = decodeCursor(place);
      const what = value.__typename === 'TaskCreated' ? (value.task as { title: string }).title : value.__typename;
      kinds.set(topic, [...(kinds.get(topic) ?? []), what]);
    }
    expect(Object.fromEntries(kinds)).toEqual({
      [`project:${first.project.id}`]: ['Missed in the first'],
      [`project:${second.project.id}`]: ['Missed in the second'],
      [`project:${project.id}`]: ['MemberAdded', 'Missed in the new one'],
    });
    await first.task('Live');
    expect(await titleOf(back)).toBe('Live');
  });

  test('is told of topics lost while away, asked for by name or not, and the others go on', async () => {
    const { member, projects } = await memberOf(2);
    const [kept, lost] = projects as [(typeof projects)[number], (typeof projects)[number]];
    const named = { topics: projects.map(({ project }) => ({ kind: 'PROJECT', id: project.id })) };
    const left = await listen(app, member, everything);
    const cursors = [...(await checkpoint(left)).values()];
    left.complete();
    await lost.commands.remove(member);
    await lost.task('After the removal');
    await kept.task('Missed');

    for (const [variables, after] of [
      [everything, cursors],
      [named, cursors.filter((cursor) => decodeCursor(cursor).topic.startsWith('project:'))],
    ] as const) {
      const back = await listen(other, member, variables, [...after]);
      expect([...(await checkpoint(back)).keys()]).not.toContain(lost.project.id);
      expect((await back.next()).value).toEqual({ __typename: 'AccessLost', topic: lost.project.id });
      expect(await titleOf(back)).toBe('Missed');
      expect(back.waiting).toEqual([]);
    }
  });

  test('completes when everything it asked for by name was lost while away', async () => {
    const { member, projects } = await memberOf(1);
    const [lost] = projects as [(typeof projects)[number]];
    const named = { topics: [{ kind: 'PROJECT', id: lost.project.id }] };
    const left = await listen(app, member, named);
    const cursors = [...(await checkpoint(left)).values()];
    left.complete();
    await lost.commands.remove(member);

    const back = await listen(other, member, named, cursors);
    expect(await checkpoint(back)).toEqual(new Map());
    expect((await back.next()).value).toEqual({ __typename: 'AccessLost', topic: lost.project.id });
    expect(await back.completed()).toBeUndefined();
  });

  test('is refused with all the heads when one cursor cannot be resumed from, and goes on from them', async () => {
    const { member, projects } = await memberOf(2);
    const [first, second] = projects as [(typeof projects)[number], (typeof projects)[number]];
    const cursors = [...(await checkpoint(await listen(app, member, everything))).values()];
    await first.task('Missed');
    app.clock.advance('40d');
    await second.task('Later');
    const refused = await (await listen(app, member, everything, cursors)).error();
    expect(refused).toMatchObject({ extensions: { code: 'CURSOR_EXPIRED' } });
    const { headCursors } = refused.extensions as unknown as { headCursors: string[] };
    const topics = headCursors.map((cursor) => decodeCursor(cursor).topic).sort();
    expect(topics).toEqual([`project:${first.project.id}`, `project:${second.project.id}`, `user:${member.id}`].sort());

    const back = await listen(app, member, everything, headCursors);
    await checkpoint(back);
    expect(await arrivedBefore(back, 'TaskCreated', () => first.task('Live'))).toEqual([]);
  });

  test('is FORBIDDEN for a topic that was never theirs', async () => {
    const { member } = await memberOf(1);
    const { project } = await app.world.project();
    const refused = await listen(app, member, { topics: [{ kind: 'PROJECT', id: project.id }] });
    expect(await refused.error()).toMatchObject({
      message: 'No such project, or no access to it.',
      extensions: { code: 'FORBIDDEN' },
    });
  });
});
