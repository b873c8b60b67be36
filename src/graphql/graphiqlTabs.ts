/** A tab the explorer opens with. */
export interface Tab {
  readonly query: string;
  /** JSON, as in the editor. */
  readonly variables?: string;
  readonly headers?: string;
}

/**
 * What the explorer opens with: with a token a query, a mutation and a subscription on the seeded project, ready to
 * run; without, one that says where the token goes. Nothing stands in its place: the schema is read with the same headers.
 */
export function readyTabs(token?: string): Tab[] {
  if (token === undefined) {
    return [{ query: ping }];
  }
  return [query, subscription, mutation].map((tab) => ({ ...tab, headers: headers(token) }));
}

function headers(token: string): string {
  return JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2);
}

const ping = `# Put your token into the tab Headers below:
# { "Authorization": "Bearer <token>" }
{
  ping {
    timestamp
    instanceId
  }
}
`;

const projectId = JSON.stringify({ projectId: 'website' }, null, 2);

const query: Tab = {
  query: `# Your tasks in the seeded project.
query Tasks($projectId: ID!) {
  me {
    name
  }
  tasks(projectId: $projectId, first: 5) {
    headCursor
    nodes {
      id
      title
      status
      assignee {
        name
      }
    }
  }
}
`,
  variables: projectId,
};

const subscription: Tab = {
  query: `# Run this here, and the mutation of the
# next tab in another window.
subscription TaskUpdated($projectId: ID!) {
  taskUpdated(projectId: $projectId) {
    type
    at
    actor {
      name
    }
    task {
      id
      title
      status
    }
    changes {
      field
      from
      to
    }
  }
}
`,
  variables: projectId,
};

const mutation: Tab = {
  query: `mutation CreateTask($input: CreateTaskInput!) {
  createTask(input: $input) {
    task {
      id
      title
    }
    eventCursor
  }
}
`,
  variables: JSON.stringify({ input: { projectId: 'website', title: 'Try the explorer' } }, null, 2),
};
