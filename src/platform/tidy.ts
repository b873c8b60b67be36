import type pg from 'pg';
import type { Log } from './log.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Vacuums the embedded database now and every hour: nothing else does it, PGlite has no autovacuum. */
export async function keepTidy(pool: pg.Pool, log: Log): Promise<AsyncDisposable> {
  let running: Promise<void> = Promise.resolve();
  const tidy = (work: () => Promise<unknown>): Promise<void> => {
    running = running.then(work).then(
      () => undefined,
      (error: unknown) => log.warn({ err: error }, 'vacuum failed; it is tried again at its next time'),
    );
    return running;
  };
  const vacuum = () => tidy(() => pool.query('VACUUM ANALYZE'));
  await vacuum();
  const timers = [setInterval(vacuum, hourMs), setInterval(() => tidy(() => analyzeGrown(pool)), minuteMs)];
  for (const timer of timers) timer.unref();
  return {
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearInterval(timer);
      await running;
    },
  };
}

// Eight pages more: what is small is read whole as fast.
const grownSql = `
  SELECT quote_ident(relname) AS name FROM pg_class
  WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND pg_relation_size(oid) > 2 * (relpages + 8) * current_setting('block_size')::int8 ORDER BY relname`;

/**
 * Analyses tables that have doubled since they last were. A plan that a connection keeps (prepared.ts) is made anew only
 * then: one of a time when the log was a page read all of it, 90 ms for 150,000 events instead of 0.8 (2026-11-27).
 */
export async function analyzeGrown(pool: Pick<pg.Pool, 'query'>): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(grownSql);
  if (rows.length > 0) await pool.query(`ANALYZE ${rows.map(({ name }) => name).join(', ')}`);
}
