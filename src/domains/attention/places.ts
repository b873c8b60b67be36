import type { TopicKindName } from '../../events/topic.ts';
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
