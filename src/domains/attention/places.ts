import { parseTopicKey, type TopicKey, type TopicKindName } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Viewer } from '../../graphql/context.ts';
import type { Db } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { requireTopic, type TopicRefShape } from '../membership/access.ts';

/**
 * The id of a project, page or conversation that the viewer may read, by its id or externalId.
 * @throws FORBIDDEN for one that is not there or not theirs, VALIDATION_ERROR for what is no such place.
 */
export async function requirePlace(db: Db | Tx, viewer: Viewer, { kind, id }: TopicRefShape): Promise<string> {
  if (kind === 'USER' || id == null) {
    throw new AppError('VALIDATION_ERROR', 'topic must be a project, page or conversation, with its id.', {
      field: 'topic',
    });
  }
  return (await requireTopic(db, viewer, kind.toLowerCase() as TopicKindName, id, 'topic:follow')).id;
}

/** Names of projects, pages and conversations, in the order of `topics`; those without one are left out. */
export async function placeNames(db: Db | Tx, topics: readonly TopicKey[]): Promise<Map<TopicKey, string>> {
  const ids = topics.map((topic) => parseTopicKey(topic).id);
  const rows = await db.topic.findMany({
    where: { id: { in: ids } },
    select: {
      id: true,
      project: { select: { name: true } },
      content: { select: { title: true } },
      conversation: { select: { title: true } },
    },
  });
  const names = new Map(
    rows.map(({ id, project, content, conversation }) => [id, project?.name ?? content?.title ?? conversation?.title]),
  );
  return new Map(
    topics.flatMap((topic) => {
      const name = names.get(parseTopicKey(topic).id);
      return name == null ? [] : [[topic, name] as const];
    }),
  );
}
