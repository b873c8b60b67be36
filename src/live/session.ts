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
  /** Deactivated, on whatever server it happened: the connection ends. */
  onDeactivated(): void;
  /** Something changed and nobody can say what: the connection ends and may be made again. */
  onUnknown(): void;
  /** The role in the workspace is another one now. */
  onWorkspaceRole(role: WorkspaceRole): void;
}

/**
 * Watches the person behind a connection through their own topic, so that a deactivation or a new role reaches
 * every server within a second. The person is asked for once after the watch has begun: a change between the
 * token's check and the watch is seen by one of the two.
 */
export async function watchPerson(
  viewer: Viewer,
  listener: PersonListener,
  parts: { followers: Followers; access: TopicAccess; registry: EventRegistry; log: Log },
): Promise<Disposable> {
  const { followers, access, registry, log } = parts;
  let known = viewer.workspaceRole;

  async function ask(): Promise<void> {
    const [entry] = await access.enter(viewer, [{ kind: 'user', id: viewer.userId }]);
    if (!entry?.role) return listener.onDeactivated();
    if (entry.workspaceRole === known) return;
    known = entry.workspaceRole;
    listener.onWorkspaceRole(known);
  }

  const following = await followers.follow(topicKey('user', viewer.userId), async (page) => {
    const concerns = page.some((event) => event.home === null && accessChangeOf(registry, event)?.effect === 'person');
    if (!concerns) return;
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
