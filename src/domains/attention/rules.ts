import type { Rule } from '../../generated/prisma/client.ts';

/** The ways of telling somebody. */
export const channels = ['INBOX', 'ALERT', 'EMAIL'] as const;
export type Channel = (typeof channels)[number];

/** What each channel can be told to do. */
export const valuesOf = {
  INBOX: ['ON', 'OFF'],
  ALERT: ['ON', 'OFF', 'BATCH'],
  EMAIL: ['DIGEST', 'OFF'],
} as const satisfies Record<Channel, readonly string[]>;

export type RuleValue = (typeof valuesOf)[Channel][number];

/** Where no rule fits, everything is on. */
export const defaultValue: Record<Channel, RuleValue> = { INBOX: 'ON', ALERT: 'ON', EMAIL: 'DIGEST' };

/** A rule as decisions need it. What is null does not restrict. */
export interface RuleView {
  readonly id: string;
  readonly owner: 'PERSON' | 'WORKSPACE';
  readonly eventType: string | null;
  readonly reason: string | null;
  readonly topicId: string | null;
  readonly channel: Channel;
  readonly value: RuleValue;
  /** Only of the workspace. */
  readonly mandatory: boolean;
  readonly until: Date | null;
}

/** What of a row makes the rule; the rest is for telling rows apart and for lists. */
export type RuleRow = Omit<Rule, 'key' | 'createdAt'>;

export function ruleView(row: RuleRow): RuleView {
  const { id, eventType, reason, topicId, channel, mandatory, until } = row;
  const owner = row.userId === null ? 'WORKSPACE' : 'PERSON';
  return { id, owner, eventType, reason, topicId, channel, value: row.value as RuleValue, mandatory, until };
}

/** What a rule is asked about. A part that is absent fits only rules that do not restrict it. */
export interface Asked {
  readonly channel: Channel;
  readonly type?: string | undefined;
  readonly reason?: string | undefined;
  readonly topicId?: string | undefined;
  readonly now: Date;
}

/**
 * The rules that fit, the one that wins first: a mandatory one of the workspace, then the person's own, then the
 * workspace's; among those the most specific, where the topic weighs more than the reason, and the reason more than the
 * type of event.
 */
export function ranked(rules: readonly RuleView[], { channel, type, reason, topicId, now }: Asked): RuleView[] {
  const fits = (rule: RuleView) =>
    rule.channel === channel &&
    (rule.until === null || rule.until > now) &&
    (rule.eventType === null || rule.eventType === type) &&
    (rule.reason === null || rule.reason === reason) &&
    (rule.topicId === null || rule.topicId === topicId);
  return rules.filter(fits).sort((a, b) => weightOf(b) - weightOf(a) || (a.id < b.id ? 1 : -1));
}

/** The rule that wins, or undefined: then {@link defaultValue} holds. */
export function winner(rules: readonly RuleView[], asked: Asked): RuleView | undefined {
  return rules.length === 0 ? undefined : ranked(rules, asked)[0];
}

function weightOf({ owner, mandatory, eventType, reason, topicId }: RuleView): number {
  const specific = (topicId === null ? 0 : 4) + (reason === null ? 0 : 2) + (eventType === null ? 0 : 1);
  return (mandatory ? 16 : 0) + (owner === 'PERSON' ? 8 : 0) + specific;
}

/** One rule for each owner and restriction. */
export function ruleKey(parts: {
  ownerId: string;
  channel: Channel;
  eventType: string | null;
  reason: string | null;
  topicId: string | null;
  mandatory: boolean;
}): string {
  const { ownerId, channel, eventType, reason, topicId, mandatory } = parts;
  return [ownerId, channel, eventType ?? '*', reason ?? '*', topicId ?? '*', mandatory ? 'mandatory' : ''].join(' ');
}
