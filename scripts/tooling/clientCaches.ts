import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';

const pagingArguments = new Set(['first', 'last', 'after', 'before']);
/** Interfaces of what has an id and is none of the things on the screen: there would be more of them with every hour. */
const passing = ['Event', 'InboxChange', 'TopicSignal'];

/** src/client/generated/cache.ts: what normalising caches have to know of the schema. */
export function clientCaches(schema: GraphQLSchema): string {
  const all = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));
  const sorted = all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  const objects = sorted.filter((type): type is GraphQLObjectType => isObjectType(type) && !roots.has(type));
  const isPassing = (type: GraphQLObjectType) => type.getInterfaces().some(({ name }) => passing.includes(name));
  const query = schema.getQueryType();
  const possibleTypes = Object.fromEntries(
    sorted.filter(isAbstractType).map((type) => [
      type.name,
      schema
        .getPossibleTypes(type)
        .map(({ name }) => name)
        .toSorted(),
    ]),
  );
  const connectionFields = Object.fromEntries(
    [...(query ? [query] : []), ...objects]
      .map((type) => [type.name, Object.fromEntries(Object.values(type.getFields()).flatMap(connectionOf))] as const)
      .filter(([, fields]) => Object.keys(fields).length > 0),
  );
  const embedded = objects.filter(isPassing).map(({ name }) => name);
  const keyless = objects.filter((type) => !isPassing(type) && !('id' in type.getFields())).map(({ name }) => name);
  const subscriptions = Object.keys(schema.getSubscriptionType()?.getFields() ?? {}).toSorted();
  const declared: [name: string, doc: string, type: string, value: unknown][] = [
    ['possibleTypes', 'The object types of interfaces and unions.', 'Record<string, string[]>', possibleTypes],
    [
      'connectionFields',
      'Lists that come in pages, by type and field, with the arguments that say which list it is.',
      'Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>',
      connectionFields,
    ],
    ['embeddedTypes', 'Events and signals: they have ids and are not kept.', 'readonly string[]', embedded],
    ['keylessTypes', 'Types without an id, part of what they stand in.', 'readonly string[]', keyless],
    ['subscriptionFields', 'The root fields of subscriptions.', 'readonly string[]', subscriptions],
  ];
  const printed = declared.map(
    ([name, doc, type, value]) => `/** ${doc} */\nexport const ${name}: ${type} = ${JSON.stringify(value, null, 2)};\n`,
  );
  return `/** Printed by \`npm run generate\` from the schema. */\n\n${printed.join('\n')}`;
}

function connectionOf(field: GraphQLField<unknown, unknown>): [string, string[]][] {
  if (!getNamedType(field.type).name.endsWith('Connection')) return [];
  return [[field.name, field.args.map(({ name }) => name).filter((name) => !pagingArguments.has(name))]];
}
