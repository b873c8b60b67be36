import { useState } from 'react';
import { inAddress, putInAddress } from './address.ts';
import { ClockButton } from './clockButton.tsx';
import { Column } from './column.tsx';
import { OperationsDialog } from './operationsDialog.tsx';
import { options, type Someone } from './options.ts';
import { ScenariosDialog } from './scenariosDialog.tsx';
import { TokenForm } from './tokenForm.tsx';

const sides = ['left', 'right'] as const;
const firstChoice = { left: 'ada', right: 'grace' };

/** Two people side by side, and what concerns both. */
export function App() {
  const [people, setPeople] = useState<readonly Someone[]>(options.people);
  const [chosen, setChosen] = useState(() => ({
    left: inAddress('left') ?? firstChoice.left,
    right: inAddress('right') ?? firstChoice.right,
  }));
  const choose = (side: (typeof sides)[number], externalId: string) => {
    setChosen((before) => ({ ...before, [side]: externalId }));
    // The places were those of somebody else.
    putInAddress(side, externalId, (name) => name.startsWith(`${side}-`));
  };
  return (
    <>
      <header className="masthead">
        <h1>
          <span aria-hidden="true" className="bell" />
          Belfry
        </h1>
        <p>Two people, one server. Change something on one side and watch the other.</p>
        {options.development && <ClockButton />}
        {options.development && (
          <ScenariosDialog people={options.people} shown={sides.flatMap((side) => chosen[side] ?? [])} />
        )}
        <OperationsDialog />
        {options.development && <a href={options.endpoint}>GraphiQL</a>}
        {options.development && <a href="/dev/mail">Mail</a>}
      </header>
      <main className="columns">
        {sides.map((side, nth) => {
          const someone = people.find(({ externalId }) => externalId === chosen[side]) ?? people[nth];
          return someone ? (
            <Column
              key={side}
              side={side}
              people={people}
              someone={someone}
              choose={(externalId) => choose(side, externalId)}
            />
          ) : (
            <TokenForm key={side} add={(added) => setPeople((before) => [...before, added])} />
          );
        })}
      </main>
    </>
  );
}
