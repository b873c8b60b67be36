import { builder, inTopic, perViewer } from '../../graphql/builder.ts';
import type { Context } from '../../graphql/context.ts';
import { mutation } from '../../graphql/mutation.ts';
import { nodeRef, registerNode } from '../../graphql/node.ts';
import { deactivateUser, reactivateUser, setWorkspaceRole } from './commands.ts';
import { listPeople } from './queries.ts';

const WorkspaceRole = builder.enumType('WorkspaceRole', {
  description: 'What a person may do in their workspace.',
  values: {
    ADMIN: { description: 'Manages people and settings; reads private topics only as their member.' },
    MEMBER: { description: 'Works in the workspace and may create projects.' },
    GUEST: { description: 'Sees the topics they were added to.' },
    BOT: { description: 'A program acting on its own behalf.' },
  } as const,
});

builder.prismaObject('Workspace', {
  description: 'A tenant: its people and topics are out of reach for everybody else.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the workspace.' }),
    slug: t.exposeString('slug', { description: 'Short name, as tokens give it in the claim `workspace`.' }),
    name: t.exposeString('name', { description: 'Name to show.' }),
  }),
});

builder.prismaObject('User', {
  description: 'A person of the workspace, or a program acting as one.',
  interfaces: [nodeRef],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the person here.' }),
    externalId: t.exposeString('externalId', { description: 'Their id in the application that issues the tokens.' }),
    name: t.exposeString('name', { description: 'Name to show.' }),
    email: t.exposeString('email', {
      ...perViewer,
      nullable: true,
      description: 'Mail address; for themselves and ADMINs, null when none is known.',
      authScopes: ({ id }) => ({ $any: { self: id, workspace: 'user:read-email' } }),
    }),
    role: t.expose('role', { type: WorkspaceRole, description: 'Their role in the workspace.' }),
    workspace: t.relation('workspace', { ...inTopic, description: 'The workspace they belong to.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When they were first known here.' }),
    deactivatedAt: t.expose('deactivatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when they may not enter, null when they may; for ADMINs.',
      authScopes: { workspace: 'workspace:manage-people' },
    }),
  }),
});

// Deactivated people too: they stay the authors of what they made.
registerNode('User', ({ db, workspaceId }, id) => db.user.findFirst({ where: { id, workspaceId } }));

const Pong = builder.objectRef<{ at: Date; instanceId: string }>('Pong').implement({
  description: 'A sign of life.',
  fields: (t) => ({
    event: t.string({ description: 'Always `pong`.', resolve: () => 'pong' }),
    timestamp: t.float({
      description: "The server's clock in milliseconds since 1970.",
      resolve: ({ at }) => at.getTime(),
    }),
    instanceId: t.exposeString('instanceId', { description: 'The server that answers, among several.' }),
  }),
});

builder.queryFields((t) => ({
  me: t.prismaField({
    type: 'User',
    description: 'The person who asks.',
    authScopes: { authenticated: true },
    resolve: (query, _root, _args, { db, viewer }) =>
      db.user.findUniqueOrThrow({ ...query, where: { id: viewer.userId } }),
  }),
  ping: t.field({
    type: Pong,
    description: 'Answers at once: to measure the way there and back, and to compare clocks.',
    authScopes: { authenticated: true },
    resolve: (_root, _args, { clock, services }) => ({ at: clock.now(), instanceId: services.instanceId }),
  }),
  users: t.prismaConnection(
    {
      type: 'User',
      cursor: 'id',
      description: 'The people of the workspace by name.',
      authScopes: { workspace: 'workspace:read-people' },
      args: {
        search: t.arg.string({
          description: 'Text that the name or the externalId contains, in any case; empty or absent: everybody.',
        }),
        deactivated: t.arg.boolean({
          defaultValue: false,
          description: 'True: those who were deactivated, instead of the others; for ADMINs.',
        }),
      },
      resolve: (query, _root, args, context) => listPeople(context, args, query),
    },
    { name: 'UserConnection', description: 'A page of people.' },
    { name: 'UserEdge', description: 'A person in the list.' },
  ),
}));

const userId = 'Id of the person.';

// Deactivated or not, but of the workspace of whoever asks now.
function anybody({ db, workspaceId }: Context, id: string, query: object) {
  return db.user.findFirstOrThrow({ ...query, where: { id, workspaceId } });
}

mutation('deactivateUser', {
  description:
    'Shuts a person out: their streams end, their tokens are refused. For ADMINs; not oneself, not the last ADMIN.',
  inputFields: (t) => ({ userId: t.id({ required: true, description: userId }) }),
  run: (context, input) => deactivateUser(context, input),
  outputFields: (t) => ({
    user: t.prismaField({
      type: 'User',
      description: 'The person, deactivated.',
      resolve: (query, { userId }, _args, context) => anybody(context, userId, query),
    }),
  }),
});

mutation('reactivateUser', {
  description: 'Lets a deactivated person enter again. For ADMINs.',
  inputFields: (t) => ({ userId: t.id({ required: true, description: userId }) }),
  run: (context, input) => reactivateUser(context, input),
  outputFields: (t) => ({
    user: t.prismaField({
      type: 'User',
      description: 'The person, active again.',
      resolve: (query, { userId }, _args, context) => anybody(context, userId, query),
    }),
  }),
});

mutation('setWorkspaceRole', {
  description: 'Changes what a person may do in the workspace. For ADMINs; the last one stays ADMIN.',
  inputFields: (t) => ({
    userId: t.id({ required: true, description: userId }),
    role: t.field({ type: WorkspaceRole, required: true, description: 'The new role.' }),
  }),
  run: (context, input) => setWorkspaceRole(context, input),
  outputFields: (t) => ({
    user: t.prismaField({
      type: 'User',
      description: 'The person with the new role.',
      resolve: (query, { userId }, _args, context) => anybody(context, userId, query),
    }),
  }),
});
