import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test, vi } from 'vitest';
import { type DigestPlan, presets, type QuietWindow, weekdays } from './settings.ts';
import { isTimeZone, nextBatch, nextDigest, quietUntil, startOfDay } from './timing.ts';

const zones = ['Europe/Warsaw', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia', 'America/St_Johns', 'UTC'];
const everyDay = (from: string, to: string): QuietWindow[] => [{ days: weekdays, from, to }];
const hourMs = 3_600_000;

/** `09:30` there at that moment, by the platform's own calendar. */
function clockOf(moment: Date, timeZone: string): string {
  return moment.toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
}

const inYear = fc.date({
  min: new Date('2026-01-01T00:00:00Z'),
  max: new Date('2027-01-01T00:00:00Z'),
  noInvalidDate: true,
});

describe.each(zones)('through a year in %s', (timeZone) => {
  test('a night ends at its local time, and it is quiet until then and not afterwards', () => {
    const plan = { timeZone, quietWindows: everyDay('22:00', '07:00'), batchTimes: [] };
    fc.assert(
      fc.property(inYear, (at) => {
        const end = quietUntil(plan, at);
        const clock = clockOf(at, timeZone);
        expect(end !== null).toBe(clock >= '22:00' || clock < '07:00');
        if (!end) return;
        expect(clockOf(end, timeZone)).toBe('07:00');
        expect(end.getTime() - at.getTime()).toBeLessThanOrEqual(10 * hourMs);
        expect(quietUntil(plan, end)).toBeNull();
      }),
      { numRuns: 400 },
    );
  });

  test('each batch time comes once a day, in order, and never in quiet time', () => {
    const { quietWindows, batchTimes } = presets.CALM;
    const plan = { timeZone, quietWindows, batchTimes };
    let at = new Date('2026-01-01T00:00:00Z');
    const told = new Map<string, number>();
    while (at < new Date('2027-01-01T00:00:00Z')) {
      const next = nextBatch(plan, at);
      if (!next) throw new Error('a plan has a next time');
      expect(next > at).toBe(true);
      expect(quietUntil(plan, next)).toBeNull();
      expect(batchTimes).toContain(clockOf(next, timeZone));
      const day = next.toLocaleDateString('en-GB', { timeZone, weekday: 'long' });
      told.set(day, (told.get(day) ?? 0) + 1);
      at = next;
    }
    expect([...told.keys()].toSorted()).toEqual(['Friday', 'Monday', 'Thursday', 'Tuesday', 'Wednesday']);
    for (const count of told.values()) expect(count).toBeGreaterThanOrEqual(3 * 51);
  });
});

test('clocks that go forward: a batch time that does not exist comes as much later, quiet until such a time ends then', () => {
  const timeZone = 'Europe/Warsaw';
  // 2026-03-29: 01:59:59 is followed by 03:00.
  const before = new Date('2026-03-29T00:00:00Z');
  const plan = { timeZone, quietWindows: [], batchTimes: ['02:30'] };
  expect(nextBatch(plan, before)).toEqual(new Date('2026-03-29T01:30:00Z'));
  const night = { timeZone, quietWindows: everyDay('22:00', '02:30'), batchTimes: [] };
  expect(quietUntil(night, before)).toEqual(new Date('2026-03-29T01:30:00Z'));
});

test('clocks that go back: a time that comes twice counts once, the first time', () => {
  const timeZone = 'Europe/Warsaw';
  // 2026-10-25: 02:59:59 summer time is followed by 02:00.
  const plan = { timeZone, quietWindows: [], batchTimes: ['02:30'] };
  const first = nextBatch(plan, new Date('2026-10-24T22:00:00Z'));
  expect(first).toEqual(new Date('2026-10-25T00:30:00Z'));
  expect(nextBatch(plan, first ?? new Date())).toEqual(new Date('2026-10-26T01:30:00Z'));
});

test('windows that touch are one, and a week that is all quiet ends after a week', () => {
  const at = new Date('2026-11-04T12:00:00Z');
  const touching = [...everyDay('10:00', '14:00'), ...everyDay('14:00', '16:00')];
  expect(quietUntil({ timeZone: 'UTC', quietWindows: touching, batchTimes: [] }, at)).toEqual(
    new Date('2026-11-04T16:00:00Z'),
  );
  const always = { timeZone: 'UTC', quietWindows: everyDay('09:00', '09:00'), batchTimes: ['12:00'] };
  expect(quietUntil(always, at)).toEqual(new Date('2026-11-11T12:00:00Z'));
  expect(nextBatch(always, at)).toBeNull();
});

describe.each(zones)('a digest through a year in %s', (timeZone) => {
  const plan: DigestPlan = { cadence: 'DAILY', timeZone, time: '08:00', weekday: 'THURSDAY' };
  const slotsOfYear = (of: DigestPlan) => {
    const slots: Date[] = [];
    let at = nextDigest(of, new Date('2026-01-01T00:00:00Z'));
    for (; at && at < new Date('2027-01-01T00:00:00Z'); at = nextDigest(of, at)) slots.push(at);
    return slots;
  };

  test('daily: once on each day, at its local time', () => {
    const slots = slotsOfYear(plan);
    expect(new Set(slots.map((slot) => clockOf(slot, timeZone)))).toEqual(new Set(['08:00']));
    expect(new Set(slots.map((slot) => slot.toLocaleDateString('en-GB', { timeZone }))).size).toBe(slots.length);
    expect(slots.length).toBe(365);
  });

  test('weekly: once a week, on its day', () => {
    const slots = slotsOfYear({ ...plan, cadence: 'WEEKLY' });
    const days = slots.map((slot) => slot.toLocaleDateString('en-GB', { timeZone, weekday: 'long' }));
    expect(new Set(days)).toEqual(new Set(['Thursday']));
    expect(slots.length).toBeGreaterThanOrEqual(52);
  });

  test('hourly: at every full hour, the one that comes twice too', () => {
    const slots = slotsOfYear({ ...plan, cadence: 'HOURLY' });
    const minute = new Intl.DateTimeFormat('en', { timeZone, minute: 'numeric' });
    expect(new Set(slots.map((slot) => minute.format(slot)))).toEqual(new Set(['0']));
    expect(slots.every((slot, nth) => nth === 0 || slot.getTime() - (slots[nth - 1]?.getTime() ?? 0) === hourMs)).toBe(
      true,
    );
  });

  test('the next one lies ahead, and no other before it', () => {
    fc.assert(
      fc.property(inYear, fc.constantFrom('HOURLY', 'DAILY', 'WEEKLY'), (at, cadence) => {
        const next = nextDigest({ ...plan, cadence }, at);
        if (!next) throw new Error('there is a next one');
        expect(next > at).toBe(true);
        expect(nextDigest({ ...plan, cadence }, new Date(next.getTime() - 1))).toEqual(next);
      }),
      { numRuns: 200 },
    );
  });
});

test.each([
  ['clocks go forward over it: as much later', '02:30', '2026-03-29T00:00:00Z', '2026-03-29T01:30:00Z'],
  ['the day after it is itself again', '02:30', '2026-03-29T01:30:00Z', '2026-03-30T00:30:00Z'],
  ['clocks go back over it: the first time', '02:30', '2026-10-24T22:00:00Z', '2026-10-25T00:30:00Z'],
  ['and not the second', '02:30', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z'],
])('a daily digest in Warsaw, %s', (_what, time, at, next) => {
  const plan: DigestPlan = { cadence: 'DAILY', timeZone: 'Europe/Warsaw', time, weekday: 'MONDAY' };
  expect(nextDigest(plan, new Date(at))).toEqual(new Date(next));
});

test('a plan as large as it may be, all of it quiet, is looked through once', () => {
  const times = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`);
  const quietWindows = times.map(
    (from, hour): QuietWindow => ({ days: weekdays, from, to: times[(hour + 1) % 24] ?? '' }),
  );
  const plan = { timeZone: 'Europe/Warsaw', quietWindows, batchTimes: times };
  const made = vi.spyOn(Temporal.PlainDate.prototype, 'toZonedDateTime');
  try {
    expect(nextBatch(plan, new Date('2026-11-04T12:00:00Z'))).toBeNull();
    // Two for each window and one for each batch time of the ten days.
    expect(made.mock.calls.length).toBeLessThan(10 * 24 * 3 + 100);
  } finally {
    made.mockRestore();
  }
});

test('a day begins at its own midnight', () => {
  expect(startOfDay('Asia/Kolkata', new Date('2026-11-04T18:29:00Z'))).toEqual(new Date('2026-11-03T18:30:00Z'));
  expect(startOfDay('Asia/Kolkata', new Date('2026-11-04T18:31:00Z'))).toEqual(new Date('2026-11-04T18:30:00Z'));
});

test.each([
  ['Europe/Warsaw', true],
  ['UTC', true],
  ['Mars/Olympus', false],
  ['+02:00', false],
  ['', false],
])('%s as a time zone: %s', (name, is) => {
  expect(isTimeZone(name)).toBe(is);
});
