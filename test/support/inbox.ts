// The inbox as a client has it: loaded once, then kept by what `inbox` delivers.
import type { TestApp } from './app.ts';
import type { Delivery, Subscription } from './subscription.ts';
import type { Person } from './world.ts';

export interface ShownNotification {
  id: string;
  type: string;
  reason: string;
  threadKey: string;
  count: number;
  title: string;
  actors: { id: string }[];
  topic: { id: string } | null;
  event: { id: string } | null;
  subject: { __typename: string; id: string } | null;
  state: 'UNREAD' | 'READ' | 'SNOOZED' | 'DONE' | 'EXPIRED';
  seenAt: string | null;
  readAt: string | null;
  snoozedUntil: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface Counts {
  unread: number;
  unseen: number;
  snoozed: number;
  done: number;
  total: number;
}

export interface Inbox {
  headCursor: string;
  counts: Counts;
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
  edges: { cursor: string }[];
  nodes: ShownNotification[];
}

export type InboxChange = { id: string; cursor: string; at: string; counts: Counts } & (
  | { __typename: 'NotificationUpserted'; alert: boolean; notification: ShownNotification | null }
  | {
      __typename: 'NotificationsChanged';
      ids: string[];
      all: boolean;
      action: string;
      changeId: string | null;
      notifications: ShownNotification[];
    }
);

const fields = `id type reason threadKey count title actors { id } topic { id } event { id }
  subject { __typename id } state seenAt readAt snoozedUntil createdAt updatedAt`;
const counts = 'counts { unread unseen snoozed done total }';

export const inboxQuery = `
  query ($filter: NotificationFilter, $first: Int, $after: String, $last: Int, $before: String) {
    notifications(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      headCursor ${counts} pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { cursor } nodes { ${fields} } } }`;

export const inboxSubscription = `
  subscription ($after: Cursor) { inbox(after: $after) {
    __typename id cursor at ${counts}
    ... on NotificationUpserted { alert notification { ${fields} } }
    ... on NotificationsChanged { ids all action changeId notifications { ${fields} } } } }`;

/** A page of somebody's inbox; the first 100 unless asked for otherwise. */
export async function readInbox(app: TestApp, person: Person, variables: Record<string, unknown> = {}): Promise<Inbox> {
  const sizes = 'first' in variables || 'last' in variables ? {} : { first: 100 };
  const { notifications } = await app.ask(person, inboxQuery, { ...sizes, ...variables });
  return notifications;
}

/** What counts say of somebody who has these notifications and no others. */
export function countsOf(nodes: readonly Pick<ShownNotification, 'state' | 'seenAt'>[]): Counts {
  const inState = (state: ShownNotification['state']) => nodes.filter((node) => node.state === state);
  return {
    unread: inState('UNREAD').length,
    unseen: inState('UNREAD').filter(({ seenAt }) => seenAt === null).length,
    snoozed: inState('SNOOZED').length,
    done: inState('DONE').length,
    total: nodes.length,
  };
}

/** A stream of somebody's inbox, on a socket of its own. */
export async function followInbox(
  app: TestApp,
  person: Person,
  after?: string,
): Promise<Subscription<{ inbox: InboxChange }>> {
  const socket = await app.socket(person);
  return socket.subscribe(inboxSubscription, after === undefined ? {} : { after }) as Promise<
    Subscription<{ inbox: InboxChange }>
  >;
}

/** Without what a client that only listens cannot know: titles follow names elsewhere. */
export type ViewedNotification = Omit<ShownNotification, 'title'>;

export interface InboxView {
  readonly notifications: ReadonlyMap<string, ViewedNotification>;
  readonly counts: Counts;
  /** Puts a change into the view. Throws when the change asks to load the list again. */
  apply(change: InboxChange): void;
}

/** The view a client builds from a page that shows everything. */
export function viewOf(inbox: Pick<Inbox, 'nodes' | 'counts'>): InboxView {
  const notifications = new Map(inbox.nodes.map((node) => [node.id, viewed(node)]));
  const view = {
    notifications,
    counts: inbox.counts,
    apply(change: InboxChange): void {
      view.counts = change.counts;
      if (change.__typename === 'NotificationUpserted') {
        if (change.notification) notifications.set(change.notification.id, viewed(change.notification));
        return;
      }
      if (change.all) throw new Error('this change asks to load the list again');
      for (const id of change.ids) {
        if (!notifications.has(id)) {
          throw new Error(`a change of a notification the client was never told of: ${id}`);
        }
      }
      for (const shown of change.notifications) notifications.set(shown.id, viewed(shown));
    },
  };
  return view;
}

function viewed({ title: _, ...rest }: ShownNotification): ViewedNotification {
  return rest;
}

/** Takes everything up to and including a place in the log: `headCursor` of a later page, or a mutation's eventCursor. */
export async function takeUntil(
  stream: Subscription<{ inbox: InboxChange }>,
  reached: (delivery: Delivery<{ inbox: InboxChange }>) => boolean,
): Promise<InboxChange[]> {
  const taken: InboxChange[] = [];
  for (;;) {
    const delivery = await stream.next();
    taken.push(delivery.data.inbox);
    if (reached(delivery)) return taken;
  }
}
