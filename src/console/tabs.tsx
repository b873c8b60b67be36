import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';

export interface Tab {
  readonly name: string;
  /** A word or number beside the name. */
  readonly hint?: ReactNode;
  readonly panel: ReactNode;
}

/** Panels of which one is shown; the others go on. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const id = useId();
  const [shown, setShown] = useState(0);
  function move(event: KeyboardEvent<HTMLElement>) {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const next = (shown + by + tabs.length) % tabs.length;
    setShown(next);
    document.getElementById(`${id}-tab-${next}`)?.focus();
  }
  return (
    <div className="tabs">
      <div role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map(({ name, hint }, nth) => (
          <button
            type="button"
            key={name}
            role="tab"
            id={`${id}-tab-${nth}`}
            aria-selected={shown === nth}
            aria-controls={`${id}-panel-${nth}`}
            tabIndex={shown === nth ? 0 : -1}
            onClick={() => setShown(nth)}
          >
            {name}
            {hint !== undefined && <span className="hint">{hint}</span>}
          </button>
        ))}
      </div>
      {tabs.map(({ name, panel }, nth) => (
        <div
          key={name}
          role="tabpanel"
          id={`${id}-panel-${nth}`}
          aria-labelledby={`${id}-tab-${nth}`}
          hidden={shown !== nth}
        >
          {panel}
        </div>
      ))}
    </div>
  );
}
