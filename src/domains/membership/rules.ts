import { parseTopicKey, type TopicKey } from '../../events/topic.ts';
import { type TopicRole, topicRoles, type WorkspaceRole } from '../../graphql/permissions.ts';
import { AppError } from '../../platform/errors.ts';

/** The greater the index the less a role may do. */
const below = (role: TopicRole, other: TopicRole) => topicRoles.indexOf(role) > topicRoles.indexOf(other);

/** Nobody gives more than they have. Throws FORBIDDEN. */
export function requireMayGive(own: TopicRole, role: TopicRole): void {
  if (below(own, role)) throw new AppError('FORBIDDEN', `You may not give the role ${role}: it is above your own.`);
}

/** An ADMIN does not act on an OWNER. Throws FORBIDDEN. */
export function requireMayActOn(own: TopicRole, theirs: TopicRole): void {
  if (below(own, theirs))
    throw new AppError('FORBIDDEN', 'You may not change or remove somebody whose role is above yours.');
}

/** Guests of the workspace take part and manage nothing. Throws CONFLICT. */
export function requireMayHold(workspaceRole: WorkspaceRole, role: TopicRole): void {
  if (workspaceRole === 'GUEST' && below('MEMBER', role)) {
    throw new AppError('CONFLICT', `A guest of the workspace can be MEMBER or GUEST, not ${role}.`, { field: 'role' });
  }
}

/** Whoever belongs to a page writes it; its readers need no membership. Throws VALIDATION_ERROR. */
export function requireRoleOf(topic: TopicKey, role: TopicRole): void {
  if (role === 'GUEST' && parseTopicKey(topic).kind === 'content') {
    throw new AppError('VALIDATION_ERROR', 'An author of a page is OWNER, ADMIN or MEMBER, not GUEST.', {
      field: 'role',
    });
  }
}

/** A topic keeps an active OWNER. `othersOwning` counts those beside the person. Throws CONFLICT. */
export function requireOwnerLeft(theirs: TopicRole, othersOwning: number): void {
  if (theirs === 'OWNER' && othersOwning === 0) {
    throw new AppError('CONFLICT', 'The last owner must stay: make somebody else OWNER first.');
  }
}
