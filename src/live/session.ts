import type { EventRegistry } from '../events/define.ts';
import type { Followers } from '../events/follow.ts';
import { topicKey } from '../events/topic.ts';
import type { Viewer } from '../graphql/context.ts';
import type { WorkspaceRole } from '../graphql/permissions.ts';
import type { TopicAccess } from '../graphql/stream.ts';
import type { Log } from '../platform/log.ts';
import { accessChangeOf } from './access.ts';

/** What a connection does when something about its person changes. */
export interface PersonListener {
  /** The tokens presented for it that may still be good. */
  tokenIds(): readonly string[];
  /** Deactivated, on whatever server it happened: the connection ends. */
  onDeactivated(): void;
  /** The connection was ended by hand, or its token refused. */
  onEnded(): void;
  /** Something changed and nobody can say what: the connection ends and may be made again. */
  onUnknown(): void;
  /** The role in the workspace is another one now. */
  onWorkspaceRole(role: WorkspaceRole): void;
}

/**
 * Watches the person behind a connection through their own topic, so that a deactivation, a new role or the end
 * of the session reaches every server within a second. The person and the token are asked for once after the watch
 * has begun: a change between the token's check and the watch is seen by one of the two.
 */
export async function watchPerson(
  viewer: Viewer,
  listener: PersonListener,
  parts: {
    followers: Followers;
    access: TopicAccess;
    registry: EventRegistry;
    isTokenRefused: (userId: string, tokenIds: readonly string[]) => Promise<boolean>;
    log: Log;
  },
): Promise<Disposable> {
  const { followers, access, registry, isTokenRefused, log } = parts;
  let known = viewer.workspaceRole;

  async function ask(): Promise<void> {
    const [[entry], refused] = await Promise.all([
      access.enter(viewer, [{ kind: 'user', id: viewer.userId }]),
      isTokenRefused(viewer.userId, listener.tokenIds()),
    ]);
    if (!entry?.role) return listener.onDeactivated();
    if (refused) return listener.onEnded();
    if (entry.workspaceRole === known) return;
    known = entry.workspaceRole;
    listener.onWorkspaceRole(known);
  }

  const following = await followers.follow(topicKey('user', viewer.userId), async (page) => {
    const changes = page
      .filter((event) => event.home === null)
      .map((event) => accessChangeOf(registry, event))
      .filter((change) => change?.effect === 'person');
    if (changes.length === 0) return;
    if (changes.some(({ sessions }) => sessions?.includes(viewer.session.id))) return listener.onEnded();
    try {
      await ask();
    } catch (error) {
      // No answer means no delivery: better to make them connect again than to go on with yesterday's rights.
      log.warn({ err: error, userId: viewer.userId }, 'session.person-unknown');
      listener.onUnknown();
    }
  });
  try {
    await ask();
  } catch (error) {
    following[Symbol.dispose]();
    throw error;
  }
  return following;
}
