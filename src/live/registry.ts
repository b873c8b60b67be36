import type { ChainableCommander } from 'ioredis';
import type { Session } from '../graphql/context.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { RedisConnections } from '../platform/redis.ts';
import { type RegistryKeys, registryKeys, removeScript, renewScript, sweepScript } from './registryKeys.ts';

/** A session as every server may know it. JSON all through: it travels. */
export interface RegisteredSession {
  readonly id: string;
  readonly userId: string;
  readonly workspaceId: string;
  /** Which of the person's devices; `deviceId` of the connection parameters, or made of address and user agent. */
  readonly deviceId: string;
  readonly instanceId: string;
  readonly transport: Session['transport'];
  /** ISO 8601. */
  readonly connectedAt: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** Tokens that were presented for it and may still be good; the newest last. */
  readonly tokens: readonly { readonly id: string; readonly expiresAt: string | null }[];
}

/** How a session is doing; of another server's sessions as it was a few seconds ago. */
export interface SessionState {
  /** Topics it follows. */
  readonly topics: number;
  /** Signals that were left out because it read too slowly. */
  readonly dropped: number;
  /** Streams that wait for it to read before they go on from the log. */
  readonly parked: number;
  /** Whether it reads slower than events come. */
  readonly lagging: boolean;
}

/** What is known of some people's sessions. */
export interface SessionListing {
  readonly sessions: readonly (RegisteredSession & SessionState)[];
  /**
   * False: sessions of other servers may be missing, because Redis is away or lost its data less than a lease ago.
   * Who stands here is connected; who does not may be all the same.
   */
  readonly complete: boolean;
}

/**
 * Why people's sessions have changed. Of this server: `opened`, `left` (the client took its leave), `lost`.
 * `died`: a server did, and this one noticed. `elsewhere`: another server has all the rest.
 */
export type ChangeCause = 'opened' | 'left' | 'lost' | 'died' | 'elsewhere';

/** Sessions by person, on all servers. Nothing here throws when Redis is away: errors are counted and logged. */
export interface Registry extends AsyncDisposable {
  /** Enters a session of this server, or replaces what was said of it. Resolves when the others can see it. */
  register(session: RegisteredSession, state: () => SessionState): Promise<void>;
  /** A session of this server has ended; `left` when the client took its leave (close code 1000). Absent: it did not. */
  remove(sessionId: string, left?: boolean): Promise<void>;
  /** The sessions of these people, oldest first. Those of this server are always among them. */
  list(userIds: readonly string[]): Promise<SessionListing>;
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

export type ChangeListener = (userIds: readonly string[], cause: ChangeCause) => void;

/** A server that has not renewed for so long is dead, and its sessions are gone. */
export const defaultLeaseMs = 9_000;
/** #80: what a server leaves behind when all of them die at once. Refreshed long before. */
const keyTtlMs = 24 * 3_600_000;
const refreshMs = 3_600_000;
/** Sessions written in one go: a thousand commands hold up neither Redis nor this process. */
const batchSize = 200;
/** Longer than the connection's own limit for one command. */
const answerLimitMs = 4_000;
/** People in one message: about 40 KB. */
const announcedAtOnce = 1_000;

interface Local {
  session: RegisteredSession;
  state: () => SessionState;
  writtenState: string;
}

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
  const keys = registryKeys(redis?.prefix ?? '');
  const locals = new Map<string, Local>();
  // By person, because each connection asks for its person's sessions: thousands come back at once.
  const localsOf = new Map<string, Set<Local>>();
  const changeListeners = new Set<ChangeListener>();
  const evictListeners = new Set<(sessionId: string) => void>();
  // A session that ends while it is being entered must not stay: what concerns one session happens in order.
  const order = new Map<string, Promise<void>>();
  let errors = 0;
  let disposed = false;
  let timer: Disposable | undefined;
  let refreshedAtMs = performance.now();

  async function attempt<T>(what: string, run: (connections: RedisConnections) => Promise<T>): Promise<T | undefined> {
    if (!redis) return undefined;
    try {
      return await within(answerLimitMs, run(redis));
    } catch (error) {
      errors++;
      if (metrics) metrics.registryErrors.value++;
      // Every socket may fail at the same moment; openRedis has told that the connection is lost.
      log.debug({ err: error, what, errors }, 'registry.failed');
      return undefined;
    }
  }

