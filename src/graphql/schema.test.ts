import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { expect, test } from 'vitest';
import { schema } from './schema.ts';

/** What two fields must have in common to be selected side by side: lists, nulls, and the type of a value. */
function shapeOf(type: GraphQLOutputType): string {
  if (isNonNullType(type)) return `${shapeOf(getNullableType(type))}!`;
  if (isListType(type)) return `[${shapeOf(type.ofType)}]`;
  const named = getNamedType(type);
  // Of objects whatever is selected has to fit in turn.
  return isLeafType(named) ? named.name : 'object';
}

function members(name: string): readonly GraphQLObjectType[] {
  const type = schema.getType(name);
  if (!isAbstractType(type)) throw new Error(`${name} is no union and no interface`);
  return schema.getPossibleTypes(type);
}

// Before AccessLost stood beside events it had a `topic`; `topicId` is the same under a name that fits.
const excepted = ['topic: AccessLost'];

test.each(['StreamItem', 'InboxChange', 'TopicSignal', 'Signal'])(
  'fields of one name in what %s can be may be selected side by side',
  (name) => {
    const shapes = new Map<string, Map<string, string[]>>();
    for (const type of members(name)) {
      for (const field of Object.values(type.getFields())) {
        if (excepted.includes(`${field.name}: ${type.name}`)) continue;
        const ofField = shapes.get(field.name) ?? new Map<string, string[]>();
        shapes.set(field.name, ofField);
        const shape = shapeOf(field.type);
        ofField.set(shape, [...(ofField.get(shape) ?? []), type.name]);
      }
    }
    const conflicts = [...shapes].filter(([, ofField]) => ofField.size > 1);
    expect(conflicts.map(([field, ofField]) => ({ field, ...Object.fromEntries(ofField) }))).toEqual([]);
  },
);
