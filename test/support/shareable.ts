// Selections of everything that one execution may serve to many.
import {
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isCompositeType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';
import { schema } from '../../src/graphql/schema.ts';

/** Names of the event types a stream can deliver. */
export function eventKinds(): string[] {
  const item = schema.getType('StreamItem');
  if (!isUnionType(item)) throw new Error('the schema has no union StreamItem');
  return item.getTypes().flatMap((type) => (implementsEvent(type) ? [type.name] : []));
}

/**
 * A subscription to everything in topics that shows one kind with every field marked as shareable, and what these lead
 * to, `depth` objects deep.
 */
export function shareableDocument(kind: string, depth = 3): string {
  const type = schema.getType(kind);
  if (!isObjectType(type)) throw new Error(`there is no type ${kind}`);
  return `subscription ($topics: [TopicRef!]!, $after: [Cursor!]) {
    events(topics: $topics, after: $after) { __typename ... on ${kind} ${selectionOf(type, depth)} } }`;
}

function selectionOf(type: GraphQLObjectType, depth: number): string {
  const fields = Object.values(type.getFields())
    .filter(isShareable)
    .flatMap((field) => {
      const target = getNamedType(field.type);
      if (isLeafType(target)) return [field.name];
      return isObjectType(target) && depth > 0 ? [`${field.name} ${selectionOf(target, depth - 1)}`] : [];
    });
  return `{ __typename ${fields.join(' ')} }`;
}

/** As src/graphql/builder.ts defines the marks. */
function isShareable({ type, args, extensions }: GraphQLField<unknown, unknown>): boolean {
  if (args.some(isRequiredArgument) || extensions.audience === 'viewer') return false;
  return !isCompositeType(getNamedType(type)) || extensions.audience === 'topic';
}

function implementsEvent(type: GraphQLObjectType): boolean {
  return type.getInterfaces().some(({ name }) => name === 'Event');
}
