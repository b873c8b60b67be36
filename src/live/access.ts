import type { AccessChange, EventRegistry } from '../events/define.ts';
import type { LoggedEvent } from '../events/log.ts';
import type { TopicRole } from '../graphql/permissions.ts';
import type { Member } from './operation.ts';

/** What a page's events mean for one member's access. */
export type Ruling =
  | { verdict: 'unchanged' }
  /** May no longer read the topic. */
  | { verdict: 'lost' }
  /** Reads it with this role from here on. */
  | { verdict: 'role'; role: TopicRole };

/** The access change an event declares, or undefined. Copies in a person's own topic speak of another topic. */
export function accessChangeOf(registry: EventRegistry, event: LoggedEvent): AccessChange | undefined {
  return registry.get(event.kind)?.access?.(event.data as never);
}

/**
 * Applies the access changes of `events` to a member, in order, from the events alone. Changes at or below
 * `member.accessSeq` are reflected in its group already: the replay to someone who was removed and added again
 * must not end at the old removal.
 *
 * A loss is final, also when a later event of the same page gives access again: whether the two stand in one page
 * is chance, and what happened between them was not theirs to hear live.
 */
export function ruleOn(
  registry: EventRegistry,
  events: readonly LoggedEvent[],
  member: Member,
  role: TopicRole,
): Ruling {
  let current = role;
  const { userId } = member.operation.viewer;
  for (const event of events) {
    if (event.seq <= member.accessSeq || event.home !== null) continue;
    const change = accessChangeOf(registry, event);
    if (!change) continue;
    if (change.effect === 'granted' && change.userId === userId) current = change.role as TopicRole;
    if (change.effect === 'revoked' && change.userId === userId) return { verdict: 'lost' };
    if (change.effect === 'restricted' && !change.keepRoles.includes(current)) return { verdict: 'lost' };
  }
  return current === role ? { verdict: 'unchanged' } : { verdict: 'role', role: current };
}
