import { MessageType, type Context as SocketContext } from 'graphql-ws';
import { AppError, closeCodes } from '../platform/errors.ts';
import type { LimitState } from '../platform/limits.ts';
import type { Log } from '../platform/log.ts';
import { type Extra, forgotten, type Params, type SocketParts } from './connection.ts';
import { deviceIdOf } from './devices.ts';
import type { Hub } from './hub.ts';
import { type SessionEnd, type SessionListener, sessionEnds } from './ownSession.ts';
import type { SessionState } from './registeredSession.ts';

interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** What a socket does for its session. */
class SocketListener implements SessionListener {
  readonly #extra: Extra;
  readonly #hub: Hub;
  readonly #userId: string;

  constructor(extra: Extra, hub: Hub, userId: string) {
    this.#extra = extra;
    this.#hub = hub;
    this.#userId = userId;
  }

  end(why: SessionEnd): void {
    const { code, reason }: Closing = sessionEnds[why];
    this.#extra.outbox.close(code, reason);
  }

  onWorkspaceRole(): void {
    this.#hub.askAgain(this.#userId);
  }

  onTokenExpiring(expiresAt: Date): void {
    const { limits, outbox } = this.#extra;
    limits.pinged();
    const payload = { type: 'token-expiring', expiresAt: expiresAt.toISOString() };
    outbox.text(JSON.stringify({ type: MessageType.Ping, payload }));
  }

  state(): SessionState {
    const { outbox, session, dropped } = this.#extra;
    const { topics, behind } = this.#hub.topicsOf(session.id);
    const lagging = !outbox.ready;
    return { topics, dropped, parked: lagging ? behind : 0, lagging };
  }

  limits(): LimitState[] {
    const { limits, session } = this.#extra;
    return limits.states(this.#hub.topicsOf(session.id).topics);
  }
}

/** Checks the token, watches the person, and makes the payload of the acknowledgement. */
export async function connect(
  context: SocketContext<Params, Extra>,
  parts: SocketParts & { log: Log },
): Promise<Record<string, unknown> | false> {
  const { extra, connectionParams } = context;
  const { services, hub, authenticate, isExpired, sessions, log } = parts;
  const { clock, instanceId } = services;
  const end = ({ code, reason }: Closing): void => extra.outbox.close(code, reason);
  try {
    const { viewer, topicCount } = await authenticate(extra.request, connectionParams, extra.session);
    extra.traceparent = connectionParams?.traceparent ?? extra.request.headers.traceparent;
    const { ip, userAgent } = extra.session;
    const device = { id: deviceIdOf({ connectionParams, ip, userAgent }), replaces: connectionParams?.sessionId };
    const opened = await sessions.open(viewer, device, new SocketListener(extra, hub, viewer.userId));
    extra.opened = opened;
    extra.limits.acknowledged();
    // Neither the headers nor the token are needed any more.
    extra.request = forgotten;
    (context as { connectionParams?: Params }).connectionParams = {};
    if (extra.webSocket.readyState !== extra.webSocket.OPEN) opened[Symbol.dispose]();
    services.metrics.connections.value++;
    const onlineHere = sessions.countHere(viewer.userId);
    log.info({ sessionId: extra.session.id, userId: viewer.userId, topicCount, onlineHere, instanceId }, 'ws.connect');
    return {
      sessionId: extra.session.id,
      userId: viewer.userId,
      topicCount,
      serverTime: clock.now().toISOString(),
      instanceId,
      tokenExpiresAt: viewer.session.tokenExpiresAt?.toISOString() ?? null,
    };
  } catch (error) {
    const isRefused = error instanceof AppError && error.code === 'UNAUTHORIZED';
    // graphql-ws would answer 4403 for false and 4500 for a throw; the socket is closed with the right code first.
    extra.expired = isExpired(error);
    if (extra.expired) end(closeCodes.tokenExpired);
    else if (isRefused) end({ code: closeCodes.unauthorized.code, reason: error.message });
    else end(closeCodes.unavailable);
    if (isRefused || extra.expired) services.metrics.authFailures.value++;
    // A refusal is logged where it is decided, with why.
    if (!isRefused) log.error({ err: error }, 'ws.connect-failed');
    return false;
  }
}
