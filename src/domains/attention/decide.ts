import { type Channel, type RuleView, winner } from './rules.ts';
import type { AttentionSettings, DigestPlan } from './settings.ts';
import { nextBatch, nextDigest, quietUntil } from './timing.ts';

/** How much a person wants to hear of a topic, where they or something they did has said so. */
export interface FollowView {
  readonly level: 'ALL' | 'PARTICIPATING' | 'NONE' | 'MUTED';
  readonly until: Date | null;
}

/** Everything a decision depends on. */
export interface Circumstances {
  readonly event: {
    readonly type: string;
    readonly topicId: string;
    /** Says of itself that it cannot wait. */
    readonly critical: boolean;
  };
  readonly person: {
    /** Whether they did it themselves. */
    readonly isActor: boolean;
    readonly mayRead: boolean;
    /** Whether they are among those whom the event concerns; absent: they are. */
    readonly isConcerned?: boolean;
    /** Whether they have an address and digests are sent here. */
    readonly hasMail: boolean;
  };
  /** Why they are told; `direct`: it is meant for them in person. */
  readonly reason: { readonly name: string; readonly direct: boolean };
  /** Their own and the workspace's, those that have ended left out. */
  readonly rules: readonly RuleView[];
  readonly follow: FollowView | null;
  readonly attention: AttentionSettings;
  readonly digest: DigestPlan;
  readonly known: { readonly looking: boolean; readonly hasRead: boolean; readonly snoozed: boolean };
  /** Alerts that came through today. */
  readonly comeThrough: number;
  readonly now: Date;
  /**
   * Set when an alert that was held is looked at again because its time has come: what it waited for is over, and
   * the batch plan holds it no second time.
   */
  readonly releasing?: boolean;
}

/** The branches of decide(), in the order in which they are asked: what is asked, and what follows. */
export const branches = {
  NO_ACCESS: ['The person may not read the place.', 'nothing'],
  OWN_ACT: ['They did it themselves.', 'nothing'],
  NOT_CONCERNED: ['The declaration names them not, and they do not follow everything there.', 'nothing'],
  MANDATORY: ['A rule of the workspace that nobody can change fits.', 'what it says, at once'],
  MUTED: ['They muted the place.', 'nothing'],
  NOT_FOLLOWED: ['They unfollowed the place, and it is not meant for them in person.', 'nothing'],
  RULE: ['The rule that wins says OFF.', 'nothing in this channel'],
  INBOX_OFF: ['A rule keeps it out of the inbox.', 'no alert and no e-mail either'],
  NO_DIGEST: ['Of EMAIL: they get no digest, or have no address.', 'no e-mail'],
  HAS_READ: ['They have read it already.', 'no alert, no e-mail; the row is read'],
  LOOKING: ['They have its place before their eyes.', 'no alert, no e-mail; the row is seen'],
  SNOOZED: ['Of ALERT: they snoozed its row, and it is not meant for them in person.', 'no alert'],
  DIGEST: ['Of EMAIL: nothing above.', 'held for the next digest'],
  PAUSED: ['They paused everything.', 'held until they resume, or the pause ends'],
  CRITICAL: ['Something below would hold it, and it says of itself that it cannot wait.', 'alert'],
  BREAK_THROUGH: ['Something below would hold it, its reason may come through, and the day’s budget lasts.', 'alert'],
  FOCUS: ['They are in focus, and the focus does not let it through.', 'held until the focus ends'],
  FOCUS_ALLOWED: ['They are in focus, which lets it through.', 'alert, without waiting for a batch'],
  QUIET: ['It is in their quiet hours.', 'held until these end'],
  BATCH: ['They have batch times, or the rule that wins says BATCH.', 'held until the next batch time'],
  SENT: ['Nothing above.', 'told at once'],
} as const satisfies Record<string, readonly [asks: string, outcome: string]>;
export type Branch = keyof typeof branches;

/** What was decided for one channel. */
export interface Decision {
  readonly state: 'SENT' | 'SKIPPED' | 'HELD';
  readonly branch: Branch;
  /** The rule that settled it, or let it through; absent: none. */
  readonly rule?: RuleView;
  /** Of MUTED, PAUSED, FOCUS and QUIET: until when that holds; null: until it is changed. */
  readonly until?: Date | null;
  /** Of HELD: when it is looked at again; null: when the person resumes. */
  readonly dueAt?: Date | null;
  /** It would have come through, but the day's budget is spent. */
  readonly budgetSpent?: true;
}

export type Decisions = Readonly<Record<Channel, Decision>>;

/**
 * Whether and when a person is told of an event, for every channel. Pure: the same circumstances, the same decision.
 * docs/attention.md has the branches as a table, printed from {@link branches} and sentences.ts.
 */
export function decide(circumstances: Circumstances): Decisions {
  const inbox = decideInbox(circumstances);
  if (inbox.state === 'SKIPPED') {
    const { branch } = inbox;
    // Without an inbox row there is nothing an alert or a mail could speak of.
    const rest: Decision = branch === 'RULE' || branch === 'MANDATORY' ? { ...inbox, branch: 'INBOX_OFF' } : inbox;
    return { INBOX: inbox, ALERT: rest, EMAIL: rest };
  }
  return { INBOX: inbox, ALERT: decideAlert(circumstances), EMAIL: decideEmail(circumstances) };
}

