import { brandWithType } from '@pothos/core';
import { reasons } from '../../events/reasons.ts';
import { parseTopicKey } from '../../events/topic.ts';
import { builder, perViewer } from '../../graphql/builder.ts';
import { nodeRef, registerNode } from '../../graphql/node.ts';
import { notificationActions, notificationChanges } from './events.ts';
import { findNotification } from './queries.ts';
import { actorsOf, eventOf, subjectOf, titleOf, topicOf } from './shown.ts';
import { type InboxCounts, notificationStates, stateOf } from './states.ts';

export const NotificationReason = builder.enumType('NotificationReason', {
  description: 'Why you were told.',
  values: reasons,
});

export const NotificationActionEnum = builder.enumType('NotificationAction', {
  description: 'What you can do to your notifications.',
  values: notificationActions,
});

export const NotificationChangeEnum = builder.enumType('NotificationChange', {
  description: 'What was done to notifications.',
  values: notificationChanges,
});

export const NotificationStateEnum = builder.enumType('NotificationState', {
  description: 'Where a notification stands; each is in one of these, the last that fits.',
  values: notificationStates,
});

export const InboxCountsRef = builder.objectRef<InboxCounts>('InboxCounts').implement({
  description: 'How many notifications you have, exactly, now, and whatever filter is shown.',
  fields: (t) => ({
    unread: t.exposeInt('unread', {
      ...perViewer,
      description: 'In the state UNREAD: not read, not snoozed, and what they are about is there.',
    }),
    unseen: t.exposeInt('unseen', { ...perViewer, description: 'Those of the unread that you have not seen either.' }),
    snoozed: t.exposeInt('snoozed', { ...perViewer, description: 'Put away until a time.' }),
    done: t.exposeInt('done', { ...perViewer, description: 'Those you have finished with.' }),
    total: t.exposeInt('total', { ...perViewer, description: 'All, in whatever state.' }),
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
    state: t.field({
      ...perViewer,
      type: NotificationStateEnum,
      description: 'Where it stands.',
      resolve: (notification) => stateOf(notification),
    }),
    doneAt: t.expose('doneAt', {
      ...perViewer,
      type: 'DateTime',
      nullable: true,
      description: 'When you had finished with it; null again as soon as more happens.',
    }),
    snoozedUntil: t.expose('snoozedUntil', {
      ...perViewer,
      type: 'DateTime',
      nullable: true,
      description: 'When it comes back; null: it is not put away.',
    }),
    expiredAt: t.expose('expiredAt', {
      ...perViewer,
      type: 'DateTime',
      nullable: true,
      description: 'When what it is about went away; null: it is there.',
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
      description:
        'When the newest event happened, or when it came back from being snoozed; the list is in this order, newest first.',
    }),
  }),
});

registerNode('Notification', (context, id) => findNotification(context, id));
