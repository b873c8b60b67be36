import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manualClock } from '../../../test/support/clock.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import type { Session } from '../../graphql/context.ts';
import { type Config, loadConfig } from '../../platform/config.ts';
import { type Database, openDatabase } from '../../platform/database.ts';
import { createLog } from '../../platform/log.ts';
import { createAuthenticator, isExpired } from './auth.ts';
import { signToken } from './keys.ts';
import { createWorkspace } from './workspace.ts';

const clock = manualClock(new Date('2026-11-20T12:00:00Z'));
const now = clock.now().getTime() / 1000;
const log = createLog({ logLevel: 'silent', debug: undefined });
const secret = 'the secret of these tests, 32 characters or more';
const session: Session = {
  id: 'session',
  transport: 'http',
  connectedAt: clock.now(),
  tokenExpiresAt: undefined,
  ip: undefined,
  userAgent: undefined,
};
let testDatabase: TestDatabase;
let database: Database;
let acmeId: string;
let adaId: string;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase(configWith({}), log);
  ({ workspaceId: acmeId, adminId: adaId } = await createWorkspace(
    { database, clock },
    { slug: 'acme', admin: 'ada' },
  ));
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await testDatabase[Symbol.asyncDispose]();
});

function configWith(variables: Record<string, string>): Config {
  const base = { NODE_ENV: 'test', DATABASE_URL: testDatabase.url, DATA_DIR: 'memory:', JWT_SECRET: secret };
  return loadConfig({ ...base, ...variables });
}

/** What becomes of a token: the externalId of the person, or the message of the refusal. */
async function outcome(token: string | undefined, variables: Record<string, string> = {}): Promise<string> {
  const authenticator = createAuthenticator({ config: configWith(variables), clock, database, log });
  try {
    const { userId } = await authenticator.authenticate(token, session);
    return (await database.db.user.findUniqueOrThrow({ where: { id: userId } })).externalId;
  } catch (error) {
    return (error as Error).message;
  }
}

function sign(claims: JWTPayload, key: string = secret, alg = 'HS256'): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg }).sign(new TextEncoder().encode(key));
}

const invalid = 'Invalid authentication token';

test('a good token is the person it names, with their workspace, role and expiry', async () => {
  const authenticator = createAuthenticator({ config: configWith({}), clock, database, log });
  const token = await sign({ sub: 'ada', exp: now + 60 });
  expect(await authenticator.authenticate(token, session)).toEqual({
    userId: adaId,
    workspaceId: acmeId,
    workspaceRole: 'ADMIN',
    session: { ...session, tokenExpiresAt: new Date((now + 60) * 1000), tokenId: expect.stringMatching(/^sha256:/) },
  });
  const endless = await authenticator.authenticate(await sign({ sub: 'ada' }), session);
  expect(endless.session.tokenExpiresAt).toBeUndefined();
});

test('a token signed by npm run token is accepted, with issuer and audience', async () => {
  const variables = { JWT_ISSUER: 'https://id.example', JWT_AUDIENCE: 'belfry' };
  const token = await signToken(configWith(variables), { person: 'ada', now: clock.now(), ttlMs: 1_000 });
  expect(await outcome(token, variables)).toBe('ada');
});

test('without a token the sentence says so', async () => {
  expect(await outcome(undefined)).toBe('Missing authentication token');
});

test.each([
  ['empty', ''],
  ['no token', 'good morning'],
  ['three empty parts', '..'],
  ['a header that is no JSON', 'AAAA.e30.AAAA'],
  ['too long', `eyJ${'A'.repeat(9_000)}.e30.AAAA`],
])('a malformed token is invalid: %s', async (_name, token) => {
  expect(await outcome(token)).toBe(invalid);
});

test('unsigned, foreign and other symmetric signatures are invalid', async () => {
  expect(await outcome(new UnsecuredJWT({ sub: 'ada' }).encode())).toBe(invalid);
  expect(await outcome(await sign({ sub: 'ada' }, 'another secret of at least 32 characters'))).toBe(invalid);
  expect(await outcome(await sign({ sub: 'ada' }, secret.repeat(2), 'HS512'))).toBe(invalid);
  const [header, , signature] = (await sign({ sub: 'grace' })).split('.');
  const payload = Buffer.from(JSON.stringify({ sub: 'ada' })).toString('base64url');
  expect(await outcome(`${header}.${payload}.${signature}`)).toBe(invalid);
});

