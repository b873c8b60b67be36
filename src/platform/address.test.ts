import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { addressOf, networkOf } from './address.ts';

const from = (remoteAddress: string, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

test.each([
  ['nobody in between', from('192.0.2.1', '203.0.113.9'), 0, '192.0.2.1'],
  ['IPv4 in IPv6', from('::ffff:192.0.2.1'), 0, '192.0.2.1'],
  ['one proxy', from('10.0.0.1', '203.0.113.9'), 1, '203.0.113.9'],
  ['a claim of the client before what the proxy saw', from('10.0.0.1', '6.6.6.6, 203.0.113.9'), 1, '203.0.113.9'],
  ['two proxies', from('10.0.0.1', '6.6.6.6, 203.0.113.9, 10.0.0.2'), 2, '203.0.113.9'],
  ['a proxy that says nothing', from('10.0.0.1'), 1, '10.0.0.1'],
  ['a proxy that says nonsense', from('10.0.0.1', 'unknown'), 1, '10.0.0.1'],
])('the address of a request: %s', (_what, request, hops, address) => {
  expect(addressOf(request, hops)).toBe(address);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  [undefined, 'unknown'],
])('limits count %s as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
