import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import type { Person } from '../../../test/support/world.ts';
import { newId } from '../../platform/ids.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(async () => app[Symbol.asyncDispose]());

const about = 'topicId topic { id } eventCursor';
const payloads = {
  addMember: `${about} user { id } membership { role user { id } joinedAt }`,
  removeMember: `${about} user { id }`,
  changeMemberRole: `${about} user { id } membership { role }`,
  leaveTopic: about,
};
type Command = keyof typeof payloads;
const roles = ['OWNER', 'ADMIN', 'MEMBER', 'GUEST'] as const;
type Role = (typeof roles)[number];

/** What a command answers, or its refusal. */
async function run(person: Person | undefined, command: Command, input: Record<string, unknown>) {
  const type = `${command[0]?.toUpperCase()}${command.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { ${command}(input: $input) { ${payloads[command]} } }`;
  const { data, errors } = await app.graphql(person, document, { input });
  if (!errors?.[0]) return data[command];
  const { code, field } = errors[0].extensions ?? {};
  return { code, message: errors[0].message, ...(field === undefined ? {} : { field }) };
}

/** Roles by person, as the owner's query shows them. */
async function rolesIn(project: { id: string }, by: Person): Promise<Record<string, Role>> {
  const document = 'query ($id: ID!) { project(id: $id) { members { nodes { role user { id } } } } }';
  const { nodes } = (await app.ask(by, document, { id: project.id })).project.members;
  return Object.fromEntries(nodes.map((node: { role: Role; user: { id: string } }) => [node.user.id, node.role]));
}

/** The topic's facts about members after its first one, oldest first. */
async function facts(topic: `${'project' | 'user'}:${string}`) {
  const events = await app.services.eventLog.after(topic, 0);
  return events.filter(({ kind }) => kind.startsWith('Member')).map(({ kind, data, home }) => ({ kind, data, home }));
}

const noSuchTopic = { code: 'FORBIDDEN', message: 'No such topic, or no access to it.' };
const lastOwner = { code: 'CONFLICT', message: 'The last owner must stay: make somebody else OWNER first.' };

