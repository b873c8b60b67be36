import { createPerson } from '../../src/domains/identity/people.ts';
import type { Database } from '../../src/platform/database.ts';
import { newId } from '../../src/platform/ids.ts';

/** How much there is. */
export interface WorldSize {
  readonly people: number;
  readonly projects: number;
  readonly tasksEach: number;
}

/** What the bench knows of it. Person n has the externalId `person-<n>`; everybody is a member of every project below. */
export interface World {
  readonly workspace: string;
  /** Of `owner`, who owns everything. */
  readonly ownerId: string;
  readonly projects: readonly Project[];
  /** One that nobody subscribes to: what is committed there for the peers no Belfry delivers. */
  readonly spare: Project;
}

export interface Project {
  readonly id: string;
  readonly taskIds: readonly string[];
}

/**
 * People, projects and tasks, in bulk. In the first projects everybody is a member; with as many projects as people,
 * or more, person n is a member of project n as well.
 */
export async function makeWorld(database: Database, size: WorldSize): Promise<World> {
  const slug = `bench-${newId().slice(-6)}`;
  const workspaceId = newId();
  const now = new Date();
  await database.db.workspace.create({ data: { id: workspaceId, slug, name: 'Bench', createdAt: now } });
  const { id: ownerId } = await database.begin((tx) =>
    createPerson(tx, { workspaceId, externalId: 'owner', name: 'Owner', role: 'MEMBER', now }),
  );
  await database.query(
    `WITH made AS (
       INSERT INTO "User" (id, "workspaceId", "externalId", name)
       SELECT gen_random_uuid(), $1::uuid, 'person-' || n, 'Person ' || n FROM generate_series(0, $2::int - 1) n
       RETURNING id)
     INSERT INTO "Topic" (id, "workspaceId", kind) SELECT id, $1::uuid, 'USER' FROM made`,
    [workspaceId, size.people],
  );
  const projects = Array.from({ length: size.projects + 1 }, () => newId());
  const tasks = projects.flatMap((id) => Array.from({ length: size.tasksEach }, () => ({ id: newId(), project: id })));
  await database.query(
    `INSERT INTO "Topic" (id, "workspaceId", kind) SELECT id, $1::uuid, 'PROJECT' FROM unnest($2::uuid[]) id`,
    [workspaceId, projects],
  );
  await database.query(`INSERT INTO "Project" (id, name) SELECT id, 'Project' FROM unnest($1::uuid[]) id`, [projects]);
  await database.query(
    `INSERT INTO "Task" (id, "projectId", title, "creatorId")
     SELECT id, project, 'a task', $3::uuid FROM unnest($1::uuid[], $2::uuid[]) AS made (id, project)`,
    [tasks.map(({ id }) => id), tasks.map(({ project }) => project), ownerId],
  );
  await database.query(
    `INSERT INTO "Membership" ("topicId", "userId", role, "joinedEventId")
     SELECT id, $2::uuid, 'OWNER', gen_random_uuid() FROM unnest($1::uuid[]) id`,
    [projects, ownerId],
  );
  const everybody = projects.slice(0, 24);
  await database.query(
    `INSERT INTO "Membership" ("topicId", "userId", role, "joinedEventId")
     SELECT topic.id, p.id, 'MEMBER', gen_random_uuid()
     FROM "User" p CROSS JOIN unnest($1::uuid[]) topic (id) WHERE p."workspaceId" = $2::uuid AND p."externalId" <> 'owner'`,
    [everybody, workspaceId],
  );
  await database.query(
    `INSERT INTO "Membership" ("topicId", "userId", role, "joinedEventId")
     SELECT topic.id, p.id, 'MEMBER', gen_random_uuid()
     FROM unnest($1::uuid[]) WITH ORDINALITY AS topic (id, nth)
     JOIN "User" p ON p."workspaceId" = $2::uuid AND p."externalId" = 'person-' || (topic.nth - 1)
     ON CONFLICT DO NOTHING`,
    [projects, workspaceId],
  );
  await database.query('ANALYZE');
  const byProject = Map.groupBy(tasks, ({ project }) => project);
  const made = projects.map((id): Project => ({ id, taskIds: (byProject.get(id) ?? []).map((task) => task.id) }));
  return { workspace: slug, ownerId, projects: made.slice(0, -1), spare: made.at(-1) as Project };
}
