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

/** The document with its page sizes written out, for the cost rule only. Sizes that are none count as the largest. */
export function withPageSizes(document: DocumentNode, variables: Readonly<Record<string, unknown>>): DocumentNode {
  return visit(document, {
    Argument(node) {
      if (!isSizedByVariable(node) || node.value.kind !== Kind.VARIABLE) return undefined;
      const given = variables[node.value.name.value] ?? defaultSize;
      const size = typeof given === 'number' && given >= 0 ? Math.min(given, largestSize) : largestSize;
      return { ...node, value: { kind: Kind.INT, value: String(Math.floor(size)) } };
    },
  });
}
