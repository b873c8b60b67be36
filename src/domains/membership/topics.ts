import { type TopicKey, type TopicKindName, topicKey } from '../../events/topic.ts';
import type { TopicKind } from '../../generated/prisma/client.ts';
import type { Viewer } from '../../graphql/context.ts';
import type { TopicRole } from '../../graphql/permissions.ts';
import type { TopicAccess, TopicAsked, TopicEntry } from '../../graphql/stream.ts';
import { AppError } from '../../platform/errors.ts';

/** A topic as the input `TopicRef` names it. */
export interface TopicRefShape {
  readonly kind: TopicKind;
  readonly id?: string | null | undefined;
}

/** So many topics can be asked for at once; everything one belongs to is one of them. */
const maxTopics = 100;

/** GraphQL's name of a kind as topics have it. */
export function kindOf(kind: TopicKind): TopicKindName {
  return kind.toLowerCase() as TopicKindName;
}

/** A topic somebody has a role in. */
export interface TopicHeld {
  readonly key: TopicKey;
  readonly id: string;
  readonly role: TopicRole;
}

/** What sentences call a topic. */
export function nounOf(kind: TopicKindName): string {
  return kind === 'content' ? 'page' : kind;
}

/** The error for a topic that is missing, foreign, deleted or not theirs: one sentence for all four. */
export function noSuchTopic(kind: TopicKindName | null): AppError {
  return new AppError('FORBIDDEN', `No such ${kind ? nounOf(kind) : 'topic'}, or no access to it.`);
}

/** Models whose rows are a topic, or stand beside one of the same id, with the topic of a row. */
export const topicOfRow = {
  Topic: ({ id, kind }: { id: string; kind: TopicKind }): TopicKey => topicKey(kindOf(kind), id),
  Project: ({ id }: { id: string }): TopicKey => topicKey('project', id),
  Content: ({ id }: { id: string }): TopicKey => topicKey('content', id),
  Conversation: ({ id }: { id: string }): TopicKey => topicKey('conversation', id),
} as const;

/** Checks the argument `topics`. @throws VALIDATION_ERROR. */
export function asTopics(refs: readonly TopicRefShape[]): TopicAsked[] {
  if (refs.length < 1 || refs.length > maxTopics) {
    throw new AppError('VALIDATION_ERROR', `topics must name 1 to ${maxTopics} topics.`, { field: 'topics' });
  }
  return refs.map(({ kind, id }, index) => {
    if (id == null && kind !== 'USER') {
      throw new AppError('VALIDATION_ERROR', 'Only a topic of kind USER can do without id.', {
        field: `topics.${index}.id`,
      });
    }
    return { kind: kindOf(kind), id: id ?? undefined };
  });
}

/** Stands for everything the viewer belongs to. */
export const everything: TopicAsked = { kind: 'user', id: undefined };

/** What access says of the topics asked for. */
export interface Entered {
  /** Each topic once, in the order asked for. */
  readonly readable: readonly TopicEntry[];
  readonly refused: readonly { readonly asked: TopicAsked; readonly topic: TopicKey }[];
}

/** Asks for access to all of `asked`, with {@link everything} taken apart. */
export async function enterAll(access: TopicAccess, viewer: Viewer, asked: readonly TopicAsked[]): Promise<Entered> {
  const named = asked.filter(({ id }) => id !== undefined);
  const [own, entries] = await Promise.all([
    named.length < asked.length ? access.enterEverything(viewer) : [],
    named.length > 0 ? access.enter(viewer, named) : [],
  ]);
  const readable = new Map([...own, ...entries].flatMap((entry) => (entry.role ? [[entry.topic, entry]] : [])));
  const refused = entries.flatMap(({ role, topic }, index) =>
    role ? [] : [{ asked: named[index] ?? everything, topic }],
  );
  return { readable: [...readable.values()], refused };
}
