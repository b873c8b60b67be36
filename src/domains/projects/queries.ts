import { parseTopicKey, topicKey } from '../../events/topic.ts';
import type { Prisma, Project } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { pageId } from '../../platform/validation.ts';
import { createTopicAccess, enterTopic, enterTopicIfAny, rememberPlace } from '../membership/access.ts';

/** What Pothos adds to a query so that everything selected comes at once. */
export type ProjectQuery = { include?: Prisma.ProjectInclude; select?: Prisma.ProjectSelect };

/** A project the viewer belongs to, by id or externalId. Throws FORBIDDEN, also for a deleted one. */
export async function readProject(context: Context, idOrExternalId: string, query: ProjectQuery): Promise<Project> {
  const { id } = await enterTopic(context, 'project', idOrExternalId);
  return context.db.project.findUniqueOrThrow({ ...query, where: { id } });
}

/**
 * A project that a command was about; null when whoever asks can read it no more. A deleted one is shown to those
 * who belonged to it at the end.
 */
export async function readProjectIfAny(context: Context, id: string, query: ProjectQuery): Promise<Project | null> {
  if (!(await enterTopicIfAny(context, topicKey('project', id)))) return null;
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
  for (const { head, role } of entries) if (role) rememberPlace(context, head, role);
  return context.db.project.findMany({
    ...query,
    where: {
      id: {
        in: entries
          .map(({ topic }) => parseTopicKey(topic))
          .flatMap(({ kind, id }) => (kind === 'project' ? [id] : [])),
        // Not Prisma's cursor, whose row may have left the list.
        ...(from && { [args.after != null ? 'gt' : 'lt']: from }),
      },
      deletedAt: null,
    },
    orderBy: { id: 'asc' },
  });
}
