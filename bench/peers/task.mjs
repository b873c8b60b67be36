// What every peer has in common: the schema, the task it sends, and its clock.
import { nowMs } from '../support/ipc.ts';

export const typeDefs = /* GraphQL */ `
  type Task {
    id: ID!
    title: String!
    description: String
    status: String!
    priority: String!
    dueAt: String
    version: Int!
    createdAt: String!
  }
  type Query {
    hello: String
    missed(projectId: ID!, after: Int!): [Task!]!
  }
  type Subscription {
    taskUpdated(projectId: ID!): Task!
  }
`;

/** A task of eight fields, renamed. */
export function taskOf(mark, id = '019aa0a0-0000-7000-8000-000000000001') {
  return {
    id,
    title: mark,
    description: null,
    status: 'TODO',
    priority: 'MEDIUM',
    dueAt: null,
    version: 7,
    createdAt: '2026-11-20T12:00:00.000Z',
  };
}

/** Publishes one event for each fact, and answers the moment before the first. */
export function publishing(publish) {
  return async ({ facts }) => {
    const atMs = nowMs();
    for (const { projectId, mark } of facts) publish(projectId, mark);
    return atMs;
  };
}

export function listening(server) {
  return new Promise((resolve) => {
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => resolve(server.address().port));
  });
}
