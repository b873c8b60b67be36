import {
  addComment,
  addMember,
  createContent,
  createConversation,
  createProject,
  createTask,
  publishContent,
  sendMessage,
} from '../../src/client/documents.ts';
import { createPerson } from '../../src/domains/identity/people.ts';
import type { WorkspaceRole } from '../../src/graphql/permissions.ts';
import type { Clock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database.ts';
import { newId } from '../../src/platform/ids.ts';
import type { Data, Document, Variables } from './request.ts';

/** A tenant. */
export interface WorkspaceRow {
  id: string;
  /** As tokens name it in the claim `workspace`. */
  slug: string;
}

/** Somebody who can be handed to `app.graphql`, `app.socket` and `app.token`. */
export interface Person {
  id: string;
  name: string;
  /** The `sub` of their tokens. */
  externalId: string;
  workspace: WorkspaceRow;
}

type ProjectRole = 'OWNER' | 'ADMIN' | 'MEMBER' | 'GUEST';

/** A project with its people. */
export interface ProjectWorld {
  owner: Person;
  members: Person[];
  project: { id: string; name: string };
}

/** A page with its authors: the owner, and others. */
export interface ContentWorld {
  owner: Person;
  authors: Person[];
  content: { id: string; title: string };
}

/** A conversation with its people. */
export interface ConversationWorld {
  owner: Person;
  members: Person[];
  conversation: { id: string };
}

export interface TaskRow {
  id: string;
  title: string;
  version: number;
}

/** Makes what a test starts from, by asking for it. Names are invented and differ from each other. */
export interface World {
  /** The workspace of everybody who was not given another; made when first asked for. */
  workspace(): Promise<WorkspaceRow>;
  /** Another tenant. */
  newWorkspace(): Promise<WorkspaceRow>;
  /** A person of the workspace; default: a MEMBER of the usual one. */
  person(options?: {
    role?: WorkspaceRole;
    workspace?: WorkspaceRow;
    name?: string;
    email?: string;
    externalId?: string;
  }): Promise<Person>;
  /** A project, created by its owner through the API; `members` by number (all MEMBER) or one for each role. */
  project(options?: {
    members?: number | readonly ProjectRole[];
    owner?: Person;
    workspace?: WorkspaceRow;
    name?: string;
    externalId?: string;
  }): Promise<ProjectWorld>;
  /** A page, created by its owner through the API and published unless told otherwise; `authors` by number or role. */
  content(options?: {
    authors?: number | readonly ProjectRole[];
    owner?: Person;
    workspace?: WorkspaceRow;
    published?: boolean;
    externalId?: string;
    input?: Record<string, unknown>;
  }): Promise<ContentWorld>;
  /** Adds a member through the API as `by`, and returns the person. */
  member(options: { project: { id: string }; by: Person; role?: ProjectRole; person?: Person }): Promise<Person>;
  /** A task, created through the API as `by`. */
  task(options: {
    project: { id: string };
    by: Person;
    title?: string;
    assignee?: Person;
    input?: Record<string, unknown>;
  }): Promise<TaskRow>;
  /** A comment on a task or a page. */
  comment(
    options: ({ task: { id: string } } | { content: { id: string } }) & {
      by: Person;
      text?: string;
      mentions?: Person[];
      replyTo?: { id: string };
    },
  ): Promise<{ id: string }>;
  /** A conversation, begun by its owner through the API; `members` by number or by person, all MEMBER. */
  conversation(options?: {
    members?: number | readonly Person[];
    owner?: Person;
    workspace?: WorkspaceRow;
    /** Default GROUP. */
    kind?: 'DIRECT' | 'GROUP' | 'TALK';
    /** Default an invented one; DIRECT has none. */
    title?: string | null;
    input?: Record<string, unknown>;
  }): Promise<ConversationWorld>;
  /** A message, sent through the API as `by`. */
  message(options: {
    conversation: { id: string };
    by: Person;
    content?: string;
    mentions?: Person[];
    input?: Record<string, unknown>;
  }): Promise<{ id: string; content: string | null }>;
}

/** `app.ask`, for typed documents. */
type Ask = <D extends Document>(person: Person, document: D, variables: Variables<D>) => Promise<Data<D>>;

const names = ['Ada', 'Björn', 'Chidi', 'Dolores', 'Emeka', 'Fatima', 'Giulia', 'Hiro', 'Ines', 'Jakub'];

export function createWorld(parts: { database: Database; clock: Clock; ask: Ask }): World {
  const { database, clock, ask } = parts;
  const usual = lazily(newWorkspace);
  let made = 0;

  async function newWorkspace(): Promise<WorkspaceRow> {
    const id = newId();
    const slug = `workspace-${++made}`;
    await database.db.workspace.create({ data: { id, slug, name: `Workspace ${made}`, createdAt: clock.now() } });
    return { id, slug };
  }

  const person: World['person'] = async (options = {}) => {
    const { role = 'MEMBER', workspace = await usual(), email } = options;
    const nth = ++made;
    const name = options.name ?? `${names[nth % names.length]} ${nth}`;
    const externalId = options.externalId ?? `person-${nth}`;
    const { id } = await database.begin((tx) =>
      createPerson(tx, { workspaceId: workspace.id, externalId, name, email, role, now: clock.now() }),
    );
    return { id, name, externalId, workspace };
  };

  const member: World['member'] = async ({ project, by, role = 'MEMBER', person: somebody }) => {
    const added = somebody ?? (await person({ workspace: by.workspace }));
    await ask(by, addMember, {
      input: { topicId: project.id, userId: added.id, role },
    });
    return added;
  };

  async function membersOf(
    project: { id: string },
    by: Person,
    wanted: number | readonly ProjectRole[] = 0,
  ): Promise<Person[]> {
    const roles = typeof wanted === 'object' ? wanted : Array<'MEMBER'>(wanted).fill('MEMBER');
    const members: Person[] = [];
    for (const role of roles) members.push(await member({ project, by, role }));
    return members;
  }

  return {
    workspace: usual,
    newWorkspace,
    person,
    member,
    async project(options = {}) {
      const owner = options.owner ?? (await person({ ...(options.workspace && { workspace: options.workspace }) }));
      const { name = `Project ${++made}`, externalId } = options;
      const answer = await ask(owner, createProject, { input: { name, ...(externalId && { externalId }) } });
      const { project } = answer.createProject;
      if (!project) throw new Error('a new project was not readable by its owner');
      return { owner, members: await membersOf(project, owner, options.members), project };
    },
    async content(options = {}) {
      const owner = options.owner ?? (await person({ ...(options.workspace && { workspace: options.workspace }) }));
      const { externalId, published = true } = options;
      const input = { type: 'ARTICLE' as const, title: `Page ${++made}`, ...(externalId && { externalId }) };
      const answer = await ask(owner, createContent, { input: { ...input, ...options.input } });
      const { content } = answer.createContent;
      if (!content) throw new Error('a new page was not readable by its author');
      const authors = await membersOf(content, owner, options.authors);
      if (published) await ask(owner, publishContent, { input: { contentId: content.id } });
      return { owner, authors, content };
    },
    async task({ project, by, title = `Task ${++made}`, assignee, input }) {
      const answer = await ask(by, createTask, {
        input: { projectId: project.id, title, ...(assignee && { assigneeId: assignee.id }), ...input },
      });
      return answer.createTask.task;
    },
    async comment({ by, text = `Comment ${++made}`, mentions = [], replyTo, ...about }) {
      const subject = 'task' in about ? { taskId: about.task.id } : { contentId: about.content.id };
      const answer = await ask(by, addComment, {
        input: { ...subject, text, mentions: mentions.map(({ id }) => id), ...(replyTo && { replyTo: replyTo.id }) },
      });
      return answer.addComment.comment;
    },
    async conversation(options = {}) {
      const workspace = options.workspace ?? options.owner?.workspace ?? (await usual());
      const owner = options.owner ?? (await person({ workspace }));
      const { kind = 'GROUP', title = kind === 'DIRECT' ? null : `Conversation ${++made}`, input } = options;
      const wanted = options.members ?? (kind === 'DIRECT' ? 1 : 0);
      const members = typeof wanted === 'object' ? [...wanted] : [];
      if (typeof wanted === 'number') while (members.length < wanted) members.push(await person({ workspace }));
      const answer = await ask(owner, createConversation, {
        input: { kind, participantIds: members.map(({ id }) => id), ...(title !== null && { title }), ...input },
      });
      const { conversation } = answer.createConversation;
      if (!conversation) throw new Error('a new conversation was not readable by its owner');
      return { owner, members, conversation };
    },
    async message({ conversation, by, content = `Message ${++made}`, mentions = [], input }) {
      const answer = await ask(by, sendMessage, {
        input: { conversationId: conversation.id, content, mentions: mentions.map(({ id }) => id), ...input },
      });
      return answer.sendMessage.message;
    },
  };
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
