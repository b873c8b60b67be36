import type { RedisConnections } from '../platform/redis.ts';
import type { RegisteredSession, SessionListing, SessionState } from './registeredSession.ts';
import { enterScript, registryKeys, removeScript, renewScript, sweepScript } from './registryKeys.ts';

/** The sessions of all servers, in Redis. Everything rejects when Redis is away. */
export interface RegistryStore {
  /** Enters sessions of this server, with their states as JSON. Answers the ids of each person's sessions. */
  enter(sessions: readonly { session: RegisteredSession; state: string }[]): Promise<string[][]>;
  remove(sessions: readonly Pick<RegisteredSession, 'id' | 'userId' | 'workspaceId'>[]): Promise<void>;
  writeStates(states: readonly { id: string; state: string }[]): Promise<void>;
  /** Those of these sessions that are of other servers, and live. */
  read(sessionIds: readonly string[]): Promise<SessionListing>;
  /** The sessions of these people on other servers that live; `known` ones are not read. */
  of(userIds: readonly string[], known: (sessionId: string) => boolean): Promise<SessionListing>;
  /** Whose session it is; null: nobody's. */
  ownerOf(sessionId: string): Promise<string | null>;
  /** Who of a workspace has a session, or had one on a server that died. */
  online(workspaceId: string): Promise<string[]>;
  /**
   * Extends this server's lease. False where it was not running: others may have removed some or all of its sessions.
   */
  renew(): Promise<boolean>;
  /** Removes sessions of dead servers; the people they were of, once per session. Empty: no dead server is left. */
  sweep(): Promise<string[]>;
  /** Gives the lease up. */
  leave(): Promise<void>;
}

/** #80: what a server leaves behind when all of them die at once. Refreshed long before. */
const keyTtlMs = 24 * 3_600_000;
/** Sessions of a dead server that are removed in one go: Redis does nothing else meanwhile. */
const sweptAtOnce = 200;

export function createRegistryStore(parts: {
  redis: RedisConnections;
  instanceId: string;
  leaseMs: number;
}): RegistryStore {
  const { instanceId, leaseMs } = parts;
  const { publisher, prefix } = parts.redis;
  const keys = registryKeys(prefix);

  /** Who lives, and whether what is there is everything; in one pipeline with whatever `more` asks for. */
  async function lookAround(more: (pipeline: ReturnType<typeof publisher.pipeline>) => void) {
    const pipeline = publisher.pipeline();
    pipeline.time().zrange(keys.instances, 0, -1, 'WITHSCORES').get(keys.since);
    more(pipeline);
    const [time, instances, since, ...rest] = throwFirst(await pipeline.exec());
    const nowMs = millisecondsOf(time as [string, string]);
    const alive = aliveAt(nowMs, instances as string[]);
    alive.delete(instanceId);
    // A Redis that has just lost everything, or was just started, knows a part of the sessions.
    const complete = since !== null && nowMs - Number(since) > leaseMs;
    return { alive, complete, rest };
  }

  function listing(rows: readonly [string | null, string | null][], alive: ReadonlySet<string>) {
    return rows.flatMap(([session, state]) => {
      if (session === null || state === null) return [];
      const read = { ...(JSON.parse(session) as RegisteredSession), ...(JSON.parse(state) as SessionState) };
      return alive.has(read.instanceId) ? [read] : [];
    });
  }

  async function read(sessionIds: readonly string[]): Promise<SessionListing> {
    const { alive, complete, rest } = await lookAround((pipeline) => {
      for (const id of sessionIds) pipeline.hmget(keys.socket(id), 'session', 'state');
    });
    return { sessions: listing(rest as [string | null, string | null][], alive), complete };
  }

  return {
    async enter(sessions) {
      const fields = sessions.flatMap(({ session, state }) => {
        const { id, userId, workspaceId, connectedAt } = session;
        return [id, userId, workspaceId, connectedAt, Date.parse(connectedAt), JSON.stringify(session), state];
      });
      return (await publisher.eval(enterScript, 0, keys.root, instanceId, keyTtlMs, ...fields)) as string[][];
    },
    async remove(sessions) {
      const fields = sessions.flatMap(({ id, userId, workspaceId }) => [id, userId, workspaceId]);
      await publisher.eval(removeScript, 0, keys.root, instanceId, ...fields);
    },
    async writeStates(states) {
      const pipeline = publisher.pipeline();
      for (const { id, state } of states) pipeline.hset(keys.socket(id), 'state', state);
      throwFirst(await pipeline.exec());
    },
    read,
    async of(userIds, known) {
      const { complete, rest } = await lookAround((pipeline) => {
        for (const userId of userIds) pipeline.zrange(keys.connections(userId), 0, -1);
      });
      const ids = (rest as string[][]).flat().filter((id) => !known(id));
      if (ids.length === 0) return { sessions: [], complete };
      const { sessions, complete: stillComplete } = await read(ids);
      return { sessions, complete: complete && stillComplete };
    },
    ownerOf: (sessionId) => publisher.hget(keys.socket(sessionId), 'userId'),
    online: (workspaceId) => publisher.zrange(keys.online(workspaceId), 0, -1),
    renew: async () => (await publisher.eval(renewScript, 2, keys.instances, keys.since, instanceId, leaseMs)) === 1,
    sweep: async () => (await publisher.eval(sweepScript, 1, keys.instances, keys.root, sweptAtOnce)) as string[],
    async leave() {
      await publisher.zrem(keys.instances, instanceId);
    },
  };
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
  if (!results) throw new Error('the pipeline was discarded');
  return results.map(([error, value]) => {
    if (error) throw error;
    return value;
  });
}
