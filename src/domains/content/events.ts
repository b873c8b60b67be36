import { changes, defineEvents, event, ref } from '../../events/define.ts';

const content = ref('Content', 'The page, as it is now; after its deletion what is left of it.');

/** Roles of authors: they read their page whether or not it is published. */
export const authorRoles = ['OWNER', 'ADMIN', 'MEMBER'] as const;

/** The life of a page. Title and text are free text: read through the page, never stored here. */
export const contentEvents = defineEvents('content', {
  ContentCreated: event({
    description: 'A page was created, as a draft. Also in the own topic of its author, whose open streams gain it.',
    fields: { content, owner: ref('User', 'Its first author.') },
    copies: ({ ownerId }) => [ownerId],
    access: ({ ownerId }) => ({ effect: 'granted', userId: ownerId, role: 'OWNER' }),
  }),
  ContentUpdated: event({
    wireName: 'live-update',
    description: 'Title, text or type of a page changed.',
    fields: { content, changes: changes('What changed; `from` and `to` are null for free text.') },
  }),
  ContentPublished: event({
    description: 'A page was published: everybody in the workspace may read it.',
    fields: { content },
    access: () => ({ effect: 'opened' }),
  }),
  ContentUnpublished: event({
    description:
      'A page became a draft again, which only its authors may read. The streams of everybody else end instead of showing it.',
    fields: { content },
    access: () => ({ effect: 'restricted', keepRoles: authorRoles }),
  }),
  ContentDeleted: event({
    description: 'A page was deleted, with everything on it; every stream of it ends after this.',
    fields: { content },
    access: () => ({ effect: 'ended' }),
  }),
});
