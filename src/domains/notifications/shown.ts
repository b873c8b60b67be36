import DataLoader from 'dataloader';
import type { EventKind } from '../../events/define.ts';
import { eventColumns, type LoggedEvent, toLoggedEvent } from '../../events/log.ts';
import { type ReasonName, reasons } from '../../events/reasons.ts';
import type { TopicKey } from '../../events/topic.ts';
import type { Notification, User } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';

/** People named behind a notification, at most. */
export const maxActors = 5;

/** What the title says of a topic that was lost, and of things that are gone. No name or text is quoted then. */
const neutralTitle = 'Something happened in a place you can no longer read.';

/** The topic a notification is about, when the viewer may read it still; null otherwise. */
export async function topicOf(context: Context, { topic }: Notification): Promise<TopicKey | null> {
  const role = await rolesLoader(context).load(topic as TopicKey);
  return role ? (topic as TopicKey) : null;
}

/** The newest event of a notification; null when its topic can no longer be read. */
export async function eventOf(context: Context, notification: Notification): Promise<LoggedEvent | null> {
  return (await topicOf(context, notification)) ? eventsLoader(context).load(notification.eventId) : null;
}

/** What a notification is about: a row and the name of its type. Null when it can no longer be read, or is gone. */
export async function subjectOf(context: Context, notification: Notification): Promise<Subject | null> {
  const event = await eventOf(context, notification);
  const notify = event && context.services.events.get(event.kind)?.notify;
  if (!notify) return null;
  const { model, id } = notify.subject(event);
  return subjectsLoader(context).load(`${model} ${id}`);
}

/** People behind a notification, newest first. */
export async function actorsOf(context: Context, { actorIds }: Notification): Promise<User[]> {
  const found = await usersLoader(context).loadMany(actorIds);
  return found.filter((user): user is User => user !== null && !(user instanceof Error));
}

/**
 * One line that is true of what the viewer may read now.
 *
 * An unread notification gathers events of several people and kinds. "3 people" are only named together when they
 * did the same, which a reason that is not direct says: a direct one would have stayed (reasons.ts); whoever did something
 * else before is not counted. Otherwise, and for who follows everything there, the line is about the newest event alone.
 */
export async function titleOf(context: Context, notification: Notification): Promise<string> {
  const [event, subject] = await Promise.all([eventOf(context, notification), subjectOf(context, notification)]);
  const kind = event && context.services.events.get(event.kind);
  if (!event || !kind?.notify || !subject) return neutralTitle;
  const { count, actorIds } = notification;
  const together = notification.alike ?? actorIds.length;
  const alike = notification.reason !== 'FOLLOWING' && !reasons[notification.reason as ReasonName].direct;
  const [newest] = await actorsOf(context, notification);
  const words = {
    actor: alike && together > 1 ? people(together) : (newest?.name ?? 'Somebody'),
    subject: subject.row.title ?? subject.row.name ?? '',
    reason: alike || count === 1 ? notification.reason : await reasonOfNewest(context, event, kind),
    count,
  };
  const title = words.reason === 'FOLLOWING' ? kind.notify.followers?.title : kind.notify.title;
  return title ? title(words, event) : neutralTitle;
}

function people(count: number): string {
  // Beyond that nobody counted.
  return count < maxActors ? `${count} people` : `${maxActors} or more people`;
}

/** The viewer's reason in this event, which a more direct one of an earlier event hides in the row. */
async function reasonOfNewest(context: Context, event: LoggedEvent, { notify }: EventKind): Promise<string> {
  const recipients = (await notify?.recipients(event, context.db)) ?? [];
  const own = recipients.find(({ userId }) => userId === context.viewer.userId)?.reason;
  return own ?? notify?.everyone ?? (notify?.followers ? 'FOLLOWING' : (notify?.reasons.at(-1) ?? ''));
}

/** A row with what can stand in a title, and the name of its GraphQL type. */
export interface Subject {
  readonly model: string;
  readonly row: { readonly id: string; readonly title?: string | null; readonly name?: string };
}

// One statement for a page of notifications instead of one for each.

const rolesLoader = loader((context) => async (topics: readonly TopicKey[]) => {
  const roles = await context.services.rolesOf(context.db, context.viewer, topics);
  return topics.map((topic) => roles.get(topic) ?? null);
});

const eventsLoader = loader(({ services }) => async (ids: readonly string[]) => {
  const rows = await services.database.query<Parameters<typeof toLoggedEvent>[0]>(
    `SELECT ${eventColumns} FROM event WHERE id = ANY($1::uuid[]) AND home IS NULL`,
    [ids],
  );
  const found = new Map(rows.map((row) => [row.id, toLoggedEvent(row)]));
  return ids.map((id) => found.get(id) ?? null);
});

const usersLoader = loader(({ db }) => async (ids: readonly string[]) => {
  const rows = await db.user.findMany({ where: { id: { in: [...ids] } } });
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => found.get(id) ?? null);
});

const subjectsLoader = loader(({ db }) => async (keys: readonly string[]) => {
  const found = new Map<string, Subject>();
  const byModel = Map.groupBy(keys, (key) => key.slice(0, key.indexOf(' ')));
  for (const [model, ofModel] of byModel) {
    const ids = ofModel.map((key) => key.slice(model.length + 1));
    for (const row of await rowsOf(db, model, ids)) found.set(`${model} ${row.id}`, { model, row });
  }
  return keys.map((key) => found.get(key) ?? null);
});

type Rows = { findMany(query: { where: { id: { in: string[] } } }): Promise<Subject['row'][]> };

// The model's name comes from a declaration, so the client's types cannot know it.
function rowsOf(db: Context['db'], model: string, ids: string[]): Promise<Subject['row'][]> {
  const delegate = `${model[0]?.toLowerCase()}${model.slice(1)}`;
  const rows = (db as unknown as Record<string, Rows | undefined>)[delegate];
  if (!rows) throw new Error(`a declaration names the subject ${model}, which is no model`);
  return rows.findMany({ where: { id: { in: ids } } });
}

/** Loads each key once in a request, those of one turn of the loop together. */
function loader<Key extends string, Value>(
  load: (context: Context) => (keys: readonly Key[]) => Promise<(Value | null)[]>,
): (context: Context) => DataLoader<Key, Value | null> {
  const key = {};
  return (context) => context.once(key, (own) => new DataLoader(load(own)));
}
