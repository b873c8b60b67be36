import { useRef } from 'react';
import { operations } from './operations.ts';
import { useStore } from './store.ts';
import { timeOf } from './words.ts';

/** What was sent to the server by doing things on this page. */
export function OperationsDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const sent = useStore(operations);
  return (
    <>
      <button type="button" onClick={() => dialog.current?.showModal()}>
        Operations <span className="quiet">{sent.length}</span>
      </button>
      <dialog ref={dialog} aria-label="Operations sent" className="operations">
        <form method="dialog">
          <h2>Operations sent</h2>
          <button type="submit">Close</button>
        </form>
        {sent.length === 0 && <p className="quiet">Do something on either side: what it sends is shown here.</p>}
        {sent.map(({ id, by, at, document, variables, tookMs, error }, nth) => (
          <details key={id} open={nth === 0}>
            <summary>
              <code>{/\w+ (\w+)/.exec(document)?.[1]}</code> {by} <time>{timeOf(at)}</time>{' '}
              <span className="quiet">
                {error ?? (tookMs === undefined ? 'under way' : `${Math.round(tookMs)} ms`)}
              </span>
            </summary>
            <pre>{document}</pre>
            <pre>{JSON.stringify(variables, null, 2)}</pre>
          </details>
        ))}
      </dialog>
    </>
  );
}
