import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { RedisConnections } from '../platform/redis.ts';
import { createLocalSessions } from './localSessions.ts';
import { oldestFirst, type RegisteredSession, type SessionListing, type SessionState } from './registeredSession.ts';
import { createRegistryChannel } from './registryChannel.ts';
import { createRegistryStore } from './registryStore.ts';
import { type Attempt, createRegistryWrites } from './registryWrites.ts';

/**
 * Why people's sessions have changed. Of this server: `opened`, `left` (the client took its leave), `lost`.
 * `died`: a server did, and this one noticed. `elsewhere`: another server has all the rest.
 */
export type ChangeCause = 'opened' | 'left' | 'lost' | 'died' | 'elsewhere';

export type ChangeListener = (userIds: readonly string[], cause: ChangeCause) => void;

/** Sessions by person, on all servers. Nothing here throws when Redis is away: errors are counted and logged. */
export interface Registry extends AsyncDisposable {
  /**
   * Enters a session of this server, or replaces what was said of it. Resolves when the others can see it, with the
   * person's sessions by then.
   */
  register(session: RegisteredSession, state: () => SessionState): Promise<SessionListing>;
  /** A session of this server has ended; `left` when the client took its leave (close code 1000). Absent: it did not. */
  remove(sessionId: string, left?: boolean): Promise<void>;
  /** The sessions of these people, oldest first. Those of this server are always among them. */
  list(userIds: readonly string[]): Promise<SessionListing>;
  /** Whether a person has a session of this server; asks nobody. */
  isHere(userId: string): boolean;
  /** One session; not `complete`: it may exist on a server that cannot be asked now. */
  find(sessionId: string): Promise<{ session?: RegisteredSession & SessionState; complete: boolean }>;
  /** Who of a workspace has a session. */
  online(workspaceId: string): Promise<{ readonly userIds: readonly string[]; readonly complete: boolean }>;
  /**
   * Tells of people whose sessions have changed, on whatever server, also by the death of one. May tell of
   * a change twice or for nothing; what is lost while Redis is away is told when it is back, with everybody of this
   * server.
   */
  onChange(listener: ChangeListener): Disposable;
  /** Asks the server of a session to close it; nothing happens when it is gone, or out of reach. */
  evict(session: Pick<RegisteredSession, 'id' | 'instanceId'>): void;
  /** Carries out what {@link evict} asks of this server. */
  onEvict(listener: (sessionId: string) => void): Disposable;
  /** Extends this server's lease now; runs by itself, three times per lease. */
  renew(): Promise<void>;
  /** Sessions of this server. */
  readonly size: number;
  /** Commands to Redis that failed since the start. */
  readonly errors: number;
}

/** A server that has not renewed for so long is dead, and its sessions are gone. */
export const defaultLeaseMs = 9_000;
/** So often everything is written again: the keys would end after a day. */
const refreshMs = 3_600_000;
/** Longer than the connection's own limit for one command. */
const answerLimitMs = 4_000;
/**
 * Opens the registry. A server holds one lease for all its sessions: renewing costs one command, whatever their
 * number. Time is Redis's own, so the servers' clocks need not agree; `clock` paces the renewals.
 * Without Redis this server's sessions are all there are.
 */
