import { Temporal } from 'temporal-polyfill';
import { type AttentionSettings, type DigestPlan, weekdays } from './settings.ts';

/** Settings that say when, without what. */
type Plan = Pick<AttentionSettings, 'timeZone' | 'quietWindows' | 'batchTimes'>;

/**
 * When the quiet time that holds at `at` ends, windows that touch counted as one; null when it is not quiet. A local
 * time that a change of the clocks leaves out is the same span later, one that comes twice is the first of the two.
 * Windows that leave no minute of the week free end after a week: nothing is held for ever.
 */
export function quietUntil(plan: Plan, at: Date): Date | null {
  const atMs = at.getTime();
  // No window is longer than a day, so that of most moments two days say enough.
  if (!endOf(spansOf(plan, atMs, 0), atMs)) return null;
  const end = endOf(spansOf(plan, atMs, longestDays), atMs) ?? atMs;
  return new Date(Math.min(end, atMs + longestDays * dayMs));
}

/** What holds a person's alerts now, the strongest first. */
export type AttentionState = 'OPEN' | 'QUIET' | 'FOCUS' | 'PAUSED';

/** What holds alerts now, and until when; null: until the person ends it, or nothing does. */
export function stateOf(settings: AttentionSettings, now: Date): { state: AttentionState; until: Date | null } {
  const { pause, focus } = settings;
  if (pause && (pause.until === null || pause.until > now)) return { state: 'PAUSED', until: pause.until };
  if (focus && focus.until > now) return { state: 'FOCUS', until: focus.until };
  const until = quietUntil(settings, now);
  return { state: until ? 'QUIET' : 'OPEN', until };
}

const dayMs = 24 * 3_600_000;
/** Nothing is held longer. */
const longestDays = 7;

interface Span {
  readonly beginMs: number;
  readonly endMs: number;
}

/**
 * The quiet spans from the day before `atMs` to so many days after it, in order, those that touch as one. Every
 * occurrence is made once: 24 windows by 24 batch times, each looking for itself, kept the process busy for seconds.
 */
function spansOf({ timeZone, quietWindows }: Plan, atMs: number, daysAfter: number): Span[] {
  if (quietWindows.length === 0) return [];
  const today = local(atMs, timeZone).toPlainDate();
  const spans: { beginMs: number; endMs: number }[] = [];
  for (let nth = -1; nth <= daysAfter; nth++) {
    const day = today.add({ days: nth });
    for (const { days, from, to } of quietWindows) {
      if (!days.some((name) => weekdays.indexOf(name) + 1 === day.dayOfWeek)) continue;
      const endMs = instantOf(to > from ? day : day.add({ days: 1 }), to, timeZone);
      spans.push({ beginMs: instantOf(day, from, timeZone), endMs });
    }
  }
  spans.sort((a, b) => a.beginMs - b.beginMs);
  const merged: { beginMs: number; endMs: number }[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last && span.beginMs <= last.endMs) last.endMs = Math.max(last.endMs, span.endMs);
    else merged.push(span);
  }
  return merged;
}

function endOf(spans: readonly Span[], atMs: number): number | undefined {
  return spans.find(({ beginMs, endMs }) => beginMs <= atMs && atMs < endMs)?.endMs;
}

/** The next batch time after `at` that is not in quiet time; null where there are none, or only such. */
export function nextBatch(plan: Plan, at: Date): Date | null {
  const { timeZone, batchTimes } = plan;
  if (batchTimes.length === 0) return null;
  const today = local(at.getTime(), timeZone).toPlainDate();
  // Of one day more than a week: a plan whose only time of the week has just passed.
  const quiet = spansOf(plan, at.getTime(), longestDays + 1);
  for (let nth = 0; nth <= longestDays + 1; nth++) {
    const day = today.add({ days: nth });
    // By instant: on the day of a change two local times may come in the other order.
    const moments = batchTimes.map((time) => instantOf(day, time, timeZone)).sort((a, b) => a - b);
    const next = moments.find((moment) => moment > at.getTime() && endOf(quiet, moment) === undefined);
    if (next !== undefined) return new Date(next);
  }
  return null;
}

/**
 * The next time after `at` at which a digest goes out; null: none does. Clocks that change: as in {@link quietUntil}, and
 * an hour that comes twice has two.
 */
export function nextDigest(plan: DigestPlan, at: Date): Date | null {
  const { cadence, timeZone, time, weekday } = plan;
  if (cadence === 'OFF') return null;
  if (at.getTime() !== answeredMs) answers.clear();
  answeredMs = at.getTime();
  const key = `${cadence} ${timeZone} ${time} ${weekday}`;
  const known = answers.get(key) ?? calculateNextDigest(plan, at).getTime();
  answers.set(key, known);
  return new Date(known);
}

/** Those of one moment: an event for a thousand people, most with the same plan, spent 30 ms in here (2026-11-27). */
const answers = new Map<string, number>();
let answeredMs = Number.NaN;

function calculateNextDigest({ cadence, timeZone, time, weekday }: DigestPlan, at: Date): Date {
  const there = local(at.getTime(), timeZone);
  if (cadence === 'HOURLY') {
    const hour = there.round({ smallestUnit: 'hour', roundingMode: 'floor' });
    return new Date(hour.add({ hours: 1 }).epochMilliseconds);
  }
  const today = there.toPlainDate();
  const ahead = (weekdays.indexOf(weekday) + 1 - today.dayOfWeek + 7) % 7;
  const [first, step] = cadence === 'DAILY' ? [today, 1] : [today.add({ days: ahead }), 7];
  const soonest = instantOf(first, time, timeZone);
  return new Date(soonest > at.getTime() ? soonest : instantOf(first.add({ days: step }), time, timeZone));
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
