import { reasons } from '../../events/reasons.ts';
import { parseTopicKey, type TopicKey } from '../../events/topic.ts';
import { builder, perViewer } from '../../graphql/builder.ts';
import type { Branch } from './decide.ts';
import { achievements, attentionChanges, releaseCauses } from './events.ts';
import { followLevels } from './followCommands.ts';
import {
  type AttentionView,
  attentionOf,
  comeThrough,
  type Effective,
  type Explanation,
  heldOf,
  nextDigestAt,
} from './queries.ts';
import type { RuleView } from './rules.ts';
import { type Details, type Settled, sentenceOf } from './sentences.ts';
import {
  alertStyles,
  celebrations,
  digestCadences,
  digestPlanOf,
  presets,
  type QuietWindow,
  type Weekday,
} from './settings.ts';
import { stateOf } from './timing.ts';

export const ChannelEnum = builder.enumType('NotificationChannel', {
  description: 'A way of telling somebody.',
  values: {
    INBOX: { description: 'The row in the inbox; data, at once, always.' },
    ALERT: { description: 'What interrupts: a toast, a sound, a number that changes.' },
    EMAIL: { description: 'The digest by e-mail.' },
  } as const,
});

export const RuleValueEnum = builder.enumType('RuleValue', {
  description: 'What a rule says.',
  values: {
    ON: { description: 'Of INBOX and ALERT: tell. Of an alert of your own rule: do not wait for a batch.' },
    OFF: { description: 'Of every channel: do not tell.' },
    BATCH: { description: 'Of ALERT: wait for the next batch time.' },
    DIGEST: { description: 'Of EMAIL: put it into the digest.' },
  } as const,
});

export const DeliveryStateEnum = builder.enumType('DeliveryState', {
  description: 'What became of a decision.',
  values: {
    SENT: { description: 'Told at once.' },
    SKIPPED: { description: 'Not told, for the reason that is given.' },
    HELD: { description: 'Waits, and is counted.' },
    RELEASED: { description: 'Waited, and was told.' },
    CANCELLED: { description: 'Waited, and was dropped for the reason that is given.' },
  } as const,
});

export const PresetEnum = builder.enumType('AttentionPreset', {
  description: 'Settings to begin with; everything in them can be changed.',
  values: {
    INSTANT: { description: presets.INSTANT.description },
    BALANCED: { description: presets.BALANCED.description },
    CALM: { description: presets.CALM.description },
  } as const,
});

export const AlertStyleEnum = builder.enumType('AlertStyle', {
  description: 'How a front end shows an alert.',
  values: alertStyles,
});

export const CelebrationsEnum = builder.enumType('Celebrations', {
  description: 'Whether what you finish is celebrated.',
  values: celebrations,
});

builder.enumType('Achievement', { description: 'What somebody achieved.', values: achievements });

export const WeekdayEnum = builder.enumType('Weekday', {
  description: 'A day of the week.',
  values: {
    MONDAY: { description: 'Monday, the first of the week (ISO 8601).' },
    TUESDAY: { description: 'Tuesday.' },
    WEDNESDAY: { description: 'Wednesday.' },
    THURSDAY: { description: 'Thursday.' },
    FRIDAY: { description: 'Friday.' },
    SATURDAY: { description: 'Saturday.' },
    SUNDAY: { description: 'Sunday.' },
  } as const satisfies Record<Weekday, object>,
});

export const DigestCadenceEnum = builder.enumType('DigestCadence', {
  description: 'How often the digest by e-mail goes out.',
  values: digestCadences,
});

export const FollowLevelEnum = builder.enumType('FollowLevel', {
  description: 'How much you want to hear of a place.',
  values: {
    ...followLevels,
    NONE: { description: 'You unfollowed it: you are told only of what is meant for you in person.' },
  } as const,
});

/** The part of the levels that can be chosen. */
export const FollowChoiceEnum = builder.enumType('FollowChoice', {
  description: 'How much you want to hear of a place, to choose from.',
  values: followLevels,
});

