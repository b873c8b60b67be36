import type { TopicKey } from '../../events/topic.ts';
import type { Tx } from '../../events/transaction.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Context } from '../../graphql/context.ts';
import type { Db } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';

/** Longer searches are refused: characters, and words. */
const maxCharacters = 100;
const maxWords = 10;

const idIn = (column: string) => Prisma.raw(`split_part(${column}, ':', 2)::uuid`);
/** A name that a row's thread or topic of this kind leads to. */
const named = (column: '"threadKey"' | 'topic', kind: string, table: string, name: string) =>
  Prisma.sql`CASE WHEN ${Prisma.raw(column)} LIKE ${`${kind}:%`}
    THEN (SELECT ${Prisma.raw(name)} FROM ${Prisma.raw(`"${table}"`)} named WHERE named.id = ${idIn(column)}) END`;

/** What can be found of a row: the words its title is made of. */
const text = Prisma.sql`concat_ws(' ',
  ${named('"threadKey"', 'task', 'Task', 'title')},
  ${named('"threadKey"', 'offer', 'Offer', 'title')},
  ${named('topic', 'project', 'Project', 'name')},
  ${named('topic', 'content', 'Content', 'title')},
  ${named('topic', 'conversation', 'Conversation', 'title')},
  (SELECT string_agg(actor.name, ' ') FROM "User" actor WHERE actor.id = ANY("actorIds")))`;

/**
 * The conditions for rows in whose words every word of `search` stands, upper and lower case alike. A row whose topic the
 * viewer may no longer read is never found: it would tell its name.
 * @throws VALIDATION_ERROR when it is too long, or has no word.
 */
export async function searching(
  db: Db | Tx,
  { viewer, services }: Context,
  search: string,
  field: string,
): Promise<Prisma.Sql[]> {
  const words = search.trim().split(/\s+/u).filter(Boolean);
  if (search.length > maxCharacters || words.length > maxWords) {
    throw new AppError('VALIDATION_ERROR', `search is longer than ${maxCharacters} characters or ${maxWords} words.`, {
      field,
    });
  }
  if (words.length === 0) throw new AppError('VALIDATION_ERROR', 'search has no word.', { field });
  if (search.includes('\0')) throw new AppError('VALIDATION_ERROR', 'search contains NUL.', { field });
  // Prisma's own `distinct` would read every row.
  const topics = await db.$queryRaw<{ topic: string }[]>`
    SELECT DISTINCT topic FROM "Notification" WHERE "userId" = ${viewer.userId}::uuid`;
  const readable = await services.rolesOf(
    db,
    viewer,
    topics.map(({ topic }) => topic as TopicKey),
  );
  const patterns = words.map((word) => `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`);
  return [Prisma.sql`topic = ANY(${[...readable.keys()]}::text[])`, Prisma.sql`${text} ILIKE ALL(${patterns}::text[])`];
}
