import { PGlite } from '@electric-sql/pglite';
import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { pglitePool } from './pglite.ts';

async function open(): Promise<AsyncDisposable & { pool: pg.Pool }> {
  const server = await PGlite.create('memory://');
  const pool = pglitePool(server, {});
  return {
    pool,
    async [Symbol.asyncDispose]() {
      await pool.end();
      await server.close();
    },
  };
}

const unreadable = {
  text: 'SELECT 1::int8',
  types: {
    getTypeParser: () => () => {
      throw new Error('unreadable');
    },
  },
};

describe('the embedded database behind a pool', () => {
  it('answers queries of many callers, also after errors of the server and of the reader', async () => {
    await using database = await open();
    const { pool } = database;
    // Each failure replaces the connection while the others are waiting for one.
    const results = await Promise.allSettled(
      Array.from({ length: 60 }, (_, i) => {
        if (i % 3 === 0) return pool.query('SELECT nonsense');
        if (i % 3 === 1) return pool.query(unreadable);
        return pool.query('SELECT $1::int AS i', [i]);
      }),
    );
    const answers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.rows[0].i] : []));
    expect(answers).toEqual(Array.from({ length: 20 }, (_, i) => 3 * i + 2));
    expect(results.filter((result) => result.status === 'rejected')).toHaveLength(40);
  });

  it('rolls back what a lost connection left open', async () => {
    await using database = await open();
    await database.pool.query('CREATE TABLE t (id int)');
    const client = await database.pool.connect();
    await client.query('BEGIN');
    await client.query('INSERT INTO t VALUES (1)');
    client.release(new Error('lost'));
    expect((await database.pool.query('SELECT * FROM t')).rows).toEqual([]);
  });

  it('lets the loop turn between two queries', async () => {
    await using database = await open();
    let turns = 0;
    let counting = true;
    const count = () => {
      turns += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    for (let i = 0; i < 200; i += 1) await database.pool.query('SELECT 1');
    counting = false;
    expect(turns).toBeGreaterThanOrEqual(200);
  });

  it('carries large values both ways', async () => {
    await using database = await open();
    const large = 'ł'.repeat(2_000_000);
    const { rows } = await database.pool.query('SELECT $1::text AS value, length($1::text) AS length', [large]);
    expect(rows[0].length).toBe(2_000_000);
    expect(rows[0].value === large).toBe(true);
  });
});
