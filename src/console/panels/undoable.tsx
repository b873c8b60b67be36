import { useEffect, useRef, useState } from 'react';

/** As UNDO_WINDOW_MS of the server, where nobody has changed it. */
const withinMs = 10_000;

/**
 * What was done, and the button that takes it back, for as long as it can be. The seconds that are left are told in quiet
 * digits; to who wants less motion only how many there are in all.
 */
export function Undoable(props: { what: string; takeBack: () => void; isOver: () => void }) {
  const { what, takeBack, isOver } = props;
  const [leftMs, setLeftMs] = useState(withinMs);
  const over = useRef(isOver);
  over.current = isOver;
  useEffect(() => {
    const begunMs = performance.now();
    const timer = setInterval(() => {
      const left = begunMs + withinMs - performance.now();
      if (left > 0) setLeftMs(left);
      else over.current();
    }, 250);
    return () => clearInterval(timer);
  }, []);
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const seconds = Math.ceil((isCalm ? withinMs : leftMs) / 1_000);
  return (
    <span className="undo">
      {what}{' '}
      <button type="button" onClick={takeBack}>
        Undo
      </button>{' '}
      <span className="countdown" aria-hidden="true">
        {isCalm ? `within ${seconds} s` : `${seconds} s`}
      </span>
    </span>
  );
}
