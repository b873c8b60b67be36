import { defineEvents, event, optionalRef, ref } from '../../events/define.ts';

const task = ref('Task', 'The task that is worked on.');
// Optional although always stored: those who may not read time get null and an error instead of losing the event.
const entry = optionalRef('TimeEntry', 'The time entry; null, with an error, for those who may not read times.');

/** Facts about timers, in the log of the task's project; for those who may read times (graphql/permissions.ts). */
export const timeEvents = defineEvents('project', {
  TimeStarted: event({
    wireName: 'time.started',
    description: 'Somebody started a timer on a task.',
    interfaces: ['TaskEvent'],
    fields: { task, entry },
  }),
  TimeStopped: event({
    wireName: 'time.stopped',
    description:
      'A timer on a task was stopped: by its person, by starting another, or because the task was deleted or its person may not track time there any more.',
    interfaces: ['TaskEvent'],
    fields: { task, entry },
  }),
});
