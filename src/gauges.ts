import type { Followers } from './events/follow.ts';
import type { Hub } from './live/hub.ts';
import type { SocketServer } from './live/server.ts';
import type { SseServer } from './live/sse.ts';
import type { Database } from './platform/database.ts';
import type { Metrics } from './platform/metrics.ts';

/** Counting further would cost the database more than the answer is worth: from here on it is simply much. */
const countedAtMost = 10_000;

/** Says where the gauges of an app have their values from; they are looked at when somebody asks for them. */
export function connectGauges(
  metrics: Metrics,
  parts: {
    hub: Hub;
    sockets: SocketServer;
    sse: SseServer;
    followers: Followers;
    database: Pick<Database, 'query'>;
    now: () => Date;
  },
): void {
  const { hub, sockets, sse, followers, database, now } = parts;
  metrics.connectionsActive.from(() => sockets.size);
  metrics.parked.from(() => sockets.parked);
  metrics.sseStreams.from(() => sse.leavers().length);
  metrics.topicMembers.from(() => hub.census().members);
  metrics.behind.from(() => hub.census().behind);
  metrics.topicsFollowed.from(() => followers.size);
  metrics.groups.from(() => hub.sizes.groups);
  metrics.logLag.from(() => followers.lag);
  metrics.consumerBacklog.from(async () => {
    const rows = await database.query<{ consumer: string; count: number }>(
      `SELECT consumer, count(*)::int8 AS count FROM (SELECT consumer FROM todo LIMIT $1) AS waiting GROUP BY consumer`,
      [countedAtMost],
    );
    return { notifications: 0, ...Object.fromEntries(rows.map(({ consumer, count }) => [consumer, count])) };
  });
  metrics.setAside.from(async () => {
    const [row] = await database.query<{ events: number; due: number }>(
      `SELECT (SELECT count(*)::int8 FROM todo WHERE attempts > 0) AS events,
        (SELECT count(*)::int8 FROM due_work WHERE attempts > 0) AS due`,
      [],
    );
    return { events: row?.events ?? 0, due_work: row?.due ?? 0 };
  });
  metrics.dueBacklog.from(async () => {
    const [row] = await database.query<{ count: number }>(
      'SELECT count(*)::int8 AS count FROM (SELECT 1 FROM due_work WHERE due_at <= $1 LIMIT $2) AS waiting',
      [now(), countedAtMost],
    );
    return row?.count ?? 0;
  });
}
