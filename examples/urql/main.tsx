import { cacheExchange } from '@urql/exchange-graphcache';
import { createBelfryClient } from 'belfry-client';
import {
  BelfryProvider,
  belfryCache,
  belfryExchange,
  useConnectionState,
  useInbox,
  useTaskUpdated,
} from 'belfry-client/urql';
import { type FormEvent, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { type Client, createClient, gql, Provider, useMutation, useQuery } from 'urql';

interface Tasks {
  tasks: { nodes: { id: string; title: string; status: string }[] };
}
const tasks = gql<Tasks, { projectId: string }>`
  query ($projectId: ID!) { tasks(projectId: $projectId, first: 50) { nodes { id title status } pageInfo { hasNextPage } } }
`;
const createTask = gql`mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { id } } }`;
const updateTask = gql`mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { task { id status } } }`;

const address = new URLSearchParams(location.search);
const projectId = address.get('project') ?? '';
const server = address.get('server') ?? 'http://localhost:3000/graphql';

function Board() {
  const connection = useConnectionState();
  const { counts } = useInbox();
  const { event } = useTaskUpdated({ projectId });
  const [{ data }] = useQuery({ query: tasks, variables: { projectId } });
  const [, create] = useMutation(createTask);
  const [, update] = useMutation(updateTask);

  function add(submitted: FormEvent<HTMLFormElement>) {
    submitted.preventDefault();
    const form = submitted.currentTarget;
    const title = new FormData(form).get('title');
    void create({ input: { projectId, title } });
    form.reset();
  }

  return (
    <main>
      <p>
        <output>{connection.state}</output> · {counts?.unread ?? 0} unread · latest:{' '}
        {event?.task.title ?? 'nothing yet'}
      </p>
      <ul>
        {data?.tasks.nodes.map(({ id, title, status }) => (
          <li key={id}>
            {title} ({status}){' '}
            <button type="button" onClick={() => void update({ input: { taskId: id, status: 'DONE' } })}>
              Done
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={add}>
        <input name="title" aria-label="New task" required />
      </form>
    </main>
  );
}

function App() {
  const [clients, setClients] = useState<{ belfry: ReturnType<typeof createBelfryClient>; urql: Client }>();

  function signIn(submitted: FormEvent<HTMLFormElement>) {
    submitted.preventDefault();
    const token = String(new FormData(submitted.currentTarget).get('token'));
    const belfry = createBelfryClient({ url: server, token });
    const exchanges = [cacheExchange(belfryCache), belfryExchange(belfry)];
    setClients({ belfry, urql: createClient({ url: server, exchanges }) });
  }

  if (!clients) {
    return (
      <form onSubmit={signIn}>
        <input name="token" type="password" aria-label="Token" required />
      </form>
    );
  }
  return (
    <BelfryProvider client={clients.belfry}>
      <Provider value={clients.urql}>
        <Board />
      </Provider>
    </BelfryProvider>
  );
}

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
