// From the query of a state: the subscription that brings every object of it in the same shape.
import {
  type FieldNode,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  getNamedType,
  isObjectType,
  isUnionType,
  Kind,
  parse,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { schema } from '../../src/graphql/schema.ts';

const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/** The document with `__typename` in every selection, so that its objects can be told apart. */
export function withTypenames(query: string): string {
  const document = visit(parse(query), {
    SelectionSet: {
      enter: (node, _key, parent) =>
        parent && 'kind' in parent && parent.kind === Kind.OPERATION_DEFINITION
          ? undefined
          : { ...node, selections: [typename, ...node.selections] },
    },
  });
  return print(document);
}

/**
 * The subscription `events` that selects, of every event, the fields leading to objects of types the query selects,
 * each with the query's own selection, and what `says` selects beside them. A fragment of the query is written out.
 */
export function eventsDocument(query: string, says = ''): string {
  const selections = selectionsByType(query);
  const item = schema.getType('StreamItem');
  if (!isUnionType(item)) throw new Error('the schema has no union StreamItem');
  const kinds = item.getTypes();
  // Through the interface where there is one: each fragment counts towards the limits of documents.
  const interfaces = new Set(kinds.flatMap((type) => type.getInterfaces()).filter(({ name }) => name !== 'Event'));
  const parts = [...interfaces, ...kinds].flatMap((type) => {
    const fields = leadingFields(type, selections);
    return fields.length > 0 ? [`... on ${type.name} { ${fields.join(' ')} }`] : [];
  });
  return `subscription ($topics: [TopicRef!]!, $after: [Cursor!]) { events(topics: $topics, after: $after) {
    __typename ... on Event { id cursor type } ${parts.join(' ')} ${says} } }`;
}

/** Fields that lead to an object of the query, with their selections; without those of the interfaces. */
function leadingFields(
  type: GraphQLObjectType | GraphQLInterfaceType,
  selections: ReadonlyMap<string, string>,
): string[] {
  const inherited = new Set(type.getInterfaces().flatMap((one) => Object.keys(one.getFields())));
  return Object.values(type.getFields()).flatMap(({ name, args, type: fieldType }) => {
    const selection = selections.get(getNamedType(fieldType).name);
    return selection && !inherited.has(name) && args.length === 0 ? [`${name} ${selection}`] : [];
  });
}

/** The selections of the query by the name of their object type; of two for one type, both. */
function selectionsByType(query: string): Map<string, string> {
  const document = inlined(query);
  const found = new Map<string, string>();
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field(node) {
        const type = getNamedType(info.getType() ?? undefined);
        if (!node.selectionSet || !type || !isObjectType(type) || !('id' in type.getFields())) return;
        const inner = print(node.selectionSet).slice(1, -1);
        found.set(type.name, `{ __typename ${inner} ${found.get(type.name)?.slice(1, -1) ?? ''} }`);
      },
    }),
  );
  return found;
}

function inlined(query: string) {
  const document = withTypenames(query);
  const parsed = parse(document);
  const fragments = new Map(
    parsed.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  );
  const spread = (text: typeof parsed): typeof parsed =>
    visit(text, {
      FragmentSpread(node) {
        const fragment = fragments.get(node.name.value);
        if (!fragment) throw new Error(`no fragment ${node.name.value}`);
        const { typeCondition, selectionSet } = fragment;
        return { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet };
      },
    });
  // Visitors also enter what replaced a node, so fragments within fragments are written out as well.
  return spread({ ...parsed, definitions: parsed.definitions.filter(({ kind }) => kind !== Kind.FRAGMENT_DEFINITION) });
}
