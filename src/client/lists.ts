/** The fields of a list that say which part of it is meant; all others say which list. */
const paging = new Set(['first', 'last', 'after', 'before']);

/** What an event does to lists that may be on the screen. Rows that are in a list already change by themselves. */
export interface ListRule {
  /** Types of the events. */
  readonly events: readonly string[];
  /** The event's field with the row. */
  readonly item: string;
  /** `add` a new row; `move` one to where its fields say it belongs; `raise` it to the beginning; `remove` it. */
  readonly change: 'add' | 'move' | 'raise' | 'remove';
  /** Type of the object that has the list; its id is that of the topic, or of the event's field `ownerField`. */
  readonly owner: string;
  readonly ownerField?: string;
  readonly list: string;
  /** The argument that names the topic. */
  readonly argument?: string;
  readonly at: 'start' | 'end';
}

export const listRules: readonly ListRule[] = [
  { events: ['ProjectCreated'], item: 'project', change: 'add', owner: 'Query', list: 'projects', at: 'end' },
  { events: ['ProjectDeleted'], item: 'project', change: 'remove', owner: 'Query', list: 'projects', at: 'end' },
  {
    events: ['TaskCreated'],
    item: 'task',
    change: 'add',
    owner: 'Query',
    list: 'tasks',
    argument: 'projectId',
    at: 'end',
  },
  {
    events: ['TaskUpdated'],
    item: 'task',
    change: 'move',
    owner: 'Query',
    list: 'tasks',
    argument: 'projectId',
    at: 'end',
  },
  {
    events: ['TaskDeleted'],
    item: 'task',
    change: 'remove',
    owner: 'Query',
    list: 'tasks',
    argument: 'projectId',
    at: 'end',
  },
  {
    events: ['TaskCommented'],
    item: 'comment',
    change: 'add',
    owner: 'Task',
    ownerField: 'task',
    list: 'comments',
    at: 'end',
  },
  {
    events: ['ContentCreated', 'ContentPublished'],
    item: 'content',
    change: 'add',
    owner: 'Query',
    list: 'contents',
    at: 'end',
  },
  {
    events: ['ContentUnpublished'],
    item: 'content',
    change: 'move',
    owner: 'Query',
    list: 'contents',
    at: 'end',
  },
  { events: ['ContentDeleted'], item: 'content', change: 'remove', owner: 'Query', list: 'contents', at: 'end' },
  { events: ['CommentAdded'], item: 'comment', change: 'add', owner: 'Content', list: 'comments', at: 'end' },
  {
    events: ['ConversationCreated'],
    item: 'conversation',
    change: 'add',
    owner: 'Query',
    list: 'conversations',
    at: 'start',
  },
  {
    events: ['MessageSent'],
    item: 'message',
    change: 'add',
    owner: 'Query',
    list: 'messages',
    argument: 'conversationId',
    at: 'end',
  },
  { events: ['MessageSent'], item: 'message', change: 'add', owner: 'Conversation', list: 'messages', at: 'end' },
  { events: ['OfferCreated'], item: 'offer', change: 'add', owner: 'Conversation', list: 'offers', at: 'end' },
  {
    events: ['NotificationUpserted'],
    item: 'notification',
    change: 'raise',
    owner: 'Query',
    list: 'notifications',
    at: 'start',
  },
];

/** Of these there is one for each person, wherever it stands. */
export const ownTypes = ['Attention', 'InboxCounts'] as const;

/** Changes of many notifications at once name no rows: lists of them are asked for again. */
export const refetchedBy: Readonly<Record<string, string>> = {
  NotificationsChanged: 'notifications',
  BatchReleased: 'notifications',
};

/** The values of a subscription's root fields, each an event of some type. */
export function eventsOf(data: unknown): Readonly<Record<string, unknown>>[] {
  return Object.values((data ?? {}) as object).filter((value) => typeof value?.__typename === 'string');
}

/** Ids by which the topic of an event may be named: its own, and what the subscription was asked with. */
export function topicNames(event: Readonly<Record<string, unknown>>, variables: unknown, topic?: string): string[] {
  const selected = (event.topic as { id?: string } | undefined)?.id;
  const asked = Object.values((variables ?? {}) as object).filter((value) => typeof value === 'string');
  return [selected, topic?.slice(topic.indexOf(':') + 1), ...asked].filter((name) => name !== undefined);
}

/** Whether a row belongs into a list: `filtered` says that the list holds only a part, `unknown` that the server has to be asked. */
export type Fit = 'foreign' | 'no' | 'yes' | 'filtered' | 'unknown';

/**
 * Whether a row belongs into the list with these arguments: `foreign` is a list of something else. Of a filter that is no
 * field of the row nobody knows here.
 */
export function belongs(
  rule: ListRule,
  args: Readonly<Record<string, unknown>>,
  names: readonly string[],
  field: (name: string) => unknown,
): Fit {
  if (rule.argument && !names.includes(String(args[rule.argument]))) return 'foreign';
  const filters = Object.entries(args).filter(
    ([name, value]) => !paging.has(name) && name !== rule.argument && value !== null && value !== undefined,
  );
  if (filters.length === 0) return 'yes';
  const values = filters.map(([name, value]) => [field(name), value] as const);
  if (values.some(([own, value]) => own !== undefined && own !== value)) return 'no';
  return values.every(([own]) => own !== undefined) ? 'filtered' : 'unknown';
}

/** What to do with a row: put it in, where it is not, take it out, leave it as it is, or ask for the list again. */
export function verdict(
  rule: ListRule,
  fits: Exclude<Fit, 'foreign'>,
  isIn: boolean,
): 'insert' | 'remove' | 'leave' | 'ask' {
  if (rule.change === 'remove' || fits === 'no') return isIn ? 'remove' : 'leave';
  if (fits === 'unknown') return rule.change === 'add' && isIn ? 'leave' : 'ask';
  if (rule.change === 'raise') return 'insert';
  // What changes was in the list before, or in a part of it that was never fetched.
  if (rule.change === 'move' && fits === 'yes') return 'leave';
  return isIn ? 'leave' : 'insert';
}
