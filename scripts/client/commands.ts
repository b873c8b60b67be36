import { setTimeout as sleep } from 'node:timers/promises';
import { addComment, createTask, events, inbox, tasks, taskUpdated } from '../../src/client/documents.ts';
import type { Connection } from './connection.ts';

const updateTask =
  'mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { task { id title status version } eventCursor } }';
const projects = 'query { projects(first: 20) { nodes { id name } } }';
const whoAndWhere = 'query { me { id name } ping { instanceId timestamp } }';

const startsWithinMs = 3_000;

/** The commands, for people. */
export const helpText = `  subscribe taskUpdated|events|inbox [<cursor>]   follow; with a cursor from there on
  stop [<stream>]                                  end one stream, or all
  cursors                                          where the streams stand
  projects · project <id> · tasks                  what there is, and which project is meant
  create <title>                                   create a task
  update <task> <field>=<value> …                  change title, status, priority or description of a task
  comment <task> <text>                            comment on a task
  ping                                             round trip, and who one is where
  drop                                             cut the connection; it comes back and the streams go on
  offline · resume                                 cut it and stay away · come back
  help · quit`;

/** Runs what people type. */
export interface Commands {
  /** Runs one line. Throws with a sentence for the person. */
  run(line: string): Promise<void>;
  /** Resolves when the streams have printed as many events as were asked for; at once when there is no stream. */
  taken(): Promise<void>;
}

export function commandsOf(parts: {
  connection: Connection;
  /** Absent: the first one of the person. */
  project: string | undefined;
  print: (line: string) => void;
  /** Events after which {@link Commands.taken} resolves. */
  take: number;
}): Commands {
  const { connection, print, take } = parts;
  let { project } = parts;
  const enough = Promise.withResolvers<void>();
  let printed = 0;

  const show = (what: unknown): void => print(JSON.stringify(what, null, 2));

  async function projectId(): Promise<string> {
    if (project !== undefined) return project;
    const { nodes } = (await connection.ask(projects)).projects as { nodes: { id: string; name: string }[] };
    const [first] = nodes;
    if (!first) throw new Error('There is no project you may see. Create one, or get invited to one.');
    print(`Project: ${first.name} (${first.id})`);
    project = first.id;
    return first.id;
  }

  async function operationOf(name: string) {
    if (name === 'inbox') return { document: String(inbox), variables: {} };
    if (name === 'taskUpdated') {
      return { document: String(taskUpdated), variables: { projectId: await projectId() } };
    }
    // Without an id: everything the person belongs to, and will.
    if (name === 'events') return { document: String(events), variables: { topics: [{ kind: 'USER' }] } };
    throw new Error(`There is no stream ${name}: taskUpdated, events or inbox.`);
  }

  const all: Record<string, (words: string[]) => Promise<void> | void> = {
    help: () => print(helpText),
    async subscribe([name = '', after]) {
      const stream = connection.subscribe(
        name,
        { ...(await operationOf(name)), after: name === 'events' && after !== undefined ? [after] : after },
        (value, cursor) => {
          print(`${name} ${String(value.__typename)} ${cursor ?? '-'} ${JSON.stringify(value)}`);
          if (value.__typename !== 'Checkpoint' && ++printed >= take) enough.resolve();
        },
      );
      // The next command may be what the stream is to tell of. Not for ever: the person may be offline.
      await Promise.race([stream.live, sleep(startsWithinMs, undefined, { ref: false })]);
    },
    stop([name]) {
      for (const stream of [...connection.streams]) if (name === undefined || stream.name === name) stream.stop();
    },
    cursors() {
      for (const { name, cursors, count } of connection.streams)
        show({ stream: name, events: count, cursors: Object.fromEntries(cursors) });
    },
    projects: async () => show(await connection.ask(projects)),
    project([id]) {
      if (id === undefined) throw new Error('project <id or externalId>');
      project = id;
    },
    tasks: async () => show(await connection.ask(String(tasks), { projectId: await projectId(), first: 50 })),
    async create(words) {
      const title = words.join(' ');
      show(await connection.ask(String(createTask), { input: { projectId: await projectId(), title } }));
    },
    async update([taskId, ...changes]) {
      // A value may contain spaces: a word without = belongs to the one before it.
      const fields = changes
        .join(' ')
        .split(/ (?=\w+=)/)
        .map((change) => /^(\w+)=([\s\S]*)$/.exec(change));
      if (!taskId || fields.some((field) => !field)) throw new Error('update <task> <field>=<value> …');
      const input = Object.fromEntries(fields.map((field) => [field?.[1], field?.[2]]));
      show(await connection.ask(updateTask, { input: { taskId, ...input } }));
    },
    async comment([taskId, ...words]) {
      show(await connection.ask(String(addComment), { input: { taskId, text: words.join(' ') } }));
    },
    async ping() {
      print(`${(await connection.roundTrip()).toFixed(1)} ms`);
      show(await connection.ask(whoAndWhere));
    },
    drop: () => connection.drop(false),
    offline: () => connection.drop(true),
    resume: () => connection.resume(),
  };

  return {
    async run(line) {
      const [name = '', ...words] = line.trim().split(/\s+/);
      if (name === '') return;
      const command = Object.hasOwn(all, name) ? all[name] : undefined;
      if (!command) throw new Error(`There is no command ${name}. Type help for the commands.`);
      await command(words);
    },
    taken: () => (connection.streams.size > 0 ? enough.promise : Promise.resolve()),
  };
}
