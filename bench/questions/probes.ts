import type { Publication } from '../support/slices.ts';
import type { World } from '../support/world.ts';

/** Publications that touch every topic once, so that one event reaches each client. */
export function probes(projects: World['projects']): () => Publication {
  let nth = 0;
  return () => {
    nth++;
    return {
      facts: projects.map(({ id, taskIds }) => ({ projectId: id, taskId: taskIds[0] as string, mark: `probe ${nth}` })),
      reaches: () => 1,
    };
  };
}
