import { useViewing } from '../../client/urql/index.ts';
import { useAct, usePlace, useRead } from '../data.ts';
import { assignTask, boardQuery, createTask, updateTask } from '../documents/tasks.ts';
import { sending } from '../forms.ts';
import type { BoardQuery, TaskStatus } from '../generated/graphql.ts';
import { initialsOf } from '../words.ts';
import { Left } from './left.tsx';

type Task = BoardQuery['tasks']['nodes'][number];

const lanes = [
  ['TODO', 'To do'],
  ['IN_PROGRESS', 'In progress'],
  ['DONE', 'Done'],
] as const satisfies readonly (readonly [TaskStatus, string])[];

/** A project's tasks in three lanes, and who else looks at them. */
export function Tasks({ projectId, me }: { projectId: string; me: { id: string } }) {
  const act = useAct();
  const { data, error, refused } = useRead(boardQuery, { projectId });
  const { hasLeft } = usePlace({ kind: 'PROJECT', id: projectId }, data?.tasks.headCursor);
  const { viewers } = useViewing({ kind: 'PROJECT', id: projectId });
  if (hasLeft || refused) return <Left refused={hasLeft ? undefined : refused} />;
  if (!data?.project) return <p className="empty">{error ?? 'Loading …'}</p>;
  const others = viewers.filter(({ id }) => id !== me.id).map(({ name }) => name);

  async function add(form: FormData) {
    const title = String(form.get('title')).trim();
    if (title) await act(createTask, { input: { projectId, title } }, { untilAnswered: true });
  }
  return (
    <div className="board">
      <p className="quiet viewers">
        {others.length > 0 ? `${others.join(', ')} looks at this too` : 'Nobody else looks at this'}
      </p>
      <div className="lanes">
        {lanes.map(([status, name], lane) => {
          const tasks = data.tasks.nodes.filter((task) => task.status === status && !task.deletedAt);
          return (
            <fieldset key={status} aria-label={name}>
              <h2>
                {name} <span className="quiet">{tasks.length}</span>
              </h2>
              <ul>
                {tasks.map((task) => (
                  <Card key={task.id} task={task} lane={lane} me={me} />
                ))}
              </ul>
            </fieldset>
          );
        })}
      </div>
      <form onSubmit={sending(add)} className="line">
        <input name="title" aria-label="New task" placeholder="New task" autoComplete="off" />
        <button type="submit">Add</button>
      </form>
    </div>
  );
}

function Card({ task, lane, me }: { task: Task; lane: number; me: { id: string } }) {
  const act = useAct();
  const { id, title, assignee, priority, version } = task;
  const face = assignee ? initialsOf(assignee.name) : '+';
  const isMine = assignee?.id === me.id;
  const move = (by: number) => {
    const status = lanes[lane + by]?.[0];
    if (status) void act(updateTask, { input: { taskId: id, status, expectedVersion: version } });
  };
  const take = () => void act(assignTask, { input: { taskId: id, assigneeId: isMine ? null : me.id } });
  return (
    <li className="card" data-priority={priority}>
      <p>{title}</p>
      <div>
        <button
          type="button"
          className="avatar"
          onClick={take}
          aria-label={`${face}, ${isMine ? 'give up' : 'take'}: ${title}`}
          title={assignee ? assignee.name : 'Nobody’s'}
        >
          {face}
        </button>
        <button type="button" disabled={lane === 0} onClick={() => move(-1)} aria-label={`← back: ${title}`}>
          ←
        </button>
        <button
          type="button"
          disabled={lane === lanes.length - 1}
          onClick={() => move(1)}
          aria-label={`→ on: ${title}`}
        >
          →
        </button>
      </div>
    </li>
  );
}
