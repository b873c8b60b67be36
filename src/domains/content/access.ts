import type { TopicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Content } from '../../generated/prisma/client.ts';
import type { Viewer } from '../../graphql/context.ts';
import type { TopicPermission, TopicRole } from '../../graphql/permissions.ts';
import type { Db } from '../../platform/database.ts';
import { isId } from '../../platform/ids.ts';
import { requireTopic } from '../membership/access.ts';
import { requireTopicLocked } from '../membership/commands.ts';

/** A page as somebody may reach it. */
export interface HeldContent {
  readonly content: Content;
  readonly topic: TopicKey;
  /** The viewer's role there: an author's, or GUEST of a reader. */
  readonly role: TopicRole;
}

/** The page of an id or externalId, for somebody with `permission` in it. Throws FORBIDDEN, also for a deleted one. */
export async function requireContent(
  db: Db | Tx,
  viewer: Viewer,
  idOrExternalId: string,
  permission: TopicPermission,
): Promise<HeldContent> {
  const { id, key, role } = await requireTopic(db, viewer, 'content', idOrExternalId, permission, refusals[permission]);
  const content = await db.content.findUniqueOrThrow({ where: { id } });
  return { content, topic: key, role };
}

/**
 * {@link requireContent} with the row locked until the transaction ends. `access`: for what changes who reads it or
 * whether it exists; the topic is locked first. `change`: against every other holder. `use`: only against change, so
 * that nothing is added to a page while it is unpublished or deleted.
 */
export async function lockContent(
  tx: Tx,
  viewer: Viewer,
  idOrExternalId: string,
  permission: TopicPermission,
  lock: 'access' | 'change' | 'use',
): Promise<HeldContent> {
  const topic = ['content', idOrExternalId, permission, refusals[permission]] as const;
  if (lock === 'access') await requireTopicLocked(tx, viewer, ...topic);
  const id = isId(idOrExternalId) ? idOrExternalId : (await requireTopic(tx, viewer, ...topic)).id;
  // NO KEY UPDATE, not UPDATE: rows that refer to the page may be inserted meanwhile.
  if (lock === 'use') await tx.$queryRaw`SELECT 1 AS locked FROM "Content" WHERE id = ${id}::uuid FOR SHARE`;
  else await tx.$queryRaw`SELECT 1 AS locked FROM "Content" WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
  // Asked after the wait: whoever held the row before may have unpublished or deleted the page.
  return requireContent(tx, viewer, id, permission);
}

const refusals: { readonly [Permission in TopicPermission]?: string } = {
  'content:update': 'You may not change this page.',
  'content:publish': 'You may not publish or unpublish this page.',
  'content:delete': 'You may not delete this page.',
};
