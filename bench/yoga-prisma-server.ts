// What a team would write by hand for createTask: Yoga and Prisma, an interactive transaction with the access check
// and the row. No log, no events. On the same database and the same Prisma client as Belfry.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import { createSchema, createYoga } from 'graphql-yoga';
import { jwtVerify } from 'jose';
import { PrismaClient } from '../src/generated/prisma/client.ts';
import { newId } from '../src/platform/ids.ts';
import { answerCalls, measuring } from './support/ipc.ts';

const { DATABASE_URL, JWT_SECRET } = process.env;
const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: DATABASE_URL, max: 10 }) });
const key = new TextEncoder().encode(JWT_SECRET);

interface Context {
  request: Request;
  user: { id: string };
}

const schema = createSchema<Context>({
  typeDefs: /* GraphQL */ `
    type Task {
      id: ID!
      title: String!
      version: Int!
    }
    type Payload {
      task: Task!
    }
    input CreateTaskInput {
      projectId: ID!
      title: String!
    }
    type Query {
      hello: String
    }
    type Mutation {
      createTask(input: CreateTaskInput!): Payload!
    }
  `,
  resolvers: {
    Mutation: {
      createTask: async (_root, { input }: { input: { projectId: string; title: string } }, { user }: Context) => {
        const task = await prisma.$transaction(async (tx) => {
          const membership = await tx.membership.findFirst({
            where: { topicId: input.projectId, userId: user.id, topic: { deletedAt: null } },
          });
          if (!membership || membership.role === 'GUEST') throw new Error('no access');
          return tx.task.create({ data: { id: newId(), ...input, creatorId: user.id } });
        });
        return { task };
      },
    },
  },
});

const yoga = createYoga<object, { user: { id: string } }>({
  schema,
  graphiql: false,
  logging: false,
  async context({ request }) {
    const token = request.headers.get('authorization')?.slice('Bearer '.length) ?? '';
    const { payload } = await jwtVerify<{ workspace: string }>(token, key);
    const user = await prisma.user.findFirst({
      where: { externalId: payload.sub ?? '', workspace: { slug: payload.workspace }, deactivatedAt: null },
    });
    if (!user) throw new Error('no such person');
    return { user };
  },
});
const server = createServer(yoga);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

answerCalls({ ...measuring, port: () => (server.address() as AddressInfo).port });
