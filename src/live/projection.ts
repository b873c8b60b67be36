import {
  type FieldNode,
  type FragmentSpreadNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  type ValidatedSubscriptionArgs,
} from 'graphql';

/**
 * What several documents ask of one type, without aliases: by the type that a selection stands on, its fields, and
 * what is asked of the objects they lead to.
 */
export class Selected {
  readonly types = new Map<string, Map<string, Selected | undefined>>();

  /** Of a field of `type`; the same one for every document. Undefined: the field is a leaf. */
  add(type: string, field: string, isLeaf: boolean): Selected | undefined {
    const fields = this.types.get(type) ?? new Map<string, Selected | undefined>();
    this.types.set(type, fields);
    if (!fields.has(field)) fields.set(field, isLeaf ? undefined : new Selected());
    return fields.get(field);
  }

  /** As a selection for the executor. `__typename` is in it: a projection asks for it where a type is abstract. */
  toNode(): SelectionSetNode {
    const selections = [...this.types].map(([type, fields]): SelectionNode => {
      const nodes = [...fields].map(([name, below]) => fieldNode(name, below?.toNode()));
      const typeCondition = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type } } as const;
      const selectionSet: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: nodes };
      return { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet };
    });
    return { kind: Kind.SELECTION_SET, selections: [fieldNode('__typename', undefined), ...selections] };
  }
}

function fieldNode(name: string, selectionSet: SelectionSetNode | undefined): FieldNode {
  return { kind: Kind.FIELD, name: { kind: Kind.NAME, value: name }, selectionSet };
}

/** Objects below the root field's: a document that goes deeper is executed by itself. */
const deepest = 3;

/** Takes a document's own result out of one that holds what many documents asked for. */
export interface Projection {
  /** Name of the root field: only documents of the same one are executed together. */
  readonly field: string;
  readonly rootNode: FieldNode;
  /** Adds what the document selects to what others do. */
  addTo(selected: Selected): void;
  /** The document's part of merged `data`; undefined where a field that it selects has failed, or is not there. */
  of(data: Readonly<Record<string, unknown>>, failed: Failures): Record<string, unknown> | undefined;
}

/** Fields of a merged result that have failed: by the object, their names. */
export type Failures = ReadonlyMap<object, ReadonlySet<string>>;

/**
 * The projection of a subscription's document. Undefined for one that has to be executed by itself: with arguments below
 * the root (the same field may mean different things), with directives, with lists of objects (their size is anybody's
 * guess), or deep.
 */
export function projectionOf(args: ValidatedSubscriptionArgs): Projection | undefined {
  const { schema, operation } = args;
  const [root, ...others] = operation.selectionSet.selections;
  const type = schema.getSubscriptionType();
  if (!type || root?.kind !== Kind.FIELD || others.length > 0 || root.directives?.length) return undefined;
  if (operation.directives?.length) return undefined;
  const field = schema.getField(type, root.name.value);
  const below = targetOf(schema, type, root.name.value);
  if (!root.selectionSet || !below || leadsToList(field?.type)) return undefined;
  if (!isPlain(args, below, root.selectionSet, deepest)) return undefined;
  const level = new Level(args, below, [root.selectionSet]);
  const key = root.alias?.value ?? root.name.value;
  return {
    field: root.name.value,
    rootNode: root,
    addTo: (selected) => level.addTo(selected),
    of(data, failed) {
      const name = root.name.value;
      if (failed.get(data)?.has(name)) return undefined;
      const value = data[name] === null ? null : level.of(data[name], failed);
      return value === undefined ? undefined : { [key]: value };
    },
  };
}

/** Selections on one place of a document, and what they come to for each type an object there may have. */
class Level {
  readonly #args: ValidatedSubscriptionArgs;
  readonly #type: GraphQLCompositeType;
  readonly #sets: readonly SelectionSetNode[];
  readonly #plans = new Map<string, readonly Planned[]>();

  constructor(args: ValidatedSubscriptionArgs, type: GraphQLCompositeType, sets: readonly SelectionSetNode[]) {
    this.#args = args;
    this.#type = type;
    this.#sets = sets;
  }

