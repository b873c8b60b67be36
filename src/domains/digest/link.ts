import { randomBytes } from 'node:crypto';
import type { Tx } from '../../events/transaction.ts';
import type { Config } from '../../platform/config.ts';
import type { Db } from '../../platform/database.ts';

/** Below it lies one address for each person. */
export const unsubscribePath = '/digest/unsubscribe/';

/** Where the digests of a person are turned off, without signing in. */
export function unsubscribeUrl({ publicUrl }: Pick<Config, 'publicUrl'>, token: string): string {
  return `${publicUrl}${unsubscribePath}${token}`;
}

/** The secret of a person's link, made when it is first asked for. */
export async function tokenOf(db: Db | Tx, userId: string): Promise<string> {
  const known = await db.unsubscribeLink.findUnique({ where: { userId } });
  if (known) return known.token;
  await db.unsubscribeLink.createMany({ data: [{ userId, token: newToken() }], skipDuplicates: true });
  return (await db.unsubscribeLink.findUniqueOrThrow({ where: { userId } })).token;
}

/** Gives the person another link: those in mails that were sent do nothing from then on. */
export async function renewToken(tx: Tx, userId: string): Promise<void> {
  const token = newToken();
  await tx.unsubscribeLink.upsert({ where: { userId }, create: { userId, token }, update: { token } });
}

/** Whose link it is; null: nobody's, or not any more. */
export async function ownerOf(db: Db, token: string): Promise<string | null> {
  if (!/^[\w-]{43}$/.test(token)) return null;
  return (await db.unsubscribeLink.findUnique({ where: { token } }))?.userId ?? null;
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}
