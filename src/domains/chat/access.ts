import type { Head } from '../../events/cursor.ts';
import { type TopicKey, topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Message } from '../../generated/prisma/client.ts';
import type { Services, Viewer } from '../../graphql/context.ts';
import type { TopicRole } from '../../graphql/permissions.ts';
import type { Db } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';
import { rolesOf } from '../membership/access.ts';

/** A message as somebody may reach it. */
export interface HeldMessage {
  readonly message: Message;
  readonly topic: TopicKey;
  readonly role: TopicRole;
}

/** What is said of a message that is missing, deleted, or of a conversation one may not read. */
export function noSuchMessage(field?: string): AppError {
  return new AppError('NOT_FOUND', 'No such message, or no access to it.', field === undefined ? undefined : { field });
}

/** The message, for somebody who may read its conversation; deleted ones as well. Throws NOT_FOUND. */
export async function requireMessage(db: Db | Tx, viewer: Viewer, messageId: string): Promise<HeldMessage> {
  const message = isId(messageId) ? await db.message.findUnique({ where: { id: messageId } }) : null;
  return heldMessage(db, viewer, message);
}

/** {@link requireMessage} for one that is not deleted, with its row locked until the transaction ends. */
export async function lockMessage(tx: Tx, viewer: Viewer, messageId: string): Promise<HeldMessage> {
  if (!isId(messageId)) throw noSuchMessage();
  const [message] = await tx.$queryRaw<Message[]>`
    SELECT * FROM "Message" WHERE id = ${messageId}::uuid AND "deletedAt" IS NULL FOR NO KEY UPDATE`;
  return heldMessage(tx, viewer, message ?? null);
}

/** Where messages stand in the logs of their conversations, in the order asked for; undefined: no such message. */
export async function placesOfMessages(
  { database }: Pick<Services, 'database'>,
  messageIds: readonly string[],
): Promise<(Head | undefined)[]> {
  const rows = await database.query<{ id: string; topic: TopicKey; seq: number; event_id: string }>(
    `SELECT m.id, e.topic, e.seq, e.id AS event_id FROM "Message" m
     JOIN event e ON e.id = m."eventId" AND e.topic = 'conversation:' || m."conversationId"
     WHERE m.id = ANY($1::uuid[])`,
    [messageIds.filter(isId)],
  );
  const found = new Map(rows.map(({ id, topic, seq, event_id }) => [id, { topic, seq, eventId: event_id }]));
  return messageIds.map((id) => found.get(id));
}

async function heldMessage(db: Db | Tx, viewer: Viewer, message: Message | null): Promise<HeldMessage> {
  if (!message) throw noSuchMessage();
  const topic = topicKey('conversation', message.conversationId);
  const role = (await rolesOf(db, viewer, [topic])).get(topic);
  if (!role) throw noSuchMessage();
  return { message, topic, role };
}
