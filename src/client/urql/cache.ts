import type { Cache, CacheExchangeOpts, UpdateResolver } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import {
  connectionFields,
  embeddedTypes,
  keylessTypes,
  possibleTypes,
  subscriptionFields,
} from '../generated/cache.ts';
import { belongs, eventsOf, type ListRule, listRules, ownTypes, refetchedBy, topicNames, verdict } from '../lists.ts';

const none = () => null;

const applyEvents: UpdateResolver = (result, args, cache) => {
  for (const event of eventsOf(result)) {
    const names = topicNames(event, args);
    const type = String(event.__typename);
    const refetched = refetchedBy[type];
    if (refetched) forget(cache, 'Query', refetched);
    for (const rule of listRules) if (rule.events.includes(type)) applyRule(cache, rule, event, names);
  }
};

/**
 * For `cacheExchange(belfryCache)` of `@urql/exchange-graphcache`: which types an interface has, what is no entity of
 * its own, pages of lists put together, and events that change the lists on the screen.
 */
export const belfryCache: Pick<CacheExchangeOpts, 'keys' | 'logger' | 'possibleTypes' | 'resolvers' | 'updates'> = {
  possibleTypes,
  // Without the whole schema it looks for the fields of every fragment in every event, and says so in development.
  logger(severity, message) {
    // biome-ignore lint/suspicious/noConsole: where graphcache would say it itself
    if (severity !== 'debug' && !message.startsWith('Invalid undefined')) console[severity](message);
  },
  keys: {
    ...Object.fromEntries([...keylessTypes, ...embeddedTypes].map((type) => [type, none])),
    ...Object.fromEntries(ownTypes.map((type) => [type, () => 'own'])),
  },
  resolvers: Object.fromEntries(
    Object.entries(connectionFields).map(([type, fields]) => [
      type,
      Object.fromEntries(Object.keys(fields).map((name) => [name, relayPagination()])),
    ]),
  ),
  updates: { Subscription: Object.fromEntries(subscriptionFields.map((name) => [name, applyEvents])) },
};

function applyRule(cache: Cache, rule: ListRule, event: Readonly<Record<string, unknown>>, names: string[]): void {
  const item = cache.keyOfEntity(event[rule.item] as never);
  if (!item) return;
  const owners = rule.ownerField ? [(event[rule.ownerField] as { id?: string } | undefined)?.id ?? ''] : names;
  const keys = rule.owner === 'Query' ? ['Query'] : owners.map((id) => `${rule.owner}:${id}`);
  for (const owner of new Set(keys)) {
    for (const { fieldName, fieldKey, arguments: args } of cache.inspectFields(owner)) {
      if (fieldName !== rule.list) continue;
      const fits = belongs(rule, args ?? {}, names, (name) => cache.resolve(item, name));
      const list = cache.resolve(owner, fieldKey);
      if (fits === 'foreign' || typeof list !== 'string') continue;
      const nodes = cache.resolve(list, 'nodes') as string[] | undefined;
      const what = verdict(rule, fits, nodes?.includes(item) ?? false);
      // Edges are no entities, and none can be made: the list is asked for again.
      if (what === 'ask' || !nodes || cache.resolve(list, 'edges')) cache.invalidate(owner, fieldKey);
      else if (what !== 'leave') put(cache, { list, nodes, item, rule, isIn: what === 'insert' });
    }
  }
}

function put(
  cache: Cache,
  parts: { list: string; nodes: string[]; item: string; rule: ListRule; isIn: boolean },
): void {
  const { list, nodes, item, rule, isIn } = parts;
  const rest = nodes.filter((node) => node !== item);
  const pageInfo = cache.resolve(list, 'pageInfo');
  const isOpen = cache.resolve(pageInfo as string, rule.at === 'end' ? 'hasNextPage' : 'hasPreviousPage');
  // At an end that has been fetched; otherwise it comes with its page.
  const isPut = isIn && !isOpen;
  cache.link(list, 'nodes', !isPut ? rest : rule.at === 'end' ? [...rest, item] : [item, ...rest]);
}

function forget(cache: Cache, owner: string, list: string): void {
  for (const { fieldName, fieldKey } of cache.inspectFields(owner))
    if (fieldName === list) cache.invalidate(owner, fieldKey);
}