describe('addMember', () => {
  test('appends the fact to the log of the project and to that of the person', async () => {
    const { owner, project } = await app.world.project();
    const person = await app.world.person();
    const answer = await run(owner, 'addMember', { topicId: project.id, userId: person.id });
    expect(answer).toEqual({
      topicId: project.id,
      topic: { id: project.id },
      user: { id: person.id },
      membership: { role: 'MEMBER', user: { id: person.id }, joinedAt: app.clock.now().toISOString() },
      eventCursor: expect.any(String),
    });
    const data = { userId: person.id, role: 'MEMBER' };
    expect(await facts(`project:${project.id}`)).toEqual([{ kind: 'MemberAdded', data, home: null }]);
    expect(await facts(`user:${person.id}`)).toEqual([{ kind: 'MemberAdded', data, home: `project:${project.id}` }]);
    expect(await rolesIn(project, person)).toEqual({ [owner.id]: 'OWNER', [person.id]: 'MEMBER' });
  });

  test('tells the person in their inbox', async () => {
    const { owner, project } = await app.world.project({ name: 'Shed' });
    const person = await app.world.member({ project, by: owner });
    await app.settled();
    const { notifications } = await app.ask(person, '{ notifications { nodes { title reason } } }');
    expect(notifications.nodes).toEqual([{ title: `${owner.name} added you to Shed`, reason: 'ADDED' }]);
  });

  test('of a member: with the same role nothing happens, with another it is a conflict', async () => {
    const { owner, members, project } = await app.world.project({ members: 1 });
    const userId = members[0]?.id;
    expect(await run(owner, 'addMember', { topicId: project.id, userId })).toMatchObject({ eventCursor: null });
    expect(await run(owner, 'addMember', { topicId: project.id, userId, role: 'GUEST' })).toEqual({
      code: 'CONFLICT',
      message: 'Already a member, as MEMBER. Use changeMemberRole.',
      field: 'userId',
    });
    expect(await facts(`project:${project.id}`)).toHaveLength(1);
  });

  test('twenty at once of the same person make one membership and one fact', async () => {
    const { owner, project } = await app.world.project();
    const { id: userId } = await app.world.person();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => run(owner, 'addMember', { topicId: project.id, userId })),
    );
    expect(answers.filter(({ eventCursor }) => eventCursor !== null)).toHaveLength(1);
    expect(await facts(`project:${project.id}`)).toHaveLength(1);
  });

  test('takes an externalId with its kind, and only with it', async () => {
    const { owner, project } = await app.world.project({ externalId: 'shed-2' });
    const { id: userId } = await app.world.person();
    expect(await run(owner, 'addMember', { topicId: 'shed-2', userId })).toEqual(noSuchTopic);
    const input = { topicId: 'shed-2', kind: 'PROJECT', userId };
    expect(await run(owner, 'addMember', input)).toMatchObject({ topicId: project.id, user: { id: userId } });
    expect(await run(owner, 'addMember', { ...input, kind: 'CONVERSATION' })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await run(owner, 'addMember', { ...input, kind: 'USER' })).toMatchObject({
      code: 'VALIDATION_ERROR',
      field: 'kind',
    });
  });

  test('only of active people of the workspace', async () => {
    const { owner, project } = await app.world.project();
    const admin = await app.world.person({ role: 'ADMIN' });
    const gone = await app.world.person();
    await app.ask(admin, 'mutation ($id: ID!) { deactivateUser(input: { userId: $id }) { user { id } } }', {
      id: gone.id,
    });
    const foreign = await app.world.person({ workspace: await app.world.newWorkspace() });
    for (const userId of [gone.id, foreign.id, newId(), 'x', '']) {
      const answer = await run(owner, 'addMember', { topicId: project.id, userId });
      expect(answer, userId).toEqual({ code: 'NOT_FOUND', message: 'No such person.' });
    }
    expect(await facts(`project:${project.id}`)).toEqual([]);
  });

  test.each([
    ['OWNER', false],
    ['ADMIN', false],
    ['MEMBER', true],
    ['GUEST', true],
  ] as const)('a guest of the workspace can be %s: %s', async (role, allowed) => {
    const { owner, project } = await app.world.project();
    const { id: userId } = await app.world.person({ role: 'GUEST' });
    const answer = await run(owner, 'addMember', { topicId: project.id, userId, role });
    if (allowed) expect(answer).toMatchObject({ membership: { role } });
    else expect(answer).toMatchObject({ code: 'CONFLICT', field: 'role' });
  });

  test('a retry with the same key does nothing twice, and asks for access again', async () => {
    const { owner, members, project } = await app.world.project({ members: ['ADMIN'] });
    const [admin] = members as [Person];
    const { id: userId } = await app.world.person();
    const input = { topicId: project.id, userId, idempotencyKey: 'k' };
    const first = await run(admin, 'addMember', input);
    expect(await run(admin, 'addMember', input)).toEqual(first);
    await run(owner, 'removeMember', { topicId: project.id, userId: admin.id });
    expect(await run(admin, 'addMember', input)).toMatchObject({ topicId: project.id, topic: null, membership: null });
    expect((await facts(`project:${project.id}`)).filter(({ data }) => data.userId === userId)).toHaveLength(1);
  });
});

