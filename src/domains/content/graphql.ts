import type { Content } from '../../generated/prisma/client.ts';
import { type BuilderTypes, builder, byId, inTopic, perViewer } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import { nodeRef, registerNode } from '../../graphql/node.ts';
import {
  type ContentResult,
  createContent,
  deleteContent,
  publishContent,
  unpublishContent,
  updateContent,
} from './commands.ts';
import { listContents, readContent, readContentIfAny } from './queries.ts';
import { rateContent, ratingByViewer } from './ratings.ts';
import './streams.ts';

const ContentType = builder.enumType('ContentType', {
  description: 'What a page is.',
  values: {
    ARTICLE: { description: 'An article.' },
    BLOG: { description: 'An entry of a blog.' },
    PAGE: { description: 'Any other page.' },
  } as const,
});

const ContentStatus = builder.enumType('ContentStatus', {
  description: 'Who may read a page.',
  values: {
    DRAFT: { description: 'Its authors only.' },
    PUBLISHED: { description: 'Everybody in the workspace.' },
  } as const,
});

const ContentRating = builder.objectRef<Content>('ContentRating').implement({
  description: 'How a page is rated, from 1 to 5.',
  fields: (t) => ({
    average: t.float({
      nullable: true,
      description: 'The mean of all ratings; null when there is none.',
      resolve: ({ ratingSum, ratingCount }) => (ratingCount === 0 ? null : ratingSum / ratingCount),
    }),
    count: t.exposeInt('ratingCount', { description: 'How many people rated it.' }),
    mine: t.int({
      ...perViewer,
      nullable: true,
      description: 'How whoever asks rated it; null: not.',
      resolve: ({ id }, _args, context) => ratingByViewer(context, id),
    }),
  }),
});

// `members` (its authors), `viewerRole` and what all topics have in common come from membership, `viewers` from presence.
builder.prismaObject('Content', {
  description: 'A page: an article, an entry of a blog, or another. Its members are its authors.',
  interfaces: [nodeRef],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the page, and of its topic.' }),
    type: t.expose('type', { type: ContentType, description: 'What it is.' }),
    title: t.exposeString('title', { description: 'Title, in one line.' }),
    body: t.exposeString('body', { description: 'Its text as its authors wrote it; empty when there is none yet.' }),
    status: t.expose('status', { type: ContentStatus, description: 'Who may read it.' }),
    publishedAt: t.expose('publishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it is published; null: it is a draft.',
    }),
    rating: t.field({
      ...inTopic,
      type: ContentRating,
      description: 'How it is rated.',
      resolve: (content) => content,
    }),
    comments: t.relatedConnection(
      'comments',
      {
        ...inTopic,
        cursor: 'id',
        description: 'Its comments and the replies to them, oldest first; deleted ones keep their place without text.',
        query: byId,
      },
      { name: 'ContentCommentsConnection', description: 'A page of comments on a page.' },
      { name: 'ContentCommentsEdge', description: 'A comment in the list.' },
    ),
    version: t.exposeInt('version', { description: 'Rises with every change; hand it back as `expectedVersion`.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was changed last.' }),
    deleted: t.boolean({
      description: 'Whether it is deleted: then only events and payloads still lead to it.',
      resolve: ({ deletedAt }) => deletedAt !== null,
    }),
  }),
});

registerNode('Content', (context, id) => readContent(context, id, {}));

