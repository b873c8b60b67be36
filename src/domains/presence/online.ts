import { setTimeout as pause } from 'node:timers/promises';
import { mostNamed, type Signals } from '../../events/signals.ts';
import type { TopicKey } from '../../events/topic.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import type { OnlineCounts } from './counts.ts';
import type { PresenceStore } from './store.ts';

/** Why somebody's connections have changed; `elsewhere`: another server has all the rest. */
type Cause = 'opened' | 'left' | 'lost' | 'died' | 'elsewhere';

/** The registry of sessions (src/live/registry.ts) as presence needs it. */
export interface Connections {
  /** Not `complete`: who is not in it may be connected all the same. */
  list(userIds: readonly string[]): Promise<{
    readonly sessions: readonly { readonly userId: string; readonly deviceId: string }[];
    readonly complete: boolean;
  }>;
  /** Whether a person has a session on this server. */
  isHere(userId: string): boolean;
  onChange(listener: (userIds: readonly string[], cause: Cause) => void): Disposable;
}

/** Declares people online and offline. */
export interface OnlineWatch extends AsyncDisposable {
  /** Tells the topics of somebody connected what can be seen of them by now: they have changed what they share. */
  announce(userId: string): Promise<void>;
  /** What failed for want of Redis or the database since the start. */
  readonly errors: number;
}

/** A `PresenceSignal` is to be believed for so long; then ask `presence`. It heals a signal that was dropped. */
export const believedMs = 5 * 60_000;
/** So often is looked for people whose grace is over. */
const lookMs = 500;
/** Whoever could not be judged, because Redis has just lost its data, is looked at again after this. */
const retryMs = 2_000;

/**
 * A person comes online with the first device, and goes offline with the last: at once when its client took its
 * leave, after `graceMs` when it was lost, so that a reload does not flicker. Of a server that died the lease of its
 * sessions was the grace.
 *
 * Each change is judged by the server of the session, or by the one that noticed a death; who waits for the end of
 * the grace stands in the store, so that another server goes on when this one dies. Nobody is declared offline
 * while the registry may lack sessions. Every step may be done twice: the store says who is the one to tell.
 */
