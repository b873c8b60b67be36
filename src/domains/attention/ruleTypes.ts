import { reasons } from '../../events/reasons.ts';
import { parseTopicKey, type TopicKey } from '../../events/topic.ts';
import { builder, perViewer } from '../../graphql/builder.ts';
import type { Branch } from './decide.ts';
import { ChannelEnum, DeliveryStateEnum, FollowLevelEnum, RuleValueEnum } from './enums.ts';
import { attentionOf, type Effective, type Explanation } from './queries.ts';
import type { RuleView } from './rules.ts';
import { type Details, type Settled, sentenceOf, whatHolds } from './sentences.ts';
import { ruleDetails } from './telling.ts';

export const RuleRef = builder.objectRef<RuleView>('Rule').implement({
  description: 'Whether to tell of something. What is null does not restrict it.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the rule.' }),
    owner: t.field({
      type: builder.enumType('RuleOwner', {
        description: 'Whose rule it is.',
        values: {
          PERSON: { description: 'Your own.' },
          WORKSPACE: { description: 'Everybody’s.' },
        } as const,
      }),
      description: 'Whose it is.',
      resolve: ({ owner }) => owner,
    }),
    channel: t.field({ type: ChannelEnum, description: 'The channel.', resolve: ({ channel }) => channel }),
    value: t.field({ type: RuleValueEnum, description: 'What it says.', resolve: ({ value }) => value }),
    eventType: t.field({
      type: 'EventType',
      nullable: true,
      description: 'The kind of event.',
      resolve: ({ eventType }) => eventType,
    }),
    reason: t.field({
      type: 'NotificationReason',
      nullable: true,
      description: 'The reason.',
      resolve: ({ reason }) => reason as never,
    }),
    topicId: t.exposeID('topicId', { nullable: true, description: 'The project, page or conversation.' }),
    mandatory: t.exposeBoolean('mandatory', { description: 'Whether nobody can choose otherwise.' }),
    until: t.expose('until', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ends; null: when it is changed.',
    }),
  }),
});

export const EffectiveRef = builder.objectRef<Effective>('EffectiveRule').implement({
  description: 'What holds for you, and which rule won over which.',
  fields: (t) => ({
    value: t.field({ type: RuleValueEnum, description: 'What holds.', resolve: ({ value }) => value }),
    rule: t.field({
      type: RuleRef,
      nullable: true,
      description: 'The rule that says so; null: none fits, and everything is on.',
      resolve: ({ rule }) => rule,
    }),
    over: t.field({
      type: [RuleRef],
      description: 'Rules that fit too and gave way, the strongest first.',
      resolve: ({ over }) => [...over],
    }),
    sentence: t.string({
      description: 'The same in words, with times in your own zone.',
      resolve: async ({ value, rule, over }, _args, context) => {
        const { timeZone } = (await attentionOf(context)).settings;
        const winner = rule ? ruleDetails(rule) : undefined;
        const holds = { value, rule: winner, mandatory: rule?.mandatory ?? false, over: over.length };
        return whatHolds(holds, { timeZone, now: context.clock.now() });
      },
    }),
  }),
});

export const DeliveryRef = builder.prismaObject('Delivery', {
  description: 'What was decided about telling somebody of an event in one way, and what became of it.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the delivery.' }),
    eventId: t.exposeID('eventId', { description: 'The event.' }),
    notificationId: t.exposeID('notificationId', {
      nullable: true,
      description: 'The row in the inbox; null: there is none.',
    }),
    type: t.expose('type', { ...perViewer, type: 'EventType', description: 'Kind of the event.' }),
    channel: t.expose('channel', { ...perViewer, type: ChannelEnum, description: 'The channel.' }),
    state: t.expose('state', { ...perViewer, type: DeliveryStateEnum, description: 'What became of it.' }),
    decision: t.exposeString('decision', {
      ...perViewer,
      description: 'The branch that settled it, as docs/attention.md names them.',
    }),
    reason: t.field({
      ...perViewer,
      type: 'NotificationReason',
      nullable: true,
      description: 'Why the person was concerned; null: they were not.',
      resolve: ({ reason }) => (Object.hasOwn(reasons, reason) ? (reason as never) : null),
    }),
    sentence: t.string({
      ...perViewer,
      description: 'Why, in words, with times in your own zone.',
      resolve: async (row, _args, context) => {
        const { timeZone } = (await attentionOf(context)).settings;
        const settled: Settled = {
          ...row,
          decision: row.decision as Branch,
          details: row.details as unknown as Details,
        };
        return sentenceOf(settled, { timeZone, now: context.clock.now() });
      },
    }),
    decidedAt: t.field({
      ...perViewer,
      type: 'DateTime',
      description: 'When it was first decided.',
      resolve: ({ createdAt }) => createdAt,
    }),
    dueAt: t.field({
      ...perViewer,
      type: 'DateTime',
      nullable: true,
      description: 'Of HELD: when it is told at the latest; null: when you resume.',
      resolve: ({ state, dueAt }) => (state === 'HELD' ? dueAt : null),
    }),
    sentAt: t.expose('sentAt', { ...perViewer, type: 'DateTime', nullable: true, description: 'When it was told.' }),
    seenAt: t.expose('seenAt', {
      ...perViewer,
      type: 'DateTime',
      nullable: true,
      description: 'When the person had it before their eyes: a front end says so with the action SEEN.',
    }),
  }),
});

export const ExplanationRef = builder.objectRef<Explanation>('Explanation').implement({
  description: 'Why somebody was told of an event, or was not.',
  fields: (t) => ({
    event: t.field({
      ...perViewer,
      type: 'Event',
      nullable: true,
      description: 'The event; null when you can no longer read it.',
      resolve: async ({ event }, _args, context) => ((await context.roleIn(event.topic)) ? event : null),
    }),
    concerned: t.exposeBoolean('concerned', { description: 'Whether the event concerned the person at all.' }),
    deliveries: t.field({
      ...perViewer,
      type: [DeliveryRef],
      description: 'One for each channel.',
      resolve: ({ deliveries }) => [...deliveries],
    }),
  }),
});

export const FollowRef = builder.prismaObject('Follow', {
  description: 'How much somebody wants to hear of a place.',
  fields: (t) => ({
    topicId: t.exposeID('topicId', { description: 'The project, page or conversation.' }),
    topic: t.prismaField({
      ...perViewer,
      type: 'Topic',
      nullable: true,
      description: 'The place; null when you can no longer read it.',
      resolve: async (query, { topicId }, _args, context) => {
        const topic = await context.db.topic.findUnique({ where: { id: topicId }, select: { kind: true } });
        const key: TopicKey | null = topic && `${topic.kind.toLowerCase() as 'project'}:${topicId}`;
        if (!key || !(await context.roleIn(key))) return null;
        return context.db.topic.findUnique({ ...query, where: { id: parseTopicKey(key).id } });
      },
    }),
    level: t.expose('level', { ...perViewer, type: FollowLevelEnum, description: 'How much.' }),
    until: t.expose('until', {
      ...perViewer,
      type: 'DateTime',
      nullable: true,
      description: 'When that ends; null: when it is changed.',
    }),
    explicit: t.exposeBoolean('explicit', {
      ...perViewer,
      description: 'Whether you chose it; false: it came of what you did.',
    }),
  }),
});
