import { append } from '../../events/append.ts';
import { topicKey } from '../../events/topic.ts';
import type { Context, SessionView } from '../../graphql/context.ts';
import { roleMay } from '../../graphql/permissions.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { identityEvents } from './events.ts';
import { refuseTokens } from './refusals.ts';

/**
 * The viewer's open connections on all servers, or with `all` those of everybody in the workspace; oldest first.
 * @throws AppError FORBIDDEN for `all` without the permission.
 */
export async function sessionsListed(context: Context, { all }: { all: boolean }): Promise<SessionView[]> {
  const { viewer, workspaceId, workspaceRole, services } = context;
  if (!all) return services.sessions.of([viewer.userId]);
  if (!roleMay(workspaceRole, 'workspace:manage-sessions')) {
    throw new AppError('FORBIDDEN', 'You may not see the sessions of others.');
  }
  const found = await services.sessions.of(await services.sessions.online(workspaceId));
  return found.filter((session) => session.workspaceId === workspaceId);
}

/**
 * Goes on with a fresh token on the same connection, which then lasts as long as that token.
 * @throws AppError UNAUTHORIZED for a token that is no good, FORBIDDEN for another person's, VALIDATION_ERROR for
 *   a request over HTTP, which has nothing that lasts. The connection goes on with its old token then.
 */
export async function refreshSession(context: Context, { token }: { token: string }): Promise<{ eventId: null }> {
  await context.services.sessions.refresh(context.viewer, token);
  return { eventId: null };
}

/**
 * Ends a connection and every other one with the same token, on all servers: they close with 4401, and the token lets
 * nobody in any more.
 * @throws AppError NOT_FOUND for a session that is over or that is not theirs to end, CONNECTION_ERROR while
 *   the other servers' sessions cannot be looked up.
 */
export function endSession(
  context: Context,
  { id }: { id: string },
): Promise<{ sessionId: string; eventId: string | null }> {
  return context.transaction(async (tx) => {
    const { session, complete } = isId(id) ? await context.services.sessions.find(id) : { complete: true };
    if (!session && !complete) {
      const sentence = 'The sessions of other servers cannot be looked up at the moment; try again.';
      throw new AppError('CONNECTION_ERROR', sentence, { retryAfterMs: 2_000 });
    }
    const { viewer } = context;
    const { role } = await tx.user.findUniqueOrThrow({ where: { id: viewer.userId }, select: { role: true } });
    const mayEnd =
      session?.userId === viewer.userId ||
      (session?.workspaceId === viewer.workspaceId && roleMay(role, 'workspace:manage-sessions'));
    if (!session || !mayEnd) throw new AppError('NOT_FOUND', 'No such session, or it is over.');
    const { userId, tokens } = session;
    await refuseTokens(tx, userId, tokens);
    const data = { userId, sessions: [session.id] };
    return {
      sessionId: session.id,
      eventId: append(tx, topicKey('user', userId), identityEvents.SessionEnded, data),
    };
  });
}