test('an expired token has its own sentence, five seconds later than it says', async () => {
  expect(await outcome(await sign({ sub: 'ada', exp: now - 4 }))).toBe('ada');
  expect(await outcome(await sign({ sub: 'ada', exp: now - 6 }))).toBe('Token expired');
  const authenticator = createAuthenticator({ config: configWith({}), clock, database, log });
  const expired = await authenticator.authenticate(await sign({ sub: 'ada', exp: 1 }), session).catch((error) => error);
  expect(isExpired(expired)).toBe(true);
  expect(isExpired(await authenticator.authenticate('x', session).catch((error) => error))).toBe(false);
});

test('an expired token signed with another key is invalid, not expired', async () => {
  const token = await sign({ sub: 'ada', exp: now - 60 }, 'another secret of at least 32 characters');
  expect(await outcome(token)).toBe(invalid);
});

test('a token that is not good yet is invalid', async () => {
  expect(await outcome(await sign({ sub: 'ada', nbf: now + 60 }))).toBe(invalid);
});

test('issuer and audience must be the configured ones', async () => {
  const variables = { JWT_ISSUER: 'https://id.example', JWT_AUDIENCE: 'belfry' };
  const good = { sub: 'ada', iss: 'https://id.example', aud: ['other', 'belfry'] };
  expect(await outcome(await sign(good), variables)).toBe('ada');
  expect(await outcome(await sign({ ...good, iss: 'https://else.example' }), variables)).toBe(invalid);
  expect(await outcome(await sign({ ...good, aud: 'other' }), variables)).toBe(invalid);
  expect(await outcome(await sign({ sub: 'ada' }), variables)).toBe(invalid);
});

test('the first claim of JWT_USER_CLAIMS that is present counts', async () => {
  expect(await outcome(await sign({ externalUserId: 'ada', sub: '17' }))).toBe('ada');
  expect(await outcome(await sign({ sub: 'ada' }))).toBe('ada');
  expect(await outcome(await sign({ externalUserId: 'nobody', sub: 'ada' }))).toBe(invalid);
  expect(await outcome(await sign({ person: 'ada', sub: 'nobody' }), { JWT_USER_CLAIMS: 'person' })).toBe('ada');
});

test.each([
  ['absent', {}],
  ['empty', { sub: '' }],
  ['a number', { externalUserId: 17, sub: 'ada' }],
  ['an object', { externalUserId: { id: 'ada' }, sub: 'ada' }],
  ['too long', { sub: 'a'.repeat(201) }],
  ['not storable', { sub: 'ada\0' }],
])('a person claim that cannot be an id is invalid: %s', async (_name, claims) => {
  expect(await outcome(await sign(claims as JWTPayload), { PROVISION_USERS: 'true' })).toBe(invalid);
});

test('a deactivated person is refused, and accepted again with the same token after reactivation', async () => {
  const token = await sign({ sub: 'ada', iat: now - 60 });
  await database.db.user.update({ where: { id: adaId }, data: { deactivatedAt: clock.now() } });
  expect(await outcome(token)).toBe(invalid);
  await database.db.user.update({ where: { id: adaId }, data: { deactivatedAt: null } });
  expect(await outcome(token)).toBe('ada');
});

test('tokens older than tokensNotBefore are refused, and those that do not tell their age', async () => {
  await database.db.user.update({ where: { id: adaId }, data: { tokensNotBefore: clock.now() } });
  expect(await outcome(await sign({ sub: 'ada', iat: now - 1 }))).toBe(invalid);
  expect(await outcome(await sign({ sub: 'ada' }))).toBe(invalid);
  expect(await outcome(await sign({ sub: 'ada', iat: now }))).toBe('ada');
  await database.db.user.update({ where: { id: adaId }, data: { tokensNotBefore: null } });
});

