import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { type DataOf, type EventFields, type EventKind, topicsOf } from './define.ts';
import { parseTopicKey, type TopicKey } from './topic.ts';
import { stagedIn, type Tx } from './transaction.ts';

/** The consumer that makes notifications and lets them expire; the only one by now. */
export const notificationsConsumer = 'notifications';

/** From the commit on consumers see every event of the topic, also those that concern nobody in particular. */
export async function wantEveryEvent(tx: Tx, topic: TopicKey): Promise<void> {
  await tx.$executeRaw`INSERT INTO wanted_topic (topic) VALUES (${topic}) ON CONFLICT DO NOTHING`;
}

/**
 * Appends a fact to the log of `topic` in the command's transaction, and returns its id. The number is given
 * at COMMIT, so none exists inside a command: keep the id. May be called anywhere in the command.
 *
 * Throws INTERNAL_ERROR when the data does not fit the declaration or the topic is of another kind.
 */
export function append<const Fields extends EventFields>(
  tx: Tx,
  topic: TopicKey,
  kind: EventKind<Fields>,
  data: DataOf<Fields>,
): string {
  const checked = kind.schema.safeParse(data);
  const fits = [kind.topicKind].flat().includes(parseTopicKey(topic).kind);
  if (!checked.success || !fits) {
    throw new AppError('INTERNAL_ERROR', `${kind.kind} cannot be appended to ${topic}`, { cause: checked.error });
  }
  const id = newId();
  for (const target of topicsOf(kind, topic, data)) {
    stagedIn(tx).push({
      topic: target,
      id,
      kind: kind.kind,
      data: checked.data,
      home: target === topic ? null : topic,
      changesAccess: kind.access !== undefined,
      onlyIfWanted: kind.notify?.reasons.length === 0,
      consumers: (kind.notify || kind.expires) && target === topic ? [notificationsConsumer] : [],
    });
  }
  return id;
}
