import { Provider } from 'urql';
import { BelfryProvider } from '../client/urql/index.ts';
import { ConnectionBar } from './connectionBar.tsx';
import { News } from './news.tsx';
import type { Someone } from './options.ts';
import { PersonContext, useConnected } from './person.ts';
import { Places } from './places.tsx';

/** One person: who it is, how they are connected, and what they see. */
export function Column(props: {
  side: 'left' | 'right';
  people: readonly Someone[];
  someone: Someone;
  choose: (externalId: string) => void;
}) {
  const { side, people, someone, choose } = props;
  const person = useConnected(someone);
  return (
    <section className="column" aria-label={`${someone.name}, ${side}`}>
      <header className="who">
        <label>
          <span className="unseen">Person on the {side}</span>
          <select value={someone.externalId} onChange={({ target }) => choose(target.value)}>
            {people.map(({ externalId, name, role }) => (
              <option key={externalId} value={externalId}>
                {name} · {role.toLowerCase()}
              </option>
            ))}
          </select>
        </label>
        {person && (
          <PersonContext value={person}>
            <BelfryProvider client={person.client}>
              <Provider value={person.urql}>
                <ConnectionBar />
              </Provider>
            </BelfryProvider>
          </PersonContext>
        )}
      </header>
      {person && (
        <PersonContext value={person}>
          <BelfryProvider client={person.client}>
            <Provider value={person.urql}>
              <Places side={side} />
              <News />
            </Provider>
          </BelfryProvider>
        </PersonContext>
      )}
    </section>
  );
}
