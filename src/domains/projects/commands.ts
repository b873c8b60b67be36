import { append } from '../../events/append.ts';
import type { TopicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Project } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import { roleMay, type TopicPermission } from '../../graphql/permissions.ts';
import { AppError } from '../../platform/errors.ts';
import { parseInput } from '../../platform/validation.ts';
import { requireTopicLocked } from '../membership/commands.ts';
import { timeEvents } from '../time/events.ts';
import { insertProject } from './access.ts';
import { projectEvents } from './events.ts';
import { newProject, projectChange } from './input.ts';

/** What the project commands answer; `eventId` null when nothing changed. */
export interface ProjectResult {
  readonly projectId: string;
  readonly eventId: string | null;
}

/**
 * Creates a project; the viewer is its first OWNER.
 * @throws VALIDATION_ERROR, FORBIDDEN for guests and bots of the workspace, CONFLICT for an externalId in use.
 */
export async function createProject(
  context: Context,
  input: { name: string; description?: string | null | undefined; externalId?: string | null | undefined },
): Promise<ProjectResult> {
  const { name, description = null } = parseInput(newProject(context.config), input);
  return context.transaction(async (tx) => {
    const { userId, workspaceId, workspaceRole } = context.viewer;
    if (!roleMay(workspaceRole, 'project:create')) {
      throw new AppError('FORBIDDEN', 'You may not create projects in this workspace.');
    }
    const now = context.clock.now();
    return insertProject(tx, { workspaceId, ownerId: userId, name, description, externalId: input.externalId, now });
  });
}

/**
 * Changes name or description; what is absent stays, a description of null or nothing is taken away.
 * @throws VALIDATION_ERROR, FORBIDDEN, CONFLICT when `expectedVersion` is not the project's.
 */
export async function updateProject(
  context: Context,
  input: {
    projectId: string;
    name?: string | null | undefined;
    description?: string | null | undefined;
    expectedVersion?: number | null | undefined;
  },
): Promise<ProjectResult> {
  const change = parseInput(projectChange(context.config), input);
  return context.transaction(async (tx) => {
    const { key, project } = await lockProject(
      tx,
      context,
      input,
      'project:update',
      'You may not change this project.',
    );
    const name = change.name ?? project.name;
    const description = change.description === undefined ? project.description : change.description || null;
    const changed = [
      ...(name === project.name ? [] : ['name']),
      ...(description === project.description ? [] : ['description']),
    ];
    if (changed.length === 0) return { projectId: project.id, eventId: null };
    await tx.project.update({
      where: { id: project.id },
      data: { name, description, version: { increment: 1 }, updatedAt: context.clock.now() },
    });
    const eventId = append(tx, key, projectEvents.ProjectUpdated, {
      projectId: project.id,
      changes: changed.map((field) => ({ field, from: null, to: null })),
    });
    return { projectId: project.id, eventId };
  });
}

/**
 * Deletes a project with everything in it: the rows stay as tombstones that nobody can reach, running timers are
 * stopped, and its externalId may be given to another.
 * @throws FORBIDDEN, CONFLICT when `expectedVersion` is not the project's.
 */
export function deleteProject(
  context: Context,
  input: { projectId: string; expectedVersion?: number | null | undefined },
): Promise<ProjectResult> {
  return context.transaction(async (tx) => {
    const { key, project } = await lockProject(
      tx,
      context,
      input,
      'project:delete',
      'You may not delete this project.',
    );
    const { id } = project;
    const deletedAt = context.clock.now();
    await tx.project.update({ where: { id }, data: { deletedAt, version: { increment: 1 }, updatedAt: deletedAt } });
    await tx.topic.update({ where: { id }, data: { deletedAt, externalId: null } });
    await stopTimers(tx, key, id, deletedAt);
    const eventId = append(tx, key, projectEvents.ProjectDeleted, { projectId: id });
    return { projectId: id, eventId };
  });
}

async function lockProject(
  tx: Tx,
  { viewer }: Context,
  input: { projectId: string; expectedVersion?: number | null | undefined },
  permission: TopicPermission,
  sentence: string,
): Promise<{ key: TopicKey; project: Project }> {
  const { key, id } = await requireTopicLocked(tx, viewer, 'project', input.projectId, permission, sentence);
  const project = await tx.project.findUniqueOrThrow({ where: { id } });
  const { expectedVersion } = input;
  if (expectedVersion != null && expectedVersion !== project.version) {
    throw new AppError('CONFLICT', `The project has version ${project.version} by now.`, { field: 'expectedVersion' });
  }
  return { key, project };
}

// A timer left running could never be stopped again: nobody may track time in a project that is gone.
async function stopTimers(tx: Tx, topic: TopicKey, projectId: string, stoppedAt: Date): Promise<void> {
  const running = await tx.timeEntry.updateManyAndReturn({
    where: { projectId, stoppedAt: null },
    data: { stoppedAt },
    select: { id: true, taskId: true },
  });
  for (const { id, taskId } of running) append(tx, topic, timeEvents.TimeStopped, { taskId, entryId: id });
}
