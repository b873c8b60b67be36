import type { Branch } from './decide.ts';
import type { Channel, RuleValue } from './rules.ts';
import { inWords } from './timing.ts';

/** What is kept of a decision beside its branch, so that it can be said again in words. */
export interface Details {
  readonly rule?: {
    readonly id: string;
    readonly owner: 'PERSON' | 'WORKSPACE';
    /** What it is restricted to, in the order of a sentence: `reason MENTIONED`, `this topic`. */
    readonly about: readonly string[];
    readonly value: RuleValue;
    /** ISO 8601. */
    readonly until: string | null;
  };
  /** ISO 8601; null: until it is changed. */
  readonly until?: string | null;
  readonly budgetSpent?: true;
}

/** A decision as it is kept. */
export interface Settled {
  readonly channel: Channel;
  readonly state: 'SENT' | 'SKIPPED' | 'HELD' | 'RELEASED' | 'CANCELLED';
  readonly decision: Branch;
  readonly details: Details;
  /** Why a held one was not told after all. */
  readonly cancelled: string | null;
  readonly dueAt: Date | null;
  readonly sentAt: Date | null;
}

/** Whose time the words are in. */
export interface Reader {
  readonly timeZone: string;
  readonly now: Date;
}

const subjects: Record<Channel, string> = { INBOX: 'The inbox row', ALERT: 'The alert', EMAIL: 'The e-mail' };

/**
 * Why somebody did, or did not, get something: one or two sentences that name the rule, where it comes from and until
 * when it holds.
 */
export function sentenceOf(settled: Settled, reader: Reader): string {
  const because = becauseOf(settled, reader);
  const subject = subjects[settled.channel];
  switch (settled.state) {
    case 'SENT':
      return `${subject} came at once: ${because}.`;
    case 'SKIPPED':
      return `${subject} was left out: ${because}.`;
    case 'HELD':
      return `${subject} waits ${waitsFor(settled, reader)}: ${because}.`;
    case 'RELEASED': {
      const told = settled.sentAt ? `, and was told ${momentOf(settled.sentAt, reader)}` : '';
      return `${subject} waited because ${because}${told}.`;
    }
    case 'CANCELLED':
      return `${subject} waited because ${because}, and was dropped: ${droppedBecause(settled.cancelled)}.`;
  }
}

function becauseOf({ channel, state, decision, details }: Settled, reader: Reader): string {
  const until = details.until == null ? '' : ` until ${inWords(new Date(details.until), reader.timeZone, reader.now)}`;
  const rule = details.rule ? ruleInWords(details.rule, reader) : '';
  switch (decision) {
    case 'NO_ACCESS':
      return 'you may not read where it happened';
    case 'OWN_ACT':
      return 'you did it yourself';
    case 'NOT_CONCERNED':
      return 'it was not about you, and you do not follow everything there';
    case 'MANDATORY':
      return `${rule}, and nobody can choose otherwise`;
    case 'MUTED':
      return `you muted the place${until}`;
    case 'NOT_FOLLOWED':
      return `you do not follow the place${until}, and it was not meant for you in person`;
    case 'RULE':
      return rule;
    case 'INBOX_OFF':
      return details.rule ? `nothing of it goes to the inbox, because ${rule}` : 'nothing of it goes to the inbox';
    case 'NO_DIGEST':
      return 'you get no digest by e-mail';
    case 'HAS_READ':
      return 'you had read it already';
    case 'LOOKING':
      return 'you were looking at it';
    case 'SNOOZED':
      return 'you snoozed it, and it was not meant for you in person';
    case 'DIGEST':
      return rule === '' ? 'e-mails are gathered in a digest' : rule;
    case 'PAUSED':
      return `you paused everything${until}`;
    case 'CRITICAL':
      return 'it says of itself that it cannot wait';
    case 'BREAK_THROUGH':
      return 'you let this reason come through';
    case 'FOCUS':
      return `you ${state === 'HELD' ? 'are' : 'were'} in focus${until}${budget(details)}`;
    case 'FOCUS_ALLOWED':
      return 'your focus lets it through';
    case 'QUIET':
      return `your quiet hours ${state === 'HELD' ? 'last' : 'lasted'}${until}${budget(details)}`;
    case 'BATCH':
      return `${rule === '' ? 'alerts are gathered for your batch times' : rule}${budget(details)}`;
    case 'SENT':
      if (rule !== '') return rule;
      return channel === 'INBOX' ? 'everything that concerns you goes there' : 'nothing held it';
  }
}

function budget({ budgetSpent }: Details): string {
  return budgetSpent ? ', and what may come through in a day had come' : '';
}

function waitsFor({ dueAt }: Settled, reader: Reader): string {
  if (dueAt) return `until ${inWords(dueAt, reader.timeZone, reader.now)}`;
  return 'until you resume';
}

function momentOf(moment: Date, { timeZone, now }: Reader): string {
  return `at ${inWords(moment, timeZone, now)}`;
}

function ruleInWords({ owner, about, value, until }: NonNullable<Details['rule']>, reader: Reader): string {
  const whose = owner === 'PERSON' ? 'your rule' : 'a rule of the workspace';
  const what = about.length === 0 ? 'for everything' : `for ${about.join(' and ')}`;
  const end = until === null ? '' : ` until ${inWords(new Date(until), reader.timeZone, reader.now)}`;
  return `${whose} ${what} says ${value}${end}`;
}

/** What holds, and which rule says so. `over`: how many others gave way. */
export function whatHolds(
  holds: { value: RuleValue; rule: NonNullable<Details['rule']> | undefined; mandatory: boolean; over: number },
  reader: Reader,
): string {
  const { value, rule, mandatory, over } = holds;
  if (!rule) return `No rule fits; the default is ${value}.`;
  const words = ruleInWords(rule, reader);
  const firm = mandatory ? ', and nobody can choose otherwise' : '';
  const others = over === 0 ? '' : `, over ${over === 1 ? 'one other rule' : `${over} other rules`}`;
  return `${words[0]?.toUpperCase()}${words.slice(1)}${firm}${others}.`;
}

/** Why something held was not told after all, by the word that is kept. */
export const cancellations: Readonly<Record<string, string>> = {
  READ: 'you read it first',
  DONE: 'you were done with it first',
  SNOOZED: 'you snoozed it',
  NO_ACCESS: 'you lost access to the place',
  MUTED: 'you muted the place',
  NOT_FOLLOWED: 'you no longer follow the place',
  RULE: 'a rule was set against it',
  MANDATORY: 'a rule of the workspace was set against it',
  INBOX_OFF: 'a rule was set against it',
  NO_DIGEST: 'you turned the digest off',
  SUBJECT_GONE: 'what it was about is gone',
  SUBJECT_DONE: 'what it was about is done',
  SUBJECT_MOVED: 'what it was about is due at another time',
  SUBJECT_GIVEN: 'what it was about is not yours any more',
  MAIL_FAILED: 'the mail could not be made, or the mail server refused it',
  MAIL_UNKNOWN: 'it could not be learnt whether the mail server took the mail, and no mail is sent twice',
};

function droppedBecause(word: string | null): string {
  return cancellations[word ?? ''] ?? 'it was no longer needed';
}
