import { graphql } from '../generated/gql.ts';

export const boardQuery = graphql(`
  query Board($projectId: ID!) {
    project(id: $projectId) { id name viewerRole members(first: 20) { nodes { role user { id name } } } }
    tasks(projectId: $projectId, first: 50) {
      nodes { id title status priority version deletedAt assignee { id name } }
      pageInfo { hasNextPage hasPreviousPage endCursor }
      headCursor
    }
  }
`);

export const createTask = graphql(`
  mutation CreateTask($input: CreateTaskInput!) {
    createTask(input: $input) { task { id title } eventCursor }
  }
`);

export const updateTask = graphql(`
  mutation UpdateTask($input: UpdateTaskInput!) {
    updateTask(input: $input) { task { id title status version } eventCursor }
  }
`);

export const assignTask = graphql(`
  mutation AssignTask($input: AssignTaskInput!) {
    assignTask(input: $input) { task { id version assignee { id name } } eventCursor }
  }
`);