const stateEnum = builder.enumType('AttentionState', {
  description: 'What holds your alerts now, the strongest first.',
  values: {
    OPEN: { description: 'Nothing but your batch times.' },
    QUIET: { description: 'Your quiet hours.' },
    FOCUS: { description: 'Your focus.' },
    PAUSED: { description: 'You paused everything.' },
  } as const,
});

export const ReleaseCauseEnum = builder.enumType('ReleaseCause', {
  description: 'What brought a release about.',
  values: releaseCauses,
});
export const AttentionChangeEnum = builder.enumType('AttentionChange', {
  description: 'What changed about your attention.',
  values: attentionChanges,
});

const quietWindowRef = builder.objectRef<QuietWindow>('QuietWindow').implement({
  description: 'A span of every week in which alerts wait, in your own time.',
  fields: (t) => ({
    days: t.field({
      type: [WeekdayEnum],
      description: 'The days on which it begins.',
      resolve: ({ days }) => [...days],
    }),
    from: t.exposeString('from', { description: 'Local time, `22:00`.' }),
    to: t.exposeString('to', {
      description: 'Local time, `07:00`; not after `from`: on the following day. The same: 24 hours.',
    }),
  }),
});

const breakThroughRef = builder.objectRef<AttentionView>('BreakThrough').implement({
  description: 'What comes through focus, quiet hours and batches, and how often.',
  fields: (t) => ({
    reasons: t.field({
      ...perViewer,
      type: ['NotificationReason'],
      description: 'The reasons.',
      resolve: ({ settings }) => settings.breakThrough.reasons as never,
    }),
    perDay: t.int({
      ...perViewer,
      description: 'So many alerts a day; 0: none.',
      resolve: ({ settings }) => settings.breakThrough.perDay,
    }),
    usedToday: t.int({
      ...perViewer,
      description: 'How many of them have come through since your day began.',
      resolve: (view, _args, context) => comeThrough(context, view),
    }),
  }),
});

const digestRef = builder.objectRef<AttentionView>('DigestSettings').implement({
  description: 'When what you have not read is sent to you by e-mail, in your own time.',
  fields: (t) => ({
    cadence: t.field({
      ...perViewer,
      type: DigestCadenceEnum,
      description: 'How often; until you choose, as the server is configured.',
      resolve: ({ row }, _args, { config }) => digestPlanOf(row, config).cadence,
    }),
    enabled: t.boolean({
      ...perViewer,
      description: 'Whether you want one at all: the cadence is not OFF.',
      resolve: ({ row }, _args, { config }) => digestPlanOf(row, config).cadence !== 'OFF',
    }),
    time: t.string({
      ...perViewer,
      description: 'Local time of a daily or weekly one.',
      resolve: ({ row }, _args, { config }) => digestPlanOf(row, config).time,
    }),
    weekday: t.field({
      ...perViewer,
      type: WeekdayEnum,
      description: 'Day of a weekly one.',
      resolve: ({ row }, _args, { config }) => digestPlanOf(row, config).weekday,
    }),
    nextAt: t.field({
      ...perViewer,
      type: 'DateTime',
      nullable: true,
      description:
        'When the next may go out; null: none does, because it is off, you have no address, or the server sends no mail.',
      resolve: (view, _args, context) => nextDigestAt(context, view),
    }),
  }),
});

const focusRef = builder.objectRef<NonNullable<AttentionView['settings']['focus']>>('Focus').implement({
  description: 'A time in which alerts wait, but for what you let through.',
  fields: (t) => ({
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began.' }),
    until: t.expose('until', { type: 'DateTime', description: 'When it ends by itself.' }),
    allowReasons: t.field({
      type: ['NotificationReason'],
      description: 'Reasons that come through.',
      resolve: ({ allow }) => allow.reasons as never,
    }),
    allowTopicIds: t.idList({
      description: 'Projects, pages and conversations that come through.',
      resolve: ({ allow }) => [...allow.topicIds],
    }),
  }),
});

