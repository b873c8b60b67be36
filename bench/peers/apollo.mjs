// The recipe of Apollo Server's documentation: graphql-ws for sockets, PubSub of graphql-subscriptions.
import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { PubSub } from 'graphql-subscriptions';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { answerCalls, measuring } from '../support/ipc.ts';
import { listening, publishing, taskOf, typeDefs } from './task.mjs';

const pubSub = new PubSub();
pubSub.ee.setMaxListeners(0);
const schema = makeExecutableSchema({
  typeDefs,
  resolvers: {
    Subscription: {
      taskUpdated: { subscribe: (_root, { projectId }) => pubSub.asyncIterableIterator(`taskUpdated:${projectId}`) },
    },
  },
});
const httpServer = createServer();
const webSockets = new WebSocketServer({ server: httpServer, path: '/graphql' });
useServer({ schema }, webSockets);
const apollo = new ApolloServer({ schema, plugins: [ApolloServerPluginDrainHttpServer({ httpServer })] });
await apollo.start();
const port = await listening(httpServer);

answerCalls({
  ...measuring,
  port: () => port,
  publish: publishing((projectId, mark) => pubSub.publish(`taskUpdated:${projectId}`, { taskUpdated: taskOf(mark) })),
});
