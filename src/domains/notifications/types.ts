import { brandWithType } from '@pothos/core';
import { reasons } from '../../events/reasons.ts';
import { parseTopicKey } from '../../events/topic.ts';
import { builder, perViewer } from '../../graphql/builder.ts';
import { nodeRef, registerNode } from '../../graphql/node.ts';
import { findNotification, type InboxCounts } from './queries.ts';
import { actorsOf, eventOf, subjectOf, titleOf, topicOf } from './shown.ts';

export const NotificationReason = builder.enumType('NotificationReason', {
  description: 'Why you were told.',
  values: reasons,
});

export const NotificationActionEnum = builder.enumType('NotificationAction', {
  description: 'What you can do to your notifications.',
  values: {
    READ: { description: 'You know what it says. Also seen.' },
    UNREAD: { description: 'You want to come back to it.' },
    SEEN: { description: 'You had it before your eyes; it stays unread.' },
  } as const,
});

export const InboxCountsRef = builder.objectRef<InboxCounts>('InboxCounts').implement({
  description: 'How many notifications you have, exactly, now, and whatever filter is shown.',
  fields: (t) => ({
    unread: t.exposeInt('unread', { ...perViewer, description: 'Not read.' }),
    unseen: t.exposeInt('unseen', { ...perViewer, description: 'Neither read nor seen.' }),
    total: t.exposeInt('total', { ...perViewer, description: 'All, read or not.' }),
  }),
});

export const NotificationRef = builder.prismaObject('Notification', {
  description:
    'What happened about one thing and concerns you: one notification for each thread, which grows until it is read. Only you can see yours.',
  interfaces: [nodeRef],
  // The courtesy: every query and command asks for the viewer's own in its condition.
  authScopes: ({ userId }) => ({ self: userId }),
  runScopesOnType: true,
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the notification; it stays when more happens in the thread.' }),
    type: t.expose('type', { ...perViewer, type: 'EventType', description: 'Kind of the newest event.' }),
    reason: t.field({
      ...perViewer,
      type: NotificationReason,
      description:
        'Why you were told. While unread, one that is meant for you in person is not replaced by COMMENTED or MESSAGE.',
      resolve: ({ reason }) => reason as keyof typeof reasons,
    }),
    threadKey: t.exposeString('threadKey', {
      ...perViewer,
      description: 'What it is about: events of one thread share one notification.',
    }),
    count: t.exposeInt('count', { ...perViewer, description: 'Events since it was last read.' }),
    title: t.string({
      ...perViewer,
      description: 'One line in words, with names only as far as you may read them now.',
      resolve: (notification, _args, context) => titleOf(context, notification),
    }),
    actors: t.prismaField({
      ...perViewer,
      type: ['User'],
      description: 'The people behind it, newest first, at most 5; empty when it was the server itself.',
      resolve: (_query, notification, _args, context) => actorsOf(context, notification),
    }),
    topic: t.prismaField({
      ...perViewer,
      type: 'Topic',
      nullable: true,
      description: 'Where it happened; null when you may no longer read it.',
      resolve: async (query, notification, _args, context) => {
        const topic = await topicOf(context, notification);
        return topic && context.db.topic.findUnique({ ...query, where: { id: parseTopicKey(topic).id } });
      },
    }),
    event: t.field({
      ...perViewer,
      type: 'Event',
      nullable: true,
      description: 'The newest event; null when you may no longer read its topic.',
      resolve: (notification, _args, context) => eventOf(context, notification),
    }),
    subject: t.field({
      ...perViewer,
      type: nodeRef,
      nullable: true,
      description: 'The thing it is about, as it is now; null when you may no longer read it.',
      resolve: async (notification, _args, context) => {
        const subject = await subjectOf(context, notification);
        if (!subject) return null;
        // A row does not say of which type it is.
        brandWithType(subject.row, subject.model as never);
        return subject.row;
      },
    }),
    seenAt: t.expose('seenAt', {
      ...perViewer,
      type: 'DateTime',
      nullable: true,
      description: 'When you had it before your eyes; null again as soon as more happens.',
    }),
    readAt: t.expose('readAt', {
      ...perViewer,
      type: 'DateTime',
      nullable: true,
      description: 'When you read it; null again as soon as more happens.',
    }),
    createdAt: t.expose('createdAt', {
      ...perViewer,
      type: 'DateTime',
      description: 'When the thread first concerned you.',
    }),
    updatedAt: t.expose('updatedAt', {
      ...perViewer,
      type: 'DateTime',
      description: 'When the newest event happened; the list is in this order, newest first.',
    }),
  }),
});

registerNode('Notification', (context, id) => findNotification(context, id));