describe('who may give which role', () => {
  const grants: Record<Role, readonly Role[]> = {
    OWNER: ['OWNER', 'ADMIN', 'MEMBER', 'GUEST'],
    ADMIN: ['ADMIN', 'MEMBER', 'GUEST'],
    MEMBER: [],
    GUEST: [],
  };
  test.each(roles)('%s, when adding', async (own) => {
    const { members, project } = await app.world.project({ members: [own] });
    const [person] = members as [Person];
    for (const role of roles) {
      const { id: userId } = await app.world.person();
      const answer = await run(person, 'addMember', { topicId: project.id, userId, role });
      if (grants[own].includes(role)) expect(answer, role).toMatchObject({ membership: { role } });
      else expect(answer, role).toMatchObject({ code: 'FORBIDDEN', message: expect.stringMatching(/^You may not /) });
    }
  });

  test.each(roles)('%s, when changing, of people up to their own role', async (own) => {
    for (const theirs of roles) {
      for (const role of roles.filter((other) => other !== theirs)) {
        const { members, project } = await app.world.project({ members: [own, theirs] });
        const [person, other] = members as [Person, Person];
        const answer = await run(person, 'changeMemberRole', { topicId: project.id, userId: other.id, role });
        if (grants[own].includes(theirs) && grants[own].includes(role)) {
          expect(answer, `${theirs} → ${role}`).toMatchObject({ membership: { role } });
        } else {
          expect(answer, `${theirs} → ${role}`).toMatchObject({ code: 'FORBIDDEN' });
        }
      }
    }
  });

  test.each(roles)('%s, when removing: people up to their own role', async (own) => {
    const { owner, members, project } = await app.world.project({ members: [own, ...roles] });
    const [person, ...others] = members as [Person, ...Person[]];
    for (const [index, theirs] of roles.entries()) {
      const answer = await run(person, 'removeMember', { topicId: project.id, userId: others[index]?.id });
      if (grants[own].includes(theirs)) expect(answer, theirs).toMatchObject({ user: { id: others[index]?.id } });
      else expect(answer, theirs).toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(Object.keys(await rolesIn(project, owner))).toHaveLength(2 + roles.length - grants[own].length);
  });

  test('nobody from outside: missing, foreign and private topics are refused alike', async () => {
    const { members, project } = await app.world.project({ members: 1 });
    const { project: foreign } = await app.world.project({ workspace: await app.world.newWorkspace() });
    const stranger = await app.world.person({ role: 'ADMIN' });
    for (const topicId of [project.id, foreign.id, newId(), stranger.id, 'x', '', '\u0000']) {
      const input = { topicId, userId: members[0]?.id };
      expect(await run(stranger, 'addMember', input), topicId).toEqual(noSuchTopic);
      expect(await run(stranger, 'removeMember', input), topicId).toEqual(noSuchTopic);
      expect(await run(stranger, 'changeMemberRole', { ...input, role: 'GUEST' }), topicId).toEqual(noSuchTopic);
      expect(await run(stranger, 'leaveTopic', { topicId }), topicId).toEqual(noSuchTopic);
    }
    expect(await facts(`project:${project.id}`)).toHaveLength(1);
  });
});

describe('changeMemberRole', () => {
  test('says the new role; the same role is no change', async () => {
    const { owner, members, project } = await app.world.project({ members: 1 });
    const input = { topicId: project.id, userId: members[0]?.id, role: 'ADMIN' };
    expect(await run(owner, 'changeMemberRole', input)).toMatchObject({ membership: { role: 'ADMIN' } });
    expect(await run(owner, 'changeMemberRole', input)).toMatchObject({ eventCursor: null });
    expect((await facts(`project:${project.id}`)).slice(1)).toEqual([
      { kind: 'MemberRoleChanged', data: { userId: members[0]?.id, role: 'ADMIN' }, home: null },
    ]);
  });

  test('with an expectedRole that is not theirs is a conflict', async () => {
    const { owner, members, project } = await app.world.project({ members: 1 });
    const input = { topicId: project.id, userId: members[0]?.id, role: 'GUEST' };
    expect(await run(owner, 'changeMemberRole', { ...input, expectedRole: 'ADMIN' })).toEqual({
      code: 'CONFLICT',
      message: 'Their role is MEMBER by now.',
      field: 'expectedRole',
    });
    expect(await run(owner, 'changeMemberRole', { ...input, expectedRole: 'MEMBER' })).toMatchObject({
      membership: { role: 'GUEST' },
    });
  });

  test('of somebody who is no member: NOT_FOUND', async () => {
    const { owner, project } = await app.world.project();
    for (const userId of [(await app.world.person()).id, newId(), 'x']) {
      const noSuchMember = { code: 'NOT_FOUND', message: 'No such member.', field: 'userId' };
      expect(await run(owner, 'changeMemberRole', { topicId: project.id, userId, role: 'GUEST' })).toEqual(
        noSuchMember,
      );
      expect(await run(owner, 'removeMember', { topicId: project.id, userId })).toEqual(noSuchMember);
    }
  });
});

describe('leaving and the last owner', () => {
  test('anybody may leave, also by removing themselves; the answer does not fail for them', async () => {
    const { owner, members, project } = await app.world.project({ members: ['GUEST', 'MEMBER'] });
    const [guest, member] = members as [Person, Person];
    const left = { topicId: project.id, topic: null, eventCursor: expect.any(String) };
    expect(await run(guest, 'leaveTopic', { topicId: project.id })).toEqual(left);
    const removed = await run(member, 'removeMember', { topicId: project.id, userId: member.id });
    expect(removed).toEqual({ ...left, user: { id: member.id } });
    expect(await run(guest, 'leaveTopic', { topicId: project.id })).toEqual(noSuchTopic);
    expect(await rolesIn(project, owner)).toEqual({ [owner.id]: 'OWNER' });
    expect((await facts(`user:${guest.id}`)).at(-1)).toEqual({
      kind: 'MemberRemoved',
      data: { userId: guest.id, remainsAs: null },
      home: `project:${project.id}`,
    });
  });

  test('the last owner stays, and stays owner, until there is another', async () => {
    const { owner, members, project } = await app.world.project({ members: ['ADMIN'] });
    const [admin] = members as [Person];
    const me = { topicId: project.id, userId: owner.id };
    expect(await run(owner, 'leaveTopic', { topicId: project.id })).toEqual(lastOwner);
    expect(await run(owner, 'removeMember', me)).toEqual(lastOwner);
    expect(await run(owner, 'changeMemberRole', { ...me, role: 'ADMIN' })).toEqual(lastOwner);
    await run(owner, 'changeMemberRole', { topicId: project.id, userId: admin.id, role: 'OWNER' });
    expect(await run(owner, 'leaveTopic', { topicId: project.id })).toMatchObject({ topic: null });
    expect(await rolesIn(project, admin)).toEqual({ [admin.id]: 'OWNER' });
  });

  test('a deactivated owner does not count', async () => {
    const { owner, members, project } = await app.world.project({ members: ['OWNER'] });
    const admin = await app.world.person({ role: 'ADMIN' });
    const id = members[0]?.id;
    await app.ask(admin, 'mutation ($id: ID!) { deactivateUser(input: { userId: $id }) { user { id } } }', { id });
    expect(await run(owner, 'leaveTopic', { topicId: project.id })).toEqual(lastOwner);
    expect(await run(owner, 'removeMember', { topicId: project.id, userId: id })).toMatchObject({ user: { id } });
  });

  test.each(['leaveTopic', 'changeMemberRole', 'removeMember'] as const)(
    'owners who all %s at once leave one',
    async (command) => {
      const { owner, members, project } = await app.world.project({ members: ['OWNER', 'OWNER', 'OWNER'] });
      const owners = [owner, ...members];
      const answers = await Promise.all(
        owners.map((person, index) => {
          const userId = command === 'removeMember' ? owners[(index + 1) % owners.length]?.id : person.id;
          const input = { topicId: project.id, ...(command !== 'leaveTopic' && { userId }) };
          return run(person, command, { ...input, ...(command === 'changeMemberRole' && { role: 'GUEST' }) });
        }),
      );
      const rows = await app.services.database.db.membership.findMany({
        where: { topicId: project.id, role: 'OWNER' },
      });
      expect(rows.length).toBeGreaterThan(0);
      expect(answers.filter((answer) => 'eventCursor' in answer)).toHaveLength(owners.length - rows.length);
    },
  );
});

describe('members', () => {
  test('are paged both ways', async () => {
    const { owner, members, project } = await app.world.project({ members: 4 });
    const ids = [owner, ...members].map(({ id }) => id).sort();
    const document = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { project(id: $id) {
      members(first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { role user { id name } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      } topic { members { nodes { user { id } } } }
    } }`;
    const page = async (variables: object) =>
      (await app.ask(owner, document, { id: project.id, ...variables })).project;
    const idsOf = ({ edges }: { edges: { node: { user: { id: string } } }[] }) => edges.map(({ node }) => node.user.id);
    const all = await page({});
    expect(idsOf(all.members)).toEqual(ids);
    expect(all.topic.members.nodes.map(({ user }: { user: { id: string } }) => user.id)).toEqual(ids);
    const first = (await page({ first: 3 })).members;
    expect(idsOf(first)).toEqual(ids.slice(0, 3));
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(idsOf((await page({ first: 3, after: first.pageInfo.endCursor })).members)).toEqual(ids.slice(3));
    const last = (await page({ last: 2 })).members;
    expect(idsOf(last)).toEqual(ids.slice(3));
    expect(idsOf((await page({ last: 9, before: last.pageInfo.startCursor })).members)).toEqual(ids.slice(0, 3));
    const { errors } = await app.graphql(owner, document, { id: project.id, after: 'x' });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION_ERROR', field: 'after' });
  });
});
