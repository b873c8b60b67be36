import { z } from 'zod';
import { AppError } from '../platform/errors.ts';
import { isId } from '../platform/ids.ts';

/** What a topic can be. `user` is a person's own topic: it carries what concerns only them. */
export const topicKinds = ['user', 'project', 'content', 'conversation'] as const;
export type TopicKindName = (typeof topicKinds)[number];

/** `kind:id`, lower case; the key of a topic everywhere below GraphQL. */
export type TopicKey = `${TopicKindName}:${string}`;

/** A key in a message from another server. */
export const topicKeySchema = z.templateLiteral([z.enum(topicKinds), ':', z.string()]);

export function topicKey(kind: TopicKindName, id: string): TopicKey {
  return `${kind}:${id}`;
}

/** The two halves of a key. Throws when the text is not a key: keys are made here, so that is a bug. */
export function parseTopicKey(key: string): { kind: TopicKindName; id: string } {
  const colon = key.indexOf(':');
  const kind = key.slice(0, colon) as TopicKindName;
  const id = key.slice(colon + 1);
  if (!topicKinds.includes(kind) || !isId(id)) {
    throw new AppError('INTERNAL_ERROR', `not a topic key: ${key}`);
  }
  return { kind, id };
}
