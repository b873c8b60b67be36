import { topicKey } from '../../events/topic.ts';
import { builder, byId, inTopic } from '../../graphql/builder.ts';
import type { Context } from '../../graphql/context.ts';
import { mutation } from '../../graphql/mutation.ts';
import { nodeRef, registerNode } from '../../graphql/node.ts';
import { stream } from '../../graphql/stream.ts';
import { assignTask, createTask, deleteTask, updateTask } from './commands.ts';
import { taskKinds } from './kinds.ts';
import { headCursorOf, listTasks, readTask, readWrittenTask, type TaskQuery } from './queries.ts';

const TaskStatus = builder.enumType('TaskStatus', {
  description: 'How far a task is.',
  values: {
    TODO: { description: 'Not begun.' },
    IN_PROGRESS: { description: 'Being worked on.' },
    DONE: { description: 'Finished.' },
  } as const,
});

const TaskPriority = builder.enumType('TaskPriority', {
  description: 'How urgent a task is.',
  values: {
    LOW: { description: 'When there is time.' },
    MEDIUM: { description: 'As usual.' },
    HIGH: { description: 'Before the others.' },
  } as const,
});

builder.prismaObject('Task', {
  description: 'A piece of work in a project.',
  interfaces: [nodeRef],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the task.' }),
    project: t.relation('project', { ...inTopic, description: 'The project it belongs to.' }),
    title: t.exposeString('title', { description: 'What is to be done, in one line.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'The details; null when there are none.',
    }),
    status: t.expose('status', { type: TaskStatus, description: 'How far it is.' }),
    priority: t.expose('priority', { type: TaskPriority, description: 'How urgent it is.' }),
    assignee: t.relation('assignee', { ...inTopic, nullable: true, description: 'Whose task it is; null: nobody’s.' }),
    creator: t.relation('creator', { ...inTopic, description: 'Who created it.' }),
    dueAt: t.expose('dueAt', { type: 'DateTime', nullable: true, description: 'When it is due; null: never.' }),
    estimateMinutes: t.exposeInt('estimateMinutes', {
      nullable: true,
      description: 'Expected work in minutes; null: not estimated. Guests of the project may not read it.',
      authScopes: ({ projectId }) => ({
        topic: { key: topicKey('project', projectId), permission: 'task:read-estimate' },
      }),
    }),
    version: t.exposeInt('version', { description: 'Rises with every change; hand it back as `expectedVersion`.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was changed last.' }),
    deletedAt: t.expose('deletedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was deleted; null: it was not. Only events and deleteTask show deleted tasks.',
    }),
    comments: t.relatedConnection(
      'comments',
      {
        ...inTopic,
        cursor: 'id',
        description: 'Its comments, oldest first; deleted ones keep their place without text.',
        query: byId,
      },
      { name: 'TaskCommentsConnection', description: 'A page of comments on a task.' },
      { name: 'TaskCommentsEdge', description: 'A comment in the list.' },
    ),
    timeEntries: t.relatedConnection(
      'timeEntries',
      {
        ...inTopic,
        cursor: 'id',
        nullable: true,
        description: 'Time worked on it, oldest first. Guests of the project may not read it.',
        authScopes: ({ projectId }) => ({
          topic: { key: topicKey('project', projectId), permission: 'time:read' },
        }),
        query: byId,
      },
      { name: 'TaskTimeEntriesConnection', description: 'A page of time entries of a task.' },
      { name: 'TaskTimeEntriesEdge', description: 'A time entry in the list.' },
    ),
  }),
});

registerNode('Task', (context, id) => readTask(context, id, {}));

builder.queryFields((t) => ({
  task: t.prismaField({
    type: 'Task',
    nullable: true,
    description: 'One task; null, with NOT_FOUND, when it is deleted, missing or out of reach.',
    authScopes: { authenticated: true },
    args: { id: t.arg.id({ required: true, description: 'Id of the task.' }) },
    resolve: (query, _root, { id }, context) => readTask(context, id, query),
  }),
  tasks: t.prismaConnection(
    {
      type: 'Task',
      cursor: 'id',
      description: 'The tasks of a project in the order they were created, without deleted ones.',
      authScopes: { authenticated: true },
      args: {
        projectId: t.arg.id({ required: true, description: 'Id or externalId of the project.' }),
        status: t.arg({ type: TaskStatus, description: 'Only tasks that are this far; absent: all.' }),
      },
      resolve: (query, _root, args, context) => listTasks(context, args, query),
    },
    {
      name: 'QueryTasksConnection',
      description: 'A page of tasks.',
      fields: (connection) => ({
        headCursor: connection.field({
          type: 'Cursor',
          description: 'Where the log of the project stood before the list was read: follow on with `after`.',
          resolve: (page) => headCursorOf((page as unknown as { args: object }).args),
        }),
      }),
    },
    { name: 'QueryTasksEdge', description: 'A task in the list.' },
  ),
}));

