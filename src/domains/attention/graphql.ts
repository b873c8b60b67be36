import { type BuilderTypes, builder } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import {
  type AttentionResult,
  endFocus,
  pauseAlerts,
  releaseHeld,
  resumeAlerts,
  startFocus,
  updateAttention,
} from './commands.ts';
import './inbox.ts';
import './ruleGraphql.ts';
import {
  AlertStyleEnum,
  CelebrationsEnum,
  ChannelEnum,
  DeliveryStateEnum,
  DigestCadenceEnum,
  PresetEnum,
  WeekdayEnum,
} from './enums.ts';
import { attentionOf, explain, listDeliveries } from './queries.ts';
import { DeliveryRef, ExplanationRef } from './ruleTypes.ts';
import { AttentionRef } from './types.ts';

const QuietWindowInput = builder.inputType('QuietWindowInput', {
  description: 'A span of every week in which alerts wait.',
  fields: (t) => ({
    days: t.field({ type: [WeekdayEnum], required: true, description: 'The days on which it begins.' }),
    from: t.string({ required: true, description: 'Local time, `22:00`.' }),
    to: t.string({
      required: true,
      description: 'Local time, `07:00`; not after `from`: on the following day. The same: 24 hours.',
    }),
  }),
});

const BreakThroughInput = builder.inputType('BreakThroughInput', {
  description: 'What comes through focus, quiet hours and batches.',
  fields: (t) => ({
    reasons: t.field({ type: ['NotificationReason'], required: true, description: 'The reasons.' }),
    perDay: t.int({ required: true, description: 'So many alerts a day, at most 100; 0: none.' }),
  }),
});

const DigestInput = builder.inputType('DigestInput', {
  description: 'When the digest by e-mail goes out. What is absent stays.',
  fields: (t) => ({
    cadence: t.field({ type: DigestCadenceEnum, required: false, description: 'How often; OFF: never.' }),
    time: t.string({ required: false, description: 'Local time of a daily or weekly one, `08:00`.' }),
    weekday: t.field({ type: WeekdayEnum, required: false, description: 'Day of a weekly one.' }),
  }),
});

const DeliveryFilterInput = builder.inputType('DeliveryFilter', {
  description: 'Which deliveries. What is absent does not restrict; an empty list chooses none.',
  fields: (t) => ({
    channels: t.field({ type: [ChannelEnum], required: false, description: 'The channels.' }),
    states: t.field({ type: [DeliveryStateEnum], required: false, description: 'What became of them.' }),
  }),
});

builder.queryFields((t) => ({
  attention: t.field({
    type: AttentionRef,
    description: 'When you are told, what waits, and until when.',
    authScopes: { authenticated: true },
    resolve: (_root, _args, context) => attentionOf(context),
  }),
  explain: t.field({
    type: ExplanationRef,
    description:
      'Why you were told of an event, or were not; as an ADMIN of the workspace also why somebody else was. NOT_FOUND for an event that is not there, or that you may not read.',
    authScopes: (_root, { userId }, context) =>
      userId == null || userId === context.viewer.userId ? { authenticated: true } : { workspace: 'delivery:read-any' },
    args: {
      eventId: t.arg.id({ required: true, description: 'Id of the event.' }),
      userId: t.arg.id({ description: 'Whom it is asked about; absent: yourself.' }),
    },
    resolve: (_root, args, context) => explain(context, args),
  }),
  deliveries: t.prismaConnection(
    {
      type: DeliveryRef,
      cursor: 'id',
      description:
        'What was decided about telling you, the newest first. A row in the inbox, and the e-mail of who gets no digest, have no line here: `Notification.why` and `explain` say them too.',
      authScopes: { authenticated: true },
      args: { filter: t.arg({ type: DeliveryFilterInput, description: 'Which of them; absent: all.' }) },
      resolve: (query, _root, args, context) => listDeliveries(context, args, query),
    },
    { name: 'DeliveryConnection', description: 'A page of deliveries.' },
    { name: 'DeliveryEdge', description: 'A delivery in the list.' },
  ),
}));

type Types = PothosSchemaTypes.ExtendDefaultTypes<BuilderTypes>;

/** What every command about one's attention answers. */
const aboutAttention = (t: PothosSchemaTypes.ObjectFieldBuilder<Types, AttentionResult>) => ({
  attention: t.field({
    type: AttentionRef,
    description: 'Your attention as it is now.',
    resolve: (_result, _args, context) => attentionOf(context),
  }),
  released: t.exposeInt('released', {
    description: 'How many alerts that had waited were told because of it, all as one.',
  }),
});

mutation('updateAttention', {
  description:
    'Changes when you are told; what is absent stays. A preset sets all it stands for, and the rest of the input is laid over it. What waits is decided again.',
  inputFields: (t) => ({
    preset: t.field({ type: PresetEnum, description: 'Settings to begin with.' }),
    timeZone: t.string({ description: 'IANA name of your time zone, `Europe/Warsaw`.' }),
    quietWindows: t.field({ type: [QuietWindowInput], description: 'When alerts wait, at most 24; empty: never.' }),
    batchTimes: t.stringList({
      description: 'Local times at which what was gathered is told, at most 24; empty: alerts come at once.',
    }),
    breakThrough: t.field({ type: BreakThroughInput, description: 'What does not wait.' }),
    alertStyle: t.field({ type: AlertStyleEnum, description: 'How alerts are shown.' }),
    celebrations: t.field({ type: CelebrationsEnum, description: 'Whether what you finish is celebrated.' }),
    remindMinutes: t.intList({
      description:
        'How many minutes before a task of yours is due you are reminded; at most 5, up to 40320; empty: never.',
    }),
    digest: t.field({ type: DigestInput, description: 'When the digest by e-mail goes out.' }),
  }),
  run: (context, input) => updateAttention(context, input),
  outputFields: aboutAttention,
});

mutation('startFocus', {
  description: 'Holds your alerts from now on, for at most 12 hours. A focus that runs is replaced.',
  inputFields: (t) => ({
    minutes: t.int({ required: true, description: 'How long, from 1 to 720.' }),
    allowReasons: t.field({ type: ['NotificationReason'], required: false, description: 'Reasons that come through.' }),
    allowTopics: t.field({
      type: ['TopicRef'],
      required: false,
      description: 'Projects, pages and conversations that come through, at most 100.',
    }),
    headsUpMinutes: t.int({
      description: 'How long before its end it is announced with `AttentionChanged`; absent: 2; 0: it is not.',
    }),
  }),
  run: (context, input) => startFocus(context, input),
  outputFields: aboutAttention,
});

mutation('endFocus', {
  description: 'Ends your focus: what it held is told at once, as one.',
  inputFields: () => ({}),
  run: (context) => endFocus(context),
  outputFields: aboutAttention,
});

mutation('pauseAlerts', {
  description: 'Holds everything, also what would come through; rows reach your inbox all the same.',
  inputFields: (t) => ({
    until: t.field({ type: 'DateTime', required: false, description: 'Until when; absent: until you resume.' }),
  }),
  run: (context, input) => pauseAlerts(context, input),
  outputFields: aboutAttention,
});

mutation('resumeAlerts', {
  description: 'Ends a pause: what it held is told, or waits for what holds it otherwise.',
  inputFields: () => ({}),
  run: (context) => resumeAlerts(context),
  outputFields: aboutAttention,
});

mutation('releaseHeld', {
  description: 'Tells you now, as one, of everything that waits, whatever holds it.',
  inputFields: () => ({}),
  run: (context) => releaseHeld(context),
  outputFields: aboutAttention,
});