test('an unknown person is refused, or made a MEMBER where PROVISION_USERS says so', async () => {
  const token = await sign({ sub: 'grace', name: ' Grace Hopper ', email: 'grace@example.com' });
  expect(await outcome(token)).toBe(invalid);
  expect(await outcome(token, { PROVISION_USERS: 'true' })).toBe('grace');
  const grace = await database.db.user.findFirstOrThrow({ where: { externalId: 'grace' } });
  expect(grace).toMatchObject({
    workspaceId: acmeId,
    name: 'Grace Hopper',
    email: 'grace@example.com',
    role: 'MEMBER',
  });
  expect(await database.db.topic.findUniqueOrThrow({ where: { id: grace.id } })).toMatchObject({
    kind: 'USER',
    workspaceId: acmeId,
  });
});

test('a provisioned person without a usable name is called by their externalId', async () => {
  expect(await outcome(await sign({ sub: 'nameless', name: 17, email: false }), { PROVISION_USERS: 'true' })).toBe(
    'nameless',
  );
  const person = await database.db.user.findFirstOrThrow({ where: { externalId: 'nameless' } });
  expect(person).toMatchObject({ name: 'nameless', email: null });
});

test('twenty first connections at once make one person', async () => {
  const authenticator = createAuthenticator({ config: configWith({ PROVISION_USERS: 'true' }), clock, database, log });
  const token = await sign({ sub: 'linus' });
  const viewers = await Promise.all(Array.from({ length: 20 }, () => authenticator.authenticate(token, session)));
  expect(new Set(viewers.map(({ userId }) => userId)).size).toBe(1);
  expect(await database.db.user.count({ where: { externalId: 'linus' } })).toBe(1);
});

test('the claim workspace decides between several workspaces, and is needed then', async () => {
  await using separate = await createTestDatabase();
  const config = configWith({ DATABASE_URL: separate.url, PROVISION_USERS: 'true' });
  await using own = await openDatabase(config, log);
  const authenticator = createAuthenticator({ config, clock, database: own, log });
  const workspaceOf = async (claims: JWTPayload) =>
    authenticator.authenticate(await sign(claims), session).then(
      ({ workspaceId }) => workspaceId,
      (error: Error) => error.message,
    );
  expect(await workspaceOf({ sub: 'ada' })).toBe(invalid);
  const one = await createWorkspace({ database: own, clock }, { slug: 'one', admin: 'ada' });
  expect(await workspaceOf({ sub: 'ada' })).toBe(one.workspaceId);
  const two = await createWorkspace({ database: own, clock }, { slug: 'two', admin: 'ada' });
  expect(await workspaceOf({ sub: 'ada', workspace: 'one' })).toBe(one.workspaceId);
  expect(await workspaceOf({ sub: 'ada', workspace: 'two' })).toBe(two.workspaceId);
  expect(one.adminId).not.toBe(two.adminId);
  expect(await workspaceOf({ sub: 'ada' })).toBe(invalid);
  expect(await workspaceOf({ sub: 'ada', workspace: 'three' })).toBe(invalid);
  expect(await workspaceOf({ sub: 'ada', workspace: 1 })).toBe(invalid);
  expect(await own.db.user.count()).toBe(2);
});

/** An identity provider on 127.0.0.1, whose keys the test changes. */
async function startProvider() {
  const keys: JWK[] = [];
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return {
    url: `http://127.0.0.1:${port}/jwks`,
    keys,
    get asked() {
      return asked;
    },
    close,
    [Symbol.asyncDispose]: async () => void (server.listening && (await close())),
  };
}

async function providerKey(kid: string | undefined, alg = 'RS256') {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const jwk = { ...(await exportJWK(publicKey)), ...(kid === undefined ? {} : { kid }), alg };
  const header = { alg, ...(kid === undefined ? {} : { kid }) };
  return { jwk, sign: (claims: JWTPayload) => new SignJWT(claims).setProtectedHeader(header).sign(privateKey) };
}

function onlyProvider(url: string): Record<string, string> {
  return { JWT_SECRET: '', JWKS_URL: url };
}