  addTo(selected: Selected): void {
    for (const [type, field] of fieldsOf(this.#args, this.#type, this.#sets)) {
      const target = targetOf(this.#args.schema, type, field.name.value);
      const below = selected.add(type.name, field.name.value, target === undefined);
      if (below && target && field.selectionSet) new Level(this.#args, target, [field.selectionSet]).addTo(below);
    }
  }

  of(value: unknown, failed: Failures): Record<string, unknown> | undefined {
    const object = value as Readonly<Record<string, unknown>>;
    const failedHere = failed.get(object);
    const result: Record<string, unknown> = {};
    for (const { key, name, level } of this.#planFor(object)) {
      const found = object[name];
      const own = level && found ? level.of(found, failed) : found;
      if (own === undefined || failedHere?.has(name)) return undefined;
      result[key] = own;
    }
    return result;
  }

  #planFor(object: Readonly<Record<string, unknown>>): readonly Planned[] {
    // Whatever others call by this name: the merged selection has no aliases.
    const name = isObjectType(this.#type) ? this.#type.name : String(object.__typename);
    let plan = this.#plans.get(name);
    if (!plan) {
      const type = this.#args.schema.getType(name);
      if (!isObjectType(type)) throw new Error(`a merged result is of no type: ${name}`);
      plan = planFor(this.#args, type, this.#sets);
      this.#plans.set(name, plan);
    }
    return plan;
  }
}

/** One entry of a result: under which key, from which field, and what of the object it leads to; no level: a leaf. */
interface Planned {
  readonly key: string;
  readonly name: string;
  readonly level: Level | undefined;
}

/** What the executor would collect for an object of `type`, in the same order (GraphQL, CollectFields). */
function planFor(
  args: ValidatedSubscriptionArgs,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): readonly Planned[] {
  const { schema } = args;
  const applies = (on: GraphQLCompositeType) => on === type || (isAbstractType(on) && schema.isSubType(on, type));
  const collected = new Map<string, { name: string; sets: SelectionSetNode[] }>();
  for (const [, field] of fieldsOf(args, type, sets, applies)) {
    const key = field.alias?.value ?? field.name.value;
    const entry = collected.get(key) ?? { name: field.name.value, sets: [] };
    collected.set(key, entry);
    if (field.selectionSet) entry.sets.push(field.selectionSet);
  }
  return [...collected].map(([key, entry]) => {
    const target = targetOf(schema, type, entry.name);
    return { key, name: entry.name, level: target && new Level(args, target, entry.sets) };
  });
}

/** The type of the objects a field leads to; undefined for a leaf. */
function targetOf(schema: GraphQLSchema, type: GraphQLCompositeType, field: string): GraphQLCompositeType | undefined {
  const target = getNamedType(schema.getField(type, field)?.type);
  return target && isCompositeType(target) ? target : undefined;
}

/** Every field in a place, with the type its selection stands on; only of fragments on types that `applies` lets in. */
function* fieldsOf(
  args: ValidatedSubscriptionArgs,
  type: GraphQLCompositeType,
  sets: readonly SelectionSetNode[],
  applies: (on: GraphQLCompositeType) => boolean = () => true,
  spread = new Set<string>(),
): Generator<[GraphQLCompositeType, FieldNode]> {
  for (const node of sets.flatMap(({ selections }) => selections)) {
    if (node.kind === Kind.FIELD) {
      yield [type, node];
      continue;
    }
    if (node.kind === Kind.FRAGMENT_SPREAD) {
      if (spread.has(node.name.value)) continue;
      spread.add(node.name.value);
    }
    const { on, selectionSet } = fragmentOf(args, type, node);
    if (applies(on)) yield* fieldsOf(args, on, [selectionSet], applies, spread);
  }
}

function fragmentOf(
  { schema, fragmentDefinitions }: ValidatedSubscriptionArgs,
  type: GraphQLCompositeType,
  node: InlineFragmentNode | FragmentSpreadNode,
): { on: GraphQLCompositeType; selectionSet: SelectionSetNode } {
  const fragment = node.kind === Kind.FRAGMENT_SPREAD ? fragmentDefinitions[node.name.value] : node;
  const on = fragment?.typeCondition ? schema.getType(fragment.typeCondition.name.value) : type;
  // The document is valid.
  if (!fragment || !isCompositeType(on)) throw new Error('a fragment of a valid document is missing, or on no object');
  return { on, selectionSet: fragment.selectionSet };
}

function isPlain(
  args: ValidatedSubscriptionArgs,
  type: GraphQLCompositeType,
  { selections }: SelectionSetNode,
  depth: number,
): boolean {
  return selections.every((node) => {
    if (node.directives?.length) return false;
    if (node.kind !== Kind.FIELD) {
      const { on, selectionSet } = fragmentOf(args, type, node);
      return isPlain(args, on, selectionSet, depth);
    }
    // An object literal takes that name for its prototype.
    if (node.arguments?.length || node.alias?.value === '__proto__') return false;
    const target = targetOf(args.schema, type, node.name.value);
    if (!target || !node.selectionSet) return true;
    const isList = leadsToList(args.schema.getField(type, node.name.value)?.type);
    return depth > 0 && !isList && isPlain(args, target, node.selectionSet, depth - 1);
  });
}

function leadsToList(type: GraphQLOutputType | undefined): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}
