// Mercurius on Fastify, with its own PubSub in memory.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { answerCalls, measuring } from '../support/ipc.ts';
import { publishing, taskOf, typeDefs } from './task.mjs';

const app = Fastify();
app.register(mercurius, {
  schema: typeDefs,
  resolvers: {
    Subscription: {
      taskUpdated: { subscribe: (_root, { projectId }, { pubsub }) => pubsub.subscribe(`taskUpdated:${projectId}`) },
    },
  },
  subscription: true,
});
await app.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });

answerCalls({
  ...measuring,
  port: () => app.server.address().port,
  publish: publishing((projectId, mark) =>
    app.graphql.pubsub.publish({ topic: `taskUpdated:${projectId}`, payload: { taskUpdated: taskOf(mark) } }),
  ),
});
