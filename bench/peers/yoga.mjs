// GraphQL Yoga with graphql-ws, its PubSub and redis-event-target, as its documentation has it. With DATABASE_URL it
// asks for the person when they connect, for their membership when they subscribe, and for what they missed.
import { createServer } from 'node:http';
import { createRedisEventTarget } from '@graphql-yoga/redis-event-target';
import { useServer } from 'graphql-ws/use/ws';
import { createPubSub, createSchema, createYoga } from 'graphql-yoga';
import { Redis } from 'ioredis';
import { jwtVerify } from 'jose';
import pg from 'pg';
import { WebSocketServer } from 'ws';
import { answerCalls, measuring } from '../support/ipc.ts';
import { listening, publishing, taskOf, typeDefs } from './task.mjs';

const { REDIS_URL, DATABASE_URL, JWT_SECRET } = process.env;
const pool = DATABASE_URL ? new pg.Pool({ connectionString: DATABASE_URL, max: 10 }) : undefined;
const key = new TextEncoder().encode(JWT_SECRET);
// Without the option it subscribes too early here and hears nothing (TRAPS.md).
const subscribeClient = new Redis(REDIS_URL, { enableReadyCheck: false });
const connections = { publishClient: new Redis(REDIS_URL), subscribeClient };
const pubSub = createPubSub({ eventTarget: createRedisEventTarget(connections) });

async function userOf(token) {
  const { payload } = await jwtVerify(token, key);
  const { rows } = await pool.query(
    `SELECT u.id, u.role FROM "User" u JOIN "Workspace" w ON w.id = u."workspaceId"
     WHERE w.slug = $1 AND u."externalId" = $2 AND u."deactivatedAt" IS NULL`,
    [payload.workspace, payload.sub],
  );
  if (!rows[0]) throw new Error('no such person');
  return rows[0];
}

async function requireMember(user, projectId) {
  const { rows } = await pool.query('SELECT role FROM "Membership" WHERE "topicId" = $1 AND "userId" = $2', [
    projectId,
    user.id,
  ]);
  if (!rows[0]) throw new Error('no access');
}

const schema = createSchema({
  typeDefs,
  resolvers: {
    Query: {
      hello: () => 'hello',
      async missed(_root, { projectId, after }, { user }) {
        await requireMember(user, projectId);
        const { rows } = await pool.query(
          `SELECT t.* FROM event e JOIN "Task" t ON t.id = (e.data->>'taskId')::uuid
           WHERE e.topic = $1 AND e.seq > $2 ORDER BY e.seq LIMIT 200`,
          [`project:${projectId}`, after],
        );
        return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
      },
    },
    Subscription: {
      taskUpdated: {
        async subscribe(_root, { projectId }, { user }) {
          if (pool) await requireMember(user, projectId);
          return pubSub.subscribe('taskUpdated', projectId);
        },
        resolve: (task) => task,
      },
    },
  },
});

const yoga = createYoga({ schema, graphiql: false, logging: false });
const server = createServer(yoga);
const webSockets = new WebSocketServer({ server, path: yoga.graphqlEndpoint });
useServer(
  {
    execute: (args) => args.rootValue.execute(args),
    subscribe: (args) => args.rootValue.subscribe(args),
    async onConnect({ connectionParams, extra }) {
      if (pool) extra.user = await userOf(connectionParams.authToken);
    },
    onSubscribe: async (context, _id, params) => {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        ...context,
        req: context.extra.request,
        socket: context.extra.socket,
        user: context.extra.user,
        params,
      });
      const args = {
        schema,
        operationName: params.operationName,
        document: parse(params.query),
        variableValues: params.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe },
      };
      const errors = validate(args.schema, args.document);
      return errors.length > 0 ? errors : args;
    },
  },
  webSockets,
);
const port = await listening(server);

answerCalls({
  ...measuring,
  port: () => port,
  publish: publishing((projectId, mark) => pubSub.publish('taskUpdated', projectId, taskOf(mark))),
});