export function createRegistry(parts: {
  redis: RedisConnections | undefined;
  clock: Clock;
  log: Log;
  metrics?: Pick<Metrics, 'registryErrors'>;
  instanceId: string;
  leaseMs?: number;
}): Registry {
  const { redis, clock, metrics, instanceId, leaseMs = defaultLeaseMs } = parts;
  const log = parts.log.child({ ns: 'registry' });
  const locals = createLocalSessions();
  const changeListeners = new Set<ChangeListener>();
  const evictListeners = new Set<(sessionId: string) => void>();
  const store = redis && createRegistryStore({ redis, instanceId, leaseMs });
  const channel =
    redis &&
    createRegistryChannel({
      redis,
      instanceId,
      listener: {
        onChanged: (userIds) => changed(userIds, 'elsewhere'),
        onMissed: () => void announce(),
        onEvict: evictHere,
      },
    });
  let errors = 0;
  let disposed = false;
  let timer: Disposable | undefined;
  let refreshedAtMs = performance.now();

  const attempt: Attempt = async (what, run) => {
    if (!store || !channel) return undefined;
    try {
      return await within(answerLimitMs, run(store, channel));
    } catch (error) {
      errors++;
      if (metrics) metrics.registryErrors.value++;
      // Every socket may fail at the same moment; openRedis has told that the connection is lost.
      log.debug({ err: error, what, errors }, 'registry.failed');
      return undefined;
    }
  };
  const writes = createRegistryWrites({ locals, attempt, hasRedis: store !== undefined });

  function changed(userIds: readonly string[], cause: ChangeCause): void {
    if (userIds.length === 0) return;
    for (const listener of [...changeListeners]) listener(userIds, cause);
  }

  function evictHere(sessionId: string): void {
    for (const listener of [...evictListeners]) listener(sessionId);
  }

  async function renew(): Promise<void> {
    const known = await attempt('renew', (shared) => shared.renew());
    if (known === undefined) return;
    const everything = !known || performance.now() - refreshedAtMs > refreshMs;
    if (everything) {
      // Redis lost its data, or took this server for dead while it could not be reached.
      refreshedAtMs = performance.now();
      await Promise.all(Array.from(locals, writes.enter));
      changed(locals.userIds(), 'opened');
    } else {
      // What came and went while Redis was away for less than a lease.
      const missing = [...locals].filter(({ writtenState }) => writtenState === undefined);
      await Promise.all(missing.map(writes.enter));
      await writes.states();
    }
    await writes.removeAgain();
    await sweep();
  }

  /** Removes what dead servers have left. Each piece is removed by one server, which tells the others. */
  async function sweep(): Promise<void> {
    for (;;) {
      const swept = await attempt('sweep', (shared) => shared.sweep());
      if (!swept || swept.length === 0) return;
      const userIds = [...new Set(swept)];
      changed(userIds, 'died');
      await attempt('publish', (_, others) => others.changed(userIds));
    }
  }

  // Others may have told of changes before this server heard again, and this one before they did: everything is told
  // once more in both directions. A question asked before the other listens is made up for by what it tells then.
  const onListening = (): void => {
    void attempt('listen', async (_, others) => {
      await others.listen();
      await others.missed();
      await announce();
    });
  };

  async function announce(): Promise<void> {
    await attempt('publish', (_, others) => others.changed(locals.userIds()));
  }

  const onReady = (): void => {
    if (disposed) return;
    void renew();
    // Whichever of the two connections is back last asks.
    onListening();
  };

  function schedule(delayMs: number): void {
    timer = clock.timer(delayMs, () => {
      void renew().finally(() => {
        if (!disposed) schedule(leaseMs / 3);
      });
    });
  }

  if (redis) {
    onListening();
    redis.subscriber.on('ready', onListening);
    redis.publisher.on('ready', onReady);
    schedule(0);
  }

  return {
    async register(session, state) {
      const local = locals.set(session, state);
      const listing = store && (await writes.enter(local));
      changed([session.userId], 'opened');
      return listing ?? { sessions: oldestFirst(locals.of(session.userId)), complete: store === undefined };
    },
    async remove(sessionId, left = false) {
      const local = locals.delete(sessionId);
      if (!local) return;
      await writes.remove(local);
      changed([local.session.userId], left ? 'left' : 'lost');
    },
    async list(userIds) {
      const asked = [...new Set(userIds)];
      const elsewhere = asked.length > 0 ? await others(asked) : { sessions: [], complete: true };
      const here = asked.flatMap((userId) => locals.of(userId));
      return { sessions: oldestFirst([...here, ...elsewhere.sessions]), complete: elsewhere.complete };
    },
    isHere: (userId) => locals.hasAny(userId),
    async find(sessionId) {
      const local = locals.get(sessionId);
      if (local) return { session: { ...local.session, ...local.state() }, complete: true };
      if (!store) return { complete: true };
      const owner = await attempt('find', async (shared) => ({ userId: await shared.ownerOf(sessionId) }));
      const { sessions, complete } = await others(owner?.userId ? [owner.userId] : []);
      const session = sessions.find(({ id }) => id === sessionId);
      return { ...(session && { session }), complete: complete && owner !== undefined };
    },
    async online(workspaceId) {
      const here = [...locals]
        .filter(({ session }) => session.workspaceId === workspaceId)
        .map(({ session }) => session.userId);
      if (!store) return { userIds: [...new Set(here)], complete: true };
      const listed = await attempt('online', (shared) => shared.online(workspaceId));
      const { sessions, complete } = await others(listed ?? []);
      return {
        userIds: [...new Set([...here, ...sessions.map(({ userId }) => userId)])],
        complete: complete && listed !== undefined,
      };
    },
    onChange: (listener) => subscribe(changeListeners, listener),
    evict(session) {
      if (session.instanceId === instanceId) evictHere(session.id);
      else void attempt('evict', (_, others) => others.evict(session));
    },
    onEvict: (listener) => subscribe(evictListeners, listener),
    renew,
    get size() {
      return locals.size;
    },
    get errors() {
      return errors;
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      timer?.[Symbol.dispose]();
      channel?.[Symbol.dispose]();
      redis?.publisher.off('ready', onReady);
      redis?.subscriber.off('ready', onListening);
      const left = [...locals];
      locals.clear();
      await Promise.all(left.map(writes.remove));
      await attempt('leave', (shared) => shared.leave());
    },
  };

  /** Sessions of other servers that live, and whether they are all. */
  async function others(userIds: readonly string[]): Promise<SessionListing> {
    const found = await attempt('list', (shared) => shared.of(userIds, (id) => locals.has(id)));
    return found ?? { sessions: [], complete: store === undefined };
  }
}

/** Rejects when there is no answer in time: nobody who connects or asks hangs on Redis, whatever state it is in. */
function within<T>(limitMs: number, answer: Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  answer.then(resolve, reject).finally(() => clearTimeout(timer));
  return promise;
}

function subscribe<T>(listeners: Set<T>, listener: T): Disposable {
  listeners.add(listener);
  return { [Symbol.dispose]: () => void listeners.delete(listener) };
}
