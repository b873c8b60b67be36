import {
  type Change,
  changes,
  defineEvents,
  type EventInterface,
  event,
  followersOnly,
  int,
  optionalInt,
  ref,
} from '../../events/define.ts';
import { topicMembers } from '../membership/access.ts';

const content = ref('Content', 'The page, as it is now; after its deletion what is left of it.');

/** What every event about a page has in common; comments on pages implement it too. */
export const contentEventInterface: EventInterface = {
  name: 'ContentEvent',
  description: 'A fact about a page: created, changed, published, unpublished, commented, rated or deleted.',
  fields: { content },
};
const interfaces = [contentEventInterface.name];

/** Roles of authors: they read their page whether or not it is published. */
export const authorRoles = ['OWNER', 'ADMIN', 'MEMBER'] as const;

/** Thread of what is said about one page. */
export const contentThread = (contentId: string) => `content:${contentId}`;

const thread = ({ data }: { data: { contentId: string } }) => contentThread(data.contentId);
const subject = ({ data }: { data: { contentId: string } }) => ({ model: 'Content', id: data.contentId });

/** The life of a page. Title and text are free text: read through the page, never stored here. */
export const contentEvents = defineEvents('content', {
  ContentCreated: event({
    description: 'A page was created, as a draft. Also in the own topic of its author, whose open streams gain it.',
    interfaces,
    fields: { content, owner: ref('User', 'Its first author.') },
    copies: ({ ownerId }) => [ownerId],
    access: ({ ownerId }) => ({ effect: 'granted', userId: ownerId, role: 'OWNER' }),
  }),
  ContentUpdated: event({
    wireName: 'live-update',
    description: 'Title, text or type of a page changed.',
    interfaces,
    fields: {
      content,
      changes: changes('What changed; `from` and `to` are null for free text.'),
      coalesced: int(
        'How many changes this stands for: in `liveUpdate` several, of which `changes` is the sum; elsewhere 1.',
      ),
    },
    notify: {
      ...followersOnly,
      thread,
      subject,
      followers: {
        // Whoever writes saves again and again: the text itself is no news.
        tells: ({ data }) => data.changes.some(({ field }) => field !== 'body'),
        title: ({ actor, subject }) => `${actor} changed ${subject}`,
      },
    },
    fold: (earlier, later) => ({
      ...later,
      changes: summed([...earlier.changes, ...later.changes]),
      coalesced: earlier.coalesced + later.coalesced,
    }),
  }),
  ContentPublished: event({
    description: 'A page was published: everybody in the workspace may read it.',
    interfaces,
    fields: { content },
    notify: {
      ...followersOnly,
      thread,
      subject,
      followers: { title: ({ actor, subject }) => `${actor} published ${subject}` },
    },
    access: () => ({ effect: 'opened' }),
  }),
  ContentUnpublished: event({
    description:
      'A page became a draft again, which only its authors may read. The streams of everybody else end instead of showing it.',
    interfaces,
    fields: { content },
    notify: {
      ...followersOnly,
      thread,
      subject,
      followers: { title: ({ actor, subject }) => `${actor} made ${subject} a draft again` },
    },
    access: () => ({ effect: 'restricted', keepRoles: authorRoles }),
  }),
  RatingAdded: event({
    wireName: 'new-rating',
    description: 'Somebody rated a page, or changed their rating; `actor` is who.',
    interfaces,
    fields: {
      content,
      value: int('Their rating, 1 to 5.'),
      previousValue: optionalInt('Their rating before; null when this is the first.'),
    },
    notify: {
      reasons: ['RATED'],
      // Whoever changes their mind does not disturb the authors again.
      recipients: async ({ data }, db) =>
        data.previousValue === null
          ? (await topicMembers(db, data.contentId)).map((userId) => ({ userId, reason: 'RATED' }))
          : [],
      // Not the thread of the comments: "3 people rated" must not count those who commented.
      thread: ({ data }) => `rating:${data.contentId}`,
      subject,
      title: ({ actor, subject }) => `${actor} rated ${subject}`,
      followers: {
        tells: ({ data }) => data.previousValue === null,
        title: ({ actor, subject }) => `${actor} rated ${subject}`,
      },
    },
  }),
  ContentDeleted: event({
    description: 'A page was deleted, with everything on it; every stream of it ends after this.',
    interfaces,
    fields: { content },
    expires: () => 'topic',
    access: () => ({ effect: 'ended' }),
  }),
});

/** Each field once, from its first value to its last; the order is that of the first changes. */
function summed(all: readonly Change[]): Change[] {
  const byField = new Map<string, Change>();
  for (const { field, from, to } of all) byField.set(field, { field, from: byField.get(field)?.from ?? from, to });
  return [...byField.values()];
}
