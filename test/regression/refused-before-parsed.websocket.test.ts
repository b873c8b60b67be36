import { expect, test, vi } from 'vitest';
import { startApp } from '../support/app.ts';
import type { TestSocket } from '../support/socket.ts';
import type { Person } from '../support/world.ts';

const parsed = vi.hoisted(() => [] as string[]);
vi.mock('graphql', async (importOriginal) => {
  const graphql = await importOriginal<typeof import('graphql')>();
  const parse: typeof graphql.parse = (source, options) => {
    parsed.push(String(source));
    return graphql.parse(source, options);
  };
  return { ...graphql, parse };
});

// Noticed on 2026-11-20: limits were asked when the document had been parsed and validated, which may cost more than both.
test('the documents of a client that is above its limit are not parsed, on a socket, over HTTP or without a token', async () => {
  const limits = { RATE_LIMITS: 'on', USER_RATE_LIMIT: '4/1h', WS_RATE_LIMIT: '2/1h', ANONYMOUS_RATE_LIMIT: '2/1h' };
  await using app = await startApp({ config: limits });
  const [person, other] = [await app.world.person(), await app.world.person()];
  const socket = await app.socket(person);
  const second = await app.socket(person);
  // What a client that comes back subscribes to is free for ten seconds, and must be looked at.
  app.clock.advance('11s');
  let nth = 0;
  const overSocket = async (asking: TestSocket) => {
    const operation = await asking.subscribe(`{ ping { event } } # ${++nth}`);
    return operation.waiting.length > 0;
  };
  const overHttp = async (caller: Person | undefined) =>
    Boolean((await app.graphql(caller, `{ __typename } # ${++nth}`)).data);
  const ways = {
    'a socket': () => overSocket(socket),
    'another socket of the person': () => overSocket(second),
    HTTP: () => overHttp(person),
    'no token': () => overHttp(undefined),
  };
  for (const [way, ask] of Object.entries(ways)) {
    let last = await ask();
    for (let count = 0; last && count < 10; count++) last = await ask();
    expect(last, way).toBe(false);
    expect(
      parsed.some((text) => text.endsWith(`# ${nth}`)),
      way,
    ).toBe(false);
    for (let count = 0; count < 5; count++) await ask();
  }
  // Accepted were 2 on the first socket, 2 on the second (4 of the person), none over HTTP, 2 without a token.
  expect(parsed.filter((text) => / # \d+$/.test(text))).toHaveLength(6);
  expect((await app.graphql(other, '{ ping { event } } # heard')).data).toBeTruthy();
  expect(parsed.at(-1)).toContain('# heard');
});
