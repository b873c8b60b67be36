import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { membershipEvents } from '../../src/domains/membership/events.ts';
import { append } from '../../src/events/append.ts';
import { topicKey } from '../../src/events/topic.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { administrator, commandsOf, run } from '../support/commands.ts';
import { arrivedBefore } from '../support/fence.ts';
import { asValue } from '../support/values.ts';
import type { Person } from '../support/world.ts';

const taskUpdated = `subscription ($projectId: ID!, $after: Cursor) {
  taskUpdated(projectId: $projectId, after: $after) { __typename id cursor task { id title estimateMinutes }
    ... on TaskUpdated { changes { field from to } } } }`;
const noAccess = { message: 'No such project, or no access to it.', extensions: { code: 'FORBIDDEN' } };

let app: TestApp;
/** Another server on the same database and Redis: people are removed here, and listen there. */
let other: TestApp;
beforeAll(async () => {
  app = await startApp();
  other = await startApp({ with: app });
});
afterAll(async () => {
  await other?.[Symbol.asyncDispose]();
  await app?.[Symbol.asyncDispose]();
});

/** A project with a member of a role who listens to it on one server, and the commands of its owner on the other. */
async function listening(role: 'MEMBER' | 'GUEST' = 'MEMBER') {
  const { owner, members, project } = await app.world.project({ members: [role] });
  const member = members[0] as Person;
  const task = await app.world.task({ project, by: owner });
  const socket = await app.socket(member);
  const stream = await socket.subscribe(taskUpdated, { projectId: project.id });
  return { owner, member, project, task, socket, stream, commands: commandsOf(other, owner, project) };
}

describe('whoever is removed on another server', () => {
  test('loses the stream with FORBIDDEN within a second, and hears nothing of what came after', async () => {
    const { member, project, task, socket, stream, commands } = await listening();
    await commands.updateTask(task, { title: 'Seen' });
    const { cursor } = await stream.next('TaskUpdated');

    await commands.remove(member);
    const removedAtMs = performance.now();
    const error = await stream.error();
    expect(performance.now() - removedAtMs).toBeLessThan(1_000);
    expect(error).toMatchObject(noAccess);
    await stream.completed();

    await commands.updateTask(task, { title: 'Written after the removal' });
    for (const server of [app, other]) {
      const back = await server.socket(member);
      for (const after of [cursor, undefined]) {
        const again = await back.subscribe(taskUpdated, { projectId: project.id }, { ...(after && { after }) });
        expect(await again.error()).toMatchObject(noAccess);
      }
      expect(back.frames.join()).not.toContain('Written after');
    }
    expect(socket.frames.join()).not.toContain('Written after');
    expect(socket.frames.join()).not.toContain('MemberRemoved');
    // The socket itself goes on.
    expect(await socket.ping()).toBeDefined();
  });

  test('and added again resumes from before the removal, and reads on past it', async () => {
    const { member, project, task, socket, stream, commands } = await listening();
    await commands.updateTask(task, { title: 'One' });
    const { cursor = '' } = await stream.next();
    await commands.remove(member);
    expect(await stream.error()).toMatchObject(noAccess);
    await commands.updateTask(task, { title: 'Two' });
    await commands.add(member);
    await commands.updateTask(task, { title: 'Three' });

    const again = await socket.subscribe(taskUpdated, { projectId: project.id }, { after: cursor });
    const changed = await again.take(2);
    // Rows are read as they are now.
    expect(changed.map(({ value }) => value.task.title)).toEqual(['Three', 'Three']);
    await commands.updateTask(task, { title: 'Four' });
    expect((await again.next()).value.task.title).toBe('Four');
    expect(stream.waiting).toEqual([]);
  });

  test('and added again in one breath has lost the stream that was open all the same', async () => {
    const { owner, member, project, stream } = await listening();
    // Both facts in one page of the log, which no timing of two commands can promise.
    await other.services.transaction({ actorId: owner.id, correlationId: null }, async (tx) => {
      const key = topicKey('project', project.id);
      append(tx, key, membershipEvents.MemberRemoved, { userId: member.id, remainsAs: null });
      append(tx, key, membershipEvents.MemberAdded, { userId: member.id, role: 'MEMBER' });
    });
    expect(await stream.error()).toMatchObject(noAccess);
  });
});

