import type { LoggedEvent } from '../../events/log.ts';
import type { Context } from '../../graphql/context.ts';
import { placeNames } from './places.ts';

/** Places that a summary names, at most. */
const mostPlaces = 3;

/**
 * What a release says: `While you were away: 5 updates, in Shed, Release plan and 2 other places.` Names are those of
 * the places the viewer may read now; of others nothing is said but that something happened.
 */
export async function summaryOf({ db, services, viewer }: Context, { data }: LoggedEvent): Promise<string> {
  const count = data.count as number;
  const rows = await db.notification.findMany({
    where: { id: { in: data.ids as string[] }, userId: viewer.userId },
    select: { topic: true },
  });
  const topics = [...new Set(rows.map(({ topic }) => topic as `project:${string}`))];
  const roles = await services.rolesOf(db, viewer, topics);
  const names = await placeNames(
    db,
    topics.filter((topic) => roles.has(topic)),
  );
  const places = [...names.values()];
  const updates = count === 1 ? '1 update' : `${count} updates`;
  return `While you were away: ${updates}${inPlaces(places, topics.length)}.`;
}

function inPlaces(names: readonly string[], total: number): string {
  if (names.length === 0) return '';
  const named = names.slice(0, mostPlaces);
  const others = total - named.length;
  const parts = others === 0 ? named : [...named, others === 1 ? 'one other place' : `${others} other places`];
  return `, in ${new Intl.ListFormat('en', { type: 'conjunction' }).format(parts)}`;
}
