import { useState } from 'react';
import { BelfryError, createBelfryClient } from '../client/index.ts';
import { placesQuery } from './documents/places.ts';
import { options, type Someone } from './options.ts';

/** Where nobody is seeded, a person is whoever their token says. It is kept by the page and nowhere else. */
export function TokenForm({ add }: { add: (someone: Someone) => void }) {
  const [problem, setProblem] = useState('');
  async function enter(form: FormData) {
    const token = String(form.get('token')).trim();
    const client = createBelfryClient({ url: options.endpoint, token });
    try {
      const { me } = (await client.query(placesQuery, {})).data;
      add({ ...me, token });
    } catch (error) {
      setProblem(BelfryError.is(error) ? error.message : String(error));
    } finally {
      client.dispose();
    }
  }
  return (
    <section className="column nobody" aria-label="Nobody yet">
      <form action={enter}>
        <label>
          Token of a person
          <textarea name="token" rows={4} required spellCheck={false} />
        </label>
        <button type="submit">Enter</button>
        <p role="status">{problem}</p>
      </form>
    </section>
  );
}
