import type { EventRegistry } from '../../events/define.ts';
import { AppError } from '../../platform/errors.ts';
import { taskEventInterface } from './events.ts';

/**
 * The kinds `taskUpdated` delivers, of whatever domain: those that are a TaskEvent. `types` is the caller's choice
 * among them; null: all.
 *
 * Throws VALIDATION_ERROR when it names a kind that would never come, or none: a stream that stays silent for
 * ever looks like one on which nothing happens.
 */
export function taskKinds(
  registry: EventRegistry,
  types: readonly string[] | null,
): { kinds: ReadonlySet<string>; only: ReadonlySet<string> | null } {
  const kinds = kindsOf(registry);
  if (types === null) return { kinds, only: null };
  const stranger = types.find((kind) => !kinds.has(kind));
  if (stranger !== undefined) {
    throw new AppError('VALIDATION_ERROR', `types names ${stranger}, which is no TaskEvent: use events.`, {
      field: 'types',
    });
  }
  if (types.length === 0)
    throw new AppError('VALIDATION_ERROR', 'types is empty: leave it out for all.', { field: 'types' });
  return { kinds, only: new Set(types) };
}

const known = new WeakMap<EventRegistry, ReadonlySet<string>>();

/** One set for all streams: thousands subscribe at once. */
function kindsOf(registry: EventRegistry): ReadonlySet<string> {
  let kinds = known.get(registry);
  if (!kinds) {
    const declared = [...registry.values()].filter((kind) => kind.interfaces?.includes(taskEventInterface.name));
    kinds = new Set(declared.map(({ kind }) => kind));
    known.set(registry, kinds);
  }
  return kinds;
}
