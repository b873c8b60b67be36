import { builder, inTopic } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import { nodeRef, registerNode } from '../../graphql/node.ts';
import { peopleInOrder } from '../identity/access.ts';
import { addComment, deleteComment, editComment } from './commands.ts';
import { readComment, readWrittenComment } from './queries.ts';

builder.prismaObject('Comment', {
  description: 'What somebody said about a task.',
  interfaces: [nodeRef],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the comment.' }),
    task: t.relation('task', { ...inTopic, nullable: true, description: 'The task it is about.' }),
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
const mentions = 'Ids of members of the project, at most 50; each is told once.';
const expectedVersion = 'Refuse with CONFLICT when the comment is at another version; absent: do it anyway.';

mutation('addComment', {
  description: 'Comments on a task. Its assignee and creator, those who commented before and those mentioned are told.',
  inputFields: (t) => ({
    taskId: t.id({ required: true, description: 'The task.' }),
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
  description: 'Deletes your own comment; owners and administrators of the project delete anybody’s. Its place stays.',
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
