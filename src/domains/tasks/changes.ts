import type { Change } from '../../events/define.ts';
import type { Task } from '../../generated/prisma/client.ts';

/** The fields updateTask may set. */
export type TaskPatch = Partial<
  Pick<Task, 'title' | 'description' | 'status' | 'priority' | 'dueAt' | 'estimateMinutes'>
>;

// A Record, so that a field added to the patch does not go by silently. Free text is read through the row.
const quoted: Record<keyof TaskPatch, boolean> = {
  title: false,
  description: false,
  status: true,
  priority: true,
  dueAt: true,
  estimateMinutes: true,
};

/** What the patch changes in the task; empty when it holds what is already there. */
export function changesOf(task: Task, patch: TaskPatch): Change[] {
  return (Object.keys(quoted) as (keyof TaskPatch)[]).flatMap((field) => {
    const value = patch[field];
    if (value === undefined) return [];
    const [from, to] = [plain(task[field]), plain(value)];
    if (from === to) return [];
    return [quoted[field] ? { field, from, to } : { field, from: null, to: null }];
  });
}

function plain(value: string | number | Date | null): string | number | null {
  return value instanceof Date ? value.toISOString() : value;
}
