import { brandWithType } from '@pothos/core';
import { builder, byId, inTopic } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import { nodeRef, registerNode } from '../../graphql/node.ts';
import { peopleInOrder } from '../identity/access.ts';
import { addComment, deleteComment, editComment } from './commands.ts';
import { readComment, readSubject, readWrittenComment } from './queries.ts';

const CommentSubject = builder.unionType('CommentSubject', {
  description: 'What can be commented on.',
  types: ['Task' as never, 'Content' as never],
});

builder.prismaObject('Comment', {
  description: 'What somebody said about a task or a page.',
  interfaces: [nodeRef],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the comment.' }),
    task: t.relation('task', {
      ...inTopic,
      nullable: true,
      description: 'The task it is about; null: it is about a page.',
    }),
    content: t.relation('content', {
      ...inTopic,
      nullable: true,
      description: 'The page it is about; null: it is about a task.',
    }),
    subject: t.field({
      ...inTopic,
      type: CommentSubject,
      description: 'The task or page it is about.',
      resolve: async (comment, _args, context) => {
        const [type, row] = await readSubject(context, comment);
        // A row does not say of which type it is.
        brandWithType(row, type as never);
        return row as never;
      },
    }),
    replyTo: t.relation('replyTo', {
      ...inTopic,
      nullable: true,
      description: 'The comment it answers; null: none.',
    }),
    replies: t.relatedConnection(
      'replies',
      {
        ...inTopic,
        cursor: 'id',
        description: 'The comments that answer it, oldest first; deleted ones keep their place without text.',
        query: byId,
      },
      { name: 'CommentRepliesConnection', description: 'A page of replies to a comment.' },
      { name: 'CommentRepliesEdge', description: 'A reply in the list.' },
    ),
    author: t.relation('author', { ...inTopic, description: 'Who said it.' }),
    text: t.string({
      nullable: true,
      description: 'What was said, as plain text; null when the comment was deleted.',
      resolve: ({ text, deletedAt }) => (deletedAt ? null : text),
    }),
    mentions: t.prismaField({
      ...inTopic,
      type: ['User'],
      description: 'The people mentioned in it, in the order given.',
      resolve: (query, comment, _args, context) => peopleInOrder(context, comment.mentionedIds, query),
    }),
    version: t.exposeInt('version', { description: 'Rises with every change; hand it back as `expectedVersion`.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was said.' }),
    editedAt: t.expose('editedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was edited last; null: never.',
    }),
    deletedAt: t.expose('deletedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was deleted; null: it was not.',
    }),
  }),
});

registerNode('Comment', (context, id) => readComment(context, id, {}));

const text = 'Plain text of 1 to COMMENT_MAX_CHARS characters (5000).';
const mentions = 'Ids of people who may read the project or page, at most 50; each is told once.';
const expectedVersion = 'Refuse with CONFLICT when the comment is at another version; absent: do it anyway.';

mutation('addComment', {
  description:
    'Comments on a task or a page. Told are those mentioned; of a task its assignee and creator and who commented before; of a page whom it answers and the authors.',
  inputFields: (t) => ({
    taskId: t.id({ description: 'The task; exactly one of `taskId` and `contentId` is given.' }),
    contentId: t.id({ description: 'Id or externalId of the page.' }),
    replyTo: t.id({ description: 'A comment on the same task or page that it answers; absent: none.' }),
    text: t.string({ required: true, description: text }),
    mentions: t.idList({ description: `${mentions} Absent: nobody.` }),
  }),
  run: (context, input) => addComment(context, input),
  outputFields: (t) => ({
    comment: t.prismaField({
      type: 'Comment',
      description: 'The comment added.',
      resolve: (query, { commentId }, _args, context) => readWrittenComment(context, commentId, query),
    }),
  }),
});

mutation('editComment', {
  description: 'Changes your own comment. Only people mentioned for the first time are told.',
  inputFields: (t) => ({
    commentId: t.id({ required: true, description: 'The comment.' }),
    text: t.string({ description: `${text} Absent: it stays.` }),
    mentions: t.idList({ description: `${mentions} Replaces those before; absent: they stay.` }),
    expectedVersion: t.int({ description: expectedVersion }),
  }),
  run: (context, input) => editComment(context, input),
  outputFields: (t) => ({
    comment: t.prismaField({
      type: 'Comment',
      description: 'The comment as it is now.',
      resolve: (query, { commentId }, _args, context) => readWrittenComment(context, commentId, query),
    }),
  }),
});

mutation('deleteComment', {
  description: 'Deletes your own comment; OWNERs and ADMINs of the project or page delete anybody’s. Its place stays.',
  inputFields: (t) => ({
    commentId: t.id({ required: true, description: 'The comment.' }),
    expectedVersion: t.int({ description: expectedVersion }),
  }),
  run: (context, input) => deleteComment(context, input),
  outputFields: (t) => ({
    comment: t.prismaField({
      type: 'Comment',
      description: 'The comment, deleted: without text.',
      resolve: (query, { commentId }, _args, context) => readWrittenComment(context, commentId, query),
    }),
  }),
});
