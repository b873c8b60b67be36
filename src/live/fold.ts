import type { EventRegistry } from '../events/define.ts';
import type { LoggedEvent } from '../events/log.ts';

/** An event as it is told: for itself, or for everything from an earlier number up to it. */
export interface ToldEvent extends LoggedEvent {
  /** Absent: for itself alone. */
  readonly coversFrom?: number;
}

/**
 * What a stream that coalesces tells of a page: the last event of a kind that declares `fold` stands for all before
 * it, then come those after it, which such a stream hides. Nothing to fold: the page.
 */
export function foldPage(registry: EventRegistry, page: readonly LoggedEvent[]): readonly ToldEvent[] {
  const last = page.findLast((event) => canFold(registry, event));
  const first = page[0];
  const fold = last && registry.get(last.kind)?.fold;
  if (!fold || !first) return page;
  const alike = page.filter(({ kind, home }) => kind === last.kind && home === null);
  const data = alike.map((event) => event.data as never).reduce((earlier, later) => fold(earlier, later) as never);
  const told: ToldEvent = { ...last, data, coversFrom: first.seq };
  return [told, ...page.slice(page.indexOf(last) + 1)];
}

/** Whether several of its kind can be told as one. */
export function canFold(registry: EventRegistry, { kind, home }: LoggedEvent): boolean {
  return home === null && registry.get(kind)?.fold !== undefined;
}
