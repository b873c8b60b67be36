import { moveServerClock, useServerNow } from './clock.ts';
import { hourOf } from './words.ts';

/** Moves on the time people live in, by half an hour: what waits for its time need not be waited for. */
export function ClockButton() {
  const { now, isMoved } = useServerNow();
  return (
    <button type="button" onClick={() => void moveServerClock(30)} title="Moves on the server’s clock for people">
      {isMoved ? `It is ${hourOf(now)} · ` : ''}+30 min
    </button>
  );
}
