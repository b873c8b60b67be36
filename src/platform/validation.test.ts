import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loadConfig } from './config.ts';
import { AppError } from './errors.ts';
import { newId } from './ids.ts';
import { line, moment, pageId, parseInput, perConfig, prose, requiredProse, whole } from './validation.ts';

/** The message and the field of the refusal. */
function refusal(run: () => unknown): [string, string | undefined] {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError && error.code === 'VALIDATION_ERROR') return [error.message, error.details.field];
    throw error;
  }
  throw new Error('it was accepted');
}

const nul = '\u0000';

describe('text', () => {
  test('a line is trimmed and prose keeps its paragraphs', () => {
    expect(parseInput(line(10), '  a b \n')).toBe('a b');
    expect(parseInput(prose(10), '\r\n a\r\n\tb\rc ')).toBe('a\n\tb\nc');
    expect(parseInput(prose(10), '   ')).toBe('');
  });

  test.each([
    ['NUL', `a${nul}b`, 'contains control characters'],
    ['a bell', 'a\u0007b', 'contains control characters'],
    ['half of a surrogate pair', 'a\ud800b', 'contains half of a surrogate pair'],
    ['the other half', '\udc00', 'contains half of a surrogate pair'],
  ])('%s is refused, in lines and in prose', (_what, value, message) => {
    for (const schema of [line(10), prose(10), requiredProse(10)]) {
      expect(refusal(() => parseInput(z.object({ text: schema }), { text: value }))).toEqual([
        `text ${message}.`,
        'text',
      ]);
    }
  });

  test.each(['a\nb', 'a\u2028b', 'a\tb'])('a line is one line: %j', (value) => {
    expect(refusal(() => parseInput(line(10), value))[0]).toBe('The input contains control characters.');
  });

  test('what is blank is empty', () => {
    expect(refusal(() => parseInput(line(10), ' \n '))[0]).toBe('The input is empty.');
    expect(refusal(() => parseInput(requiredProse(10), ' \n '))[0]).toBe('The input is empty.');
  });

  test('lengths count characters, not the units they are stored in', () => {
    expect(parseInput(line(3), '😀😀😀')).toBe('😀😀😀');
    for (const long of ['😀😀😀😀', 'abcd', 'x'.repeat(100_000)]) {
      expect(refusal(() => parseInput(line(3), long))[0]).toBe('The input is longer than 3 characters.');
    }
  });
});

describe('other values', () => {
  test('whole numbers in their range', () => {
    expect(parseInput(whole(0, 5), 5)).toBe(5);
    for (const value of [-1, 6, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '1']) {
      expect(refusal(() => parseInput(whole(0, 5), value))[0]).toBe('The input must be a whole number from 0 to 5.');
    }
  });

  test('moments between 2000 and 2200', () => {
    const at = new Date('2026-11-20T00:00:00Z');
    expect(parseInput(moment, at)).toEqual(at);
    for (const value of ['1999-12-31T23:59:59.999Z', '2200-01-01T00:00:00.000Z', '+275760-09-13T00:00:00.000Z']) {
      expect(refusal(() => parseInput(moment, new Date(value)))[0]).toContain('between the years 2000 and 2200');
    }
    expect(refusal(() => parseInput(moment, new Date('nonsense')))[0]).toBe('The input is not a date.');
  });

  test('says what is missing, null or of another type, and where', () => {
    const schema = z.object({ title: z.string(), mentions: z.array(z.string()).max(2).optional() });
    expect(refusal(() => parseInput(schema, {}))).toEqual(['title is missing.', 'title']);
    expect(refusal(() => parseInput(schema, { title: null }))).toEqual(['title must not be null.', 'title']);
    expect(refusal(() => parseInput(schema, { title: 't', mentions: ['a', 7] }))[1]).toBe('mentions.1');
    expect(refusal(() => parseInput(schema, { title: 't', mentions: ['a', 'b', 'c'] }))).toEqual([
      'mentions has more than 2 items.',
      'mentions',
    ]);
    expect(refusal(() => parseInput(z.enum(['A', 'B']), 'C'))).toEqual(['The input must be one of A, B.', undefined]);
  });
});

test('a schema is made once for each configuration', () => {
  const schema = perConfig((config) => line(config.titleMaxChars));
  const [small, large] = ['3', '5'].map((TITLE_MAX_CHARS) => loadConfig({ NODE_ENV: 'test', TITLE_MAX_CHARS }));
  if (!small || !large) throw new Error('no configuration');
  expect(schema(small)).toBe(schema(small));
  expect(parseInput(schema(large), 'abcde')).toBe('abcde');
  expect(refusal(() => parseInput(schema(small), 'abcde'))[0]).toBe('The input is longer than 3 characters.');
});

describe('page cursors', () => {
  const encode = (text: string) => Buffer.from(text).toString('base64');

  test('give the id they were made of', () => {
    const id = newId();
    expect(pageId({ after: encode(`GPC:S:${id}`) })).toBe(id);
    expect(pageId({ before: encode(`GPC:S:${id}`), after: null })).toBe(id);
    expect(pageId({})).toBeUndefined();
  });

  test.each([
    '',
    'garbage',
    encode('GPC:S:nope'),
    encode('GPC:N:5'),
    encode(`GPC:S:${newId()}${nul}`),
    encode('GPC:J:{}'),
  ])('made of anything else are refused: %j', (cursor) => {
    expect(refusal(() => pageId({ after: cursor }))).toEqual(['This is not a cursor of this list.', 'after']);
    expect(refusal(() => pageId({ before: cursor }))).toEqual(['This is not a cursor of this list.', 'before']);
  });
});