  /** Takes a session out of this server's; undefined when it is none of them. */
  function forget(sessionId: string): Local | undefined {
    const local = locals.get(sessionId);
    if (!local) return undefined;
    locals.delete(sessionId);
    const own = localsOf.get(local.session.userId);
    own?.delete(local);
    if (own?.size === 0) localsOf.delete(local.session.userId);
    return local;
  }

  function changed(userIds: readonly string[], cause: ChangeCause): void {
    if (userIds.length === 0) return;
    for (const listener of [...changeListeners]) listener(userIds, cause);
  }

  function inOrder(sessionId: string, run: () => Promise<void>): Promise<void> {
    const turn = (order.get(sessionId) ?? Promise.resolve()).then(run);
    order.set(sessionId, turn);
    return turn.finally(() => {
      if (order.get(sessionId) === turn) order.delete(sessionId);
    });
  }

  function enter(pipeline: ChainableCommander, local: Local): void {
    const { session } = local;
    local.writtenState = JSON.stringify(local.state());
    const connections = keys.connections(session.userId);
    pipeline
      .zadd(connections, Date.parse(session.connectedAt), session.id)
      .pexpire(connections, keyTtlMs)
      .hset(keys.socket(session.id), {
        userId: session.userId,
        workspaceId: session.workspaceId,
        connectedAt: session.connectedAt,
        instanceId,
        session: JSON.stringify(session),
        state: local.writtenState,
      })
      .pexpire(keys.socket(session.id), keyTtlMs)
      .sadd(keys.instance(instanceId), session.id)
      .pexpire(keys.instance(instanceId), keyTtlMs)
      .zadd(keys.online(session.workspaceId), Date.parse(session.connectedAt), session.userId)
      .pexpire(keys.online(session.workspaceId), keyTtlMs);
  }

  /** Writes these sessions; those that ended meanwhile are left out. */
  async function write(sessionIds: readonly string[]): Promise<void> {
    for (let from = 0; from < sessionIds.length; from += batchSize) {
      const batch = sessionIds.slice(from, from + batchSize);
      const done = await attempt('register', async ({ publisher }) => {
        const pipeline = publisher.multi();
        const written = batch.map((id) => locals.get(id)).filter((local) => local !== undefined);
        for (const local of written) enter(pipeline, local);
        const userIds = [...new Set(written.map(({ session }) => session.userId))];
        if (written.length === 0) return true;
        pipeline.publish(keys.channel, JSON.stringify({ from: instanceId, changed: userIds } satisfies Message));
        throwFirst(await pipeline.exec());
        return true;
      });
      if (!done) return;
    }
  }

  async function renew(): Promise<void> {
    const known = await attempt('renew', async ({ publisher }) =>
      publisher.eval(renewScript, 2, keys.instances, keys.since, instanceId, leaseMs),
    );
    if (known === undefined) return;
    const everything = known === 0 || performance.now() - refreshedAtMs > refreshMs;
    if (everything) {
      // Redis lost its data, or took this server for dead while it could not be reached.
      refreshedAtMs = performance.now();
      await write([...locals.keys()]);
      changed([...new Set([...locals.values()].map(({ session }) => session.userId))], 'opened');
    } else await writeStates();
    await sweep();
  }

  async function writeStates(): Promise<void> {
    const different = [...locals.values()].filter((local) => JSON.stringify(local.state()) !== local.writtenState);
    if (different.length === 0) return;
    await attempt('state', async ({ publisher }) => {
      const pipeline = publisher.pipeline();
      // The rest has its turn at the next renewal: this is for people who look.
      for (const local of different.slice(0, batchSize)) {
        local.writtenState = JSON.stringify(local.state());
        pipeline.hset(keys.socket(local.session.id), 'state', local.writtenState);
      }
      throwFirst(await pipeline.exec());
    });
  }

  /** Removes what dead servers have left. Each piece is removed by one server, which tells the others. */
  async function sweep(): Promise<void> {
    for (;;) {
      const swept = await attempt('sweep', async ({ publisher }) => {
        const answer = await publisher.eval(sweepScript, 1, keys.instances, keys.root, batchSize);
        return answer as string[];
      });
      if (!swept || swept.length === 0) return;
      const userIds = [...new Set(swept)];
      changed(userIds, 'died');
      await attempt('publish', ({ publisher }) =>
        publisher.publish(keys.channel, JSON.stringify({ from: instanceId, changed: userIds } satisfies Message)),
      );
    }
  }

