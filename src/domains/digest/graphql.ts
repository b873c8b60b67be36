import { builder, perViewer } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import { renewUnsubscribeLink, sendDigestNow } from './commands.ts';
import { findRun, listRuns, type Preview, previewDigest } from './queries.ts';

const stateEnum = builder.enumType('DigestRunState', {
  description: 'What became of a digest.',
  values: {
    QUEUED: { description: 'To be sent now, or again after the mail server refused it for the moment.' },
    SENDING: { description: 'Being handed to the mail server.' },
    SENT: { description: 'The mail server has taken it.' },
    FAILED: { description: 'The mail server refused it for good, or too often.' },
    UNKNOWN: { description: 'The mail server’s answer was lost. It may have been sent; it is not sent again.' },
    SKIPPED_EMPTY: { description: 'No mail: there was nothing unread to tell.' },
    SKIPPED_OPTED_OUT: { description: 'No mail: digests are off for the person.' },
    SKIPPED_NO_ADDRESS: { description: 'No mail: the person has no address.' },
  } as const,
});

const RunRef = builder.prismaObject('DigestRun', {
  description: 'A digest by e-mail, sent or not. There is one for each time at which something was held for it.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the run.' }),
    slot: t.expose('slot', { ...perViewer, type: 'DateTime', description: 'The time it is of.' }),
    asked: t.exposeBoolean('asked', { ...perViewer, description: 'Whether you asked for it; false: it was time.' }),
    state: t.expose('state', { ...perViewer, type: stateEnum, description: 'What became of it.' }),
    attempts: t.exposeInt('attempts', { ...perViewer, description: 'How often it was tried.' }),
    problem: t.exposeString('problem', {
      ...perViewer,
      nullable: true,
      description: 'What went wrong the last time; null: nothing.',
    }),
    items: t.exposeInt('items', { ...perViewer, description: 'Notifications in the mail; 0: none was made.' }),
    updatedAt: t.expose('updatedAt', {
      ...perViewer,
      type: 'DateTime',
      description: 'When it came into its state; of SENT: when the mail server took it.',
    }),
  }),
});

const PreviewRef = builder.objectRef<Preview>('DigestPreview').implement({
  description: 'A digest as it would be sent.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    count: t.exposeInt('count', { description: 'Notifications it tells of.' }),
    subject: t.string({ description: 'Its subject.', resolve: ({ mail }) => mail.subject }),
    text: t.exposeString('text', { description: 'The part for who reads text.' }),
    html: t.string({ description: 'The part for who reads HTML.', resolve: ({ mail }) => mail.html }),
    raw: t.string({
      description: 'The whole mail; but for its id and date what is sent, byte for byte (RFC 5322).',
      resolve: ({ mail }) => mail.raw.toString(),
    }),
  }),
});

builder.queryFields((t) => ({
  previewDigest: t.field({
    type: PreviewRef,
    nullable: true,
    description: 'Your digest as it would be sent; null: there is nothing to tell, or you get none.',
    authScopes: { authenticated: true },
    args: {
      at: t.arg({
        type: 'DateTime',
        description: 'As if it went out then, from 2000 to 2199; absent: at its next time.',
      }),
    },
    resolve: (_root, { at }, context) => previewDigest(context, at),
  }),
  digestRuns: t.prismaConnection(
    {
      type: RunRef,
      cursor: 'id',
      description: 'Your digests, the newest first, those too for which no mail was sent, and why.',
      authScopes: { authenticated: true },
      resolve: (query, _root, args, context) => listRuns(context, args, query),
    },
    { name: 'DigestRunConnection', description: 'A page of digests.' },
    { name: 'DigestRunEdge', description: 'A digest in the list.' },
  ),
}));

builder.prismaObjectField('Delivery', 'digestRun', (t) =>
  t.prismaField({
    ...perViewer,
    type: RunRef,
    nullable: true,
    description: 'Of EMAIL: the digest that told it; null: none has, or it is not kept any more.',
    resolve: (query, { channel, releaseId }, _args, context) =>
      channel === 'EMAIL' && releaseId !== null ? findRun(context, releaseId, query) : null,
  }),
);

mutation('sendDigestNow', {
  description: 'Sends you now, by e-mail, what is held for your digest.',
  inputFields: () => ({}),
  run: (context) => sendDigestNow(context),
  outputFields: (t) => ({
    run: t.prismaField({
      type: RunRef,
      nullable: true,
      description: 'The digest; null when it is not kept any more.',
      resolve: (query, { runId }, _args, context) => findRun(context, runId, query),
    }),
  }),
});

mutation('renewUnsubscribeLink', {
  description:
    'Makes the link that turns your digests off, in all mails you were sent, do nothing any more; the next mail has another.',
  inputFields: () => ({}),
  run: (context) => renewUnsubscribeLink(context),
  outputFields: () => ({}),
});