export function watchOnline(parts: {
  connections: Connections;
  store: PresenceStore;
  signals: Signals;
  counts: OnlineCounts;
  database: Pick<Database, 'query'>;
  clock: Clock;
  log: Log;
  graceMs: number;
}): OnlineWatch {
  const { connections, store, signals, counts, database, clock, graceMs } = parts;
  const log = parts.log.child({ ns: 'presence' });
  let waiting = new Map<string, Change>();
  let running: Promise<void> | undefined;
  let errors = 0;
  const disposed = new AbortController();

  const listening = connections.onChange((userIds, cause) => {
    if (cause === 'elsewhere') return;
    for (const userId of userIds) judge(userId, cause);
  });
  const timer = setInterval(() => void look(), lookMs);
  timer.unref();

  function judge(userId: string, cause: Cause | 'due'): void {
    waiting.set(userId, { cause, atMs: clock.now().getTime() });
    running ??= run();
  }

  async function run(): Promise<void> {
    // Everybody of this turn of the loop together: after a restart they all come at once.
    await new Promise(setImmediate);
    while (waiting.size > 0) {
      const batch = waiting;
      waiting = new Map();
      try {
        await judgeAll(batch);
      } catch (error) {
        errors++;
        // Redis is away. They are judged when it is back; meanwhile sockets and streams go on.
        log.debug({ err: error, people: batch.size, errors }, 'presence.judging-failed');
        for (const [userId, change] of batch) if (!waiting.has(userId)) waiting.set(userId, change);
        if (disposed.signal.aborted) break;
        await pause(retryMs, undefined, { signal: disposed.signal }).catch(() => undefined);
      }
    }
    running = undefined;
  }

  async function judgeAll(batch: ReadonlyMap<string, Change>): Promise<void> {
    const userIds = [...batch.keys()];
    // Mostly they have just come here: of them nobody needs to be asked.
    const { sessions, complete } = await connections.list(userIds.filter((id) => !connections.isHere(id)));
    const elsewhere = new Set(sessions.map(({ userId }) => userId));
    const connected = new Set(userIds.filter((id) => elsewhere.has(id) || connections.isHere(id)));
    await come(userIds.filter((id) => connected.has(id)));

    const absent = [...batch].filter(([id]) => !connected.has(id));
    const inGrace = absent.filter(([, { cause }]) => cause === 'lost' || cause === 'opened');
    await store.lookAtLater(inGrace.map(([userId, { atMs }]) => ({ userId, dueMs: atMs + graceMs })));
    const over = absent.filter(([, { cause }]) => cause === 'left' || cause === 'died' || cause === 'due');
    // Those who were due already come again by themselves.
    if (!complete) await store.lookAtLater(over.map(([userId, { atMs }]) => ({ userId, dueMs: atMs + retryMs })));
    else await go(over.map(([userId]) => userId));
  }

  async function come(userIds: readonly string[]): Promise<void> {
    await store.settled(userIds);
    const { userIds: news, version } = await store.declare(userIds, true);
    await tell(news, true, version);
  }

  async function go(userIds: readonly string[]): Promise<void> {
    if (userIds.length === 0) return;
    const { userIds: gone, version } = await store.declare(userIds, false);
    // Somebody may have come on another server after the list was read, and found themselves declared still.
    const { sessions } = await connections.list(gone);
    const back = new Set(sessions.map(({ userId }) => userId));
    await store.settled(userIds);
    await tell(
      gone.filter((id) => !back.has(id)),
      false,
      version,
    );
    if (back.size > 0) await come([...back]);
  }

  async function look(): Promise<void> {
    try {
      for (const userId of await store.due(retryMs)) judge(userId, 'due');
    } catch (error) {
      errors++;
      log.debug({ err: error, errors }, 'presence.look-failed');
    }
  }

  async function tell(userIds: readonly string[], online: boolean, version: number): Promise<void> {
    if (userIds.length > 0) await send(await topicsOf(userIds), online, version);
  }

  /**
   * Tells of people who share it. Where there are too many for names it is told once for all of them: 5,000 who come back
   * after their server has died are one message for a topic, not 5,000.
   */
  async function send(rows: readonly TopicsRow[], online: boolean, version: number): Promise<void> {
    const crowds = new Map<TopicKey, number>();
    const signal = { kind: 'PresenceSignal', ttlMs: believedMs, version } as const;
    for (const { id, shares, topics } of rows) {
      if (!shares) continue;
      const counted = await counts.after(online ? 1 : -1, topics, version);
      const named: { topic: TopicKey; count: number | null }[] = [];
      for (const topic of topics) {
        const count = counted.get(topic) ?? null;
        crowds.delete(topic);
        if (count !== null && count > mostNamed) crowds.set(topic, count);
        else named.push({ topic, count });
      }
      if (named.length > 0) signals.send({ ...signal, userId: id, active: online, topics: named });
    }
    const topics = [...crowds].map(([topic, count]) => ({ topic, count }));
    if (topics.length > 0) signals.send({ ...signal, userId: null, active: true, topics });
  }

  /** The topics of these people; without those who have none. */
  function topicsOf(userIds: readonly string[]): Promise<TopicsRow[]> {
    return database.query<TopicsRow>(
      `SELECT p.id, p."sharePresence" AS shares, array_agg(lower(t.kind::text) || ':' || t.id) AS topics FROM "User" p
       JOIN "Membership" m ON m."userId" = p.id
       JOIN "Topic" t ON t.id = m."topicId" AND t."deletedAt" IS NULL
       WHERE p.id = ANY($1::uuid[]) GROUP BY p.id`,
      [userIds],
    );
  }

  return {
    async announce(userId) {
      const { version } = await store.declared([userId]);
      for (const row of await topicsOf([userId])) await send([{ ...row, shares: true }], row.shares, version);
    },
    get errors() {
      return errors;
    },
    async [Symbol.asyncDispose]() {
      disposed.abort();
      clearInterval(timer);
      listening[Symbol.dispose]();
      await running;
    },
  };
}

interface Change {
  readonly cause: Cause | 'due';
  readonly atMs: number;
}

interface TopicsRow {
  id: string;
  shares: boolean;
  topics: TopicKey[];
}
