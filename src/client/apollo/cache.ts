import type { ApolloCache, FieldPolicy, InMemoryCacheConfig, Reference, StoreObject } from '@apollo/client';
import { connectionFields, embeddedTypes, possibleTypes, subscriptionFields } from '../generated/cache.ts';
import { belongs, eventsOf, type ListRule, listRules, ownTypes, refetchedBy, topicNames, verdict } from '../lists.ts';

interface Edge {
  readonly cursor?: string;
  readonly node?: Reference;
}

/** A page of a list, or what is known of all of it. */
interface Connection {
  readonly nodes?: readonly Reference[];
  readonly edges?: readonly Edge[];
  readonly pageInfo?: {
    readonly hasNextPage?: boolean;
    readonly hasPreviousPage?: boolean;
    readonly endCursor?: string;
  };
}

/**
 * For `new InMemoryCache(belfryCache)`: which types an interface has, pages of lists put together, and events not kept
 * as entities, which would fill the memory.
 */
export const belfryCache: InMemoryCacheConfig = {
  possibleTypes,
  typePolicies: {
    ...Object.fromEntries(embeddedTypes.map((type) => [type, { keyFields: false as const }])),
    // Each event takes the place of the one before it.
    Subscription: { fields: Object.fromEntries(subscriptionFields.map((name) => [name, { merge: false }])) },
    ...Object.fromEntries(ownTypes.map((type) => [type, { keyFields: [] }])),
    ...Object.fromEntries(
      Object.entries(connectionFields).map(([type, fields]) => [
        type,
        { fields: Object.fromEntries(Object.entries(fields).map(([name, keyArgs]) => [name, pages(keyArgs)])) },
      ]),
    ),
  },
};

/** Puts pages of one list together, its `nodes` as well as its `edges`; a row that came as an event is not doubled. */
function pages(keyArgs: readonly string[]): FieldPolicy<Connection> {
  return {
    keyArgs: [...keyArgs],
    merge(existing, incoming, { args }) {
      if (!existing || (!args?.after && !args?.before)) return incoming;
      const [before, after] = args.after ? [existing, incoming] : [incoming, existing];
      const nodes = joined(before.nodes, after.nodes, (node) => node.__ref);
      const edges = joined(before.edges, after.edges, (edge) => edge.node?.__ref);
      const pageInfo = before.pageInfo &&
        after.pageInfo && { ...after.pageInfo, hasPreviousPage: before.pageInfo.hasPreviousPage };
      return {
        ...existing,
        ...incoming,
        ...(nodes && { nodes }),
        ...(edges && { edges }),
        ...(pageInfo && { pageInfo }),
      };
    },
  };
}

function joined<T>(
  before: readonly T[] | undefined,
  after: readonly T[] | undefined,
  keyOf: (item: T) => string | undefined,
): readonly T[] | undefined {
  if (!before || !after) return undefined;
  const keys = new Set(before.map(keyOf));
  return [...before, ...after.filter((item) => keyOf(item) === undefined || !keys.has(keyOf(item)))];
}

/** Applies the events of a result to the lists in the cache; after the result has been written to it. */
export function applyEvents(
  cache: ApolloCache,
  data: unknown,
  asked: { variables: unknown; topic: string | undefined },
): void {
  for (const event of eventsOf(data)) {
    const names = topicNames(event, asked.variables, asked.topic);
    const refetched = refetchedBy[String(event.__typename)];
    if (refetched) cache.evict({ id: 'ROOT_QUERY', fieldName: refetched });
    for (const rule of listRules)
      if (rule.events.includes(String(event.__typename))) applyRule(cache, rule, event, names);
  }
}

function applyRule(
  cache: ApolloCache,
  rule: ListRule,
  event: Readonly<Record<string, unknown>>,
  names: string[],
): void {
  const item = event[rule.item] as StoreObject | null | undefined;
  const id = item && cache.identify(item);
  if (!id) return;
  const owners = rule.ownerField ? [(event[rule.ownerField] as StoreObject | undefined)?.id] : names;
  const ids = rule.owner === 'Query' ? ['ROOT_QUERY'] : owners.map((owner) => `${rule.owner}:${owner}`);
  for (const owner of new Set(ids)) {
    cache.modify({
      id: owner,
      fields: {
        [rule.list](value, { storeFieldName, readField, toReference, DELETE }) {
          const list = value as Connection;
          const ref = toReference(id);
          const args = storeFieldName.includes(':') ? JSON.parse(storeFieldName.slice(rule.list.length + 1)) : {};
          const fits = belongs(rule, args, names, (name) => readField(name, ref));
          if (!ref || fits === 'foreign') return list;
          const rows = [...(list.nodes ?? []), ...(list.edges ?? []).map(({ node }) => node)];
          const what = verdict(
            rule,
            fits,
            rows.some((row) => row?.__ref === ref.__ref),
          );
          if (what === 'leave') return list;
          if (what === 'ask') return DELETE;
          return what === 'remove' ? without(list, ref) : inserted(without(list, ref), ref, rule.at);
        },
      },
    });
  }
}

function without(list: Connection, { __ref }: Reference): Connection {
  return {
    ...list,
    ...(list.nodes && { nodes: list.nodes.filter((node) => node.__ref !== __ref) }),
    ...(list.edges && { edges: list.edges.filter(({ node }) => node?.__ref !== __ref) }),
  };
}

/** At an end that has been fetched; otherwise it comes with its page. */
function inserted(list: Connection, node: Reference, at: 'start' | 'end'): Connection {
  const { nodes, edges, pageInfo } = list;
  if (at === 'end' ? pageInfo?.hasNextPage : pageInfo?.hasPreviousPage) return list;
  const put = <T>(items: readonly T[], item: T) => (at === 'end' ? [...items, item] : [item, ...items]);
  // Its own place is not known: whoever pages on from there gets it once more, and it is not doubled.
  const cursor = (at === 'end' ? edges?.at(-1) : edges?.[0])?.cursor ?? pageInfo?.endCursor ?? '';
  return { ...list, ...(nodes && { nodes: put(nodes, node) }), ...(edges && { edges: put(edges, { cursor, node }) }) };
}
