import { createClient, gql } from '@urql/core';
import { expect, test } from 'vitest';
import { pipe, subscribe } from 'wonka';
import type { BelfryClient } from '../../src/client/index.ts';
import { belfryExchange } from '../../src/client/urql/core.ts';

test('an answer that was on its way while a stream brought something is not taken: it may be older than that', async () => {
  const answers: ((data: object) => void)[] = [];
  let bring: () => void = () => {};
  // Only what the exchange uses, so that the order of an answer and an event is the test's.
  const belfry = {
    execute: () => new Promise((resolve) => answers.push((data) => resolve({ data }))),
    subscribe(_request: object, { next }: { next(item: object): void }) {
      bring = () => next({ data: { events: { __typename: 'TaskCreated' } }, errors: [], cursor: 'a cursor' });
      return () => {};
    },
  } as unknown as BelfryClient;
  const urql = createClient({ url: 'http://belfry.invalid', exchanges: [belfryExchange(belfry)] });
  pipe(
    urql.subscription(gql`subscription { events { __typename } }`, {}),
    subscribe(() => {}),
  );
  const seen: unknown[] = [];
  pipe(
    urql.query(gql`query { tasks }`, {}),
    subscribe(({ data }) => void seen.push(data)),
  );
  const answer = async (nth: number, tasks: string[]) => {
    await expect.poll(() => answers.length).toBe(nth);
    answers.at(-1)?.({ tasks });
  };
  await expect.poll(() => answers.length).toBe(1);
  bring();
  await answer(1, []);
  await answer(2, ['the new one']);
  await expect.poll(() => seen).toEqual([{ tasks: ['the new one'] }]);
  // Where something happens all the time an answer is taken in the end.
  pipe(
    urql.query(gql`query { tasks }`, {}, { requestPolicy: 'network-only' }),
    subscribe(({ data }) => void seen.push(data)),
  );
  for (let nth = 3; nth <= 6; nth++) {
    await expect.poll(() => answers.length).toBe(nth);
    bring();
    answers.at(-1)?.({ tasks: [String(nth)] });
  }
  await expect.poll(() => seen.at(-1)).toEqual({ tasks: ['6'] });
  expect(answers).toHaveLength(6);
});
