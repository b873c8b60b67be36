import { expect, test } from 'vitest';
import { manualClock } from '../../test/support/clock.ts';
import { createWheel } from './wheel.ts';

test('many moments share one timer, and each is called in its slot, in order', () => {
  const clock = manualClock(new Date(0));
  using wheel = createWheel(clock, 100);
  const called: [string, number][] = [];
  const at = (name: string, ms: number) => wheel.at(new Date(ms), () => called.push([name, clock.now().getTime()]));
  at('late', 5_000);
  at('early', 250);
  const gone = at('gone', 260);
  at('with it', 290);
  expect([clock.pending, wheel.size]).toEqual([1, 4]);
  gone[Symbol.dispose]();
  clock.advance('1s');
  expect(called).toEqual([
    ['early', 300],
    ['with it', 300],
  ]);
  clock.advance('10s');
  expect(called.at(-1)).toEqual(['late', 5_000]);
  expect([clock.pending, wheel.size]).toEqual([0, 0]);
});

test('a moment that has passed is called at once, and one that is called may set another', () => {
  const clock = manualClock(new Date(10_000));
  using wheel = createWheel(clock, 100);
  const called: number[] = [];
  wheel.at(new Date(1_000), () => {
    called.push(clock.now().getTime());
    wheel.at(new Date(10_500), () => called.push(clock.now().getTime()));
  });
  clock.advance(1);
  clock.advance('1s');
  expect(called).toEqual([10_000, 10_500]);
});

test('what is disposed leaves no timer behind', () => {
  const clock = manualClock(new Date(0));
  const wheel = createWheel(clock);
  const only = wheel.at(new Date(1_000), () => undefined);
  only[Symbol.dispose]();
  only[Symbol.dispose]();
  expect(clock.pending).toBe(0);
  wheel.at(new Date(1_000), () => undefined);
  wheel[Symbol.dispose]();
  expect(clock.pending).toBe(0);
});
