import DataLoader from 'dataloader';
import { parseTopicKey, type TopicKey } from '../../events/topic.ts';
import type { User } from '../../generated/prisma/client.ts';
import type { Context, PresenceState } from '../../graphql/context.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { readersAmong } from '../membership/access.ts';

/** So many people can be asked for at once. */
const maxPeople = 100;
/** Above so many viewers it is said how many they are, and no longer who. */
const mostNamed = 50;

/** Somebody's presence with the person it is about. */
export type PresenceOf = PresenceState & { readonly user: User };

const states = {};
const stateLoader = (context: Context) =>
  context.once(states, ({ services }) => {
    return new DataLoader<string, PresenceState>(async (userIds) => {
      const found = await services.presence.of(userIds);
      return userIds.map((id) => found.get(id) ?? { online: null, devices: 0, sessionCount: 0 });
    });
  });

/** Whether the viewer may see when this person is there: themselves always, others when the person shares it. */
export function sharesWith({ viewer }: Context, user: Pick<User, 'id' | 'sharePresence'>): boolean {
  return user.sharePresence || user.id === viewer.userId;
}

/** Null: the person does not share it. */
export async function presenceOf(context: Context, user: User): Promise<PresenceOf | null> {
  if (!sharesWith(context, user)) return null;
  return { ...(await stateLoader(context).load(user.id)), user };
}

/**
 * Presence of those of these people who are of the workspace, active, and share it, in the order asked for.
 * @throws VALIDATION_ERROR for more than 100.
 */
export async function presenceOfAll(context: Context, userIds: readonly string[]): Promise<PresenceOf[]> {
  if (userIds.length > maxPeople) {
    throw new AppError('VALIDATION_ERROR', `userIds has more than ${maxPeople} entries.`, { field: 'userIds' });
  }
  const asked = [...new Set(userIds.filter(isId))];
  const { workspaceId } = context;
  const users = await context.db.user.findMany({ where: { id: { in: asked }, workspaceId, deactivatedAt: null } });
  const byId = new Map(users.map((user) => [user.id, user]));
  const people = asked.flatMap((id) => byId.get(id) ?? []);
  const found = await Promise.all(people.map((user) => presenceOf(context, user)));
  return found.filter((presence) => presence !== null);
}

/** Who looks at a topic. */
export interface Viewers {
  readonly count: number;
  /** Null: too many to be named. */
  readonly users: readonly User[] | null;
}

/** Those who look at the topic, may read it still, and share it. Asks for no access. */
export async function viewersOf({ db, services }: Context, topic: TopicKey): Promise<Viewers> {
  const ids = await services.presence.viewers(topic);
  if (ids.length === 0) return { count: 0, users: [] };
  if (ids.length > mostNamed) return { count: ids.length, users: null };
  const readers = await readersAmong(db, parseTopicKey(topic).id, ids);
  const users = await db.user.findMany({
    where: { id: { in: readers }, sharePresence: true },
    orderBy: { id: 'asc' },
  });
  return { count: users.length, users };
}
