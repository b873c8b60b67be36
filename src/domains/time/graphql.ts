import { builder, inTopic } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import { nodeRef, registerNode } from '../../graphql/node.ts';
import { timeReaders } from './access.ts';
import { startTimer, stopTimer } from './commands.ts';
import { loadEntry, readEntry, readRunningTimer } from './queries.ts';

builder.prismaObject('TimeEntry', {
  description: 'Work on a task, from start to stop. Guests of the project may not read it.',
  interfaces: [nodeRef],
  authScopes: (entry) => timeReaders(entry),
  // On the type: where it may not be read it is null as a whole, with one error instead of one for each field.
  runScopesOnType: true,
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the entry.' }),
    task: t.relation('task', { ...inTopic, description: 'What was worked on; a deleted task stays readable here.' }),
    user: t.relation('user', { ...inTopic, description: 'Who worked.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When the timer was started.' }),
    stoppedAt: t.expose('stoppedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the timer was stopped; null while it runs.',
    }),
    durationMs: t.float({
      nullable: true,
      description: 'Milliseconds from start to stop, a whole number; null while the timer runs.',
      resolve: ({ startedAt, stoppedAt }) => stoppedAt && stoppedAt.getTime() - startedAt.getTime(),
    }),
  }),
});

registerNode('TimeEntry', readEntry);

builder.queryFields((t) => ({
  runningTimer: t.prismaField({
    type: 'TimeEntry',
    nullable: true,
    description: 'The timer you have running; null when there is none. There is at most one.',
    authScopes: { authenticated: true },
    resolve: (query, _root, _args, context) => readRunningTimer(context, query),
  }),
}));

mutation('startTimer', {
  description: 'Starts your timer on a task. One you have running elsewhere is stopped first; on this task it goes on.',
  inputFields: (t) => ({ taskId: t.id({ required: true, description: 'The task to work on.' }) }),
  run: (context, input) => startTimer(context, input),
  outputFields: (t) => ({
    timeEntry: t.prismaField({
      type: 'TimeEntry',
      nullable: true,
      description: 'The entry that runs now.',
      resolve: (query, { entryId }, _args, context) => loadEntry(context, entryId, query),
    }),
    stopped: t.prismaField({
      type: 'TimeEntry',
      nullable: true,
      description: 'The entry that was stopped for it; null when none ran.',
      resolve: (query, { stoppedId }, _args, context) => loadEntry(context, stoppedId, query),
    }),
  }),
});

mutation('stopTimer', {
  description: 'Stops your timer. Stopping what has stopped, or nothing, changes nothing.',
  inputFields: (t) => ({
    id: t.id({ required: false, description: 'The time entry to stop; absent: the one that runs.' }),
  }),
  run: (context, input) => stopTimer(context, input),
  outputFields: (t) => ({
    timeEntry: t.prismaField({
      type: 'TimeEntry',
      nullable: true,
      description: 'The entry that was stopped; null when none ran, or when you may no longer read it.',
      resolve: (query, { entryId }, _args, context) => loadEntry(context, entryId, query),
    }),
  }),
});
