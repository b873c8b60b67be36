import { useState } from 'react';
import { moveClock } from './options.ts';
import { hourOf } from './words.ts';

/** Moves on the time people live in, by half an hour: what waits for its time need not be waited for. */
export function ClockButton() {
  const [now, setNow] = useState<Date>();
  return (
    <button
      type="button"
      onClick={() => void moveClock(30).then(setNow)}
      title="Moves on the server’s clock for people"
    >
      {now ? `It is ${hourOf(now)} · ` : ''}+30 min
    </button>
  );
}
