import { createConversation } from './domains/chat/commands.ts';
import { sendMessage } from './domains/chat/messages.ts';
import { toggleReaction } from './domains/chat/reactions.ts';
import { addComment } from './domains/comments/commands.ts';
import { createContent, publishContent, updateContent } from './domains/content/commands.ts';
import { rateContent } from './domains/content/ratings.ts';
import { signToken } from './domains/identity/keys.ts';
import { createPerson } from './domains/identity/people.ts';
import { createWorkspace } from './domains/identity/workspace.ts';
import { addMember } from './domains/membership/commands.ts';
import { createOffer } from './domains/offers/commands.ts';
import { createProject } from './domains/projects/commands.ts';
import { assignTask, createTask, updateTask } from './domains/tasks/commands.ts';
import { startTimer } from './domains/time/commands.ts';
import { type Context, requestContext, type Services } from './graphql/context.ts';
import type { TopicRole, WorkspaceRole } from './graphql/permissions.ts';
import { AppError } from './platform/errors.ts';
import { newId } from './platform/ids.ts';

/** Somebody of the seeded world, ready to be shown at the start. */
export interface SeededPerson {
  readonly externalId: string;
  readonly name: string;
  readonly role: WorkspaceRole;
  /** Good for {@link tokenTtlMs}. */
  readonly token: string;
}

/** A working day and the night after it: whoever comes back tomorrow starts the server again anyway. */
export const tokenTtlMs = 24 * 3_600_000;

/** The seeded workspace. */
export const slug = 'acme';
const people = {
  ada: { name: 'Ada Novak', email: 'ada@acme.example', role: 'ADMIN' },
  grace: { name: 'Grace Okafor', email: 'grace@acme.example', role: 'MEMBER' },
  linus: { name: 'Linus Berg', email: 'linus@acme.example', role: 'MEMBER' },
  margaret: { name: 'Margaret Silva', email: 'margaret@acme.example', role: 'MEMBER' },
  tomas: { name: 'Tomás Reyes', email: 'tomas@studio.example', role: 'GUEST' },
  'build-bot': { name: 'Build bot', email: undefined, role: 'BOT' },
} as const satisfies Record<string, { name: string; email: string | undefined; role: WorkspaceRole }>;
type Person = keyof typeof people;

/**
 * In development, fills an empty database with a small believable world, through the same commands as everybody
 * else. Returns the seeded people with a fresh token each, also when the world is already there; nobody in
 * production, beside other workspaces only, and where tokens are signed elsewhere (JWKS_URL).
 */
export async function seed(services: Services): Promise<SeededPerson[]> {
  const { config, clock, database } = services;
  if (config.mode !== 'development') return [];
  if ((await database.db.workspace.count()) === 0) await makeWorld(services);
  if (config.jwksUrl !== undefined && config.jwtSecret === undefined) return [];
  const found = await database.db.user.findMany({
    where: { workspace: { slug }, externalId: { in: Object.keys(people) }, deactivatedAt: null },
    orderBy: { id: 'asc' },
  });
  return Promise.all(
    found.map(async ({ externalId, name, role }) => ({
      externalId,
      name,
      role,
      token: await signToken(config, { person: externalId, workspace: slug, now: clock.now(), ttlMs: tokenTtlMs }),
    })),
  );
}

async function makeWorld(services: Services): Promise<void> {
  const world = await makePeople(services);
  // Another server on the same database was a moment faster.
  if (!world) return;
  await makeWebsite(world);
  await makeMobileApp(world);
  await makeTalk(world);
  await makeConversations(world);
  await makePages(world);
}

/** The people's ids, and a context in which each of them acts. */
interface World {
  readonly ids: Readonly<Record<Person, string>>;
  readonly as: Readonly<Record<Person, Context>>;
}

