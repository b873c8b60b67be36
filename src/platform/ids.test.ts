import { describe, expect, it } from 'vitest';
import { isId, newId } from './ids.ts';

describe('ids', () => {
  it('are canonical version 7 UUIDs that sort in the order they were made', () => {
    const ids = Array.from({ length: 1000 }, newId);
    expect(ids.every(isId)).toBe(true);
    expect(ids[0]).toMatch(/^.{14}7/);
    expect([...ids].sort()).toEqual(ids);
  });

  it.each([
    'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6',
    '{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}',
    'f81d4fae7dec11d0a76500a0c91e6bf6',
    'f81d4fae-7dec-11d0-a765-00a0c91e6bf6\n',
    'article-123',
    '',
    7,
    null,
  ])('does not take %j for an id', (value) => {
    expect(isId(value)).toBe(false);
  });
});
