import { expect, test } from 'vitest';
import { deviceIdOf, evictions } from './devices.ts';

/** `laptop phone laptop`: sessions by device, oldest first, with ids that sort by time. */
const sessions = (text: string) => text.split(' ').map((deviceId, index) => ({ id: `${10 + index}`, deviceId }));
const leaving = (text: string, devices: number, perDevice: number) =>
  evictions(sessions(text), { devices, perDevice }).map(({ id }) => Number(id) - 10);

test.each([
  ['a b c', 3, 2, []],
  ['a b c d', 3, 2, [0]],
  // Used again: the second is the one used longest ago.
  ['a b c a d', 3, 2, [1]],
  ['a a a b', 3, 2, [0]],
  // All connections of a device go with it.
  ['a a b c d', 3, 2, [1, 0]],
  ['a b c d e', 1, 1, [3, 2, 1, 0]],
])('of %s, with %i devices of %i connections, %j must go', (text, devices, perDevice, gone) => {
  expect(leaving(text, devices, perDevice)).toEqual(gone);
});

test('a device is what it says it is, else what has the same address and user agent', () => {
  const seen = { ip: '192.0.2.1', userAgent: 'phone' };
  const unnamed = deviceIdOf(seen);
  expect(deviceIdOf({ ...seen, connectionParams: { deviceId: 'x' } })).toBe('id:x');
  for (const deviceId of ['', 7, null, 'x'.repeat(201)]) {
    expect(deviceIdOf({ ...seen, connectionParams: { deviceId } })).toBe(unnamed);
  }
  expect(deviceIdOf({ ...seen, userAgent: 'laptop' })).not.toBe(unnamed);
  expect(deviceIdOf({ ...seen, ip: '192.0.2.2' })).not.toBe(unnamed);
});
