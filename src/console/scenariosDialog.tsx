import { useRef } from 'react';
import type { Someone } from './options.ts';
import { scenarios } from './scenarios/all.ts';
import { playing, start } from './scenarios/playing.ts';
import type { Outcome } from './scenarios/runner.ts';
import type { Scenario } from './scenarios/stage.ts';
import { useStore } from './store.ts';

/** The twenty scenarios of the documents, played against this server by people who are on neither side of the page. */
export function ScenariosDialog({ people, shown }: { people: readonly Someone[]; shown: readonly string[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { outcomes, stop, said } = useStore(playing);
  const run = (ones: readonly Scenario[]) => void start(ones, people, shown);
  const passed = [...outcomes.values()].filter(({ state }) => state === 'passed').length;
  return (
    <>
      <button type="button" onClick={() => dialog.current?.showModal()}>
        Scenarios {outcomes.size > 0 && <span className="quiet">{`${passed}/${scenarios.length}`}</span>}
      </button>
      <dialog ref={dialog} aria-label="Scenarios" className="scenarios">
        <form method="dialog">
          <h2>The twenty tests of the documents, live</h2>
          <button type="submit">Close</button>
        </form>
        <p className="row">
          {stop ? (
            <button type="button" onClick={() => stop.abort()}>
              Stop
            </button>
          ) : (
            <button type="button" onClick={() => run(scenarios)}>
              Run all scenarios
            </button>
          )}
          <span role="status">{said}</span>
        </p>
        <ol>
          {scenarios.map((one) => (
            <Row
              key={one.name}
              one={one}
              outcome={outcomes.get(one)}
              isBusy={stop !== undefined}
              run={() => run([one])}
            />
          ))}
        </ol>
      </dialog>
    </>
  );
}

function Row(props: { one: Scenario; outcome: Outcome | undefined; isBusy: boolean; run: () => void }) {
  const { one, outcome, isBusy, run } = props;
  return (
    <li data-state={outcome?.state}>
      <button type="button" aria-label={`▶ Play ${one.name}`} disabled={isBusy} onClick={run}>
        ▶
      </button>
      <b>{one.name}</b>
      <span>{one.words}</span>
      <span className="outcome">{outcome && wordsOf(outcome)}</span>
      {outcome?.state === 'failed' && <p>{outcome.reason}</p>}
    </li>
  );
}

function wordsOf(outcome: Outcome): string {
  if (outcome.state === 'waiting' || outcome.state === 'running') return outcome.state;
  const ms = `${Math.round(outcome.ms)} ms`;
  if (outcome.state === 'failed') return `✗ failed, ${ms}`;
  return `✓ ${ms}${outcome.remark ? `, ${outcome.remark}` : ''}`;
}
