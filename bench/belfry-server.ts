// Belfry in a process of its own, as `src/main.ts` starts it, with calls of the bench beside it.
import { createApp } from '../src/app.ts';
import { events } from '../src/domains/catalogue.ts';
import { taskEvents } from '../src/domains/tasks/events.ts';
import { append } from '../src/events/append.ts';
import { topicKey } from '../src/events/topic.ts';
import { loadConfig } from '../src/platform/config.ts';
import { newId } from '../src/platform/ids.ts';
import { answerCalls, measuring, nowMs } from './support/ipc.ts';
import { makeWorld, type WorldSize } from './support/world.ts';

export interface Publish {
  readonly actorId: string;
  /** A fact for each, all in one transaction; `task` is renamed to `mark`. */
  readonly facts: readonly { projectId: string; taskId: string; mark: string }[];
}

// Mode test: production refuses RATE_LIMITS=off, and development fills the database. Everything else runs as in production.
const app = await createApp(loadConfig({ ...process.env, NODE_ENV: 'test' }));

answerCalls({
  ...measuring,
  port: () => app.port,
  sizes: () => app.hub.sizes,
  kinds: () => events.size,
  world: (size: WorldSize) => makeWorld(app.services.database, size),

  /** Commits what `updateTask` would, and answers the moment just before the commit. */
  async publish({ actorId, facts }: Publish): Promise<number> {
    return app.services.transaction({ actorId, correlationId: newId() }, async (tx) => {
      for (const { projectId, taskId, mark } of facts) {
        await tx.task.update({
          where: { id: taskId },
          select: { id: true },
          data: { title: mark, version: { increment: 1 }, updatedAt: new Date() },
        });
        const changes = [{ field: 'title', from: null, to: null }];
        append(tx, topicKey('project', projectId), taskEvents.TaskUpdated, { taskId, changes });
      }
      return nowMs();
    });
  },
});
