import { builder } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import { nodeRef, registerNode } from '../../graphql/node.ts';
import { createProject, deleteProject, updateProject } from './commands.ts';
import { listProjects, readProject, readProjectIfAny } from './queries.ts';

// `members`, `viewerRole` and what all topics have in common come from membership.
builder.prismaObject('Project', {
  description: 'What people work on together: its members, their tasks, and a log of all that happened.',
  interfaces: [nodeRef],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the project, and of its topic.' }),
    name: t.exposeString('name', { description: 'Name to show.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What it is about; null when nothing is said.',
    }),
    version: t.exposeInt('version', { description: 'Rises with every change; hand it back as `expectedVersion`.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was changed last.' }),
    deleted: t.boolean({
      description: 'Whether it is deleted: then only events and payloads still lead to it.',
      resolve: ({ deletedAt }) => deletedAt !== null,
    }),
  }),
});

registerNode('Project', (context, id) => readProject(context, id, {}));

builder.queryFields((t) => ({
  project: t.prismaField({
    type: 'Project',
    nullable: true,
    description: 'A project one belongs to; null, with an error, for any other.',
    authScopes: { authenticated: true },
    args: { id: t.arg.id({ required: true, description: 'Its id or externalId.' }) },
    resolve: (query, _root, { id }, context) => readProject(context, id, query),
  }),
  projects: t.prismaConnection(
    {
      type: 'Project',
      cursor: 'id',
      description: 'The projects one belongs to, the oldest first.',
      authScopes: { authenticated: true },
      resolve: (query, _root, args, context) => listProjects(context, args, query),
    },
    { name: 'ProjectConnection', description: 'A page of projects.' },
    { name: 'ProjectEdge', description: 'A project in the list.' },
  ),
}));

const payloadText = 'The project; null when whoever asks does not belong to it any more.';
const projectIdText = 'Id or externalId of the project.';

mutation('createProject', {
  description: 'Creates a project whose first OWNER is whoever asks. For ADMINs and MEMBERs of the workspace.',
  inputFields: (t) => ({
    name: t.string({ required: true, description: 'Name to show, one line.' }),
    description: t.string({ description: 'What it is about.' }),
    externalId: t.string({
      description:
        'Its id in another application, to name it by: 1 to 200 visible characters without spaces, no UUID, of no other project of the workspace.',
    }),
  }),
  run: (context, input) => createProject(context, input),
  outputFields: (t) => ({
    project: t.prismaField({
      type: 'Project',
      nullable: true,
      description: payloadText,
      resolve: (query, { projectId }, _args, context) => readProjectIfAny(context, projectId, query),
    }),
  }),
});

mutation('updateProject', {
  description: 'Changes name or description; what is absent stays. For its OWNERs and ADMINs.',
  inputFields: (t) => ({
    projectId: t.id({ required: true, description: projectIdText }),
    name: t.string({ description: 'The new name, one line.' }),
    description: t.string({ description: 'The new description; null or empty takes it away.' }),
    expectedVersion: t.int({ description: 'CONFLICT when the project has another version by now.' }),
  }),
  run: (context, input) => updateProject(context, input),
  outputFields: (t) => ({
    project: t.prismaField({
      type: 'Project',
      nullable: true,
      description: payloadText,
      resolve: (query, { projectId }, _args, context) => readProjectIfAny(context, projectId, query),
    }),
  }),
});

mutation('deleteProject', {
  description:
    'Deletes a project with everything in it, for good. Running timers are stopped, every stream of it ends, its externalId is free. For its OWNERs.',
  inputFields: (t) => ({
    projectId: t.id({ required: true, description: projectIdText }),
    expectedVersion: t.int({ description: 'CONFLICT when the project has another version by now.' }),
  }),
  run: (context, input) => deleteProject(context, input),
  outputFields: (t) => ({
    project: t.prismaField({
      type: 'Project',
      nullable: true,
      description: `What is left of it. ${payloadText}`,
      resolve: (query, { projectId }, _args, context) => readProjectIfAny(context, projectId, query),
    }),
  }),
});
