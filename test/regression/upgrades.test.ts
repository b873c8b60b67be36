import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';

// Found on 2026-11-20: a refused upgrade that the client never closed was kept for ever, and held up the shutdown.
test('a client that keeps its half of a refused upgrade open is let go, and holds up no shutdown', async () => {
  await using app = await startApp();
  const half = connect({ port: app.port, host: '127.0.0.1', allowHalfOpen: true });
  half.on('error', () => {});
  await once(half, 'connect');
  half.write(
    'GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  expect(await text(half)).toMatch(/^HTTP\/1\.1 404 /);
  // The rest is the app's disposal at the end of this test: it must not wait for the half that is still open.
});

// Found on 2026-11-20: Java's client offers HTTP/2 with every request, and was answered as if it wanted a socket.
test('a request that offers to upgrade to something else is answered as if it did not', async () => {
  await using app = await startApp();
  const owner = await app.world.person();
  const sent = request(`${app.url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await app.token(owner)}`,
      'content-type': 'application/json',
      connection: 'Upgrade, HTTP2-Settings',
      upgrade: 'h2c',
      'http2-settings': 'AAMAAABkAAQAoAAAAAIAAAAA',
    },
  });
  sent.end(JSON.stringify({ query: '{ me { id } }' }));
  const [response] = await once(sent, 'response');
  expect(response.statusCode).toBe(200);
  expect(JSON.parse(await text(response))).toEqual({ data: { me: { id: owner.id } } });
});
