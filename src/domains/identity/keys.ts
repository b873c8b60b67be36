import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { SignJWT } from 'jose';
import type { Config } from '../../platform/config.ts';
import { makeDirectory } from '../../platform/directory.ts';
import { StartupError } from '../../platform/errors.ts';

const fileName = 'token.key';
// For a database in memory (`memory:`), which has no directory to share a key through.
const inMemory = new Map<string, string>();

/**
 * The key of HS256 tokens in development: made at the first call and kept under `dataDir`, readable by the owner
 * only, so that tokens outlive a restart and `npm run token` finds it while the server runs. Of several processes
 * that start at once all get the same key.
 * @throws StartupError when the directory cannot be written or the file holds no key.
 */
export function developmentSecret(dataDir: string): string {
  if (dataDir.startsWith('memory:')) {
    const secret = inMemory.get(dataDir) ?? randomBytes(32).toString('base64url');
    inMemory.set(dataDir, secret);
    return secret;
  }
  const file = path.join(path.resolve(dataDir), fileName);
  try {
    if (!fs.existsSync(file)) create(file);
    const secret = fs.readFileSync(file, 'utf8').trim();
    if (secret.length >= 32) return secret;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartupError(`The key for tokens ${file} cannot be used (${why}).`, { cause: error });
  }
  throw new StartupError(`${file} holds no key for tokens; delete it, and the next start makes a new one.`);
}

// Written aside and then linked: whoever reads the file reads all of it, and the first one to link wins.
function create(file: string): void {
  makeDirectory(path.dirname(file));
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  fs.writeFileSync(aside, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    fs.linkSync(aside, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    fs.rmSync(aside);
  }
}

type KeyConfig = Pick<Config, 'mode' | 'dataDir' | 'jwtSecret' | 'jwksUrl'>;

/** The key of HS256 tokens; undefined where only those of JWKS_URL are accepted. */
export function tokenSecret(config: KeyConfig): Uint8Array | undefined {
  const { mode, dataDir, jwtSecret, jwksUrl } = config;
  if (jwtSecret !== undefined) return new TextEncoder().encode(jwtSecret);
  if (jwksUrl !== undefined || mode === 'production') return undefined;
  return new TextEncoder().encode(developmentSecret(dataDir));
}

/**
 * Signs a token for a person by their `externalId`, as the identity provider would: for development, scripts and
 * tests. Nothing is looked up. Without `ttlMs` it does not expire.
 * @throws StartupError when the tokens of this installation are signed elsewhere (JWKS_URL).
 */
export async function signToken(
  config: KeyConfig & Pick<Config, 'jwtIssuer' | 'jwtAudience' | 'jwtUserClaims'>,
  token: {
    person: string;
    now: Date;
    ttlMs?: number;
    workspace?: string | undefined;
    claims?: Record<string, unknown>;
  },
): Promise<string> {
  const secret = tokenSecret(config);
  if (!secret) {
    throw new StartupError(
      config.jwksUrl === undefined
        ? 'JWT_SECRET is not set, so there is no key to sign a token with.'
        : 'Tokens are signed by the identity provider behind JWKS_URL; there is no JWT_SECRET to sign one with.',
    );
  }
  const seconds = Math.floor(token.now.getTime() / 1000);
  const claims = {
    // The first claim read; `sub` beside it, because other readers of the token look there.
    sub: token.person,
    [config.jwtUserClaims[0] ?? 'sub']: token.person,
    ...(token.workspace === undefined ? {} : { workspace: token.workspace }),
    ...(config.jwtIssuer === undefined ? {} : { iss: config.jwtIssuer }),
    ...(config.jwtAudience === undefined ? {} : { aud: config.jwtAudience }),
    iat: seconds,
    ...(token.ttlMs === undefined ? {} : { exp: seconds + Math.ceil(token.ttlMs / 1000) }),
    ...token.claims,
  };
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(secret);
}
