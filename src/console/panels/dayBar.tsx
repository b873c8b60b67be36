import { useEffect } from 'react';
import { useServerNow } from '../clock.ts';
import { useRead } from '../data.ts';
import { deliveriesQuery } from '../documents/attention.ts';
import type { AttentionQuery } from '../generated/graphql.ts';

const weekdays = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const;
const hours = [0, 6, 12, 18, 24];

/** The person's day: what arrived as dots, alerts as marks, when batches are told, and quiet hours in grey. */
export function DayBar({ attention, version }: { attention: AttentionQuery['attention']; version: number }) {
  const { data, refresh } = useRead(deliveriesQuery, {});
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for every change
  useEffect(() => refresh(), [version, refresh]);
  const { timeZone, batchTimes, quietWindows } = attention;
  const { now } = useServerNow();
  const today = dayOf(now, timeZone);
  const nodes = data?.deliveries.nodes ?? [];
  const ofToday = (moments: readonly { id: string; at: string | null | undefined }[]) =>
    moments
      .flatMap(({ id, at }) => (at ? [{ id, at: new Date(at) }] : []))
      .filter(({ at }) => dayOf(at, timeZone) === today);
  // What arrives is decided about at once, whenever it is told.
  const arrivals = ofToday(nodes.map(({ id, decidedAt }) => ({ id, at: decidedAt })));
  const told = nodes.filter(({ state }) => state === 'SENT' || state === 'RELEASED');
  const alerts = ofToday(told.map(({ id, sentAt }) => ({ id, at: sentAt })));
  return (
    <svg
      className="daybar"
      viewBox="0 0 240 30"
      preserveAspectRatio="none"
      role="img"
      aria-label={`Today: ${arrivals.length} arrivals, ${alerts.length} alerts, batches at ${batchTimes.join(', ') || 'no time'}`}
    >
      <rect className="day" width="240" height="16" y="4" rx="2" />
      {quietWindows
        .filter(({ days }) => days.includes(weekdayOf(now, timeZone)))
        .flatMap(({ from, to }) => spans(minutesOf(from), minutesOf(to)))
        .map(([from, to]) => (
          <rect key={from} className="quiethours" x={from / 6} width={(to - from) / 6} y="4" height="16" />
        ))}
      {hours.map((hour) => (
        <line key={hour} className="hour" x1={hour * 10} x2={hour * 10} y1="20" y2="23" />
      ))}
      {batchTimes.map((time) => (
        <line key={time} className="batch" x1={minutesOf(time) / 6} x2={minutesOf(time) / 6} y1="4" y2="20" />
      ))}
      {arrivals.map(({ id, at }) => (
        <ellipse key={id} className="arrival" cx={minuteOfDay(at, timeZone) / 6} cy="15" rx="0.9" ry="2.2" />
      ))}
      {alerts.map(({ id, at }) => (
        <rect key={id} className="alert" x={minuteOfDay(at, timeZone) / 6 - 0.6} width="1.2" y="5" height="6" />
      ))}
      <line className="now" x1={minuteOfDay(now, timeZone) / 6} x2={minuteOfDay(now, timeZone) / 6} y1="1" y2="23" />
    </svg>
  );
}

function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}

/** A window that ends in the morning begins again at midnight. */
function spans(from: number, to: number): [number, number][] {
  if (from < to) return [[from, to]];
  return to === 0
    ? [[from, 1_440]]
    : [
        [0, to],
        [from, 1_440],
      ];
}

function dayOf(at: Date, timeZone: string): string {
  return at.toLocaleDateString('en-CA', { timeZone });
}

function weekdayOf(at: Date, timeZone: string): (typeof weekdays)[number] {
  return weekdays[new Date(`${dayOf(at, timeZone)}T12:00:00Z`).getUTCDay()] ?? 'MONDAY';
}

function minuteOfDay(at: Date, timeZone: string): number {
  return minutesOf(at.toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }));
}
