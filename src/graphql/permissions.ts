/**
 * Who may do what: one closed table. Everything that asks for a permission asks here, so that a permission
 * that is not in the table does not compile, and the documentation can be printed from it.
 */

export const workspaceRoles = ['ADMIN', 'MEMBER', 'GUEST', 'BOT'] as const;
export type WorkspaceRole = (typeof workspaceRoles)[number];

/** The scope that makes a token a service token: it publishes events of another application and does nothing else. */
export const publishScope = 'events:publish';

export const topicRoles = ['OWNER', 'ADMIN', 'MEMBER', 'GUEST'] as const;
export type TopicRole = (typeof topicRoles)[number];

/** What a person may do in their workspace, by role. An ADMIN manages people and does not read private topics. */
const workspacePermissions = {
  'workspace:read-people': ['ADMIN', 'MEMBER', 'GUEST', 'BOT'],
  'workspace:manage-people': ['ADMIN'],
  'workspace:manage-sessions': ['ADMIN'],
  'workspace:manage-rules': ['ADMIN'],
  // Why somebody else was told, or was not.
  'delivery:read-any': ['ADMIN'],
  'user:read-email': ['ADMIN'],
  'project:create': ['ADMIN', 'MEMBER'],
  'content:create': ['ADMIN', 'MEMBER'],
  'conversation:create': ['ADMIN', 'MEMBER'],
  // Besides, only by a token that was made for it.
  'event:publish': ['BOT'],
} as const satisfies Record<`${string}:${string}`, readonly WorkspaceRole[]>;

/** What a member may do in a topic, by their role in it. */
const topicPermissions = {
  'project:read': ['OWNER', 'ADMIN', 'MEMBER', 'GUEST'],
  'project:update': ['OWNER', 'ADMIN'],
  'project:delete': ['OWNER'],
  // An author has a membership; whoever reads a published page without one is its GUEST.
  'content:read': ['OWNER', 'ADMIN', 'MEMBER', 'GUEST'],
  'content:rate': ['OWNER', 'ADMIN', 'MEMBER', 'GUEST'],
  'content:update': ['OWNER', 'ADMIN', 'MEMBER'],
  'content:publish': ['OWNER', 'ADMIN'],
  'content:delete': ['OWNER'],
  'member:add': ['OWNER', 'ADMIN'],
  'member:remove': ['OWNER', 'ADMIN'],
  'member:change-role': ['OWNER', 'ADMIN'],
  'task:create': ['OWNER', 'ADMIN', 'MEMBER'],
  'task:update': ['OWNER', 'ADMIN', 'MEMBER'],
  'task:assign': ['OWNER', 'ADMIN', 'MEMBER'],
  'task:delete': ['OWNER', 'ADMIN', 'MEMBER'],
  'task:read-estimate': ['OWNER', 'ADMIN', 'MEMBER'],
  'comment:add': ['OWNER', 'ADMIN', 'MEMBER', 'GUEST'],
  'comment:delete-any': ['OWNER', 'ADMIN'],
  'time:read': ['OWNER', 'ADMIN', 'MEMBER'],
  'time:track': ['OWNER', 'ADMIN', 'MEMBER'],
  'conversation:read': ['OWNER', 'ADMIN', 'MEMBER', 'GUEST'],
  'message:send': ['OWNER', 'ADMIN', 'MEMBER', 'GUEST'],
  'offer:make': ['OWNER', 'ADMIN', 'MEMBER'],
  'topic:follow': ['OWNER', 'ADMIN', 'MEMBER', 'GUEST'],
  // A person's own topic has one member, its OWNER.
  'inbox:read': ['OWNER'],
} as const satisfies Record<`${string}:${string}`, readonly TopicRole[]>;

export type WorkspacePermission = keyof typeof workspacePermissions;
export type TopicPermission = keyof typeof topicPermissions;

export function roleMay(role: WorkspaceRole, permission: WorkspacePermission): boolean {
  return (workspacePermissions[permission] as readonly WorkspaceRole[]).includes(role);
}

/** Null: no role in the topic, so nothing is allowed. */
export function topicRoleMay(role: TopicRole | null, permission: TopicPermission): boolean {
  return role !== null && (topicPermissions[permission] as readonly TopicRole[]).includes(role);
}

/**
 * Fields whose value is guarded, and by what: the field itself and wherever the value is quoted (`changes`,
 * notification text) ask here.
 */
export const guardedValues: Readonly<Record<string, TopicPermission>> = { estimateMinutes: 'task:read-estimate' };

/**
 * Kinds of event that say by themselves, with actor and time, what is guarded (docs/decisions/0006): whoever lacks the
 * permission does not hear of them, live or later.
 */
const guardedKinds: Readonly<Record<string, TopicPermission>> = { TimeStarted: 'time:read', TimeStopped: 'time:read' };

/** Whether somebody with this role hears of events of a kind. */
export function mayHear(role: TopicRole, kind: string): boolean {
  const permission = guardedKinds[kind];
  return permission === undefined || topicRoleMay(role, permission);
}

/** The kinds somebody with this role does not hear of. */
export function unheardKinds(role: TopicRole): string[] {
  return Object.keys(guardedKinds).filter((kind) => !mayHear(role, kind));
}