builder.subscriptionField('taskUpdated', (t) =>
  t.field({
    type: 'TaskEvent',
    description:
      'Everything that happens to the tasks of a project: created, updated, assigned, commented, deleted, timers. Without `after` it begins now.',
    authScopes: { authenticated: true },
    args: {
      projectId: t.arg.id({ required: true, description: 'Id or externalId of the project.' }),
      types: t.arg({
        type: ['EventType'],
        description: 'Only these kinds; absent: all. VALIDATION_ERROR for kinds that are no TaskEvent, or for none.',
      }),
      after: t.arg({ type: 'Cursor', description: 'Go on behind this place in the log of the project.' }),
    },
    subscribe: (_root, { projectId, types, after }, { services }) => {
      const { kinds, only } = taskKinds(services.events, types ?? null);
      return stream({
        topics: [{ kind: 'project', id: projectId }],
        kinds,
        only,
        after: after == null ? null : [after],
      });
    },
    resolve: (event) => event,
  }),
);

// The same three fields wherever a task is written.
const title = 'What is to be done: one line, at most TITLE_MAX_CHARS characters (200).';
const estimate = 'Expected work in minutes, 0 to 100000. Only for those who may read estimates.';
const expectedVersion = 'Refuse with CONFLICT when the task is at another version; absent: do it anyway.';

function written(context: Context, taskId: string, query: TaskQuery) {
  return readWrittenTask(context, taskId, query);
}

mutation('createTask', {
  description: 'Creates a task in a project.',
  inputFields: (t) => ({
    projectId: t.id({ required: true, description: 'Id or externalId of the project.' }),
    title: t.string({ required: true, description: title }),
    description: t.string({ description: 'The details, at most TEXT_MAX_CHARS characters (5000); blank: none.' }),
    status: t.field({ type: TaskStatus, description: 'How far it is; absent: TODO.' }),
    priority: t.field({ type: TaskPriority, description: 'How urgent it is; absent: MEDIUM.' }),
    assigneeId: t.id({ description: 'A member of the project whose task it is; absent: nobody’s.' }),
    dueAt: t.field({ type: 'DateTime', description: 'When it is due, from 2000 to 2199; absent: never.' }),
    estimateMinutes: t.int({ description: estimate }),
  }),
  run: (context, input) => createTask(context, input),
  outputFields: (t) => ({
    task: t.prismaField({
      type: 'Task',
      description: 'The task created.',
      resolve: (query, { taskId }, _args, context) => written(context, taskId, query),
    }),
  }),
});

mutation('updateTask', {
  description:
    'Changes fields of a task. Fields that are absent stay; null clears description, dueAt and estimateMinutes.',
  inputFields: (t) => ({
    taskId: t.id({ required: true, description: 'The task.' }),
    title: t.string({ description: title }),
    description: t.string({
      description: 'The details, at most TEXT_MAX_CHARS characters (5000); null or blank: none.',
    }),
    status: t.field({ type: TaskStatus, description: 'How far it is.' }),
    priority: t.field({ type: TaskPriority, description: 'How urgent it is.' }),
    dueAt: t.field({ type: 'DateTime', description: 'When it is due, from 2000 to 2199; null: never.' }),
    estimateMinutes: t.int({ description: `${estimate} Null: not estimated.` }),
    expectedVersion: t.int({ description: expectedVersion }),
  }),
  run: (context, input) => updateTask(context, input),
  outputFields: (t) => ({
    task: t.prismaField({
      type: 'Task',
      description: 'The task as it is now.',
      resolve: (query, { taskId }, _args, context) => written(context, taskId, query),
    }),
  }),
});

mutation('assignTask', {
  description: 'Gives a task to a member of its project, or takes it from whoever has it.',
  inputFields: (t) => ({
    taskId: t.id({ required: true, description: 'The task.' }),
    assigneeId: t.id({
      description: 'An active member of the project, guests included; null: nobody’s. Not to be left out.',
    }),
    expectedVersion: t.int({ description: expectedVersion }),
  }),
  run: (context, input) => assignTask(context, input),
  outputFields: (t) => ({
    task: t.prismaField({
      type: 'Task',
      description: 'The task as it is now.',
      resolve: (query, { taskId }, _args, context) => written(context, taskId, query),
    }),
  }),
});

mutation('deleteTask', {
  description: 'Deletes a task. Timers that run on it are stopped.',
  inputFields: (t) => ({
    taskId: t.id({ required: true, description: 'The task.' }),
    expectedVersion: t.int({ description: expectedVersion }),
  }),
  run: (context, input) => deleteTask(context, input),
  outputFields: (t) => ({
    task: t.prismaField({
      type: 'Task',
      description: 'The task, deleted.',
      resolve: (query, { taskId }, _args, context) => written(context, taskId, query),
    }),
  }),
});
