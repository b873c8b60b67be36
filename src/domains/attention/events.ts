import { defineEvents, event, idsOf, int, oneOf } from '../../events/define.ts';
import { maxIdsInEvent } from '../notifications/events.ts';

/** What brought a release about. */
export const releaseCauses = [
  'BATCH_TIME',
  'QUIET_ENDED',
  'FOCUS_ENDED',
  'RESUMED',
  'TASK_DONE',
  'TIMER_STOPPED',
  'SETTINGS_CHANGED',
  'ASKED',
] as const;
export type ReleaseCause = (typeof releaseCauses)[number];

/** What changed about a person's attention. */
export const attentionChanges = [
  'SETTINGS',
  'RULES',
  'FOLLOWS',
  'FOCUS_STARTED',
  'FOCUS_ENDING',
  'FOCUS_ENDED',
  'PAUSED',
  'RESUMED',
] as const;
export type AttentionChange = (typeof attentionChanges)[number];

/** What becomes of a person's attention, in the log of their own topic; read through `inbox`. */
export const attentionEvents = defineEvents('user', {
  BatchReleased: event({
    description: 'Alerts that had waited are told, all of them as one.',
    stream: 'inbox',
    fields: {
      ids: idsOf(`The notifications, at most ${maxIdsInEvent}.`),
      count: int('How many alerts had waited.'),
      cause: oneOf('ReleaseCause', releaseCauses, 'What brought it about.'),
    },
  }),
  AttentionChanged: event({
    description: 'When and of what the person wants to be told has changed, on whatever device, or by the clock.',
    stream: 'inbox',
    fields: {
      change: oneOf('AttentionChange', attentionChanges, 'What changed.'),
    },
  }),
});
