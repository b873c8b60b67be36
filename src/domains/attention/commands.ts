import { append } from '../../events/append.ts';
import { topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Attention } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { parseInput } from '../../platform/validation.ts';
import type { TopicRefShape } from '../membership/access.ts';
import { type AttentionChange, attentionEvents, type ReleaseCause } from './events.ts';
import { attentionSchema, comingMoment, focusSchema } from './input.ts';
import { requirePlace } from './places.ts';
import { type Released, releaseFor, type Scope, scheduleLooks } from './release.ts';
import { planReminders } from './reminding.ts';
import { lockAttention } from './rows.ts';
import { type DigestCadence, presets, weekdays } from './settings.ts';

/** What the commands of this domain answer; `released` how many held alerts were told because of it. */
export interface AttentionResult {
  readonly released: number;
  readonly eventId: string | null;
}

/** How long before the end of a focus it is announced, unless the person chose otherwise; minutes. */
export const headsUpMinutes = 2;

/**
 * Changes when the viewer is told; what is absent stays. A preset sets all that it stands for first, and the rest of the
 * input is laid over it. What is held is decided again under the new settings.
 * @throws VALIDATION_ERROR with the field.
 */
export function updateAttention(context: Context, input: unknown): Promise<AttentionResult> {
  const { preset, breakThrough, quietWindows, digest, ...rest } = parseInput(attentionSchema, input);
  const chosen = {
    ...(preset && presetColumns(preset)),
    ...given(rest),
    ...(quietWindows && { quietWindows }),
    ...(breakThrough && { breakThrough: breakThrough.reasons, breakThroughPerDay: breakThrough.perDay }),
    ...given({
      digestCadence: digest?.cadence,
      digestTime: digest?.time,
      digestWeekday: digest?.weekday && weekdays.indexOf(digest.weekday) + 1,
    }),
  };
  return change(context, 'SETTINGS', async (tx, _row, now) => {
    if (rest.remindMinutes) await planReminders(tx, context.viewer.userId, now);
    return Object.keys(chosen).length > 0 ? chosen : null;
  });
}

function presetColumns(name: keyof typeof presets) {
  const { quietWindows, batchTimes, alertStyle, breakThrough } = presets[name];
  return {
    preset: name,
    quietWindows,
    batchTimes,
    alertStyle,
    breakThrough: breakThrough.reasons,
    breakThroughPerDay: breakThrough.perDay,
  };
}

function given<Values extends object>(values: Values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value != null));
}

/** Turns the viewer's digest off; what is held for it is dropped. */
export function turnDigestOff(context: Context): Promise<AttentionResult> {
  return change(context, 'SETTINGS', (_tx, row) =>
    row.digestCadence === 'OFF' ? null : { digestCadence: 'OFF' satisfies DigestCadence },
  );
}

export interface FocusInput {
  minutes: number;
  allowReasons?: readonly string[] | null | undefined;
  allowTopics?: readonly TopicRefShape[] | null | undefined;
  headsUpMinutes?: number | null | undefined;
}

/**
 * Holds alerts for so many minutes, from now on, but for those on the allow-list. A focus that runs is replaced.
 * @throws VALIDATION_ERROR; FORBIDDEN for a topic that is not there or not the viewer's.
 */
export function startFocus(context: Context, input: FocusInput): Promise<AttentionResult> {
  const wanted = parseInput(focusSchema, input);
  return change(context, 'FOCUS_STARTED', async (tx, _row, now) => {
    const topicIds: string[] = [];
    for (const topic of input.allowTopics ?? []) {
      topicIds.push(await requirePlace(tx, context.viewer, topic));
    }
    const until = new Date(now.getTime() + wanted.minutes * 60_000);
    const announced = new Date(until.getTime() - (wanted.headsUpMinutes ?? headsUpMinutes) * 60_000);
    return {
      focusStartedAt: now,
      focusUntil: until,
      focusHeadsUpAt: announced > now && announced < until ? announced : null,
      focusAllow: { reasons: wanted.allowReasons ?? [], topicIds },
    };
  });
}

/** Ends the viewer's focus; what it held is told at once, as one. Nothing changes when there is none. */
export function endFocus(context: Context): Promise<AttentionResult> {
  return change(context, 'FOCUS_ENDED', (_tx, row) =>
    row?.focusUntil ? { focusStartedAt: null, focusUntil: null, focusHeadsUpAt: null, focusAllow: {} } : null,
  );
}