export const AttentionRef = builder.objectRef<AttentionView>('Attention').implement({
  description:
    'When you are told: data reaches you at once, always; alerts and e-mails as you choose. Only you see yours.',
  fields: (t) => ({
    preset: t.field({
      ...perViewer,
      type: PresetEnum,
      description: 'The preset that was chosen last; settings may differ from it since.',
      resolve: ({ settings }) => settings.preset,
    }),
    presetInWords: t.string({
      ...perViewer,
      description: 'What the preset means, in one sentence.',
      resolve: ({ settings }) => presets[settings.preset].description,
    }),
    chosen: t.boolean({
      ...perViewer,
      description: 'Whether you have ever chosen anything; false: a front end may ask once.',
      resolve: ({ settings }) => settings.version > 0,
    }),
    timeZone: t.string({
      ...perViewer,
      description: 'IANA name of the zone your times are in.',
      resolve: ({ settings }) => settings.timeZone,
    }),
    quietWindows: t.field({
      ...perViewer,
      type: [quietWindowRef],
      description: 'When alerts wait, every week.',
      resolve: ({ settings }) => [...settings.quietWindows],
    }),
    batchTimes: t.stringList({
      ...perViewer,
      description: 'Local times at which what was gathered is told; empty: alerts are not gathered.',
      resolve: ({ settings }) => [...settings.batchTimes],
    }),
    breakThrough: t.field({
      ...perViewer,
      type: breakThroughRef,
      description: 'What does not wait.',
      resolve: (view) => view,
    }),
    alertStyle: t.field({
      ...perViewer,
      type: AlertStyleEnum,
      description: 'How alerts are shown.',
      resolve: ({ settings }) => settings.alertStyle,
    }),
    celebrations: t.field({
      ...perViewer,
      type: CelebrationsEnum,
      description:
        'Whether what you finish is celebrated, once in ten minutes at most, and never while something holds your alerts.',
      resolve: ({ settings }) => settings.celebrations,
    }),
    remindMinutes: t.intList({
      ...perViewer,
      description: 'How many minutes before a task of yours is due you are reminded; empty: never.',
      resolve: ({ settings }) => [...settings.remindMinutes],
    }),
    digest: t.field({
      ...perViewer,
      type: digestRef,
      description: 'When what you have not read is sent to you by e-mail.',
      resolve: (view) => view,
    }),
    focus: t.field({
      ...perViewer,
      type: focusRef,
      nullable: true,
      description: 'The focus you are in; null: none.',
      resolve: ({ settings: { focus } }, _args, { clock }) => (focus && focus.until > clock.now() ? focus : null),
    }),
    state: t.field({
      ...perViewer,
      type: stateEnum,
      description: 'What holds your alerts now.',
      resolve: ({ settings }, _args, { clock }) => stateOf(settings, clock.now()).state,
    }),
    stateUntil: t.field({
      ...perViewer,
      type: 'DateTime',
      nullable: true,
      description: 'Until when; null: until you end it, or nothing holds them.',
      resolve: ({ settings }, _args, { clock }) => stateOf(settings, clock.now()).until,
    }),
    held: t.int({
      ...perViewer,
      description: 'How many alerts wait.',
      resolve: async (_view, _args, context) => (await heldOf(context)).count,
    }),
    nextReleaseAt: t.field({
      ...perViewer,
      type: 'DateTime',
      nullable: true,
      description: 'When the first of them is told at the latest; null: none waits, or all wait until you resume.',
      resolve: async (_view, _args, context) => (await heldOf(context)).nextAt,
    }),
    version: t.int({
      ...perViewer,
      description: 'Grows with every change of your settings, rules and follows.',
      resolve: ({ settings }) => settings.version,
    }),
  }),
});

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
