import { z } from 'zod';
import { TaskPriority, TaskStatus } from '../../generated/prisma/enums.ts';
import { line, moment, perConfig, prose, whole } from '../../platform/validation.ts';

/** Fields of a task that a caller may give, absent or null where nothing is to be stored. */
export interface TaskFields {
  title?: string | null | undefined;
  description?: string | null | undefined;
  status?: TaskStatus | null | undefined;
  priority?: TaskPriority | null | undefined;
  dueAt?: Date | null | undefined;
  estimateMinutes?: number | null | undefined;
}

export interface CreateTaskInput extends TaskFields {
  /** Id or externalId. */
  projectId: string;
  assigneeId?: string | null | undefined;
}

export interface UpdateTaskInput extends TaskFields {
  taskId: string;
  expectedVersion?: number | null | undefined;
}

export interface AssignTaskInput {
  taskId: string;
  /** Null takes the task from whoever has it; must not be absent. */
  assigneeId?: string | null | undefined;
  expectedVersion?: number | null | undefined;
}

export interface DeleteTaskInput {
  taskId: string;
  expectedVersion?: number | null | undefined;
}

// Ten weeks of round-the-clock work: beyond it somebody meant seconds.
const maxEstimateMinutes = 100_000;

const fields = perConfig((config) => ({
  title: line(config.titleMaxChars),
  // Blank text is no text.
  description: prose(config.textMaxChars)
    .transform((text) => text || null)
    .nullable()
    .optional(),
  status: z.enum(TaskStatus),
  priority: z.enum(TaskPriority),
  dueAt: moment.nullable().optional(),
  estimateMinutes: whole(0, maxEstimateMinutes).nullable().optional(),
}));

/** What createTask takes. Null means the same as absent. */
export const createTaskSchema = perConfig((config) => {
  const { status, priority, ...rest } = fields(config);
  return z.object({
    ...rest,
    projectId: z.string(),
    status: status.nullish(),
    priority: priority.nullish(),
    assigneeId: z.string().nullish(),
  });
});

/** What updateTask takes. Null clears what may be empty and is refused elsewhere; absent leaves the field. */
export const updateTaskSchema = perConfig((config) => {
  const { title, status, priority, ...rest } = fields(config);
  return z.object({
    ...rest,
    taskId: z.string(),
    title: title.optional(),
    status: status.optional(),
    priority: priority.optional(),
    expectedVersion: z.int().nullish(),
  });
});

export const assignTaskSchema = z.object({
  taskId: z.string(),
  assigneeId: z.string().nullable(),
  expectedVersion: z.int().nullish(),
});
