import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';

/** Writes when people were last seen, many in one statement: thousands come back at once after a restart. */
export interface SeenWriter extends AsyncDisposable {
  mark(userIds: readonly string[]): void;
}

const pauseMs = 250;

export function createSeenWriter(parts: { database: Pick<Database, 'query'>; clock: Clock; log: Log }): SeenWriter {
  const { database, clock, log } = parts;
  let waiting = new Map<string, Date>();
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (waiting.size > 0) {
      const seen = waiting;
      waiting = new Map();
      // Always in the same order: two servers that write of the same people must not wait for each other.
      const rows = [...seen].sort(([a], [b]) => (a < b ? -1 : 1));
      try {
        await database.query(
          `UPDATE "User" u SET "lastSeenAt" = greatest(u."lastSeenAt", seen.at)
           FROM (SELECT u2.id, asked.at FROM unnest($1::uuid[], $2::timestamptz[]) AS asked (id, at)
                 JOIN "User" u2 ON u2.id = asked.id ORDER BY u2.id FOR NO KEY UPDATE OF u2) seen WHERE u.id = seen.id`,
          [rows.map(([id]) => id), rows.map(([, at]) => at.toISOString())],
        );
      } catch (error) {
        // The database is away; their next coming or going is written again.
        log.warn({ err: error, people: rows.length }, 'presence.last-seen-failed');
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
    }
    running = undefined;
  }

  return {
    mark(userIds) {
      for (const id of userIds) waiting.set(id, clock.now());
      running ??= run();
    },
    async [Symbol.asyncDispose]() {
      await running;
    },
  };
}