describe('a role that changes on another server', () => {
  test('hides estimates from a member who becomes a guest, from the next event on', async () => {
    const { member, task, socket, stream, commands } = await listening('MEMBER');
    await commands.updateTask(task, { estimateMinutes: 1_111 });
    expect((await stream.next()).value.task.estimateMinutes).toBe(1_111);
    await commands.changeRole(member, 'GUEST');
    await commands.updateTask(task, { estimateMinutes: 7_393 });
    const hidden = await stream.next();
    expect(hidden.value.task.estimateMinutes).toBeNull();
    expect(hidden.errors?.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
    expect(socket.frames.join()).not.toMatch(asValue(7_393));
  });

  test('shows estimates to a guest who becomes a member, from the next event on', async () => {
    const { member, task, stream, commands } = await listening('GUEST');
    await commands.updateTask(task, { estimateMinutes: 5_171 });
    expect((await stream.next()).value.task.estimateMinutes).toBeNull();
    await commands.changeRole(member, 'MEMBER');
    await commands.updateTask(task, { estimateMinutes: 7_393 });
    const seen = await stream.next();
    expect(seen.errors).toBeUndefined();
    expect(seen.value.changes).toEqual([{ field: 'estimateMinutes', from: 5_171, to: 7_393 }]);
  });

  test('in the workspace counts from the next event on', async () => {
    const admin = await administrator(app);
    const { owner, member, project, task, commands } = await listening();
    const socket = await app.socket(member);
    const document = `subscription ($projectId: ID!) {
      taskUpdated(projectId: $projectId) { __typename task { title creator { deactivatedAt } } } }`;
    const stream = await socket.subscribe(document, { projectId: project.id });
    let nth = 0;
    const codes = async (title: string) => {
      // Asked again, it is another title: the same one would be no change, and no event.
      await commands.updateTask(task, { title: `${title} ${++nth}` });
      const { errors = [] } = await stream.next();
      return errors.map(({ extensions }) => extensions?.code);
    };
    expect(owner.workspace).toEqual(member.workspace);
    expect(await codes('As a member')).toEqual(['FORBIDDEN']);
    await run(other, admin, 'setWorkspaceRole', { userId: member.id, role: 'ADMIN' });
    await expect.poll(() => codes('As an administrator')).toEqual([]);
    await run(other, admin, 'setWorkspaceRole', { userId: member.id, role: 'GUEST' });
    await expect.poll(() => codes('As a guest')).toEqual(['FORBIDDEN']);
  });
});

test('somebody deactivated loses the sockets on every server with 4401, and nobody else does', async () => {
  const admin = await administrator(app);
  const { owner, member, project, task, socket, commands } = await listening();
  const elsewhere = await other.socket(member);
  const neighbour = await (await other.socket(owner)).subscribe(taskUpdated, { projectId: project.id });
  await run(other, admin, 'deactivateUser', { userId: member.id });
  const closing = { code: 4401, reason: 'Invalid authentication token' };
  expect([await socket.closed(), await elsewhere.closed()]).toEqual([closing, closing]);
  await commands.updateTask(task, { title: 'Written after the deactivation' });
  expect((await neighbour.next()).value.task.title).toBe('Written after the deactivation');
  expect([...socket.frames, ...elsewhere.frames].join()).not.toContain('Written after');
});

test('the deletion of a project is delivered to everybody, and then their streams complete', async () => {
  const { owner, member, project, commands } = await listening();
  const document = `subscription ($topics: [TopicRef!]!) {
    events(topics: $topics) { __typename ... on ProjectDeleted { project { id deleted } } } }`;
  const { project: neighbour } = await app.world.project({ owner });
  const ids = [project.id, neighbour.id].map((id) => ({ kind: 'PROJECT', id }));
  const alone = await (await app.socket(member)).subscribe(document, { topics: ids.slice(0, 1) });
  const several = await (await other.socket(owner)).subscribe(document, { topics: ids });
  await commands.deleteProject();

  for (const stream of [alone, several]) {
    await stream.next('Checkpoint');
    expect((await stream.next()).value).toEqual({
      __typename: 'ProjectDeleted',
      project: { id: project.id, deleted: true },
    });
  }
  await alone.completed();
  const task = () => app.world.task({ project: neighbour, by: owner });
  expect(await arrivedBefore(several, 'TaskCreated', task)).toEqual([]);
});

test('what happens in one project, or in another workspace, reaches nobody else', async () => {
  const { owner, member, project, socket, stream } = await listening();
  const { project: second } = await app.world.project({ owner });
  const foreign = await app.world.project({ workspace: await app.world.newWorkspace(), externalId: 'shared-name' });
  await app.world.task({ project: second, by: owner, title: 'In the second project' });
  await app.world.task({ project: foreign.project, by: foreign.owner, title: 'In another workspace' });
  const task = () => app.world.task({ project, by: owner });
  expect(await arrivedBefore(stream, 'TaskCreated', task)).toEqual([]);
  for (const projectId of [second.id, foreign.project.id, 'shared-name', 'nobody-has-this-name']) {
    const refused = await socket.subscribe(taskUpdated, { projectId });
    expect(await refused.error()).toMatchObject(noAccess);
  }
  const admin = await administrator(app, member.workspace);
  const byAdmin = await (await app.socket(admin)).subscribe(taskUpdated, { projectId: project.id });
  expect(await byAdmin.error()).toMatchObject(noAccess);
  expect(socket.frames.join()).not.toMatch(/second project|another workspace/);
});
