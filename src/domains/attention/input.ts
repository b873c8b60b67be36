import { z } from 'zod';
import { reasons } from '../../events/reasons.ts';
import { moment, whole } from '../../platform/validation.ts';
import { type DigestCadence, digestCadences, presetNames, weekdays } from './settings.ts';
import { isTimeZone } from './timing.ts';

/** So many windows and batch times are enough for a week of anybody. */
const mostOfEach = 24;
/** Names on an allow-list. */
const mostAllowed = 100;
/** Longest focus, in minutes. */
export const longestFocusMinutes = 12 * 60;

/** Reminders of one task, and how long before it is due the first may come: four weeks. */
const mostReminders = 5;
const longestReminderMinutes = 28 * 24 * 60;

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a local time such as 09:30');
const reasonNames = z
  .array(z.string().refine((name) => Object.hasOwn(reasons, name), 'is no reason'))
  .max(mostAllowed)
  .transform((names) => [...new Set(names)]);
const sorted = <T extends string | number>(values: readonly T[]): T[] =>
  [...new Set(values)].sort((a, b) => (a < b ? -1 : 1));

const quietWindow = z.object({
  days: z.array(z.enum(weekdays)).min(1).transform(sorted),
  from: clockTime,
  to: clockTime,
});

export const attentionSchema = z.object({
  preset: z.enum(presetNames).nullish(),
  timeZone: z.string().max(64).refine(isTimeZone, 'must be an IANA time zone such as Europe/Warsaw').nullish(),
  quietWindows: z.array(quietWindow).max(mostOfEach).nullish(),
  batchTimes: z.array(clockTime).max(mostOfEach).transform(sorted).nullish(),
  alertStyle: z.string().nullish(),
  celebrations: z.string().nullish(),
  remindMinutes: z.array(whole(1, longestReminderMinutes)).max(mostReminders).transform(sorted).nullish(),
  breakThrough: z.object({ reasons: reasonNames, perDay: whole(0, 100) }).nullish(),
  digest: z
    .object({
      cadence: z.enum(Object.keys(digestCadences) as DigestCadence[]).nullish(),
      time: clockTime.nullish(),
      weekday: z.enum(weekdays).nullish(),
    })
    .nullish(),
});

export const focusSchema = z.object({
  minutes: whole(1, longestFocusMinutes),
  allowReasons: reasonNames.nullish(),
  allowTopics: z.array(z.unknown()).max(mostAllowed).nullish(),
  headsUpMinutes: whole(0, longestFocusMinutes).nullish(),
});

/** A moment that is still to come. */
export const comingMoment = (now: Date) => moment.refine((at) => at > now, 'is past').nullish();
