import { type ArgumentNode, BREAK, type DocumentNode, Kind, visit } from 'graphql';

/** What the list arguments of Relay are called. */
const sizes = new Set(['first', 'last']);
/** What is answered where the variable is absent, and at most (graphql/builder.ts). */
const defaultSize = 20;
const largestSize = 100;

const isSizedByVariable = ({ name, value }: ArgumentNode) => sizes.has(name.value) && value.kind === Kind.VARIABLE;

/** Whether a page size of the document is a variable: graphql-armor's cost rule would count such a page as one item. */
export function hasVariablePageSizes(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Argument(node) {
      if (!isSizedByVariable(node)) return undefined;
      found = true;
      return BREAK;
    },
  });
  return found;
}

/**
 * The document with its page sizes written out, for the cost rule only. A field counts by its `first` or its `last`,
 * by the usual size when neither is given; sizes that are none count as the largest.
 */
export function withPageSizes(document: DocumentNode, variables: Readonly<Record<string, unknown>>): DocumentNode {
  return visit(document, {
    Field(node) {
      const args = node.arguments ?? [];
      if (!args.some(isSizedByVariable)) return undefined;
      const given = args.flatMap((arg) => (sizes.has(arg.name.value) ? (givenBy(arg, variables) ?? []) : []));
      const size = given.length > 0 ? Math.max(...given.map(sizeOf)) : defaultSize;
      const first: ArgumentNode = {
        kind: Kind.ARGUMENT,
        name: { kind: Kind.NAME, value: 'first' },
        value: { kind: Kind.INT, value: String(size) },
      };
      return { ...node, arguments: [...args.filter(({ name }) => !sizes.has(name.value)), first] };
    },
  });
}

/** What an argument says, in the document or through its variable; undefined and null: nothing. */
function givenBy({ value }: ArgumentNode, variables: Readonly<Record<string, unknown>>): unknown {
  if (value.kind === Kind.VARIABLE) return variables[value.name.value] ?? undefined;
  return value.kind === Kind.INT ? Number(value.value) : undefined;
}

function sizeOf(given: unknown): number {
  const isSize = typeof given === 'number' && given >= 0;
  return isSize ? Math.floor(Math.min(given, largestSize)) : largestSize;
}
