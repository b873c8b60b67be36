import { MessageType, type Context as SocketContext } from 'graphql-ws';
import { AppError, closeCodes } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { type Extra, forgotten, type Params, type SocketParts } from './connection.ts';
import { deviceIdOf } from './devices.ts';
import { sessionEnds } from './sessions.ts';

/** Checks the token, watches the person, and makes the payload of the acknowledgement. */
export async function connect(
  context: SocketContext<Params, Extra>,
  parts: SocketParts & { log: Log },
): Promise<Record<string, unknown> | false> {
  const { extra, connectionParams } = context;
  const { services, hub, authenticate, isExpired, sessions, log } = parts;
  const { clock, instanceId } = services;
  const end = ({ code, reason }: { code: number; reason: string }): void => extra.outbox.close(code, reason);
  try {
    const { viewer, topicCount } = await authenticate(extra.request, connectionParams, extra.session);
    extra.traceparent = connectionParams?.traceparent ?? extra.request.headers.traceparent;
    const { ip, userAgent } = extra.session;
    const device = { id: deviceIdOf({ connectionParams, ip, userAgent }), replaces: connectionParams?.sessionId };
    const opened = await sessions.open(viewer, device, {
      end: (why) => end(sessionEnds[why]),
      onWorkspaceRole: () => hub.askAgain(viewer.userId),
      onTokenExpiring: (expiresAt) => {
        extra.limits.pinged();
        extra.outbox.text(
          JSON.stringify({
            type: MessageType.Ping,
            payload: { type: 'token-expiring', expiresAt: expiresAt.toISOString() },
          }),
        );
      },
      state() {
        const { topics, behind } = hub.topicsOf(extra.session.id);
        const lagging = !extra.outbox.ready;
        return { topics, dropped: extra.dropped, parked: lagging ? behind : 0, lagging };
      },
      limits: () => extra.limits.states(hub.topicsOf(extra.session.id).topics),
    });
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