  async function removeAll(sessions: readonly RegisteredSession[]): Promise<void> {
    if (sessions.length === 0) return;
    await attempt('remove', async ({ publisher }) => {
      const pipeline = publisher.pipeline();
      for (const { id, userId, workspaceId } of sessions) removeOne(pipeline, keys, { id, userId, workspaceId });
      const userIds = [...new Set(sessions.map(({ userId }) => userId))];
      pipeline.publish(keys.channel, JSON.stringify({ from: instanceId, changed: userIds } satisfies Message));
      throwFirst(await pipeline.exec());
    });
  }

  function removeOne(
    pipeline: ChainableCommander,
    { connections, socket, instance, online }: RegistryKeys,
    { id, userId, workspaceId }: Pick<RegisteredSession, 'id' | 'userId' | 'workspaceId'>,
  ): void {
    const four = [connections(userId), socket(id), instance(instanceId), online(workspaceId)];
    pipeline.eval(removeScript, four.length, ...four, id, userId);
  }

  /** Sessions of other servers that live, and whether they are all. */
  async function others(userIds: readonly string[]): Promise<SessionListing> {
    const found = await attempt('list', async ({ publisher }) => {
      const first = publisher.pipeline();
      first.time().zrange(keys.instances, 0, -1, 'WITHSCORES').get(keys.since);
      for (const userId of userIds) first.zrange(keys.connections(userId), 0, -1);
      const [time, instances, since, ...lists] = throwFirst(await first.exec());
      const nowMs = millisecondsOf(time as [string, string]);
      const alive = aliveAt(nowMs, instances as string[]);
      const ids = (lists as string[][]).flat().filter((id) => !locals.has(id));
      const second = publisher.pipeline();
      for (const id of ids) second.hmget(keys.socket(id), 'session', 'state');
      const rows = ids.length === 0 ? [] : (throwFirst(await second.exec()) as [string | null, string | null][]);
      const sessions = rows.flatMap(([session, state]) => {
        if (session === null || state === null) return [];
        const read = { ...(JSON.parse(session) as RegisteredSession), ...(JSON.parse(state) as SessionState) };
        return alive.has(read.instanceId) && read.instanceId !== instanceId ? [read] : [];
      });
      return { sessions, complete: isSettled(nowMs, since as string | null) };
    });
    return found ?? { sessions: [], complete: redis === undefined };
  }

  // A Redis that has just lost everything, or was just started, knows a part of the sessions.
  const isSettled = (nowMs: number, since: string | null): boolean => since !== null && nowMs - Number(since) > leaseMs;

  const onMessage = (channel: string, text: string): void => {
    if (channel !== keys.channel) return;
    const message = parseMessage(text);
    if (!message || message.from === instanceId) return;
    if ('changed' in message) changed(message.changed, 'elsewhere');
    else if ('missed' in message) void announce();
    else if (message.at === instanceId) for (const listener of [...evictListeners]) listener(message.evict);
  };

  function start({ publisher, subscriber }: RedisConnections): void {
    subscriber.on('message', onMessage);
    onListening();
    subscriber.on('ready', onListening);
    publisher.on('ready', onReady);
    schedule(0);
  }

  // Others may have told of changes before this server heard again, and this one before they did: everything is told
  // once more in both directions. A question asked before the other listens is made up for by what it tells then.
  const onListening = (): void => {
    void attempt('listen', async ({ publisher, subscriber }) => {
      await subscriber.subscribe(keys.channel);
      await publisher.publish(keys.channel, JSON.stringify({ from: instanceId, missed: true } satisfies Message));
      await announce();
    });
  };

