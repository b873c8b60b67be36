/** Why somebody is told: every reason that declarations of events can give, with what it means. */
export const reasons = {
  MENTIONED: { direct: true, description: 'You were mentioned.' },
  ASSIGNED: { direct: true, description: 'Something was given to you.' },
  ADDED: { direct: true, description: 'You were added to a project or conversation.' },
  REPLIED: { direct: true, description: 'Somebody answered a message or a comment of yours.' },
  MESSAGE: { direct: false, description: 'Somebody wrote in a conversation you take part in.' },
  DUE_SOON: { direct: true, description: 'A task of yours is due soon.' },
  OFFER: { direct: true, description: 'You were made an offer, or something became of one of yours.' },
  COMMENTED: { direct: false, description: 'Somebody commented on something you take part in.' },
  RATED: { direct: false, description: 'Somebody rated a page of yours.' },
  PUBLISHED: { direct: false, description: 'Another application had something to tell you.' },
  FOLLOWING: { direct: false, description: 'You follow everything that happens there.' },
} as const satisfies Record<string, Reason>;

interface Reason {
  /**
   * Meant for you in person. While a notification is unread, such a reason is not replaced by one that is not:
   * ten comments after a mention must not hide the mention from who looks for mentions.
   */
  readonly direct: boolean;
  readonly description: string;
}

export type ReasonName = keyof typeof reasons;

/** Names of the direct reasons. */
export const directReasons: readonly string[] = Object.entries(reasons)
  .filter(([, { direct }]) => direct)
  .map(([name]) => name);

/** A reason as declarations name it. One that this server does not know is not direct. */
export function reasonNamed(name: string): { readonly name: string; readonly direct: boolean } {
  return { name, direct: directReasons.includes(name) };
}
