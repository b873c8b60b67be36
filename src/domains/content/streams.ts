import { builder } from '../../graphql/builder.ts';
import { stream } from '../../graphql/stream.ts';

type Kind = 'CommentAdded' | 'RatingAdded' | 'ContentUpdated';

/** A subscription to one kind of event of a page. */
function contentStream(name: string, kind: Kind, description: string): void {
  builder.subscriptionField(name, (t) =>
    t.field({
      type: kind,
      description: `${description} Without \`after\` it begins now.`,
      authScopes: { authenticated: true },
      args: {
        contentId: t.arg.id({ required: true, description: 'Id or externalId of the page.' }),
        after: t.arg({ type: 'Cursor', description: 'Go on behind this place in the log of the page.' }),
      },
      subscribe: (_root, { contentId, after }, { config }) =>
        stream({
          topics: [{ kind: 'content', id: contentId }],
          kinds: new Set([kind]),
          after: after == null ? null : [after],
          coalesceMs: kind === 'ContentUpdated' ? config.liveUpdateDebounceMs : null,
        }) as never,
      resolve: (event) => event as never,
    }),
  );
}

contentStream('newComment', 'CommentAdded', 'Comments on a page, as they are made.');
contentStream('newRating', 'RatingAdded', 'Ratings of a page, as they are given and changed.');
contentStream(
  'liveUpdate',
  'ContentUpdated',
  'Changes of a page: the first at once, those of LIVE_UPDATE_DEBOUNCE_MS (250) after it as one, with their number in `coalesced` and the place of the last.',
);