/**
 * Holds everything, whatever was to come through; `until` absent: until {@link resumeAlerts}.
 * @throws VALIDATION_ERROR for a moment that is past.
 */
export function pauseAlerts(context: Context, input: { until?: Date | null | undefined }): Promise<AttentionResult> {
  const until = parseInput(comingMoment(context.clock.now()), input.until) ?? null;
  return change(context, 'PAUSED', (_tx, _row, now) => ({ pausedAt: now, pausedUntil: until }));
}

/** Ends a pause. Nothing changes when there is none. */
export function resumeAlerts(context: Context): Promise<AttentionResult> {
  return change(context, 'RESUMED', (_tx, row) => (row?.pausedAt ? { pausedAt: null, pausedUntil: null } : null));
}

/** Tells the viewer now of everything that waits, whatever holds it; focus, pause and plans stay as they are. */
export function releaseHeld(context: Context): Promise<AttentionResult> {
  return context.transaction(async (tx) => {
    const row = await lockRow(tx, context);
    const released = await release(tx, context, row, 'EVERYTHING', 'ASKED');
    return { released: released.count, eventId: released.eventId };
  });
}

/** What a change of each kind releases, and for what reason. */
const causes: Record<AttentionChange, ReleaseCause> = {
  SETTINGS: 'SETTINGS_CHANGED',
  RULES: 'SETTINGS_CHANGED',
  FOLLOWS: 'SETTINGS_CHANGED',
  FOCUS_STARTED: 'SETTINGS_CHANGED',
  FOCUS_ENDING: 'SETTINGS_CHANGED',
  FOCUS_ENDED: 'FOCUS_ENDED',
  PAUSED: 'SETTINGS_CHANGED',
  RESUMED: 'RESUMED',
};

/** Columns to set; null: nothing changes. */
type Columns = Partial<Record<keyof Attention, unknown>>;

/** Changes columns of the viewer's row; `make` answers null when there is nothing to change. */
function change(
  context: Context,
  what: AttentionChange,
  make: (tx: Tx, row: Attention, now: Date) => Columns | null | Promise<Columns | null>,
): Promise<AttentionResult> {
  return changeWith(context, what, async (tx, row, now) => ({ columns: await make(tx, row, now), result: {} }));
}

/**
 * Changes the viewer's attention, tells their devices, and decides again what is held. While it runs nothing else
 * decides about them, so that nothing can be held under settings that are no more. `make` changes what is not in the
 * row itself, and says what in the row (null: nothing changed at all) and what to answer beside.
 */
export async function changeWith<Result extends object>(
  context: Context,
  what: AttentionChange,
  make: (tx: Tx, row: Attention, now: Date) => Promise<{ columns: Columns | null; result: Result }>,
): Promise<AttentionResult & Result> {
  return context.transaction(async (tx) => {
    const before = await lockRow(tx, context);
    const now = context.clock.now();
    const { columns, result } = await make(tx, before, now);
    if (!columns) return { ...result, released: 0, eventId: null };
    const { userId } = context.viewer;
    const row = await tx.attention.update({
      where: { userId },
      data: { ...columns, version: { increment: 1 }, updatedAt: now } as never,
    });
    const eventId = append(tx, topicKey('user', userId), attentionEvents.AttentionChanged, { change: what });
    const released = await release(tx, context, row, 'ALL', causes[what]);
    return { ...result, released: released.count, eventId };
  });
}

/** The viewer's row, locked ({@link lockAttention}); made where there was none, with version 0: nothing was chosen yet. */
async function lockRow(tx: Tx, { viewer: { userId } }: Context): Promise<Attention> {
  await tx.$executeRaw`
    INSERT INTO "Attention" ("userId", version) VALUES (${userId}::uuid, 0) ON CONFLICT ("userId") DO NOTHING`;
  const row = (await lockAttention(tx, [userId])).get(userId);
  if (!row) throw new Error('the row was made a moment ago');
  return row;
}

async function release(
  tx: Tx,
  { viewer: { userId }, clock, config, services: { metrics, events } }: Context,
  row: Attention,
  scope: Scope,
  cause: ReleaseCause,
): Promise<Released> {
  const now = clock.now();
  const released = await releaseFor(tx, { userId, row, scope, cause, now, config, metrics, events });
  await scheduleLooks(tx, userId, row, now);
  return released;
}