builder.queryFields((t) => ({
  content: t.prismaField({
    type: 'Content',
    nullable: true,
    description: 'A published page, or a draft of one’s own; null, with an error, for any other.',
    authScopes: { authenticated: true },
    args: { id: t.arg.id({ required: true, description: 'Its id or externalId.' }) },
    resolve: (query, _root, { id }, context) => readContent(context, id, query),
  }),
  contents: t.prismaConnection(
    {
      type: 'Content',
      cursor: 'id',
      description: 'The published pages of the workspace and one’s own drafts, the oldest first.',
      authScopes: { authenticated: true },
      args: {
        type: t.arg({ type: ContentType, description: 'Only pages that are this; absent: all.' }),
        status: t.arg({ type: ContentStatus, description: 'Only drafts, or only published ones; absent: both.' }),
        mine: t.arg.boolean({ description: 'Only those of which whoever asks is an author.' }),
      },
      resolve: (query, _root, args, context) => listContents(context, args, query),
    },
    { name: 'ContentConnection', description: 'A page of the list of pages.' },
    { name: 'ContentEdge', description: 'A page in the list.' },
  ),
}));

type PayloadBuilder = PothosSchemaTypes.ObjectFieldBuilder<
  PothosSchemaTypes.ExtendDefaultTypes<BuilderTypes>,
  ContentResult
>;
type InputBuilder = PothosSchemaTypes.InputFieldBuilder<
  PothosSchemaTypes.ExtendDefaultTypes<BuilderTypes>,
  'InputObject'
>;

const outputFields = (t: PayloadBuilder) => ({
  content: t.prismaField({
    type: 'Content',
    nullable: true,
    description: 'The page; null when whoever asks may not read it any more.',
    resolve: (query, { contentId }, _args, context) => readContentIfAny(context, contentId, query),
  }),
});

const which = (t: InputBuilder) => ({
  contentId: t.id({ required: true, description: 'Id or externalId of the page.' }),
  expectedVersion: t.int({ description: 'CONFLICT when the page has another version by now; absent: do it anyway.' }),
});

const title = 'Title in one line, at most TITLE_MAX_CHARS characters (200).';
const body = 'Its text, at most CONTENT_MAX_CHARS characters (50000)';

mutation('createContent', {
  description:
    'Creates a page as a draft, of which whoever asks is the first author. For ADMINs and MEMBERs of the workspace.',
  inputFields: (t) => ({
    type: t.field({ type: ContentType, required: true, description: 'What it is.' }),
    title: t.string({ required: true, description: title }),
    body: t.string({ description: `${body}; absent: none yet.` }),
    externalId: t.string({
      description:
        'Its id in another application, to name it by (`article-123`): 1 to 200 visible characters without spaces, no UUID, of no other page of the workspace.',
    }),
  }),
  run: (context, input) => createContent(context, input),
  outputFields,
});

mutation('updateContent', {
  description: 'Changes type, title or text of a page; what is absent stays. For its authors.',
  inputFields: (t) => ({
    ...which(t),
    type: t.field({ type: ContentType, description: 'What it is now.' }),
    title: t.string({ description: title }),
    body: t.string({ description: `${body}; null takes it away.` }),
  }),
  run: (context, input) => updateContent(context, input),
  outputFields,
});

mutation('publishContent', {
  description:
    'Lets everybody in the workspace read a page, with the comments made on the draft. For its OWNERs and ADMINs. Nothing happens when it is published already.',
  inputFields: which,
  run: (context, input) => publishContent(context, input),
  outputFields,
});

mutation('unpublishContent', {
  description:
    'Makes a page a draft again: the streams of all but its authors end before anything that is committed later. For its OWNERs and ADMINs.',
  inputFields: which,
  run: (context, input) => unpublishContent(context, input),
  outputFields,
});

mutation('rateContent', {
  description: 'Rates a page, or changes one’s rating: one per person. For everybody who may read it.',
  inputFields: (t) => ({
    contentId: t.id({ required: true, description: 'Id or externalId of the page.' }),
    value: t.int({ required: true, description: 'From 1 to 5.' }),
  }),
  run: (context, input) => rateContent(context, input),
  outputFields,
});

mutation('deleteContent', {
  description:
    'Deletes a page with everything on it, for good. Every stream of it ends, its externalId is free. For its OWNERs.',
  inputFields: which,
  run: (context, input) => deleteContent(context, input),
  outputFields,
});
