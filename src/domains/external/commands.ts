import { append } from '../../events/append.ts';
import { topicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Context } from '../../graphql/context.ts';
import type { TopicRole } from '../../graphql/permissions.ts';
import { AppError } from '../../platform/errors.ts';
import { parseInput } from '../../platform/validation.ts';
import { isExternalId, readersAmong } from '../membership/access.ts';
import { addFirstMember } from '../membership/commands.ts';
import { insertProject } from '../projects/access.ts';
import { noTopicOf, type PublishTopic, peopleNamed, requirePublisher, topicNamed } from './access.ts';
import { externalEvents } from './events.ts';
import { type PublishEventInput, publishSchema } from './input.ts';

/** What publishEvent answers. */
export interface PublishResult {
  topicId: string;
  /** Whether this call made the topic. */
  created: boolean;
  eventId: string;
}

type Wanted = ReturnType<ReturnType<typeof publishSchema>['parse']>;

/**
 * Appends what happened in another application to a topic of the workspace. A project that is named by its externalId
 * for the first time is made; of two servers that do so at once one makes it.
 * @throws FORBIDDEN for whoever is no BOT and for a topic that is not there, VALIDATION_ERROR for what cannot be
 * published and for recipients who may not read it; nothing is made then.
 */
export async function publishEvent(context: Context, input: PublishEventInput): Promise<PublishResult> {
  const { topic, ...rest } = input;
  const wanted = parseInput(publishSchema(context.config), rest);
  requirePublisher(context.viewer);
  try {
    return await publish(context, topic, wanted);
  } catch (error) {
    // Another call made the topic between our look and our insert, which waited for its commit: now it is there.
    if (error instanceof AppError && error.code === 'CONFLICT' && error.details.field === 'externalId') {
      return publish(context, topic, wanted);
    }
    throw error;
  }
}

function publish(context: Context, asked: PublishEventInput['topic'], wanted: Wanted): Promise<PublishResult> {
  return context.transaction(async (tx) => {
    const known = await topicNamed(tx, context.viewer.workspaceId, asked);
    const topic = known ?? (await newProject(tx, context, asked, wanted.create ?? {}));
    const recipients = wanted.recipients && (await requireReaders(tx, context, topic, wanted.recipients));
    const eventId = append(tx, topic.key, externalEvents.ExternalEvent, {
      name: wanted.name,
      data: wanted.data ?? {},
      critical: wanted.critical ?? false,
      everybody: recipients == null,
      // Somebody may be named by id and by externalId.
      recipients: [...new Set(recipients)],
    });
    return { topicId: topic.id, created: known === null, eventId };
  });
}

/** Makes the project of an externalId. What else there is has people and texts, which no event brings along. */
async function newProject(
  tx: Tx,
  context: Context,
  asked: PublishEventInput['topic'],
  { name, owners, members }: NonNullable<Wanted['create']>,
): Promise<PublishTopic> {
  const { id: externalId } = asked;
  if (asked.kind !== 'PROJECT' || externalId == null || !isExternalId(externalId)) throw noTopicOf(asked);
  const { userId, workspaceId } = context.viewer;
  const { projectId } = await insertProject(tx, {
    workspaceId,
    ownerId: userId,
    name: name ?? externalId,
    description: null,
    externalId,
    now: context.clock.now(),
  });
  const topic = { key: topicKey('project', projectId), id: projectId };
  const roles = new Map<string, TopicRole>();
  for (const [field, people, role] of [
    ['owners', owners, 'OWNER'],
    ['members', members, 'MEMBER'],
  ] as const) {
    for (const person of await requirePeople(tx, workspaceId, people ?? [], `create.${field}`)) {
      if (person !== userId && !roles.has(person)) roles.set(person, role);
    }
  }
  for (const [person, role] of roles) await addFirstMember(tx, context, topic, { userId: person, role });
  return topic;
}

/** The ids of these people. Throws VALIDATION_ERROR naming the first who may not read the topic, whoever they are. */
async function requireReaders(
  tx: Tx,
  { viewer }: Context,
  topic: PublishTopic,
  names: readonly string[],
): Promise<string[]> {
  const people = await peopleNamed(tx, viewer.workspaceId, names);
  const readers = new Set(
    await readersAmong(
      tx,
      topic.id,
      people.filter((id) => id !== undefined),
    ),
  );
  return people.map((id, index) => {
    if (id !== undefined && readers.has(id)) return id;
    throw new AppError('VALIDATION_ERROR', `recipients.${index} may not read the topic.`, {
      field: `recipients.${index}`,
    });
  });
}

async function requirePeople(tx: Tx, workspaceId: string, names: readonly string[], field: string): Promise<string[]> {
  const people = await peopleNamed(tx, workspaceId, names);
  return people.map((id, index) => {
    if (id !== undefined) return id;
    throw new AppError('VALIDATION_ERROR', `${field}.${index} is no active person of the workspace.`, {
      field: `${field}.${index}`,
    });
  });
}
