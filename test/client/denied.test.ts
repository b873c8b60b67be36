import { expect, test } from 'vitest';
import { deniedAside } from '../../src/client/denied.ts';

const forbidden = (...path: string[]) => ({ message: 'You may not.', path, extensions: { code: 'FORBIDDEN' } });

test('an error of a field stands aside as long as what was asked for is there', () => {
  const event = { event: { actor: null } };
  const denied = forbidden('event', 'actor');
  expect(deniedAside({ data: event, errors: [denied], extensions: { cursor: 'c' } })).toEqual({
    data: event,
    extensions: { cursor: 'c', denied: [denied] },
  });
  // The error of a field that is never null has made all of it null.
  for (const data of [{ event: null }, null, undefined]) {
    const errors = [forbidden('event', 'actor', 'name')];
    expect(deniedAside({ data, errors })).toEqual({ data, errors, extensions: undefined });
  }
  const errors = [forbidden('event'), { message: 'No such thing.', path: ['event', 'task'] }];
  expect(deniedAside({ data: event, errors })).toMatchObject({ errors, extensions: undefined });
});
