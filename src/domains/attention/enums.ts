import { builder } from '../../graphql/builder.ts';
import { achievements, attentionChanges, releaseCauses } from './events.ts';
import { followLevels } from './followCommands.ts';
import { alertStyles, celebrations, digestCadences, presets, type Weekday } from './settings.ts';

export const ChannelEnum = builder.enumType('NotificationChannel', {
  description: 'A way of telling somebody.',
  values: {
    INBOX: { description: 'The row in the inbox; data, at once, always.' },
    ALERT: { description: 'What interrupts: a toast, a sound, a number that changes.' },
    EMAIL: { description: 'The digest by e-mail.' },
  } as const,
});

export const RuleValueEnum = builder.enumType('RuleValue', {
  description: 'What a rule says.',
  values: {
    ON: { description: 'Of INBOX and ALERT: tell. Of an alert of your own rule: do not wait for a batch.' },
    OFF: { description: 'Of every channel: do not tell.' },
    BATCH: { description: 'Of ALERT: wait for the next batch time.' },
    DIGEST: { description: 'Of EMAIL: put it into the digest.' },
  } as const,
});

export const DeliveryStateEnum = builder.enumType('DeliveryState', {
  description: 'What became of a decision.',
  values: {
    SENT: { description: 'Told at once.' },
    SKIPPED: { description: 'Not told, for the reason that is given.' },
    HELD: { description: 'Waits, and is counted.' },
    RELEASED: { description: 'Waited, and was told.' },
    CANCELLED: { description: 'Waited, and was dropped for the reason that is given.' },
  } as const,
});

export const PresetEnum = builder.enumType('AttentionPreset', {
  description: 'Settings to begin with; everything in them can be changed.',
  values: {
    INSTANT: { description: presets.INSTANT.description },
    BALANCED: { description: presets.BALANCED.description },
    CALM: { description: presets.CALM.description },
  } as const,
});

export const AlertStyleEnum = builder.enumType('AlertStyle', {
  description: 'How a front end shows an alert.',
  values: alertStyles,
});

export const CelebrationsEnum = builder.enumType('Celebrations', {
  description: 'Whether what you finish is celebrated.',
  values: celebrations,
});

builder.enumType('Achievement', { description: 'What somebody achieved.', values: achievements });

export const WeekdayEnum = builder.enumType('Weekday', {
  description: 'A day of the week.',
  values: {
    MONDAY: { description: 'Monday, the first of the week (ISO 8601).' },
    TUESDAY: { description: 'Tuesday.' },
    WEDNESDAY: { description: 'Wednesday.' },
    THURSDAY: { description: 'Thursday.' },
    FRIDAY: { description: 'Friday.' },
    SATURDAY: { description: 'Saturday.' },
    SUNDAY: { description: 'Sunday.' },
  } as const satisfies Record<Weekday, object>,
});

export const DigestCadenceEnum = builder.enumType('DigestCadence', {
  description: 'How often the digest by e-mail goes out.',
  values: digestCadences,
});

export const FollowLevelEnum = builder.enumType('FollowLevel', {
  description: 'How much you want to hear of a place.',
  values: {
    ...followLevels,
    NONE: { description: 'You unfollowed it: you are told only of what is meant for you in person.' },
  } as const,
});

/** The part of the levels that can be chosen. */
export const FollowChoiceEnum = builder.enumType('FollowChoice', {
  description: 'How much you want to hear of a place, to choose from.',
  values: followLevels,
});

export const AttentionStateEnum = builder.enumType('AttentionState', {
  description: 'What holds your alerts now, the strongest first.',
  values: {
    OPEN: { description: 'Nothing but your batch times.' },
    QUIET: { description: 'Your quiet hours.' },
    FOCUS: { description: 'Your focus.' },
    PAUSED: { description: 'You paused everything.' },
  } as const,
});

export const ReleaseCauseEnum = builder.enumType('ReleaseCause', {
  description: 'What brought a release about.',
  values: releaseCauses,
});
export const AttentionChangeEnum = builder.enumType('AttentionChange', {
  description: 'What changed about your attention.',
  values: attentionChanges,
});
