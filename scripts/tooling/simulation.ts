// A day of a busy person under each preset, decided by the very function that the server uses.
import { decide } from '../../src/domains/attention/decide.ts';
import {
  type AttentionSettings,
  type PresetName,
  presetNames,
  presets,
  settingsOf,
} from '../../src/domains/attention/settings.ts';
import { reasonNamed } from '../../src/events/reasons.ts';

/** What a day was like. */
export interface Day {
  readonly name: string;
  /** Alerts that came at once, and releases, each of which is one alert. */
  readonly interruptions: number;
  /** In how many of the day's hours there was none. */
  readonly undisturbedHours: number;
  /** Longest wait of anything that was meant for the person, in minutes. */
  readonly longestUrgentMinutes: number;
  /** Median wait of everything, in minutes. */
  readonly medianMinutes: number;
  /** Interruptions in each hour of the day. */
  readonly byHour: readonly number[];
}

const eventsOfDay = 400;
const dayBeginsMs = Date.UTC(2026, 10, 4);
const hourMs = 3_600_000;

/** Shares of 100. */
const mix: readonly (readonly [reason: string, share: number])[] = [
  ['MESSAGE', 48],
  ['COMMENTED', 30],
  ['REPLIED', 7],
  ['MENTIONED', 7],
  ['ASSIGNED', 3],
  ['RATED', 3],
  ['PUBLISHED', 2],
];
/** How busy each hour is, from midnight on. */
const rhythm = [1, 0, 0, 0, 0, 1, 3, 8, 20, 36, 42, 38, 26, 30, 40, 42, 36, 26, 16, 12, 10, 8, 4, 1];

/** Three focus sessions of 50 minutes, in minutes from midnight. */
const focusSessions = [9 * 60 + 10, 11 * 60, 14 * 60];

/** The same day every time: `Math.random` would make a document that changes by itself. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    // Numerical Recipes' linear congruential generator.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function pick<T>(shares: readonly (readonly [T, number])[], at: number): T {
  const total = shares.reduce((sum, [, share]) => sum + share, 0);
  let left = at * total;
  for (const [thing, share] of shares) {
    left -= share;
    if (left < 0) return thing;
  }
  throw new Error('the shares are used up');
}

/** 400 events on a Wednesday, in order. */
function busyDay(): { atMs: number; reason: string }[] {
  const random = seeded(400);
  const hours = rhythm.map((share, hour) => [hour, share] as const);
  const events = Array.from({ length: eventsOfDay }, () => ({
    atMs: dayBeginsMs + Math.floor((pick(hours, random()) + random()) * hourMs),
    reason: pick(mix, random()),
  }));
  return events.sort((a, b) => a.atMs - b.atMs);
}

/** The day under one plan; `focus`: with three focus sessions. */
function live(name: string, preset: PresetName, focus: boolean): Day {
  const base: AttentionSettings = { ...settingsOf(null, 'UTC'), ...presets[preset], preset };
  const waits: { minutes: number; urgent: boolean }[] = [];
  const interruptedAtMs = new Set<number>();
  let comeThrough = 0;
  for (const { atMs, reason } of busyDay()) {
    const now = new Date(atMs);
    const began = focus ? focusSessions.map((minutes) => dayBeginsMs + minutes * 60_000) : [];
    const startMs = began.find((ms) => ms <= atMs && atMs < ms + 50 * 60_000);
    const { ALERT } = decide({
      event: { type: 'MessageSent', topicId: '', critical: false },
      person: { isActor: false, mayRead: true, hasMail: false },
      reason: reasonNamed(reason),
      rules: [],
      follow: null,
      attention: {
        ...base,
        focus:
          startMs === undefined
            ? null
            : {
                startedAt: new Date(startMs),
                until: new Date(startMs + 50 * 60_000),
                allow: { reasons: [], topicIds: [] },
              },
      },
      digest: { cadence: 'OFF', timeZone: 'UTC', time: '08:00', weekday: 'MONDAY' },
      known: { looking: false, hasRead: false, snoozed: false },
      comeThrough,
      now,
    });
    if (ALERT.branch === 'BREAK_THROUGH') comeThrough++;
    const toldMs = ALERT.dueAt?.getTime() ?? atMs;
    interruptedAtMs.add(toldMs);
    waits.push({ minutes: (toldMs - atMs) / 60_000, urgent: reasonNamed(reason).direct });
  }
  const byHour = Array.from({ length: 24 }, () => 0);
  for (const ms of interruptedAtMs) {
    const hour = Math.floor((ms - dayBeginsMs) / hourMs);
    if (hour < 24) byHour[hour] = (byHour[hour] ?? 0) + 1;
  }
  const sorted = waits.map(({ minutes }) => minutes).sort((a, b) => a - b);
  return {
    name,
    interruptions: interruptedAtMs.size,
    undisturbedHours: byHour.filter((count) => count === 0).length,
    longestUrgentMinutes: Math.round(Math.max(...waits.filter(({ urgent }) => urgent).map(({ minutes }) => minutes))),
    medianMinutes: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0),
    byHour,
  };
}

/** The day under every preset, and under BALANCED with three focus sessions. */
export function simulate(): Day[] {
  return [
    ...presetNames.map((name) => live(name, name, false)),
    live('BALANCED, three times 50 minutes of focus', 'BALANCED', true),
  ];
}

const width = 760;
const rowHeight = 86;
const left = 40;
const barWidth = 26;

/** Interruptions by the hour, a row for each plan; readable on a light and a dark page. */
export function drawDays(days: readonly Day[]): string {
  const most = Math.max(...days.flatMap(({ byHour }) => byHour));
  const rows = days.map(({ name, byHour, interruptions }, row) => {
    const top = 30 + row * rowHeight;
    const bars = byHour.map((count, hour) => {
      const height = Math.max(count === 0 ? 0 : 2, Math.round((count / most) * (rowHeight - 34)));
      const x = left + hour * (barWidth + 3);
      return `<rect x="${x}" y="${top + rowHeight - 26 - height}" width="${barWidth}" height="${height}" fill="#4a7fb5"><title>${hour}:00, ${count}</title></rect>`;
    });
    return [`<text x="${left}" y="${top}" fill="#777">${name}: ${interruptions}</text>`, ...bars].join('\n');
  });
  const bottom = 30 + days.length * rowHeight;
  const hours = [0, 6, 12, 18].map(
    (hour) => `<text x="${left + hour * (barWidth + 3)}" y="${bottom}" fill="#777">${hour}:00</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 14}" font-family="sans-serif" font-size="13">
<title>Interruptions of a busy person by the hour, under each preset</title>
${[...rows, ...hours].join('\n')}
</svg>
`;
}