async function makePeople(services: Services): Promise<World | undefined> {
  const { clock, database } = services;
  const workspace = { slug, name: 'Acme', admin: 'ada', adminName: people.ada.name };
  const created = await createWorkspace({ database, clock }, workspace).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'CONFLICT') return undefined;
    throw error;
  });
  if (!created) return undefined;
  const { workspaceId, adminId } = created;
  await database.db.user.update({ where: { id: adminId }, data: { email: people.ada.email } });
  const entries = await database.begin(async (tx) => {
    const made: [string, string][] = [];
    for (const [externalId, person] of Object.entries(people)) {
      const { id } = await createPerson(tx, { workspaceId, externalId, ...person, now: clock.now() });
      made.push([externalId, id]);
    }
    return made;
  });
  const ids = Object.fromEntries(entries) as Record<Person, string>;
  const contexts = entries.map(([externalId, userId]) => {
    const workspaceRole = people[externalId as Person].role;
    return [externalId, contextOf(services, { userId, workspaceId, workspaceRole })];
  });
  return { ids, as: Object.fromEntries(contexts) as Record<Person, Context> };
}

function contextOf(
  services: Services,
  person: { userId: string; workspaceId: string; workspaceRole: WorkspaceRole },
): Context {
  const session = {
    id: newId(),
    transport: 'http',
    connectedAt: services.clock.now(),
    tokenExpiresAt: undefined,
    ip: undefined,
    userAgent: undefined,
  } as const;
  return requestContext(services, { viewer: { ...person, session }, correlationId: 'seed' });
}

async function makeWebsite(world: World): Promise<void> {
  const { as, ids } = world;
  const projectId = await project(world, 'ada', {
    externalId: 'website',
    name: 'Website relaunch',
    description: 'The new site, in time for the spring fair.',
    members: { grace: 'ADMIN', linus: 'MEMBER', tomas: 'GUEST', 'build-bot': 'MEMBER' },
  });
  const add = async (by: Person, title: string, more: Partial<Parameters<typeof createTask>[1]> = {}) =>
    (await createTask(as[by], { projectId, title, ...more })).taskId;

  const copy = await add('ada', 'Write the text of the start page', {
    priority: 'HIGH',
    assigneeId: ids.grace,
    dueAt: inDays(world, 3),
  });
  const photos = await add('grace', 'Choose photos for the team page', { assigneeId: ids.linus });
  const redirects = await add('grace', 'List the old addresses that need redirects', {
    priority: 'HIGH',
    estimateMinutes: 120,
  });
  await add('linus', 'Measure loading time on a slow phone', { estimateMinutes: 60, dueAt: inDays(world, 7) });
  await add('ada', 'Ask the lawyers about the cookie banner', { priority: 'LOW' });
  const build = await add('build-bot', 'Build 482 fails: missing font file', { assigneeId: ids.linus });

  await updateTask(as.grace, { taskId: copy, status: 'IN_PROGRESS' });
  await assignTask(as.ada, { taskId: redirects, assigneeId: ids.linus });
  await updateTask(as.linus, { taskId: build, status: 'DONE' });
  await addComment(as.grace, {
    taskId: copy,
    text: 'First half is done. Ada, is the tone right?',
    mentions: [ids.ada],
  });
  await addComment(as.ada, { taskId: copy, text: 'Exactly right. Shorter sentences in the second half, please.' });
  await addComment(as.tomas, { taskId: photos, text: 'The studio can deliver all portraits by Friday.' });
  await addComment(as.linus, { taskId: build, text: 'The font was not checked in. Fixed.' });
  await startTimer(as.grace, { taskId: copy });
}

async function makeMobileApp(world: World): Promise<void> {
  const { as, ids } = world;
  const projectId = await project(world, 'grace', {
    externalId: 'mobile-app',
    name: 'Mobile app',
    description: 'What technicians use on the road.',
    members: { margaret: 'MEMBER', linus: 'GUEST', 'build-bot': 'MEMBER' },
  });
  const add = async (by: Person, title: string, more: Partial<Parameters<typeof createTask>[1]> = {}) =>
    (await createTask(as[by], { projectId, title, ...more })).taskId;

  const offline = await add('grace', 'Keep the list of visits readable without network', {
    priority: 'HIGH',
    assigneeId: ids.margaret,
  });
  await add('grace', 'Sign a visit with the finger', {
    assigneeId: ids.grace,
    estimateMinutes: 480,
    dueAt: inDays(world, 14),
  });
  await add('margaret', 'Dark colours for night shifts', { priority: 'LOW' });
  const crash = await add('margaret', 'Crash when the camera is refused', {
    priority: 'HIGH',
    assigneeId: ids.margaret,
  });
  await add('margaret', 'Translate the error messages into Portuguese', { assigneeId: ids.margaret });
  await add('build-bot', 'Certificate for the test builds expires', {
    assigneeId: ids.grace,
    dueAt: inDays(world, 10),
  });

  await updateTask(as.margaret, { taskId: crash, status: 'IN_PROGRESS' });
  await addComment(as.linus, {
    taskId: offline,
    text: 'The field team loses network in every cellar, so please start with this one.',
  });
  await addComment(as.margaret, {
    taskId: crash,
    text: 'Reproduced on two phones. Grace, can you try the third?',
    mentions: [ids.grace],
  });
}

