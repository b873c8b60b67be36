import type { IncomingHttpHeaders } from 'node:http';
import type { Session, Viewer } from '../../graphql/context.ts';
import { publishScope } from '../../graphql/permissions.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import type { Database } from '../../platform/database.ts';
import { AppError, tokenSentences } from '../../platform/errors.ts';
import type { Log } from '../../platform/log.ts';
import { createPersonLookup, type PersonFound } from './lookup.ts';
import { createPerson, storableText } from './people.ts';
import { tokenIdOf } from './refusals.ts';
import { createTokenVerifier, type TokenClaims } from './tokens.ts';

/** A token that does not let anybody in, with the documented sentence. */
export class TokenError extends AppError {
  readonly reason: keyof typeof tokenSentences;

  constructor(reason: keyof typeof tokenSentences, cause?: unknown) {
    super('UNAUTHORIZED', tokenSentences[reason], { cause });
    this.reason = reason;
  }
}

/** Whether the token was good once: the socket is then closed with 4403, after which clients come back, not 4401. */
export function isExpired(error: unknown): boolean {
  return error instanceof TokenError && error.reason === 'expired';
}

// Enough for the largest tokens of identity providers; beyond it nothing is decoded.
const tokenMaxBytes = 8192;

/**
 * The token a client presents: of the connection parameters (`authToken`, then `Authorization: Bearer …`), else of
 * the header `Authorization`, else, where `allowQueryToken`, of `?token=` in the address. Undefined: none of them.
 * @throws TokenError when what stands there cannot be a token; a later place is not tried then.
 */
export function tokenFrom(request: {
  connectionParams?: unknown;
  headers?: Headers | IncomingHttpHeaders | undefined;
  /** Absolute, or a path with its query. */
  url?: string | undefined;
  allowQueryToken: boolean;
}): string | undefined {
  const params = recordOf(request.connectionParams);
  const { headers } = request;
  const header = headers instanceof Headers ? headers.get('authorization') : headers?.authorization;
  return (
    plain(params.authToken) ??
    bearer(params.Authorization ?? params.authorization) ??
    bearer(header) ??
    (request.allowQueryToken ? plain(queryToken(request.url)) : undefined)
  );
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function queryToken(url: string | undefined): string | null {
  // The base is only there because the address of a request is a path.
  return (url === undefined ? null : URL.parse(url, 'http://localhost'))?.searchParams.get('token') ?? null;
}

function plain(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string' || value.length > tokenMaxBytes) throw new TokenError('invalid');
  return value;
}

function bearer(value: unknown): string | undefined {
  const text = plain(value);
  if (text === undefined) return undefined;
  const token = /^Bearer +(\S+)$/i.exec(text)?.[1];
  if (token === undefined) throw new TokenError('invalid');
  return token;
}

/** Turns a token into the person it stands for. */
export interface Authenticator {
  /**
   * Verifies the token and looks the person up, each time: a deactivated person is refused from the next request on.
   * The viewer's session is `session` with the expiry and the id of the token. Of a session that lasts, whether its
   * token was refused by hand is asked by whoever watches it, once the watch has begun: a refusal in between would be
   * missed here.
   * @throws TokenError when the token is missing, invalid or expired; AppError CONNECTION_ERROR when the identity
   *   provider's keys cannot be read, which is not the client's fault and worth a retry.
   */
  authenticate(token: string | undefined, session: Session): Promise<Viewer>;
}

export function createAuthenticator(parts: {
  config: Config;
  clock: Clock;
  database: Pick<Database, 'begin' | 'query'>;
  log: Log;
}): Authenticator {
  const { config, clock, database } = parts;
  const lookUp = createPersonLookup(database);
  const log = parts.log.child({ ns: 'auth' });
  const verify = createTokenVerifier({ config, clock, log });

  async function viewerOf(token: string | undefined, session: Session): Promise<Viewer> {
    if (token === undefined) throw new TokenError('missing');
    if (token.length > tokenMaxBytes) throw new TokenError('invalid');
    const verified = await verify(token);
    if ('refused' in verified) throw new TokenError(verified.refused, verified.cause);
    const { claims, expiresAt } = verified;
    const tokenId = tokenIdOf(token, claims);
    const person = await personOf(claims, tokenId);
    if (person.deactivatedAt !== null) throw new TokenError('invalid', 'the person is deactivated');
    // A token that does not say when it was issued may be older than any moment.
    if (person.tokensNotBefore && (claims.iat ?? 0) * 1000 < person.tokensNotBefore.getTime()) {
      throw new TokenError('invalid', 'the token is older than the newest sign-out');
    }
    if (session.transport === 'http' && person.tokenRefused) {
      throw new TokenError('invalid', 'the session of this token was ended');
    }
    return {
      userId: person.id,
      workspaceId: person.workspaceId,
      workspaceRole: person.role,
      ...(isServiceToken(claims) && { serviceToken: true }),
      session: { ...session, tokenExpiresAt: expiresAt, tokenId },
    };
  }

  async function personOf(claims: TokenClaims, tokenId: string): Promise<PersonFound> {
    const externalId = externalIdOf(claims, config.jwtUserClaims);
    const asked = { slug: workspaceSlugOf(claims), externalId, tokenId };
    const { workspaceId, several, person: known } = await lookUp(asked);
    if (workspaceId === null) {
      throw new TokenError('invalid', several ? 'several workspaces, and no claim workspace' : 'no such workspace');
    }
    if (known) return known;
    if (!config.provisionUsers) throw new TokenError('invalid', 'the person is unknown');
    const name = storableText(claims.name) ?? externalId;
    const email = storableText(claims.email, 320);
    const role = isServiceToken(claims) ? 'BOT' : 'MEMBER';
    return database.begin(async (tx) => {
      const person = { workspaceId, externalId, name, email, role, now: clock.now() } as const;
      const { id } = await createPerson(tx, person);
      return { ...(await tx.user.findUniqueOrThrow({ where: { id } })), tokenRefused: false };
    });
  }

  return {
    async authenticate(token, session) {
      try {
        return await viewerOf(token, session);
      } catch (error) {
        if (error instanceof TokenError) {
          const why = error.cause instanceof Error ? error.cause.message : error.cause;
          log.warn({ sessionId: session.id, transport: session.transport, reason: error.reason, why }, 'auth.failed');
        }
        throw error;
      }
    },
  };
}

function externalIdOf(claims: TokenClaims, names: readonly string[]): string {
  const name = names.find((candidate) => claims[candidate] !== undefined && claims[candidate] !== null);
  const value = name === undefined ? undefined : claims[name];
  // Compared as it is, not trimmed: the provider's ids are not ours to tidy up.
  if (typeof value !== 'string' || storableText(value) !== value) {
    throw new TokenError('invalid', `no usable claim ${names.join(', ')}`);
  }
  return value;
}

/** Whether the token says that it publishes events (RFC 8693: scopes are separated by spaces); it can do nothing else then. */
function isServiceToken({ scope }: TokenClaims): boolean {
  const scopes = typeof scope === 'string' ? scope.split(' ') : Array.isArray(scope) ? scope : [];
  return scopes.includes(publishScope);
}

/** The slug of the workspace a token is for; null: the only one there is. */
function workspaceSlugOf({ workspace }: TokenClaims): string | null {
  if (workspace === undefined) return null;
  if (typeof workspace !== 'string' || storableText(workspace) !== workspace) {
    throw new TokenError('invalid', 'the claim workspace is no slug');
  }
  return workspace;
}
