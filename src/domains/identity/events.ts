import { defineEvents, event, idsOf, oneOf, ref } from '../../events/define.ts';
import { workspaceRoles } from '../../graphql/permissions.ts';

/**
 * What changes about a person themselves. Logged in their own topic and read only by the hub: their open streams
 * are judged again, or end.
 */
export const identityEvents = defineEvents('user', {
  UserDeactivated: event({
    description: 'A person was deactivated: they may neither read nor write anything from here on.',
    internal: true,
    fields: { user: ref('User', 'Who was deactivated.') },
    access: ({ userId }) => ({ effect: 'person', userId }),
  }),
  UserReactivated: event({
    description: 'A deactivated person may enter again.',
    internal: true,
    fields: { user: ref('User', 'Who may enter again.') },
    access: ({ userId }) => ({ effect: 'person', userId }),
  }),
  SessionEnded: event({
    description: 'A connection of a person was ended by hand, and its token lets nobody in any more.',
    internal: true,
    fields: {
      user: ref('User', 'Whose connection it was.'),
      sessions: idsOf('The connections that were ended; others with the same token end too.'),
    },
    access: ({ userId, sessions }) => ({ effect: 'person', userId, sessions }),
  }),
  WorkspaceRoleChanged: event({
    description: "A person's role in the workspace changed.",
    internal: true,
    fields: {
      user: ref('User', 'Whose role changed.'),
      from: oneOf('WorkspaceRole', workspaceRoles, 'The role before.'),
      to: oneOf('WorkspaceRole', workspaceRoles, 'The role after.'),
    },
    access: ({ userId }) => ({ effect: 'person', userId }),
  }),
});
