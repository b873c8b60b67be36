import { encodeCursor, type Head } from '../../events/cursor.ts';
import { type TopicKey, topicKey } from '../../events/topic.ts';
import type { Prisma, Project } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import type { TopicRole } from '../../graphql/permissions.ts';
import { pageId } from '../../platform/validation.ts';
import { createTopicAccess, noSuchTopic, rememberRole } from '../membership/access.ts';

/** What Pothos adds to a query so that everything selected comes at once. */
export type ProjectQuery = { include?: Prisma.ProjectInclude; select?: Prisma.ProjectSelect };

/** A project the viewer belongs to, by id or externalId. Throws FORBIDDEN, also for a deleted one. */
export async function readProject(context: Context, idOrExternalId: string, query: ProjectQuery): Promise<Project> {
  const access = createTopicAccess(context.services.database);
  const [entry] = await access.enter(context.viewer, [{ kind: 'project', id: idOrExternalId }]);
  if (!entry?.role) throw noSuchTopic('project');
  remember(context, entry.head, entry.role);
  return context.db.project.findUniqueOrThrow({ ...query, where: { id: idOf(entry.topic) } });
}

/**
 * A project that a command was about; null when whoever asks can read it no more. A deleted one is shown to those
 * who belonged to it at the end.
 */
export async function readProjectIfAny(context: Context, id: string, query: ProjectQuery): Promise<Project | null> {
  const { workspaceId, viewer } = context;
  const [head] = await context.services.eventLog.heads([topicKey('project', id)]);
  const membership = await context.db.membership.findFirst({
    where: { topicId: id, userId: viewer.userId, topic: { workspaceId } },
    select: { role: true },
  });
  if (!membership) return null;
  if (head) remember(context, head, membership.role);
  return context.db.project.findUniqueOrThrow({ ...query, where: { id } });
}

/** The projects the viewer belongs to, in the order they were created. */
export async function listProjects(
  context: Context,
  args: { after?: string | null | undefined; before?: string | null | undefined },
  {
    cursor: _cursor,
    skip: _skip,
    ...query
  }: ProjectQuery & Pick<Prisma.ProjectFindManyArgs, 'cursor' | 'skip' | 'take'>,
): Promise<Project[]> {
  const from = pageId(args);
  const access = createTopicAccess(context.services.database);
  const entries = await access.enterEverything(context.viewer);
  for (const { head, role } of entries) if (role) remember(context, head, role);
  return context.db.project.findMany({
    ...query,
    where: {
      id: {
        in: entries.filter(({ topic }) => topic.startsWith('project:')).map(({ topic }) => idOf(topic)),
        // Not Prisma's cursor, whose row may have left the list.
        ...(from && { [args.after != null ? 'gt' : 'lt']: from }),
      },
      deletedAt: null,
    },
    orderBy: { id: 'asc' },
  });
}

const headsRead = {};
const headsReadIn = (context: Context) => context.once(headsRead, () => new Map<string, Head>());

function remember(context: Context, head: Head, role: TopicRole): void {
  headsReadIn(context).set(idOf(head.topic), head);
  rememberRole(context, head.topic, role);
}

/** Where the project's log stood before its row was read; null where it was reached through something else. */
export function headCursorOf(context: Context, projectId: string): string | null {
  const head = headsReadIn(context).get(projectId);
  return head ? encodeCursor(head) : null;
}

function idOf(topic: TopicKey): string {
  return topic.slice(topic.indexOf(':') + 1);
}