function decideInbox(circumstances: Circumstances): Decision {
  const settled = beforeTiming(circumstances, 'INBOX');
  return settled.decision ?? sent('SENT', settled.rule);
}

function decideAlert(circumstances: Circumstances): Decision {
  const { attention, event, reason, known, now, comeThrough } = circumstances;
  const { decision, rule } = beforeTiming(circumstances, 'ALERT');
  if (decision) return decision;
  if (known.hasRead) return skipped('HAS_READ');
  if (known.looking) return skipped('LOOKING');
  if (known.snoozed && !reason.direct) return skipped('SNOOZED');
  const { pause, breakThrough } = attention;
  if (pause && (pause.until === null || pause.until > now)) {
    return {
      state: 'HELD',
      branch: 'PAUSED',
      until: pause.until,
      dueAt: pause.until && afterQuiet(attention, pause.until),
    };
  }
  const held = heldBy(circumstances, rule);
  if (!held) return sent(allowedInFocus(circumstances) ? 'FOCUS_ALLOWED' : 'SENT', rule);
  if (event.critical) return sent('CRITICAL');
  if (!breakThrough.reasons.includes(reason.name) || breakThrough.perDay === 0) return held;
  return comeThrough < breakThrough.perDay ? sent('BREAK_THROUGH') : { ...held, budgetSpent: true };
}

function decideEmail(circumstances: Circumstances): Decision {
  const { decision, rule } = beforeTiming(circumstances, 'EMAIL');
  if (decision && decision.state === 'SKIPPED') return decision;
  const { person, digest, known, now } = circumstances;
  const dueAt = person.hasMail ? nextDigest(digest, now) : null;
  if (!dueAt) return skipped('NO_DIGEST');
  if (known.hasRead) return skipped('HAS_READ');
  if (known.looking) return skipped('LOOKING');
  // What they snoozed waits with it: the digest puts off what is not back.
  return { state: 'HELD', branch: 'DIGEST', dueAt, ...(rule && { rule }) };
}

/** The branches that no time changes; `rule`: one that lets it through. */
function beforeTiming(circumstances: Circumstances, channel: Channel): { decision?: Decision; rule?: RuleView } {
  const { person, event, reason, rules, follow, now } = circumstances;
  if (!person.mayRead) return { decision: skipped('NO_ACCESS') };
  if (person.isActor) return { decision: skipped('OWN_ACT') };
  if (person.isConcerned === false) return { decision: skipped('NOT_CONCERNED') };
  const rule = winner(rules, { channel, type: event.type, reason: reason.name, topicId: event.topicId, now });
  if (rule?.mandatory) {
    const off = rule.value === 'OFF';
    return { decision: { state: off ? 'SKIPPED' : 'SENT', branch: 'MANDATORY', rule }, rule };
  }
  if (follow && (follow.until === null || follow.until > now)) {
    if (follow.level === 'MUTED') return { decision: { ...skipped('MUTED'), until: follow.until } };
    if (follow.level === 'NONE' && !reason.direct)
      return { decision: { ...skipped('NOT_FOLLOWED'), until: follow.until } };
  }
  if (rule?.value === 'OFF') return { decision: { ...skipped('RULE'), rule } };
  return rule ? { rule } : {};
}

/** What holds an alert now, the strongest first; null: nothing. */
function heldBy(circumstances: Circumstances, rule: RuleView | undefined): Decision | null {
  const { attention, now } = circumstances;
  const { focus } = attention;
  const named = rule && { rule };
  if (focus && focus.until > now && !allowedInFocus(circumstances)) {
    return { state: 'HELD', branch: 'FOCUS', until: focus.until, dueAt: afterQuiet(attention, focus.until), ...named };
  }
  const quietEnd = quietUntil(attention, now);
  if (quietEnd) return { state: 'HELD', branch: 'QUIET', until: quietEnd, dueAt: quietEnd, ...named };
  if (circumstances.releasing || allowedInFocus(circumstances)) return null;
  // Somebody's own ON means at once; the workspace's leaves their batches alone.
  if (rule?.value === 'ON' && rule.owner === 'PERSON') return null;
  if (attention.batchTimes.length === 0 && rule?.value !== 'BATCH') return null;
  const plan = attention.batchTimes.length > 0 ? attention : { ...attention, batchTimes: batchTimesOfRules };
  const dueAt = nextBatch(plan, now);
  return dueAt && { state: 'HELD', branch: 'BATCH', dueAt, ...named };
}

/** When a rule says BATCH and the person has no batch times. */
export const batchTimesOfRules: readonly string[] = ['09:00', '13:00', '17:00'];

function allowedInFocus({ attention: { focus }, event, reason, now }: Circumstances): boolean {
  if (!focus || focus.until <= now) return false;
  return focus.allow.reasons.includes(reason.name) || focus.allow.topicIds.includes(event.topicId);
}

/** A release that would fall into quiet time moves on to its end. */
function afterQuiet(attention: AttentionSettings, moment: Date): Date {
  return quietUntil(attention, moment) ?? moment;
}

function sent(branch: Branch, rule?: RuleView): Decision {
  return { state: 'SENT', branch, ...(rule && { rule }) };
}

function skipped(branch: Branch): Decision {
  return { state: 'SKIPPED', branch };
}
