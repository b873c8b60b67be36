import {
  changes,
  defineEvents,
  type EventInterface,
  event,
  followersOnly,
  int,
  type Overtaken,
  optionalId,
  optionalRef,
  ref,
  refElsewhere,
} from '../../events/define.ts';
import type { LoggedEvent } from '../../events/log.ts';
import { parseTopicKey, topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Db } from '../../platform/database.ts';

/** What every event about a task has in common; timers and comments on tasks implement it too. */
export const taskEventInterface: EventInterface = {
  name: 'TaskEvent',
  description: 'A fact about a task: created, changed, assigned, commented, deleted, or a timer on it.',
  fields: {
    task: ref('Task', 'The task, as it is now; a deleted one stays readable here.'),
    changes: changes('What changed; empty for facts that change no field.'),
  },
};

const task = ref('Task', 'The task.');
const interfaces = [taskEventInterface.name];

/** Thread of everything about one task: one notification per person, however much happens to it. */
export const taskThread = (taskId: string) => `task:${taskId}`;

const subject = ({ data }: { data: { taskId: string } }) => ({ model: 'Task', id: data.taskId });
const thread = ({ data }: { data: { taskId: string } }) => taskThread(data.taskId);

/** Facts about tasks, in the log of their project. */
export const taskEvents = defineEvents('project', {
  TaskCreated: event({
    wireName: 'task.created',
    description: 'A task was created.',
    interfaces,
    fields: { task },
    notify: {
      ...followersOnly,
      thread,
      subject,
      followers: { title: ({ actor, subject }) => `${actor} created ${subject}` },
    },
  }),
  TaskUpdated: event({
    wireName: 'task.updated',
    description: 'Fields of a task changed.',
    interfaces,
    fields: { task, changes: changes('What changed; `from` and `to` are null for free text.') },
    notify: {
      ...followersOnly,
      thread,
      subject,
      followers: {
        title: ({ actor, subject }, { data }) =>
          data.changes.some(({ field, to }) => field === 'status' && to === 'DONE')
            ? `${actor} finished ${subject}`
            : `${actor} changed ${subject}`,
      },
    },
  }),
  TaskAssigned: event({
    wireName: 'task.assigned',
    description: 'A task was given to somebody, or taken from them.',
    interfaces,
    fields: {
      task,
      assignee: optionalRef('User', 'Whose task it is now; null when it is nobody’s.'),
      previousAssignee: optionalRef('User', 'Whose task it was before; null when it was nobody’s.'),
    },
    notify: {
      reasons: ['ASSIGNED'],
      recipients: ({ data }) => (data.assigneeId === null ? [] : [{ userId: data.assigneeId, reason: 'ASSIGNED' }]),
      thread,
      subject,
      title: ({ actor, subject }) => `${actor} assigned ${subject} to you`,
      followers: {
        title: ({ actor, subject }, { data }) =>
          data.assigneeId === null ? `${actor} made ${subject} nobody’s` : `${actor} assigned ${subject}`,
      },
    },
  }),
  TaskDeleted: event({
    wireName: 'task.deleted',
    description: 'A task was deleted. Its row stays readable through the event, with `deletedAt`.',
    interfaces,
    fields: { task },
    expires: ({ data }) => ({ thread: taskThread(data.taskId) }),
  }),
});

/** What has happened to the task since somebody was to be reminded of it. One that is due earlier is due soon all the more. */
async function overtaken(
  {
    topic,
    at,
    data: { dueTaskId, minutes },
  }: Pick<LoggedEvent<{ dueTaskId: string | null; minutes: number }>, 'topic' | 'at' | 'data'>,
  db: Db | Tx,
): Promise<Overtaken | null> {
  const task = await db.task.findFirst({
    where: { id: dueTaskId ?? '', deletedAt: null, project: { deletedAt: null } },
    select: { assigneeId: true, status: true, dueAt: true },
  });
  if (!task) return 'SUBJECT_GONE';
  if (task.status === 'DONE') return 'SUBJECT_DONE';
  if (task.assigneeId !== parseTopicKey(topic).id) return 'SUBJECT_GIVEN';
  const isStillDue = task.dueAt !== null && task.dueAt.getTime() - minutes * 60_000 <= at.getTime();
  return isStillDue ? null : 'SUBJECT_MOVED';
}

/** What a person is told of their own tasks by the clock, in the log of their own topic. */
export const reminderEvents = defineEvents('user', {
  TaskDueSoon: event({
    description: 'A task of the person is due soon. Only in their own topic; when, they choose with `remindMinutes`.',
    fields: {
      dueTask: refElsewhere(
        'Task',
        ({ projectId }) => topicKey('project', projectId as string),
        'The task; null when the person may no longer read it.',
      ),
      projectId: optionalId('Id of its project.'),
      minutes: int('How many minutes before it is due this is told.'),
    },
    notify: {
      reasons: ['DUE_SOON'],
      // The task may have ended, or changed hands, before this is worked off.
      recipients: async (event, db) =>
        (await overtaken(event, db)) === null ? [{ userId: parseTopicKey(event.topic).id, reason: 'DUE_SOON' }] : [],
      overtaken,
      place: ({ data }) => topicKey('project', data.projectId ?? ''),
      thread: ({ data }) => taskThread(data.dueTaskId ?? ''),
      subject: ({ data }) => ({ model: 'Task', id: data.dueTaskId ?? '' }),
      title: ({ subject }) => `${subject} is due soon`,
    },
  }),
});
