import { describe, expect, it } from 'vitest';
import { AppError, closeCodes, describeErrors, type ErrorCode, errorCatalogue, tokenSentences } from './errors.ts';

describe('the catalogue of errors', () => {
  it('has the documented codes, each with a sentence, a status and advice', () => {
    const rows = describeErrors().errors;
    expect(rows.map((row) => `${row.code} ${row.httpStatus}`)).toEqual([
      'UNAUTHORIZED 401',
      'FORBIDDEN 403',
      'NOT_FOUND 404',
      'VALIDATION_ERROR 400',
      'RATE_LIMITED 429',
      'INTERNAL_ERROR 500',
      'CONNECTION_ERROR 500',
      'CONFLICT 409',
      'CURSOR_EXPIRED 410',
    ]);
    for (const row of rows) expect(row.sentence && row.clientShould, row.code).toBeTruthy();
  });

  it('keeps the documented sentences about tokens', () => {
    expect(tokenSentences).toEqual({
      missing: 'Missing authentication token',
      invalid: 'Invalid authentication token',
      expired: 'Token expired',
    });
  });

  it('names only close codes that are described', () => {
    const described = new Set<number>(Object.values(closeCodes).map(({ code }) => code));
    for (const row of describeErrors().errors)
      if (row.closeCode !== undefined) expect(described).toContain(row.closeCode);
  });
});

describe('close codes', () => {
  it('can be told apart by code and reason, and their reasons fit into a close frame', () => {
    const rows = describeErrors().closeCodes;
    expect(new Set(rows.map(({ code, reason }) => `${code} ${reason}`)).size).toBe(rows.length);
    for (const { reason } of rows) expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
  });

  it('say of the stock client what it does', () => {
    // As in graphql-ws 6.4, client.ts: fatal are these and every 1xxx but the ones for restarts.
    const fatal = new Set([4500, 4005, 4004, 4400, 4401, 4406, 4409, 4429]);
    const retriedInternal = new Set([1000, 1001, 1006, 1005, 1012, 1013, 1014]);
    for (const { code, stockClient, name } of describeErrors().closeCodes) {
      const stops = fatal.has(code) || (code < 2000 && !retriedInternal.has(code));
      expect(stockClient, name).toBe(stops ? 'stops' : 'retries');
    }
  });
});

describe('an error for the caller', () => {
  it('takes the sentence of its code where it has none of its own', () => {
    for (const code of Object.keys(errorCatalogue) as ErrorCode[]) {
      expect(new AppError(code).message).toBe(errorCatalogue[code].sentence);
    }
  });

  it('carries what the caller needs, and its cause apart from that', () => {
    const cause = new Error('inner');
    const error = new AppError('VALIDATION_ERROR', 'The title is too long.', { field: 'input.title', cause });
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', message: 'The title is too long.', cause });
    expect(error.details).toEqual({ field: 'input.title' });
  });
});
