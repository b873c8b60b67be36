import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from './clock.ts';

describe('the system clock', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('calls once, when the delay has passed', () => {
    const run = vi.fn();
    systemClock.timer(1000, run);
    vi.advanceTimersByTime(999);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10_000);
    expect(run).toHaveBeenCalledOnce();
  });

  it('does not call after it was disposed', () => {
    const run = vi.fn();
    {
      using _timer = systemClock.timer(10, run);
    }
    vi.advanceTimersByTime(1000);
    expect(run).not.toHaveBeenCalled();
  });

  it('waits for months where setTimeout would fire at once, and can be disposed on the way', () => {
    const dayMs = 86_400_000;
    const run = vi.fn();
    const disposed = vi.fn();
    systemClock.timer(90 * dayMs, run);
    const other = systemClock.timer(90 * dayMs, disposed);
    vi.advanceTimersByTime(60 * dayMs);
    other[Symbol.dispose]();
    vi.advanceTimersByTime(30 * dayMs - 1);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(90 * dayMs);
    expect(disposed).not.toHaveBeenCalled();
  });

  it('calls on the next turn when the moment has passed already', () => {
    const run = vi.fn();
    systemClock.timer(-5, run);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledOnce();
  });
});
