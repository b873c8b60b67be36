import { type BuilderTypes, builder } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import { ChannelEnum, FollowChoiceEnum, RuleValueEnum } from './enums.ts';
import { type FollowResult, follow, unfollow } from './followCommands.ts';
import { effective, followOf, listFollows, listRules } from './queries.ts';
import { resetRules, setRule } from './ruleCommands.ts';
import { EffectiveRef, FollowRef, RuleRef } from './ruleTypes.ts';

const placeText = 'Project, page or conversation.';

builder.queryFields((t) => ({
  rules: t.field({
    type: [RuleRef],
    description: 'Your rules and the workspace’s of whether you are told.',
    authScopes: { authenticated: true },
    args: { topic: t.arg({ type: 'TopicRef', description: 'Only those that hold in this place; absent: all.' }) },
    resolve: (_root, { topic }, context) => listRules(context, topic),
  }),
  effective: t.field({
    type: EffectiveRef,
    description: 'What holds for you, and which rule won over which.',
    authScopes: { authenticated: true },
    args: {
      channel: t.arg({ type: ChannelEnum, required: true, description: 'The channel.' }),
      topic: t.arg({ type: 'TopicRef', description: placeText }),
      eventType: t.arg({ type: 'EventType', description: 'The kind of event.' }),
      reason: t.arg({ type: 'NotificationReason', description: 'The reason.' }),
    },
    resolve: (_root, args, context) => effective(context, args),
  }),
  follows: t.prismaConnection(
    {
      type: FollowRef,
      cursor: 'userId_topicId',
      description: 'Places you follow, or muted, or unfollowed, the newest choice first.',
      authScopes: { authenticated: true },
      resolve: (query, _root, args, context) => listFollows(context, args, query),
    },
    { name: 'FollowConnection', description: 'A page of what you follow.' },
    { name: 'FollowEdge', description: 'A place in the list.' },
  ),
}));

mutation('setRule', {
  description:
    'Sets whether you are told of something, or as an ADMIN of the workspace whether everybody is. The rule with these very restrictions is replaced. What waits is decided again.',
  inputFields: (t) => ({
    channel: t.field({ type: ChannelEnum, required: true, description: 'The channel.' }),
    value: t.field({
      type: RuleValueEnum,
      required: true,
      description: 'What it says; not every channel has every value.',
    }),
    eventType: t.field({ type: 'EventType', required: false, description: 'Only this kind of event; absent: all.' }),
    reason: t.field({ type: 'NotificationReason', required: false, description: 'Only this reason; absent: all.' }),
    topic: t.field({ type: 'TopicRef', required: false, description: 'Only this project, page or conversation.' }),
    until: t.field({ type: 'DateTime', required: false, description: 'When it ends; absent: when it is changed.' }),
    workspace: t.boolean({ required: false, description: 'For everybody; absent: for you.' }),
    mandatory: t.boolean({ required: false, description: 'Nobody can choose otherwise; only of the workspace.' }),
  }),
  run: (context, input) => setRule(context, input),
  outputFields: (t) => ({
    rule: t.field({
      type: RuleRef,
      nullable: true,
      description: 'The rule; null when it was taken away since.',
      resolve: async ({ ruleId }, _args, context) =>
        (await listRules(context, null)).find(({ id }) => id === ruleId) ?? null,
    }),
    released: t.int({
      description: 'How many alerts that had waited were told because of it.',
      resolve: ({ released }) => released,
    }),
  }),
});

mutation('resetRules', {
  description: 'Takes away your rules, or as an ADMIN of the workspace everybody’s: all, or those that are named.',
  inputFields: (t) => ({
    ids: t.idList({ required: false, description: 'Only these, at most 100.' }),
    channel: t.field({ type: ChannelEnum, required: false, description: 'Only of this channel.' }),
    topic: t.field({ type: 'TopicRef', required: false, description: 'Only of this place.' }),
    workspace: t.boolean({ required: false, description: 'The workspace’s; absent: yours.' }),
  }),
  run: (context, input) => resetRules(context, input),
  outputFields: (t) => ({
    rules: t.field({
      type: [RuleRef],
      description: 'The rules that are left.',
      resolve: (_result, _args, context) => listRules(context, null),
    }),
  }),
});

type Types = PothosSchemaTypes.ExtendDefaultTypes<BuilderTypes>;

const aboutFollow = (t: PothosSchemaTypes.ObjectFieldBuilder<Types, FollowResult>) => ({
  topicId: t.exposeID('topicId', { description: 'Id of the project, page or conversation.' }),
  follow: t.prismaField({
    type: FollowRef,
    nullable: true,
    description: 'How much you hear of it now.',
    resolve: (query, { topicId }, _args, context) => followOf(context, topicId, query),
  }),
});

mutation('follow', {
  description:
    'Chooses how much you hear of a project, page or conversation. Nothing automatic changes what you choose. What waits is decided again.',
  inputFields: (t) => ({
    topic: t.field({ type: 'TopicRef', required: true, description: placeText }),
    level: t.field({ type: FollowChoiceEnum, required: true, description: 'How much.' }),
    until: t.field({ type: 'DateTime', required: false, description: 'Until when; absent: until you change it.' }),
  }),
  run: (context, input) => follow(context, input),
  outputFields: aboutFollow,
});

mutation('unfollow', {
  description: 'From now on you are told only of what is meant for you in person there.',
  inputFields: (t) => ({ topic: t.field({ type: 'TopicRef', required: true, description: placeText }) }),
  run: (context, input) => unfollow(context, input),
  outputFields: aboutFollow,
});
