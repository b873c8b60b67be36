import {
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** What of a subscription's document decides whom one execution can serve. */
export interface DocumentShape {
  /** The selection below the root arguments, the same text for documents that differ only in those. */
  readonly selection: string;
  /** Variables used anywhere but in the root field's arguments. */
  readonly variables: readonly string[];
  /** Whether a selected field depends on who asks: then everyone is a group of their own. */
  readonly perViewer: boolean;
}

const shapes = new WeakMap<OperationDefinitionNode, DocumentShape>();

/**
 * Looks at a validated document once. Leaf fields are taken to be the same for everybody in the audience unless
 * marked `perViewer`; fields that lead to an object are taken to depend on the viewer unless marked `inTopic`
 * (graphql/builder.ts), so that a forgotten mark costs speed and never shows one person another's bytes.
 */
export function shapeOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): DocumentShape {
  let shape = shapes.get(operation);
  if (!shape) {
    shape = analyse(schema, document, operation);
    shapes.set(operation, shape);
  }
  return shape;
}

function analyse(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): DocumentShape {
  const fragments = usedFragments(document, operation);
  const variables = new Set<string>();
  let perViewer = false;
  let selection = '';

  for (const root of [operation, ...fragments]) {
    const types = new TypeInfo(schema);
    const stripped = visit(
      root,
      visitWithTypeInfo(types, {
        OperationDefinition: { enter: () => undefined },
        VariableDefinition: () => null,
        Variable: ({ name }) => void variables.add(name.value),
        Field: {
          enter(node) {
            const field = types.getFieldDef();
            const isRoot = types.getParentType() === schema.getSubscriptionType();
            if (field && !isRoot && dependsOnViewer(field)) perViewer = true;
            // Root arguments choose what is heard, not what it looks like.
            return isRoot && node.arguments?.length ? { ...node, arguments: [] } : undefined;
          },
        },
      }),
    );
    selection += print(stripped);
  }
  return { selection, variables: [...variables].sort(), perViewer };
}

function dependsOnViewer(field: {
  name: string;
  type: unknown;
  extensions: Readonly<Record<string, unknown>>;
}): boolean {
  if (field.extensions.audience === 'viewer') return true;
  const leadsToObject = isCompositeType(getNamedType(field.type as never));
  return leadsToObject && field.extensions.audience !== 'topic';
}

function usedFragments(document: DocumentNode, operation: OperationDefinitionNode) {
  const named = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
  const used = new Set<typeof named extends Map<string, infer Node> ? Node : never>();
  const collect = (node: Parameters<typeof visit>[0]): void => {
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = named.get(name.value);
        if (!fragment || used.has(fragment)) return;
        used.add(fragment);
        collect(fragment);
      },
    });
  };
  collect(operation);
  return [...used];
}
