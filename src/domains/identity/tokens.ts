import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
  UnsecuredJWT,
} from 'jose';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import type { Log } from '../../platform/log.ts';
import { tokenSecret } from './keys.ts';

/** What a token says (RFC 7519); `name`, `email` and `workspace` are read besides the registered claims. */
export type TokenClaims = JWTPayload;

/** Checked claims, or why the token is refused. */
export type VerifiedToken =
  | {
      readonly claims: TokenClaims;
      /** Undefined: it does not expire. */
      readonly expiresAt: Date | undefined;
    }
  | { readonly refused: 'invalid' | 'expired'; readonly cause: unknown };

/**
 * Checks the signature, then issuer, audience and times by our clock. A symmetric key verifies HS256 and nothing
 * else, the provider's public keys the asymmetric algorithms and nothing else, so that neither a public key used as
 * a secret nor an unsigned token passes.
 * Rejects with CONNECTION_ERROR when the provider's keys cannot be read.
 */
export type TokenVerifier = (token: string) => Promise<VerifiedToken>;

const symmetric = ['HS256'];
const asymmetric = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
// Clocks of two machines differ by less, and nobody notices five seconds more of a token.
const clockToleranceSeconds = 5;
const lastDateMs = 8.64e15;

export function createTokenVerifier(parts: { config: Config; clock: Clock; log: Log }): TokenVerifier {
  const { config, clock } = parts;
  const secret = tokenSecret(config);
  const secretKey = secret && createSecretKey(secret);
  const providerKey = config.jwksUrl === undefined ? undefined : providerKeys(new URL(config.jwksUrl), parts);
  const { jwtIssuer, jwtAudience } = config;

  async function verifiedClaims(token: string): Promise<TokenClaims> {
    const options: JWTVerifyOptions = {
      ...(jwtIssuer === undefined ? {} : { issuer: jwtIssuer }),
      ...(jwtAudience === undefined ? {} : { audience: jwtAudience }),
      clockTolerance: clockToleranceSeconds,
      currentDate: clock.now(),
    };
    // The header only says which of the keys to try; what each key may verify is fixed here.
    const header = decodeProtectedHeader(token);
    if (secretKey && symmetric.includes(header.alg ?? '')) {
      // Extensions change what is signed.
      const payload = 'crit' in header ? undefined : payloadSignedWith(secretKey, token);
      if (payload !== undefined) return UnsecuredJWT.decode(`${unsecuredHeader}.${payload}.`, options).payload;
      return (await jwtVerify(token, secretKey, { ...options, algorithms: symmetric })).payload;
    }
    if (!providerKey) throw new errors.JOSEAlgNotAllowed('no key for this algorithm');
    return (await verifyByProvider(token, providerKey, { ...options, algorithms: asymmetric })).payload;
  }

  return async (token) => {
    try {
      const claims = await verifiedClaims(token);
      return { claims, expiresAt: dateOf(claims.exp) };
    } catch (error) {
      // A TypeError is a header that is no JSON.
      if (!(error instanceof errors.JOSEError || error instanceof TypeError)) throw error;
      return { refused: error instanceof errors.JWTExpired ? 'expired' : 'invalid', cause: error };
    }
  };
}

const unsecuredHeader = Buffer.from('{"alg":"none"}').toString('base64url');

/**
 * The payload of a token that this secret has signed, still encoded; undefined: jose judges it, and knows why to
 * refuse it. jose verifies through WebCrypto, whose jobs wait for a thread: 0.2 of the 1.1 ms that Yoga takes to let
 * a client in, where this takes 0.01 (bench reconnect, 2026-11-25). Its claims are checked by jose all the same.
 */
function payloadSignedWith(secret: KeyObject, token: string): string | undefined {
  const signedEnd = token.lastIndexOf('.');
  const payloadAt = token.indexOf('.') + 1;
  if (payloadAt > signedEnd) return undefined;
  const expected = createHmac('sha256', secret).update(token.slice(0, signedEnd)).digest('base64url');
  const [mine, theirs] = [Buffer.from(expected), Buffer.from(token.slice(signedEnd + 1))];
  const isSigned = mine.length === theirs.length && timingSafeEqual(mine, theirs);
  return isSigned ? token.slice(payloadAt, signedEnd) : undefined;
}

function dateOf(seconds: number | undefined): Date | undefined {
  return seconds === undefined || seconds * 1000 > lastDateMs ? undefined : new Date(seconds * 1000);
}

async function verifyByProvider(token: string, key: JWTVerifyGetKey, options: JWTVerifyOptions) {
  try {
    return await jwtVerify(token, key, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    // A provider that rotates its keys and names none of them in its tokens: any of them may be the one.
    for await (const candidate of error) {
      try {
        return await jwtVerify(token, candidate, options);
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

// Rotated keys are noticed at the first token signed with a new one; tokens with invented key ids must not make
// us ask the provider all the time.
const reloadPauseMs = 10_000;

function providerKeys(url: URL, parts: { clock: Clock; log: Log }): JWTVerifyGetKey {
  const { clock, log } = parts;
  // Reloading for unknown keys is ours, by our clock; jose keeps the ten minutes after which it asks anyway.
  const remote = createRemoteJWKSet(url, { cooldownDuration: Number.POSITIVE_INFINITY });
  let lastReloadMs = Number.NEGATIVE_INFINITY;

  return async (header, token) => {
    try {
      return await remote(header, token);
    } catch (error) {
      if (isAboutToken(error) && !(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (!isAboutToken(error)) throw unreachable(error);
      const nowMs = clock.now().getTime();
      if (!remote.reloading && nowMs - lastReloadMs < reloadPauseMs) throw error;
      lastReloadMs = nowMs;
    }
    await remote.reload().catch((error: unknown) => {
      throw unreachable(error);
    });
    return remote(header, token);
  };

  function unreachable(cause: unknown): AppError {
    log.error({ err: cause }, 'auth.keys-unreachable');
    return new AppError('CONNECTION_ERROR', "The identity provider's keys cannot be read; try again.", { cause });
  }
}

/** Whether it is the token that fits no key, and not the keys that are missing. */
function isAboutToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