test("tokens signed with one of the identity provider's keys are accepted, others are not", async () => {
  await using provider = await startProvider();
  const rsa = await providerKey('rsa');
  const ec = await providerKey('ec', 'ES256');
  const foreign = await providerKey('rsa');
  provider.keys.push(rsa.jwk, ec.jwk);
  const variables = onlyProvider(provider.url);
  expect(await outcome(await rsa.sign({ sub: 'ada' }), variables)).toBe('ada');
  expect(await outcome(await ec.sign({ sub: 'ada' }), variables)).toBe('ada');
  expect(await outcome(await rsa.sign({ sub: 'ada', exp: now - 60 }), variables)).toBe('Token expired');
  expect(await outcome(await foreign.sign({ sub: 'ada' }), variables)).toBe(invalid);
  expect(await outcome(await sign({ sub: 'ada' }), variables)).toBe(invalid);
  expect(await outcome(new UnsecuredJWT({ sub: 'ada' }).encode(), variables)).toBe(invalid);
});

test('a public key used as a secret signs nothing', async () => {
  await using provider = await startProvider();
  const { jwk } = await providerKey('rsa');
  const symmetric = { kty: 'oct', k: Buffer.from(secret).toString('base64url'), kid: 'oct', alg: 'HS256' };
  provider.keys.push(jwk, symmetric);
  const forge = (kid: string, key: string) =>
    new SignJWT({ sub: 'ada' }).setProtectedHeader({ alg: 'HS256', kid }).sign(new TextEncoder().encode(key));
  const variables = onlyProvider(provider.url);
  expect(await outcome(await forge('rsa', JSON.stringify(jwk)), variables)).toBe(invalid);
  expect(await outcome(await forge('rsa', jwk.n ?? ''), variables)).toBe(invalid);
  // Even one that the provider publishes: anybody can read it there.
  expect(await outcome(await forge('oct', secret), variables)).toBe(invalid);
});

test('with JWT_SECRET and JWKS_URL both kinds of tokens are accepted, each with its own key', async () => {
  await using provider = await startProvider();
  const rsa = await providerKey('rsa');
  provider.keys.push(rsa.jwk);
  expect(await outcome(await rsa.sign({ sub: 'ada' }), { JWKS_URL: provider.url })).toBe('ada');
  expect(await outcome(await sign({ sub: 'ada' }), { JWKS_URL: provider.url })).toBe('ada');
});

test('rotated keys are noticed at once, and invented key ids do not make the server ask all the time', async () => {
  await using provider = await startProvider();
  const [first, second, third] = [await providerKey('1'), await providerKey('2'), await providerKey('3')];
  provider.keys.push(first.jwk);
  const config = configWith(onlyProvider(provider.url));
  const authenticator = createAuthenticator({ config, clock, database, log });
  const enter = async (key: typeof first) => authenticator.authenticate(await key.sign({ sub: 'ada' }), session);
  await enter(first);
  provider.keys.splice(0, 1, second.jwk);
  await Promise.all([enter(second), enter(second), enter(second)]);
  expect(provider.asked).toBe(2);
  await expect(enter(first)).rejects.toThrow(invalid);
  for (let n = 0; n < 20; n++) await expect(enter(third)).rejects.toThrow(invalid);
  expect(provider.asked).toBe(2);
  provider.keys.push(third.jwk);
  clock.advance('10s');
  await enter(third);
  expect(provider.asked).toBe(3);
});

test('a provider that names no keys in its tokens may rotate them', async () => {
  await using provider = await startProvider();
  const [old, fresh, foreign] = [
    await providerKey(undefined),
    await providerKey(undefined),
    await providerKey(undefined),
  ];
  provider.keys.push(old.jwk, fresh.jwk);
  const variables = onlyProvider(provider.url);
  expect(await outcome(await old.sign({ sub: 'ada' }), variables)).toBe('ada');
  expect(await outcome(await fresh.sign({ sub: 'ada' }), variables)).toBe('ada');
  expect(await outcome(await fresh.sign({ sub: 'ada', exp: now - 60 }), variables)).toBe('Token expired');
  expect(await outcome(await foreign.sign({ sub: 'ada' }), variables)).toBe(invalid);
});

test('keys that cannot be read are not the fault of the client', async () => {
  const provider = await startProvider();
  const key = await providerKey('1');
  provider.keys.push(key.jwk);
  await provider.close();
  const config = configWith(onlyProvider(provider.url));
  const authenticator = createAuthenticator({ config, clock, database, log });
  const refused = authenticator.authenticate(await key.sign({ sub: 'ada' }), session);
  await expect(refused).rejects.toMatchObject({ code: 'CONNECTION_ERROR' });
});
