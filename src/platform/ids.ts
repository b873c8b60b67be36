import { uuidv7 } from 'uuidv7';

/**
 * A new UUID version 7 (RFC 9562), canonical and in lower case. Ids made by one process sort in the order
 * they were made, which keeps the indexes that begin with them compact.
 */
export function newId(): string {
  return uuidv7();
}

const canonicalUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Whether `value` is a UUID of any version, canonical and in lower case. Other spellings, which PostgreSQL
 * would accept, are refused: one topic must have one name, or two readers of it would not share.
 */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && canonicalUuid.test(value);
}
