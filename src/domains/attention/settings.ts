import type { Attention } from '../../generated/prisma/client.ts';
import type { Config } from '../../platform/config.ts';

/** Days as ISO 8601 counts them: 1 is Monday. */
export const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;
export type Weekday = (typeof weekdays)[number];

/** A span of every week in the person's own time. */
export interface QuietWindow {
  /** The days on which it begins. */
  readonly days: readonly Weekday[];
  /** Local time, `22:00`. */
  readonly from: string;
  /** Local time, `07:00`; not after `from`: on the following day. The same: 24 hours. */
  readonly to: string;
}

/** What comes through a focus. */
export interface FocusAllow {
  readonly reasons: readonly string[];
  readonly topicIds: readonly string[];
}

export const presetNames = ['INSTANT', 'BALANCED', 'CALM'] as const;
export type PresetName = (typeof presetNames)[number];

export const alertStyles = {
  NONE: { description: 'No alerts are shown; the inbox fills all the same.' },
  BADGE: { description: 'A number, nothing that moves.' },
  TOAST: { description: 'A line that goes by itself.' },
  SOUND: { description: 'A line and a sound.' },
} as const;
export type AlertStyle = keyof typeof alertStyles;

export const celebrations = {
  OFF: { description: 'None.' },
  SUBTLE: { description: 'A sentence.' },
  FULL: {
    description: 'A sentence, and whatever the front end does to celebrate; nothing that moves for who wants none.',
  },
} as const;
export type Celebrations = keyof typeof celebrations;

/** When a person may be interrupted, as decisions need it. */
export interface AttentionSettings {
  readonly preset: PresetName;
  /** IANA name. */
  readonly timeZone: string;
  readonly quietWindows: readonly QuietWindow[];
  /** Local times, sorted; empty: alerts are not gathered. */
  readonly batchTimes: readonly string[];
  readonly alertStyle: AlertStyle;
  readonly celebrations: Celebrations;
  /** Minutes before a task of theirs is due, ascending; empty: no reminders. */
  readonly remindMinutes: readonly number[];
  /** Reasons that come through focus, quiet hours and batches, and how many alerts a day may do so; 0: none. */
  readonly breakThrough: { readonly reasons: readonly string[]; readonly perDay: number };
  readonly focus: { readonly startedAt: Date; readonly until: Date; readonly allow: FocusAllow } | null;
  /** `until` null: until the person ends it. */
  readonly pause: { readonly at: Date; readonly until: Date | null } | null;
  /** 0: nothing was ever chosen. */
  readonly version: number;
}

/** What a preset sets; everything in it may be changed afterwards. */
export type Preset = Pick<AttentionSettings, 'quietWindows' | 'batchTimes' | 'breakThrough' | 'alertStyle'> & {
  /** One sentence. */
  readonly description: string;
};

const everyDay: readonly Weekday[] = weekdays;

export const presets: Record<PresetName, Preset> = {
  INSTANT: {
    description: 'You are alerted of everything that concerns you, at once, at any hour.',
    quietWindows: [],
    batchTimes: [],
    breakThrough: { reasons: [], perDay: 0 },
    alertStyle: 'TOAST',
  },
  BALANCED: {
    description:
      'Mentions and what is given to you reach you at once, up to ten times a day; the rest comes together every two hours from 9:00 to 17:00, and nights are quiet.',
    quietWindows: [{ days: everyDay, from: '20:00', to: '08:00' }],
    batchTimes: ['09:00', '11:00', '13:00', '15:00', '17:00'],
    breakThrough: { reasons: ['ASSIGNED', 'MENTIONED'], perDay: 10 },
    alertStyle: 'TOAST',
  },
  CALM: {
    description:
      'Everything waits for one of three moments a day, 9:30, 13:00 and 16:30; evenings, nights and weekends are quiet, and only mentions come through, twice a day at most.',
    quietWindows: [
      { days: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'], from: '18:00', to: '09:00' },
      { days: ['SATURDAY', 'SUNDAY'], from: '09:00', to: '09:00' },
    ],
    batchTimes: ['09:30', '13:00', '16:30'],
    breakThrough: { reasons: ['MENTIONED'], perDay: 2 },
    alertStyle: 'BADGE',
  },
};

/** The settings of a row; null: of somebody who has chosen nothing. `defaultTimeZone` is for who has none. */
export function settingsOf(row: Attention | null, defaultTimeZone: string): AttentionSettings {
  if (!row) {
    const { description: _, ...preset } = presets.INSTANT;
    return {
      ...preset,
      preset: 'INSTANT',
      timeZone: defaultTimeZone,
      celebrations: 'SUBTLE',
      remindMinutes: [60],
      focus: null,
      pause: null,
      version: 0,
    };
  }
  const { focusStartedAt: startedAt, focusUntil: until, pausedAt: at } = row;
  return {
    preset: row.preset as PresetName,
    timeZone: row.timeZone ?? defaultTimeZone,
    quietWindows: row.quietWindows as unknown as QuietWindow[],
    batchTimes: row.batchTimes,
    alertStyle: row.alertStyle as AlertStyle,
    celebrations: row.celebrations as Celebrations,
    remindMinutes: row.remindMinutes,
    breakThrough: { reasons: row.breakThrough, perDay: row.breakThroughPerDay },
    focus: startedAt && until ? { startedAt, until, allow: { ...allowNothing, ...(row.focusAllow as object) } } : null,
    pause: at ? { at, until: row.pausedUntil } : null,
    version: row.version,
  };
}

const allowNothing: FocusAllow = { reasons: [], topicIds: [] };

export const digestCadences = {
  OFF: { description: 'No digest.' },
  HOURLY: { description: 'At every full hour of the person’s own time.' },
  DAILY: { description: 'Every day, at the chosen time.' },
  WEEKLY: { description: 'Once a week, on the chosen day at the chosen time.' },
} as const;
export type DigestCadence = keyof typeof digestCadences;

/** When the digest by e-mail goes out, in the person's own time. */
export interface DigestPlan {
  readonly cadence: DigestCadence;
  /** IANA name. */
  readonly timeZone: string;
  /** Local time, `08:00`; of no use when HOURLY. */
  readonly time: string;
  /** Of use when WEEKLY. */
  readonly weekday: Weekday;
}

/** The digest of a row; null: of somebody who has chosen nothing. */
export function digestPlanOf(
  row: Attention | null,
  { digestCadence, defaultTimeZone }: Pick<Config, 'digestCadence' | 'defaultTimeZone'>,
): DigestPlan {
  return {
    cadence: (row?.digestCadence ?? digestCadence.toUpperCase()) as DigestCadence,
    timeZone: row?.timeZone ?? defaultTimeZone,
    time: row?.digestTime ?? '08:00',
    weekday: weekdays[(row?.digestWeekday ?? 1) - 1] ?? 'MONDAY',
  };
}
