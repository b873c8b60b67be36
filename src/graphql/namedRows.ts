import type { Db } from '../platform/database.ts';

/** Reads the rows that events name by their ids. */
export interface NamedRows {
  /**
   * The row of a model (`task`, as the Prisma client names it) with what `query` includes; null when there is none.
   */
  find(model: string, id: string, query: object): Promise<object | null>;
}

interface Delegate {
  findUnique(query: object): Promise<object | null>;
}

/** Reads each row when it is asked for. */
export function namedRows(db: Db): NamedRows {
  const delegates = db as unknown as Readonly<Record<string, Delegate>>;
  return {
    async find(model, id, query) {
      const delegate = delegates[model];
      if (!delegate) throw new Error(`no such model: ${model}`);
      return delegate.findUnique({ ...query, where: { id } });
    },
  };
}

/**
 * Reads each row once, whoever asks: the groups that an event is rendered for differ in what they show of it, seldom in
 * what they read. Otherwise a hundred groups of one topic are a hundred statements an event.
 * A failed reading is not kept.
 */
export function sharedRows(rows: NamedRows): NamedRows {
  const found = new Map<string, Promise<object | null>>();
  return {
    find(model, id, query) {
      const key = JSON.stringify([model, id, query]);
      let row = found.get(key);
      if (!row) {
        row = rows.find(model, id, query);
        found.set(key, row);
        row.catch(() => found.delete(key));
      }
      return row;
    },
  };
}
