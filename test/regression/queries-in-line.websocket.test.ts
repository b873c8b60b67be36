import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { watchField } from '../support/gates.ts';

/** Holds every execution of a root field until it is opened; counts them. */
function turnstile() {
  const { promise, resolve } = Promise.withResolvers<void>();
  let entered = 0;
  return {
    onStep() {
      entered++;
      return promise;
    },
    open: resolve,
    get entered() {
      return entered;
    },
  };
}

// Found on 2026-11-20: a socket could have fifty megabyte results in preparation, and went on preparing when closed.
test('a socket runs four queries at once, the others wait for their turn, and its neighbours for neither', async () => {
  await using app = await startApp();
  const [person, other] = [await app.world.person(), await app.world.person()];
  const socket = await app.socket(person);
  const neighbour = await app.socket(other);
  const waiting = turnstile();
  using _watching = watchField('Query', 'ping', waiting.onStep);
  const asked = await Promise.all(
    Array.from({ length: 10 }, () => socket.subscribe('{ ping { event } }', {}, { waits: false })),
  );
  await expect.poll(() => waiting.entered).toBe(4);
  // Its answer comes after whatever the ten could have begun.
  expect((await (await neighbour.subscribe('{ me { id } }')).next()).data.me.id).toBe(other.id);
  expect(waiting.entered).toBe(4);
  waiting.open();
  for (const operation of asked) expect((await operation.next()).data.ping).toBeTruthy();
  expect(waiting.entered).toBe(10);
});

test('of a socket that has closed nothing is run that was still in line', async () => {
  await using app = await startApp();
  const [person, other] = [await app.world.person(), await app.world.person()];
  const socket = await app.socket(person);
  const neighbour = await app.socket(other);
  const waiting = turnstile();
  {
    using _watching = watchField('Query', 'ping', waiting.onStep);
    for (let count = 0; count < 10; count++) await socket.subscribe('{ ping { event } }', {}, { waits: false });
    await expect.poll(() => waiting.entered).toBe(4);
    socket.drop();
    await socket.closed();
    await expect.poll(() => app.logs.some((line) => line.includes('ws.disconnect'))).toBe(true);
    waiting.open();
    for (let count = 0; count < 3; count++) await (await neighbour.subscribe('{ me { id } }')).next();
    expect(waiting.entered).toBe(4);
  }
});
