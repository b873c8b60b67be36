import { builder, perViewer } from '../../graphql/builder.ts';
import {
  AlertStyleEnum,
  AttentionStateEnum,
  CelebrationsEnum,
  DigestCadenceEnum,
  PresetEnum,
  WeekdayEnum,
} from './enums.ts';
import { type AttentionView, comeThrough, heldOf, nextDigestAt } from './queries.ts';
import { digestPlanOf, presets, type QuietWindow } from './settings.ts';
import { stateOf } from './timing.ts';

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
      type: AttentionStateEnum,
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
