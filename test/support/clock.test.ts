import { expect, test } from 'vitest';
import { manualClock } from './clock.ts';

test('timers run in the order of their times, each at its own moment', () => {
  const clock = manualClock(new Date(0));
  const ran: string[] = [];
  const record = (name: string) => () => void ran.push(`${name} at ${clock.now().getTime()}`);
  clock.timer(2_000, record('second'));
  clock.timer(1_000, record('first'));
  clock.timer(2_000, record('third'));
  clock.timer(60_001, record('too late'));
  clock.advance('1m');
  expect(ran).toEqual(['first at 1000', 'second at 2000', 'third at 2000']);
  expect(clock.now().getTime()).toBe(60_000);
  expect(clock.pending).toBe(1);
});

test('a timer that sets another one within the same advance is followed by it', () => {
  const clock = manualClock(new Date(0));
  const ran: number[] = [];
  const repeat = () => {
    ran.push(clock.now().getTime());
    clock.timer(400, repeat);
  };
  clock.timer(400, repeat);
  clock.advance('1s');
  expect(ran).toEqual([400, 800]);
});

test('a disposed timer does not run', () => {
  const clock = manualClock();
  let ran = false;
  clock.timer(10, () => (ran = true))[Symbol.dispose]();
  clock.advance('1d');
  expect(ran).toBe(false);
  expect(clock.pending).toBe(0);
});
