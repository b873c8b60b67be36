import type { EventRegistry } from '../events/define.ts';
import type { Followers } from '../events/follow.ts';
import type { Session, Sessions, SessionView, Viewer } from '../graphql/context.ts';
import type { TopicAccess } from '../graphql/stream.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import { AppError, tokenSentences } from '../platform/errors.ts';
import type { Limits } from '../platform/limits.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { createWheel } from '../platform/wheel.ts';
import { evictions } from './devices.ts';
import { type OpenSession, OwnSession, type SessionListener } from './ownSession.ts';
import type { SessionListing } from './registeredSession.ts';
import type { Registry } from './registry.ts';
import { watchPerson } from './session.ts';

/** The connections of this server, and through the registry those of all. */
export interface LiveSessions extends Sessions, Disposable {
  /**
   * Looks after a connection from now on: watches the person and the token, enters it in the registry, and makes the
   * person's oldest device leave where there are too many. May call `end` before it resolves. Rejects when the
   * person cannot be asked for.
   */
  open(viewer: Viewer, device: { id: string; replaces: unknown }, listener: SessionListener): Promise<OpenSession>;
  /** Connections of a person to this server. */
  countHere(userId: string): number;
}

export function createSessions(parts: {
  config: Config;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  limits: Limits;
  registry: Registry;
  followers: Followers;
  access: TopicAccess;
  events: EventRegistry;
  instanceId: string;
  authenticate: (token: string, session: Session) => Promise<Viewer>;
  isTokenRefused: (userId: string, tokenIds: readonly string[]) => Promise<boolean>;
}): LiveSessions {
  const { config, clock, metrics, limits, registry, followers, access, events, instanceId } = parts;
  const { authenticate, isTokenRefused } = parts;
  const log = parts.log.child({ ns: 'websocket:sessions' });
  const open = new Map<string, OwnSession>();
  const here = new Map<string, number>();
  const wheel = createWheel(clock);
  const evicting = registry.onEvict((sessionId) => {
    if (!open.has(sessionId)) return;
    metrics.rateLimited.of('devices.person').value++;
    open.get(sessionId)?.listener.end('evicted');
  });

  function viewOf({ viewer, tokens, listener }: OwnSession): SessionView {
    const { session, userId, workspaceId } = viewer;
    return {
      id: session.id,
      userId,
      workspaceId,
      instanceId,
      transport: session.transport,
      connectedAt: session.connectedAt.toISOString(),
      ip: session.ip ?? null,
      userAgent: session.userAgent ?? null,
      tokens,
      ...listener.state(),
    };
  }

  function enter(session: OwnSession): Promise<SessionListing> {
    const { topics, dropped, parked, lagging, ...fixed } = viewOf(session);
    return registry.register({ ...fixed, deviceId: session.deviceId }, () => session.listener.state());
  }

  /** Keeps the newest; the sixth device is let in and the one used longest ago goes. */
  function makeRoom(userId: string, { sessions }: SessionListing): void {
    if (limits.off) return;
    const { wsMaxConnectionsPerUser: devices, wsMaxConnectionsPerDevice: perDevice } = config;
    for (const session of evictions(sessions, { devices, perDevice })) {
      log.info({ sessionId: session.id, userId, instanceId: session.instanceId }, 'session.evicted');
      registry.evict(session);
    }
  }

  /** A client that comes back after its connection broke says which one that was: nobody is behind it any more. */
  function replace({ session: { id } }: Viewer, previous: unknown, { sessions }: SessionListing): void {
    const ghost = sessions.find((session) => session.id === previous && session.id !== id);
    if (ghost) registry.evict(ghost);
  }

  function watchToken(session: OwnSession): void {
    for (const timer of session.timers) timer[Symbol.dispose]();
    const { tokenExpiresAt: expiresAt } = session.viewer.session;
    if (!expiresAt) {
      session.timers = [];
      return;
    }
    const leftMs = expiresAt.getTime() - clock.now().getTime();
    // A token of a minute is not warned about at once: half of what is left is enough to fetch another.
    const warnAt = new Date(expiresAt.getTime() - Math.min(config.tokenWarningMs, leftMs / 2));
    session.timers = [
      wheel.at(warnAt, () => session.listener.onTokenExpiring(expiresAt)),
      wheel.at(expiresAt, () => session.listener.end('expired')),
    ];
  }

  /** The tokens that may still be good, with this one as the newest. */
  function withToken(tokens: SessionView['tokens'], { tokenId, tokenExpiresAt }: Session): SessionView['tokens'] {
    const now = clock.now().toISOString();
    const others = tokens.filter(({ id, expiresAt }) => id !== tokenId && (expiresAt === null || expiresAt > now));
    const newest = tokenId === undefined ? [] : [{ id: tokenId, expiresAt: tokenExpiresAt?.toISOString() ?? null }];
    return [...others, ...newest];
  }

  /** Of a session that is disposed of, more than once perhaps. */
  function closed(session: OwnSession, left: boolean): void {
    const { userId, session: own } = session.viewer;
    if (!open.delete(own.id)) return;
    const others = (here.get(userId) ?? 1) - 1;
    if (others > 0) here.set(userId, others);
    else here.delete(userId);
    session.watch?.[Symbol.dispose]();
    for (const timer of session.timers) timer[Symbol.dispose]();
    void registry.remove(own.id, left);
  }

  return {
    async open(viewer, device, listener) {
      const session = new OwnSession(viewer, {
        deviceId: device.id,
        listener,
        tokens: withToken([], viewer.session),
        closed,
      });
      session.watch = await watchPerson(viewer, session, { followers, access, registry: events, isTokenRefused, log });
      const { id } = viewer.session;
      open.set(id, session);
      here.set(viewer.userId, (here.get(viewer.userId) ?? 0) + 1);
      watchToken(session);
      // Not awaited: who connects does not wait for Redis, and the limit is enforced a moment later.
      const entered = enter(session).then((own) => {
        replace(viewer, device.replaces, own);
        makeRoom(viewer.userId, own);
      });
      entered.catch((error: unknown) => log.error({ err: error, sessionId: id }, 'session.not-entered'));
      return session;
    },
    countHere: (userId) => here.get(userId) ?? 0,
    async of(userIds) {
      return [...(await registry.list(userIds)).sessions];
    },
    find: (sessionId) => registry.find(sessionId),
    online: async (workspaceId) => (await registry.online(workspaceId)).userIds,
    current(viewer) {
      const session = open.get(viewer.session.id);
      return session && viewOf(session);
    },
    async refresh(viewer, token) {
      const session = open.get(viewer.session.id);
      if (!session) {
        throw new AppError(
          'VALIDATION_ERROR',
          'Only a socket has a session that goes on; send the token with each request.',
        );
      }
      const fresh = await authenticate(token, session.viewer.session);
      if (fresh.userId !== viewer.userId) throw new AppError('FORBIDDEN', 'The token is of another person.');
      // A session does everything its person may: what was made to do less must not prolong it.
      if (fresh.serviceToken)
        throw new AppError('FORBIDDEN', 'A service token does not prolong the session of a person.');
      if (await isTokenRefused(fresh.userId, [fresh.session.tokenId ?? ''])) {
        throw new AppError('UNAUTHORIZED', tokenSentences.invalid);
      }
      if (open.get(viewer.session.id) !== session) return;
      session.viewer = { ...session.viewer, session: fresh.session };
      session.tokens = withToken(session.tokens, fresh.session);
      watchToken(session);
      void enter(session);
    },
    async limitsOf(viewer) {
      const own = open.get(viewer.session.id)?.listener.limits() ?? [];
      const [operations, messages, told, { sessions }] = await Promise.all([
        limits.stateOf('operations.person', viewer.userId),
        limits.stateOf('messages.person', viewer.userId),
        limits.stateOf('told.person', viewer.userId),
        registry.list([viewer.userId]),
      ]);
      const limit = config.wsMaxConnectionsPerUser;
      const used = new Set(sessions.map(({ deviceId }) => deviceId)).size;
      const devices = { name: 'devices.person', limit, remaining: Math.max(0, limit - used), resetAt: undefined };
      return [...own, operations, messages, told, limits.off ? undefined : devices].filter(
        (state) => state !== undefined,
      );
    },
    [Symbol.dispose]() {
      evicting[Symbol.dispose]();
      wheel[Symbol.dispose]();
    },
  };
}
