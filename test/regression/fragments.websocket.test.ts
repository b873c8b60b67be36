import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startApp } from '../support/app.ts';

// Found on 2026-11-20: a message in thousands of fragments of one byte held a hundred times its size in memory.
test('a message in more fragments than anybody needs closes its socket, and no other', async () => {
  await using app = await startApp();
  const person = await app.world.person();
  const neighbour = await app.socket(person);
  const url = `${app.url.replace(/^http/, 'ws')}${app.config.graphqlPath}`;
  const init = JSON.stringify({ type: 'connection_init', payload: { authToken: await app.token(person) } }).padEnd(600);

  const usual = new WebSocket(url, 'graphql-transport-ws');
  await once(usual, 'open');
  for (const [index, letter] of [...init].entries()) usual.send(letter, { fin: index === init.length - 1 });
  expect(await once(usual, 'close')).toMatchObject([1008, expect.anything()]);

  // A client may cut its messages up, within reason.
  const careful = new WebSocket(url, 'graphql-transport-ws');
  await once(careful, 'open');
  const half = Math.floor(init.length / 2);
  careful.send(init.slice(0, half), { fin: false });
  careful.send(init.slice(half), { fin: true });
  const [message] = await once(careful, 'message');
  expect(JSON.parse(String(message))).toMatchObject({ type: 'connection_ack' });
  careful.close();
  await neighbour.ping();
});
