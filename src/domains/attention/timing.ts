import { Temporal } from 'temporal-polyfill';
import { type AttentionSettings, type QuietWindow, weekdays } from './settings.ts';

/** Settings that say when, without what. */
type Plan = Pick<AttentionSettings, 'timeZone' | 'quietWindows' | 'batchTimes'>;

/**
 * When the quiet time that holds at `at` ends, windows that touch counted as one; null when it is not quiet. A local
 * time that a change of the clocks leaves out is the same span later, one that comes twice is the first of the two.
 * Windows that leave no minute of the week free end after a week: nothing is held for ever.
 */
export function quietUntil({ timeZone, quietWindows }: Plan, at: Date): Date | null {
  if (quietWindows.length === 0) return null;
  const longest = at.getTime() + weekMs;
  let end = at.getTime();
  for (;;) {
    const later = Math.max(end, ...quietWindows.map((window) => endOf(window, timeZone, end)));
    if (later === end) break;
    end = later;
    if (end >= longest) return new Date(longest);
  }
  return end > at.getTime() ? new Date(end) : null;
}

const weekMs = 7 * 24 * 3_600_000;

/** The end of the window's occurrence that holds at `atMs`, or 0. */
function endOf({ days, from, to }: QuietWindow, timeZone: string, atMs: number): number {
  const today = local(atMs, timeZone).toPlainDate();
  // One that began the day before may still hold.
  for (const day of [today.subtract({ days: 1 }), today]) {
    if (!days.some((name) => weekdays.indexOf(name) + 1 === day.dayOfWeek)) continue;
    const begin = instantOf(day, from, timeZone);
    const end = instantOf(to > from ? day : day.add({ days: 1 }), to, timeZone);
    if (begin <= atMs && atMs < end) return end;
  }
  return 0;
}

/** The next batch time after `at` that is not in quiet time; null where there are none, or only such. */
export function nextBatch(plan: Plan, at: Date): Date | null {
  const { timeZone, batchTimes } = plan;
  const today = local(at.getTime(), timeZone).toPlainDate();
  // Eight days: a plan whose only time of the week has just passed.
  for (let nth = 0; nth <= 8; nth++) {
    const day = today.add({ days: nth });
    // By instant: on the day of a change two local times may come in the other order.
    const moments = batchTimes.map((time) => instantOf(day, time, timeZone)).sort((a, b) => a - b);
    for (const moment of moments) {
      const candidate = new Date(moment);
      if (moment > at.getTime() && !quietUntil(plan, candidate)) return candidate;
    }
  }
  return null;
}

/** When the person's day began. */
export function startOfDay(timeZone: string, at: Date): Date {
  return new Date(local(at.getTime(), timeZone).startOfDay().epochMilliseconds);
}

/** Whether it is the name of a time zone that this server knows. */
export function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

/** `13:00`, or with the day when that is another: `Thursday 26 November, 9:30`. */
export function inWords(moment: Date, timeZone: string, now: Date): string {
  const there = local(moment.getTime(), timeZone);
  const time = `${there.hour}:${String(there.minute).padStart(2, '0')}`;
  if (there.toPlainDate().equals(local(now.getTime(), timeZone).toPlainDate())) return time;
  const day = there.toLocaleString('en-GB', { weekday: 'long', day: 'numeric', month: 'long' }).replace(',', '');
  return `${day}, ${time}`;
}

function local(atMs: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);
}

function instantOf(day: Temporal.PlainDate, time: string, timeZone: string): number {
  return day.toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds;
}