async function makeTalk(world: World): Promise<void> {
  const { as, ids } = world;
  const { conversationId } = await createConversation(as.grace, {
    kind: 'TALK',
    externalId: 'portraits',
    title: 'Portraits for the team page',
    participantIds: [ids.ada, ids.tomas],
  });
  const say = (by: Person, content: string) => sendMessage(as[by], { conversationId, content });
  await say('grace', 'Tomás, what would twelve portraits cost, in your studio?');
  await say('tomas', 'With retouching? I send you an offer.');
  await createOffer(as.tomas, {
    conversationId,
    recipientId: ids.grace,
    title: 'Twelve portraits with retouching',
    amount: { minorUnits: 96_000, currency: 'EUR' },
    expiresAt: inDays(world, 14),
  });
}

async function makeConversations(world: World): Promise<void> {
  const { as, ids } = world;
  const begin = async (by: Person, input: Parameters<typeof createConversation>[1]) =>
    (await createConversation(as[by], input)).conversationId;
  const say = async (
    by: Person,
    conversationId: string,
    content: string,
    more: Partial<Parameters<typeof sendMessage>[1]> = {},
  ) => (await sendMessage(as[by], { conversationId, content, ...more })).messageId;

  const fair = await begin('ada', {
    kind: 'GROUP',
    title: 'Spring fair',
    participantIds: [ids.grace, ids.linus, ids.margaret],
    externalId: 'spring-fair',
    metadata: { colour: 'green' },
  });
  const question = await say('ada', fair, 'The stand is booked. Who can be there on both days?');
  await say('grace', fair, 'I can, from nine o’clock on.', { replyToId: question });
  await say('margaret', fair, 'Only on Saturday. Linus, can you take the Sunday?', { mentions: [ids.linus] });
  await toggleReaction(as.linus, { messageId: question, emoji: '👍', on: true });

  const direct = await begin('linus', { kind: 'DIRECT', participantIds: [ids.grace] });
  await say('linus', direct, 'Do you have a minute for the redirects?', {
    attachments: [{ externalFileId: 'redirects.csv', label: 'The old addresses' }],
  });
}

async function makePages({ as, ids }: World): Promise<void> {
  const { contentId } = await createContent(as.grace, {
    type: 'ARTICLE',
    externalId: 'article-123',
    title: 'How we write',
    body: 'Short sentences. One thought in each.\n\nSay what the reader can do, then why.',
  });
  await addMember(as.grace, { topicId: contentId, userId: ids.margaret, role: 'MEMBER' });
  await publishContent(as.grace, { contentId });
  const { commentId } = await addComment(as.linus, { contentId, text: 'Does that go for error messages too?' });
  await addComment(as.grace, { contentId, replyTo: commentId, text: 'For those most of all.' });
  await rateContent(as.ada, { contentId, value: 5 });
  await rateContent(as.tomas, { contentId, value: 4 });
  await updateContent(as.margaret, { contentId, title: 'How we write for people' });

  await createContent(as.grace, {
    type: 'BLOG',
    externalId: 'blog-456',
    title: 'What is new in spring',
    body: 'Still to be written: the fair, the new site, the app.',
  });
}

async function project(
  { as, ids }: World,
  owner: Person,
  { members, ...rest }: Parameters<typeof createProject>[1] & { members: Partial<Record<Person, TopicRole>> },
): Promise<string> {
  const { projectId } = await createProject(as[owner], rest);
  for (const [person, role] of Object.entries(members)) {
    await addMember(as[owner], { topicId: projectId, kind: 'project', userId: ids[person as Person], role });
  }
  return projectId;
}

function inDays({ as }: World, days: number): Date {
  return new Date(as.ada.clock.now().getTime() + days * 86_400_000);
}
