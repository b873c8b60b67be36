import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { type ExecutionResult, Kind, type ValidatedSubscriptionArgs } from 'graphql';
import type { Services } from '../graphql/context.ts';
import type { ToldEvent } from './fold.ts';
import { type Parcel, parcelOf } from './frames.ts';
import { type Failures, type Projection, Selected } from './projection.ts';
import { executeFor, type Group, type Merging, payloadOf, placeText } from './share.ts';

/** Fewer groups are executed each by itself: an execution is 0.05 ms, and a merged one selects more than any of them. */
export const fewest = 8;
/** One that has failed, or took long, is not tried again for so long. */
const apartMs = 5_000;
/** Longer than this nobody waits for the others; the database is asked by the ids of rows only. */
const longestMs = 1_000;
/** Projections between two turns of the loop. */
const groupsPerTurn = 128;

/** Groups that are rendered with one execution. */
export interface Unit {
  readonly groups: readonly Group[];
  /** The event for the groups; those that are absent have to be rendered each by itself. Never rejects. */
  render(event: ToldEvent): Promise<ReadonlyMap<Group, Parcel>>;
}

/**
 * Renders the events of one topic for groups of different selections with one execution: what all of them select is
 * executed without aliases, and each takes its own part out of the result. A hundred groups were 100 executions an
 * event, which cost more than writing it to 1,000 sockets (bench groups, 2026-11-27).
 *
 * Groups of different audiences are never in one unit, so nothing is executed that one of them could not have asked for;
 * and a projection walks the group's own document, so nothing is written that it did not ask for.
 */
export class Merger {
  readonly #services: Services;
  readonly #merged = new Map<string, Merged>();
  readonly #apart = new WeakSet<Group>();

  constructor(services: Services) {
    this.#services = services;
  }

  /** The units that groups form; those that are in none are rendered each by itself. */
  unitsOf(groups: Iterable<Group>): Unit[] {
    const byKey = new Map<string, Alike[]>();
    for (const group of groups) {
      const { merging } = group;
      if (!merging || this.#apart.has(group)) continue;
      const alike = byKey.get(merging.key);
      if (alike) alike.push({ merging, group });
      else byKey.set(merging.key, [{ merging, group }]);
    }
    // Documents of those that are gone are not kept.
    for (const key of this.#merged.keys()) if ((byKey.get(key)?.length ?? 0) < fewest) this.#merged.delete(key);
    return [...byKey.values()].filter(({ length }) => length >= fewest).map((alike) => this.#unitOf(alike));
  }

  #unitOf(alike: readonly Alike[]): Unit {
    const groups = alike.map(({ group }) => group);
    return {
      groups,
      render: async (event) => {
        // What fails here is tried again by each group, which then says why.
        const rendered = await this.#render(event, alike).catch(() => new Map<Group, Parcel>());
        if (rendered.size < groups.length) this.#setApart(groups.filter((group) => !rendered.has(group)));
        return rendered;
      },
    };
  }

  async #render(event: ToldEvent, alike: readonly Alike[]): Promise<ReadonlyMap<Group, Parcel>> {
    const [{ merging }] = alike as [Alike];
    const args = this.#argsFor(alike.map((each) => each.merging));
    const waiting = new AbortController();
    const late = pause(longestMs, undefined, { signal: waiting.signal, ref: false }).catch(() => undefined);
    const executing = executeFor(this.#services, args, { audience: merging.audience, viewer: undefined, item: event });
    const result = await Promise.race([executing, late]);
    waiting.abort();
    const rendered = new Map<Group, Parcel>();
    if (!result?.data) return rendered;
    const failed = failuresIn(result);
    const extensions = placeText(event);
    for (const [nth, { group, merging: own }] of alike.entries()) {
      if (nth % groupsPerTurn === groupsPerTurn - 1) await nextTurn();
      const data = own.projection.of(result.data, failed);
      if (data) rendered.set(group, parcelOf([payloadOf({ data }, extensions)]));
    }
    return rendered;
  }

  #setApart(groups: readonly Group[]): void {
    for (const group of groups) {
      this.#apart.add(group);
      // What they select is no longer executed for the others.
      if (group.merging) this.#merged.delete(group.merging.key);
    }
    setTimeout(() => void groups.map((group) => this.#apart.delete(group)), apartMs).unref();
  }

  /** One operation that selects what all of them do; the same one again, as long as it does. */
  #argsFor(mergings: readonly Merging[]): ValidatedSubscriptionArgs {
    const [first] = mergings as [Merging];
    let merged = this.#merged.get(first.key);
    // Mostly of those that are gone.
    if (!merged || merged.projections.size > 2 * mergings.length + fewest) {
      merged = { projections: new Set(), selected: new Selected(), args: undefined };
      this.#merged.set(first.key, merged);
    }
    for (const { projection } of mergings) {
      if (merged.projections.has(projection)) continue;
      merged.projections.add(projection);
      projection.addTo(merged.selected);
      merged.args = undefined;
    }
    merged.args ??= argsOf(first, merged.selected);
    return merged.args;
  }
}

interface Alike {
  readonly merging: Merging;
  readonly group: Group;
}

interface Merged {
  readonly projections: Set<Projection>;
  readonly selected: Selected;
  args: ValidatedSubscriptionArgs | undefined;
}

function argsOf({ args, projection }: Merging, selected: Selected): ValidatedSubscriptionArgs {
  const root = { ...projection.rootNode, alias: undefined, selectionSet: selected.toNode() };
  const selectionSet = { kind: Kind.SELECTION_SET, selections: [root] } as const;
  return { ...args, operation: { ...args.operation, selectionSet }, fragments: {}, fragmentDefinitions: {} };
}

/** Where errors have left a null, or would have: the objects, with the names of their fields. */
function failuresIn({ data, errors = [] }: ExecutionResult): Failures {
  const failures = new Map<object, Set<string>>();
  for (const { path = [] } of errors) {
    let object: object | null | undefined = data;
    for (const step of path) {
      if (!object) break;
      const found: unknown = (object as Readonly<Record<string, unknown>>)[step];
      if (found === null || found === undefined) {
        failures.set(object, (failures.get(object) ?? new Set()).add(String(step)));
        break;
      }
      object = found as object;
    }
  }
  return failures;
}
