// What a client shows, as plain JSON, and how objects that events bring are put into it.

/** The data of a query, every object with its `__typename`. */
export type State = { [key: string]: Json };
type Json = string | number | boolean | null | Json[] | State;

type List = State & { nodes: Json[] };

interface Identified extends State {
  __typename: string;
  id: string;
}

function isObject(value: unknown): value is State {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIdentified(value: unknown): value is Identified {
  return isObject(value) && typeof value.id === 'string' && typeof value.__typename === 'string';
}

/** Calls `visit` for every object, outer ones first. */
function walk(value: unknown, visit: (object: State) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  if (!isObject(value)) return;
  visit(value);
  for (const child of Object.values(value)) walk(child, visit);
}

/** The first `headCursor` of a state. Throws when there is none. */
export function headCursorOf(state: State): string {
  let found: string | undefined;
  walk(state, ({ headCursor }) => {
    if (typeof headCursor === 'string') found ??= headCursor;
  });
  if (found === undefined) throw new Error('the query of verifyEvents selects no headCursor');
  return found;
}

/**
 * Puts the objects of an event into the state, in place: each replaces its former self wherever it is shown; one that
 * is new joins the list of its type, if there is exactly one; one whose event ends in `Deleted` leaves its lists, unless
 * its place stays (`tombstones`).
 */
export function applyObjects(
  state: State,
  event: { __typename: string } & Record<string, unknown>,
  { tombstones = false }: { tombstones?: boolean | undefined } = {},
): void {
  for (const [field, value] of Object.entries(event)) {
    // Whoever acted is told with the event, not changed by it.
    if (field === 'actor' || !isObject(value)) continue;
    walk(value, (object) => isIdentified(object) && replace(state, object));
    if (!isIdentified(value)) continue;
    if (event.__typename.endsWith('Deleted') && !tombstones) remove(state, value);
    else join(state, value);
  }
}

function same(a: unknown, b: Identified): a is Identified {
  return isIdentified(a) && a.id === b.id && a.__typename === b.__typename;
}

function replace(state: State, object: Identified): void {
  walk(state, (shown) => {
    if (!same(shown, object)) return;
    for (const key of Object.keys(shown)) if (key in object) shown[key] = structuredClone(object[key] as Json);
  });
}

/** Connections of the state whose items are of this type; an empty one tells it by its name: `TaskConnection`. */
function listsOf(state: State, type: string): List[] {
  const lists: List[] = [];
  walk(state, (shown) => {
    if (!Array.isArray(shown.nodes)) return;
    const [first] = shown.nodes;
    const isOfType = isIdentified(first)
      ? first.__typename === type
      : new RegExp(`${type}s?Connection$`).test(String(shown.__typename));
    if (isOfType) lists.push(shown as List);
  });
  return lists;
}

function join(state: State, object: Identified): void {
  const lists = listsOf(state, object.__typename);
  const [list] = lists;
  if (!list || lists.length > 1 || list.nodes.some((item) => same(item, object))) return;
  list.nodes.push(structuredClone(object));
  if (typeof list.totalCount === 'number') list.totalCount++;
}

function remove(state: State, object: Identified): void {
  for (const list of listsOf(state, object.__typename)) removeFrom(list, (item) => same(item, object));
}

/** Takes whatever has this id out of every list that shows it, in place. */
export function removeById(state: State, id: string): void {
  walk(state, (shown) => {
    if (Array.isArray(shown.nodes)) removeFrom(shown as List, (item) => isIdentified(item) && item.id === id);
  });
}

function removeFrom(list: List, which: (item: Json) => boolean): void {
  const index = list.nodes.findIndex(which);
  if (index < 0) return;
  list.nodes.splice(index, 1);
  if (typeof list.totalCount === 'number') list.totalCount--;
}

const places = new Set(['headCursor', 'pageInfo', 'cursor', '__typename']);

/** The state without places in lists and logs, and lists sorted by id: what two clients must agree on. */
export function comparable(value: Json): Json {
  if (Array.isArray(value)) {
    const items = value.map(comparable);
    return items.every((item) => isObject(item) && typeof item.id === 'string')
      ? items.sort((a, b) => (String((a as State).id) < String((b as State).id) ? -1 : 1))
      : items;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => !places.has(key));
  return Object.fromEntries(entries.map(([key, child]) => [key, comparable(child)]));
}
