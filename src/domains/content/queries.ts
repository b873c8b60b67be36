import { topicKey } from '../../events/topic.ts';
import type { Content, ContentStatus, ContentType, Prisma } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { pageId } from '../../platform/validation.ts';
import { createTopicAccess, enterTopic, enterTopicIfAny, rememberPlace } from '../membership/access.ts';

/** What Pothos adds to a query so that everything selected comes at once. */
export type ContentQuery = { include?: Prisma.ContentInclude; select?: Prisma.ContentSelect };

/** A page the viewer may read, by id or externalId. Throws FORBIDDEN, also for a deleted one. */
export async function readContent(context: Context, idOrExternalId: string, query: ContentQuery): Promise<Content> {
  const { id } = await enterTopic(context, 'content', idOrExternalId);
  return context.db.content.findUniqueOrThrow({ ...query, where: { id } });
}

/**
 * A page that a command was about; null when whoever asks can read it no more. A deleted one is shown to those who
 * were its authors at the end.
 */
export async function readContentIfAny(context: Context, id: string, query: ContentQuery): Promise<Content | null> {
  if (!(await enterTopicIfAny(context, topicKey('content', id)))) return null;
  return context.db.content.findUniqueOrThrow({ ...query, where: { id } });
}

/** Arguments of the list of pages; absent and null: all. */
export interface ContentListArgs {
  type?: ContentType | null | undefined;
  status?: ContentStatus | null | undefined;
  /** Only those of which the viewer is an author. */
  mine?: boolean | null | undefined;
  after?: string | null | undefined;
  before?: string | null | undefined;
}

/** Published pages and the viewer's own drafts, in the order they were created. */
export async function listContents(
  context: Context,
  { type, status, mine, ...args }: ContentListArgs,
  {
    cursor: _cursor,
    skip: _skip,
    take,
    ...query
  }: ContentQuery & Pick<Prisma.ContentFindManyArgs, 'cursor' | 'skip' | 'take'>,
): Promise<Content[]> {
  const { db, viewer, workspaceId } = context;
  const from = pageId(args);
  const authored: Prisma.TopicWhereInput = { memberships: { some: { userId: viewer.userId } } };
  const topics = await db.topic.findMany({
    where: {
      workspaceId,
      kind: 'CONTENT',
      deletedAt: null,
      ...(mine ? authored : { OR: [{ open: true }, authored] }),
      ...((type || status) && { content: { ...(type && { type }), ...(status && { status }) } }),
      // Not Prisma's cursor, whose row may have left the list.
      ...(from && { id: { [args.after != null ? 'gt' : 'lt']: from } }),
    },
    select: { id: true },
    orderBy: { id: 'asc' },
    ...(take !== undefined && { take }),
  });
  // Access and places are read before the rows: going on behind them misses nothing.
  const asked = topics.map(({ id }) => ({ kind: 'content', id }) as const);
  const entries = await createTopicAccess(context.services.database).enter(viewer, asked);
  for (const { head, role } of entries) if (role) rememberPlace(context, head, role);
  const readable = topics.filter((_, index) => entries[index]?.role);
  return db.content.findMany({
    ...query,
    where: { id: { in: readable.map(({ id }) => id) }, deletedAt: null },
    orderBy: { id: 'asc' },
  });
}
