import { PGlite } from '@electric-sql/pglite';
import { expect, test } from 'vitest';
import { pglitePool } from './pglite.ts';
import { analyzeGrown } from './tidy.ts';

test('a plan that was kept when a table was small is made anew once it has grown', async () => {
  await using server = await PGlite.create('memory://');
  const pool = pglitePool(server, {});
  await using ending = new AsyncDisposableStack();
  ending.defer(() => pool.end());
  await pool.query('CREATE TABLE log (topic text, seq int, PRIMARY KEY (topic, seq)); CREATE TABLE other (id int)');
  await pool.query("INSERT INTO log VALUES ('a', 1)");
  await pool.query('VACUUM ANALYZE');
  await pool.query('PREPARE page (text) AS SELECT seq FROM log WHERE topic = $1 AND seq > 0 ORDER BY seq');
  for (let nth = 0; nth < 6; nth++) await pool.query("EXECUTE page ('a')");
  const plan = async () => JSON.stringify((await pool.query("EXPLAIN EXECUTE page ('a')")).rows);
  await pool.query("INSERT INTO log SELECT 'b' || n, n FROM generate_series(1, 20000) n");
  expect(await plan()).toContain('Seq Scan');
  await analyzeGrown(pool);
  expect(await plan()).toContain('Index');
  const analyzed = async () =>
    (
      await pool.query(
        "SELECT relname, last_analyze FROM pg_stat_user_tables WHERE relname IN ('log', 'other') ORDER BY 1",
      )
    ).rows;
  const before = await analyzed();
  await analyzeGrown(pool);
  expect(await analyzed()).toEqual(before);
});
