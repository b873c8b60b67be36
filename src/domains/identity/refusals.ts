import { createHash } from 'node:crypto';
import { type DueHandler, schedule } from '../../events/due.ts';
import type { Tx } from '../../events/transaction.ts';
import type { Services } from '../../graphql/context.ts';
import { batched } from '../../platform/batch.ts';
import type { Database } from '../../platform/database.ts';
import { storableText } from './people.ts';
import type { TokenClaims } from './tokens.ts';

/**
 * What a token is known by among the person's own: its `jti`, else the hash of the token itself, so that
 * a token of a provider that gives none can be refused as well.
 */
export function tokenIdOf(token: string, { jti }: TokenClaims): string {
  const named = storableText(jti);
  return named === undefined ? `sha256:${createHash('sha256').update(token).digest('base64url')}` : `jti:${named}`;
}

/** Whether one of these tokens of the person was refused before its time. */
export type TokenRefusals = (userId: string, tokenIds: readonly string[]) => Promise<boolean>;

/** Questions of one turn of the loop share a statement: every socket and every HTTP request asks. */
export function createTokenRefusals(database: Pick<Database, 'query'>): TokenRefusals {
  const isRefused = batched(async (asked: readonly { userId: string; tokenIds: readonly string[] }[]) => {
    const rows = asked.flatMap(({ userId, tokenIds }, nth) => tokenIds.map((tokenId) => ({ userId, tokenId, nth })));
    const refused = await database.query<{ nth: number }>(
      `SELECT asked.nth FROM unnest($1::uuid[], $2::text[], $3::int4[]) AS asked (user_id, token_id, nth)
       JOIN refused_token r ON r.user_id = asked.user_id AND r.token_id = asked.token_id`,
      [rows.map(({ userId }) => userId), rows.map(({ tokenId }) => tokenId), rows.map(({ nth }) => nth)],
    );
    const found = new Set(refused.map(({ nth }) => nth));
    return asked.map((_, nth) => found.has(nth));
  });
  return async (userId, tokenIds) => tokenIds.length > 0 && (await isRefused({ userId, tokenIds }));
}

/** Refuses tokens from the commit on, until they expire by themselves. */
export async function refuseTokens(
  tx: Tx,
  userId: string,
  tokens: readonly { readonly id: string; readonly expiresAt: string | null }[],
): Promise<void> {
  const data = tokens.map(({ id, expiresAt }) => ({
    userId,
    tokenId: id,
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
  }));
  await tx.refusedToken.createMany({ data, skipDuplicates: true });
}

/** Kind of the due work that forgets refused tokens that have expired. */
export const refusalPruning = 'prune-refused-tokens';

const dayMs = 86_400_000;
/** A token counts for a few seconds longer than it says, for clocks that differ. */
const graceMs = 3_600_000;

/** Once a day. The rows are as many as sessions ended by hand: one statement. */
export function pruneRefusedTokens({ clock }: Pick<Services, 'clock'>): DueHandler {
  return async (tx) => {
    const nowMs = clock.now().getTime();
    await tx.refusedToken.deleteMany({ where: { expiresAt: { lt: new Date(nowMs - graceMs) } } });
    return new Date(nowMs + dayMs);
  };
}

/** Makes it due now; it schedules itself from then on. */
export function scheduleRefusalPruning({ transaction, clock }: Services): Promise<void> {
  const origin = { actorId: null, correlationId: null };
  return transaction(origin, (tx) => schedule(tx, { kind: refusalPruning, key: 'all', dueAt: clock.now() }));
}
