// Commands that tests of delivery use, in one line each.
import type { TestApp } from './app.ts';
import type { Person, WorkspaceRow } from './world.ts';

type Id = { id: string };

/** Runs a mutation by name with its input, and answers its `eventCursor`; throws with the errors. */
export async function run(app: TestApp, by: Person, name: string, input: object): Promise<string> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const answer = await app.ask(by, `mutation ($input: ${type}!) { ${name}(input: $input) { eventCursor } }`, { input });
  return answer[name].eventCursor;
}

/** What happens to a project and its people, on a given server, as its owner. */
export function commandsOf(app: TestApp, by: Person, project: Id) {
  const inProject = (name: string, person: Person, more: object = {}) =>
    run(app, by, name, { topicId: project.id, userId: person.id, ...more });
  return {
    add: (person: Person, role = 'MEMBER') => inProject('addMember', person, { role }),
    remove: (person: Person) => inProject('removeMember', person),
    changeRole: (person: Person, role: string) => inProject('changeMemberRole', person, { role }),
    updateTask: (task: Id, change: object) => run(app, by, 'updateTask', { taskId: task.id, ...change }),
    deleteProject: () => run(app, by, 'deleteProject', { projectId: project.id }),
  };
}

/** Somebody who manages people, of the same workspace. */
export function administrator(app: TestApp, workspace?: WorkspaceRow): Promise<Person> {
  return app.world.person({ role: 'ADMIN', ...(workspace && { workspace }) });
}