  async function announce(): Promise<void> {
    const userIds = [...new Set([...locals.values()].map(({ session }) => session.userId))];
    for (let from = 0; from < userIds.length; from += announcedAtOnce) {
      const some = userIds.slice(from, from + announcedAtOnce);
      await attempt('publish', ({ publisher }) =>
        publisher.publish(keys.channel, JSON.stringify({ from: instanceId, changed: some } satisfies Message)),
      );
    }
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

  if (redis) start(redis);

  return {
    register(session, state) {
      forget(session.id);
      const local: Local = { session, state, writtenState: '' };
      locals.set(session.id, local);
      localsOf.set(session.userId, (localsOf.get(session.userId) ?? new Set()).add(local));
      return inOrder(session.id, async () => {
        if (redis) await write([session.id]);
        changed([session.userId], 'opened');
      });
    },
    remove(sessionId, left = false) {
      const local = forget(sessionId);
      if (!local) return Promise.resolve();
      return inOrder(sessionId, async () => {
        await removeAll([local.session]);
        changed([local.session.userId], left ? 'left' : 'lost');
      });
    },
    async list(userIds) {
      const asked = new Set(userIds);
      const elsewhere = redis && asked.size > 0 ? await others([...asked]) : { sessions: [], complete: true };
      const here = [...asked].flatMap((userId) =>
        [...(localsOf.get(userId) ?? [])].map(({ session, state }) => ({ ...session, ...state() })),
      );
      // Ids are UUIDv7: they sort by time.
      const sessions = [...here, ...elsewhere.sessions].sort((a, b) => (a.id < b.id ? -1 : 1));
      return { sessions, complete: elsewhere.complete };
    },
    async find(sessionId) {
      const local = locals.get(sessionId);
      if (local) return { session: { ...local.session, ...local.state() }, complete: true };
      if (!redis) return { complete: true };
      const userId = await attempt('find', async ({ publisher }) => ({
        found: await publisher.hget(keys.socket(sessionId), 'userId'),
      }));
      const { sessions, complete } = await others(userId?.found ? [userId.found] : []);
      const session = sessions.find(({ id }) => id === sessionId);
      return { ...(session && { session }), complete: complete && userId !== undefined };
    },
    async online(workspaceId) {
      const here = [...locals.values()]
        .filter(({ session }) => session.workspaceId === workspaceId)
        .map(({ session }) => session.userId);
      if (!redis) return { userIds: [...new Set(here)], complete: true };
      const listed = await attempt('online', ({ publisher }) => publisher.zrange(keys.online(workspaceId), 0, -1));
      const { sessions, complete } = await others(listed ?? []);
      return {
        userIds: [...new Set([...here, ...sessions.map(({ userId }) => userId)])],
        complete: complete && listed !== undefined,
      };
    },
    onChange: (listener) => subscribe(changeListeners, listener),
    evict({ id, instanceId: at }) {
      if (at === instanceId) {
        for (const listener of [...evictListeners]) listener(id);
        return;
      }
      void attempt('evict', ({ publisher }) =>
        publisher.publish(keys.channel, JSON.stringify({ from: instanceId, at, evict: id } satisfies Message)),
      );
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
      redis?.subscriber.off('message', onMessage);
      redis?.publisher.off('ready', onReady);
      redis?.subscriber.off('ready', onListening);
      await Promise.all(order.values());
      const left = [...locals.values()].map(({ session }) => session);
      locals.clear();
      localsOf.clear();
      for (let from = 0; from < left.length; from += batchSize) await removeAll(left.slice(from, from + batchSize));
      await attempt('leave', ({ publisher }) => publisher.zrem(keys.instances, instanceId));
    },
  };
}

/** Rejects when there is no answer in time: nobody who connects or asks hangs on Redis, whatever state it is in. */
function within<T>(limitMs: number, answer: Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  answer.then(resolve, reject).finally(() => clearTimeout(timer));
  return promise;
}

/** What servers tell each other. */
type Message =
  | { readonly from: string; readonly changed: readonly string[] }
  /** Was not listening for a while. */
  | { readonly from: string; readonly missed: true }
  | { readonly from: string; readonly at: string; readonly evict: string };

function parseMessage(text: string): Message | undefined {
  try {
    return JSON.parse(text) as Message;
  } catch {
    // Of another program on the same Redis.
    return undefined;
  }
}

function subscribe<T>(listeners: Set<T>, listener: T): Disposable {
  listeners.add(listener);
  return { [Symbol.dispose]: () => void listeners.delete(listener) };
}

function millisecondsOf([seconds, microseconds]: [string, string]): number {
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
}

function aliveAt(nowMs: number, instances: readonly string[]): Set<string> {
  const alive = new Set<string>();
  for (let at = 0; at < instances.length; at += 2) {
    if (Number(instances[at + 1]) > nowMs) alive.add(instances[at] ?? '');
  }
  return alive;
}

/** The results of a pipeline. Throws the first error among them. */
function throwFirst(results: [Error | null, unknown][] | null): unknown[] {
  if (!results) throw new Error('the transaction was discarded');
  return results.map(([error, value]) => {
    if (error) throw error;
    return value;
  });
}
