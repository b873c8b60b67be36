import { defineEvents, event, idsOf, int, namesOf, oneOf, optionalId, refElsewhere } from '../../events/define.ts';
import { topicKey } from '../../events/topic.ts';
import { maxIdsInEvent } from '../notifications/events.ts';
import { celebrations } from './settings.ts';

/** What brought a release about. */
export const releaseCauses = {
  BATCH_TIME: { description: 'One of the batch times came.' },
  QUIET_ENDED: { description: 'The quiet hours ended.' },
  FOCUS_ENDED: { description: 'The focus ended.' },
  RESUMED: { description: 'A pause ended.' },
  TASK_DONE: { description: 'The person finished a task.' },
  TIMER_STOPPED: { description: 'The person stopped a timer.' },
  SETTINGS_CHANGED: { description: 'Settings, rules or follows changed, and nothing holds them any more.' },
  ASKED: { description: 'The person asked for it.' },
} as const;
export type ReleaseCause = keyof typeof releaseCauses;

/** What changed about a person's attention. */
export const attentionChanges = {
  SETTINGS: { description: 'The settings.' },
  RULES: { description: 'The rules.' },
  FOLLOWS: { description: 'How much they want to hear of a place.' },
  FOCUS_STARTED: { description: 'A focus began.' },
  FOCUS_ENDING: { description: 'The focus ends soon.' },
  FOCUS_ENDED: { description: 'The focus ended.' },
  PAUSED: { description: 'Everything was paused.' },
  RESUMED: { description: 'The pause ended.' },
} as const;
export type AttentionChange = keyof typeof attentionChanges;

/** What can be celebrated. Nothing is counted, and nothing can be missed. */
export const achievements = {
  TASK_DONE: { description: 'They finished a task.' },
  PROJECT_DONE: { description: 'They finished the last task of a project.' },
  INBOX_CLEARED: { description: 'Nothing in their inbox is unread.' },
} as const;

/** Something a person achieved; `taskId` of TASK_DONE, `projectId` of that and of PROJECT_DONE, else null. */
export interface Achieved {
  readonly achievement: keyof typeof achievements;
  readonly taskId: string | null;
  readonly projectId: string | null;
}

/** Where something was achieved. */
const projectOf = ({ projectId }: Record<string, unknown>) =>
  projectId == null ? null : topicKey('project', projectId as string);

/** What a person achieved, in the log of their own topic. */
export const achievementEvents = defineEvents('user', {
  AchievementEarned: event({
    description:
      'Something is worth a moment of joy. Only in the person’s own topic, as seldom as CELEBRATION_INTERVAL_MS says, and never while something holds their alerts.',
    fields: {
      achievement: oneOf('Achievement', namesOf(achievements), 'What it is.'),
      style: oneOf('Celebrations', namesOf(celebrations), 'How the person wants it, never OFF.'),
      finishedTask: refElsewhere('Task', projectOf, 'Of TASK_DONE the task; null when they may no longer read it.'),
      finishedProject: refElsewhere('Project', projectOf, 'Of PROJECT_DONE the project; null like the task.'),
      projectId: optionalId('Of TASK_DONE and PROJECT_DONE the id of the project.'),
    },
  }),
});

/** What becomes of a person's attention, in the log of their own topic; read through `inbox`. */
export const attentionEvents = defineEvents('user', {
  BatchReleased: event({
    description: 'Alerts that had waited are told, all of them as one.',
    stream: 'inbox',
    fields: {
      ids: idsOf(`The notifications, at most ${maxIdsInEvent}.`),
      count: int('How many alerts had waited.'),
      cause: oneOf('ReleaseCause', namesOf(releaseCauses), 'What brought it about.'),
    },
  }),
  AttentionChanged: event({
    description: 'When and of what the person wants to be told has changed, on whatever device, or by the clock.',
    stream: 'inbox',
    fields: {
      change: oneOf('AttentionChange', namesOf(attentionChanges), 'What changed.'),
    },
  }),
});
