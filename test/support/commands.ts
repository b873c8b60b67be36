// Commands that tests of delivery use, in one line each.
import type { TestApp } from './app.ts';
import { type Answer, type Data, request } from './request.ts';
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

/** Another back end: a BOT of the workspace with a service token. */
export async function backEnd(app: TestApp, workspace?: WorkspaceRow) {
  const bot = await app.world.person({ role: 'BOT', name: 'Shop', ...(workspace && { workspace }) });
  const token = await app.token(bot, { scope: 'events:publish' });
  const document = `mutation ($input: PublishEventInput!) {
    publishEvent(input: $input) { eventId topicId created eventCursor } }`;
  /** Asks a given server with the service token. */
  const graphql = (text: string, variables?: Record<string, unknown>, on = app): Promise<Answer<Data<string>>> =>
    request(`${on.url}${on.config.graphqlPath}`, text, { variables, headers: { authorization: `Bearer ${token}` } });
  return {
    bot,
    token,
    graphql,
    /** Publishes, and answers with the payload and the errors. */
    try: (input: Record<string, unknown>, on = app) => graphql(document, { input }, on),
    /** Publishes, and answers with the payload; throws with the errors. */
    async publish(
      input: Record<string, unknown>,
      on = app,
    ): Promise<{ eventId: string; topicId: string; created: boolean; eventCursor: string }> {
      const { data, errors } = await graphql(document, { input }, on);
      if (errors || data === null) throw new Error(JSON.stringify(errors));
      return data.publishEvent;
    },
  };
}
