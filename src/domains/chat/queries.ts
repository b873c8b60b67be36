import { parseTopicKey, topicKey } from '../../events/topic.ts';
import type { Conversation, Message, Prisma } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { pageId } from '../../platform/validation.ts';
import { createTopicAccess, enterTopic, enterTopicIfAny, rememberPlace } from '../membership/access.ts';
import { noSuchMessage, requireMessage } from './access.ts';

/** What Pothos adds to a query so that everything selected comes at once. */
export type ConversationQuery = { include?: Prisma.ConversationInclude; select?: Prisma.ConversationSelect };
/** The same for messages. */
export type MessageQuery = { include?: Prisma.MessageInclude; select?: Prisma.MessageSelect };

/** A conversation the viewer takes part in, by id or externalId. Throws FORBIDDEN. */
export async function readConversation(
  context: Context,
  idOrExternalId: string,
  query: ConversationQuery,
): Promise<Conversation> {
  const { id } = await enterTopic(context, 'conversation', idOrExternalId);
  return context.db.conversation.findUniqueOrThrow({ ...query, where: { id } });
}

/** A conversation that a command was about; null when whoever asks takes part in it no more. */
export async function readConversationIfAny(
  context: Context,
  id: string,
  query: ConversationQuery,
): Promise<Conversation | null> {
  if (!(await enterTopicIfAny(context, topicKey('conversation', id)))) return null;
  return context.db.conversation.findUniqueOrThrow({ ...query, where: { id } });
}

/** A part of the list of conversations. */
export interface ConversationPage {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
  /** True: from the far end of the list, the one that was silent for longest first. */
  readonly inverted: boolean;
}

/** A conversation with its place in the list: the id of its newest message, its own without one. */
export type ListedConversation = Conversation & { readonly place: string };

/**
 * The conversations the viewer takes part in, the one with the newest message first. One that gets a message while
 * somebody pages through leaves its place: it is told of in the streams.
 */
export async function listConversations(
  context: Context,
  { before, after, limit, inverted }: ConversationPage,
  query: ConversationQuery,
): Promise<ListedConversation[]> {
  for (const [field, cursor] of Object.entries({ before, after })) {
    if (cursor === undefined || isId(cursor)) continue;
    throw new AppError('VALIDATION_ERROR', 'This is not a cursor of this list.', { field });
  }
  const entries = await createTopicAccess(context.services.database).enterEverything(context.viewer);
  for (const { head, role } of entries) if (role) rememberPlace(context, head, role);
  const topics = entries.map(({ topic }) => parseTopicKey(topic));
  const ids = topics.flatMap(({ kind, id }) => (kind === 'conversation' ? [id] : []));
  // Ids of messages begin with their time, so the greatest is the newest. Of each conversation one index entry is read.
  const order = inverted ? 'ASC' : 'DESC';
  const places = await context.services.database.query<{ id: string; place: string }>(
    `SELECT * FROM (SELECT asked.id, coalesce(newest.id, asked.id) AS place FROM unnest($1::uuid[]) AS asked (id)
       LEFT JOIN LATERAL (SELECT m.id FROM "Message" m WHERE m."conversationId" = asked.id
         ORDER BY m.id DESC LIMIT 1) newest ON true) listed
     WHERE ($2::uuid IS NULL OR place < $2) AND ($3::uuid IS NULL OR place > $3) ORDER BY place ${order} LIMIT $4`,
    [ids, after ?? null, before ?? null, limit],
  );
  const select = query.select && { select: { ...query.select, id: true } };
  const rows = await context.db.conversation.findMany({
    ...query,
    ...select,
    where: { id: { in: places.map(({ id }) => id) } },
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return places.flatMap(({ id, place }) => {
    const row = byId.get(id);
    return row ? { ...row, place } : [];
  });
}

/** A message the viewer may read, deleted or not. Throws NOT_FOUND. */
export async function readMessage(context: Context, messageId: string, query: MessageQuery): Promise<Message> {
  const { message } = await requireMessage(context.db, context.viewer, messageId);
  return context.db.message.findUniqueOrThrow({ ...query, where: { id: message.id } });
}

/** The message a command has just written, deleted or not; access is asked again, for retries. Throws NOT_FOUND. */
export async function readWrittenMessage(context: Context, messageId: string, query: MessageQuery): Promise<Message> {
  const select = query.select && { select: { ...query.select, conversationId: true } };
  const message = await context.db.message.findUniqueOrThrow({ ...query, ...select, where: { id: messageId } });
  if (!(await context.roleIn(topicKey('conversation', message.conversationId)))) throw noSuchMessage();
  return message;
}

/** Arguments of the list of messages. */
export interface MessageListArgs {
  /** Id or externalId. */
  conversationId: string;
  after?: string | null | undefined;
  before?: string | null | undefined;
}

/** Ids of the conversations whose messages were listed, by the list's arguments, which Pothos hands on as they are. */
const listed = new WeakMap<object, string>();

/** The messages of a conversation, oldest first; deleted ones keep their place. Its head is read first. */
export async function listMessages(
  context: Context,
  args: MessageListArgs,
  query: MessageQuery & Pick<Prisma.MessageFindManyArgs, 'cursor' | 'skip' | 'take'>,
): Promise<Message[]> {
  pageId(args);
  const { id: conversationId } = await enterTopic(context, 'conversation', args.conversationId);
  listed.set(args, conversationId);
  // Prisma's cursor will do: no message leaves the list.
  return context.db.message.findMany({ ...query, where: { conversationId }, orderBy: { id: 'asc' } });
}

/** The conversation whose messages {@link listMessages} read with these arguments. */
export function conversationOf(args: object): string {
  const conversationId = listed.get(args);
  if (conversationId === undefined) throw new Error('the list was not read');
  return conversationId;
}
