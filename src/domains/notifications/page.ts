import type { Notification } from '../../generated/prisma/client.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import { AppError } from '../../platform/errors.ts';
import { isId } from '../../platform/ids.ts';

/** Relay's arguments of a list. */
export interface PageArgs {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

/** The part of the list that was asked for. */
export interface PageWanted {
  readonly limit: number;
  /** True: the last ones before `before`. */
  readonly backward: boolean;
  readonly after: Place | null;
  readonly before: Place | null;
}

/** A place in the list, newest first: unique because of the id. */
type Place = Pick<Notification, 'updatedAt' | 'id'>;

const defaultSize = 20;
const maxSize = 100;

/** Throws VALIDATION_ERROR for negative sizes, `first` together with `last`, and cursors that are none. */
export function parsePage({ first, after, last, before }: PageArgs): PageWanted {
  if (first != null && last != null) {
    throw new AppError('VALIDATION_ERROR', 'Ask for the first or for the last, not for both.', { field: 'last' });
  }
  const size = first ?? last ?? defaultSize;
  if (size < 0) {
    throw new AppError('VALIDATION_ERROR', 'The size of a page cannot be negative.', {
      field: first == null ? 'last' : 'first',
    });
  }
  return {
    limit: Math.min(size, maxSize),
    backward: last != null || (before != null && first == null),
    after: after == null ? null : decodePlace(after, 'after'),
    before: before == null ? null : decodePlace(before, 'before'),
  };
}

/** The statement for a page of the rows that fulfil `condition`, and one row more, which says whether there are more. */
export function pageSql(condition: Prisma.Sql, { limit, backward, after, before }: PageWanted): Prisma.Sql {
  const bounds = [
    ...(after ? [Prisma.sql`AND ("updatedAt", id) < (${after.updatedAt}::timestamptz, ${after.id}::uuid)`] : []),
    ...(before ? [Prisma.sql`AND ("updatedAt", id) > (${before.updatedAt}::timestamptz, ${before.id}::uuid)`] : []),
  ];
  const bounded = bounds.length > 0 ? Prisma.join(bounds, ' ') : Prisma.empty;
  const order = backward ? Prisma.sql`"updatedAt", id` : Prisma.sql`"updatedAt" DESC, id DESC`;
  // Row values, which use the index for both columns at once: 2.4–4.5 times as fast as Prisma's cursor (TRAPS.md).
  return Prisma.sql`SELECT * FROM "Notification" WHERE ${condition} ${bounded} ORDER BY ${order} LIMIT ${limit + 1}`;
}

/** Relay's connection of what {@link pageSql} found. */
export function toConnection(found: readonly Notification[], { limit, backward, after, before }: PageWanted) {
  const more = found.length > limit;
  const rows = found.slice(0, limit);
  if (backward) rows.reverse();
  const edges = rows.map((node) => ({ cursor: encodePlace(node), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: backward ? before !== null : more,
      hasPreviousPage: backward ? more : after !== null,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

// base64url of: milliseconds since 1970 (6 bytes, big endian) · id (16 bytes). Rows store milliseconds, so nothing is cut.
const placeLength = 22;

function encodePlace({ updatedAt, id }: Place): string {
  const bytes = Buffer.alloc(placeLength);
  bytes.writeUIntBE(updatedAt.getTime(), 0, 6);
  bytes.write(id.replaceAll('-', ''), 6, 'hex');
  return bytes.toString('base64url');
}

function decodePlace(text: string, field: 'after' | 'before'): Place {
  const bytes = Buffer.from(text, 'base64url');
  const hex = bytes.toString('hex', 6);
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  if (bytes.length !== placeLength || bytes.toString('base64url') !== text || !isId(id)) {
    throw new AppError('VALIDATION_ERROR', 'Not a cursor of this list. Pass a cursor exactly as the server gave it.', {
      field,
    });
  }
  return { updatedAt: new Date(bytes.readUIntBE(0, 6)), id };
}
