import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { tokenFrom } from './auth.ts';
import { developmentSecret } from './keys.ts';

const run = promisify(execFile);

async function temporaryDirectory() {
  const directory = await mkdtemp(path.join(tmpdir(), 'belfry-keys-'));
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}

test('the token is taken from the connection parameters, then the header, then the address', () => {
  const header = { authorization: 'Bearer header' };
  const url = '/graphql?x=1&token=query';
  const everywhere = { headers: header, url, allowQueryToken: true };
  expect(tokenFrom({ ...everywhere, connectionParams: { authToken: 'param', Authorization: 'Bearer b' } })).toBe(
    'param',
  );
  expect(tokenFrom({ ...everywhere, connectionParams: { Authorization: 'Bearer b' } })).toBe('b');
  expect(tokenFrom({ ...everywhere, connectionParams: { authorization: 'bearer b' } })).toBe('b');
  expect(tokenFrom({ ...everywhere, connectionParams: { authToken: null } })).toBe('header');
  expect(tokenFrom({ ...everywhere, headers: new Headers(header) })).toBe('header');
  expect(tokenFrom({ url, allowQueryToken: true })).toBe('query');
  expect(tokenFrom({ url: `http://localhost${url}`, allowQueryToken: true })).toBe('query');
});

test('the address is not looked at unless allowed', () => {
  expect(tokenFrom({ url: '/graphql?token=query', allowQueryToken: false })).toBeUndefined();
});

test('no token anywhere is no token', () => {
  expect(tokenFrom({ allowQueryToken: true })).toBeUndefined();
  expect(
    tokenFrom({ connectionParams: {}, headers: {}, url: '/graphql?token=', allowQueryToken: true }),
  ).toBeUndefined();
});

test.each([
  ['a number', { authToken: 17 }],
  ['an object', { authToken: { token: 'x' } }],
  ['too long', { authToken: 'x'.repeat(8_193) }],
  ['another scheme', { Authorization: 'Basic YWRhOg==' }],
  ['no scheme', { Authorization: 'x.y.z' }],
  ['no token', { Authorization: 'Bearer' }],
])('what cannot be a token is invalid, and the header does not make up for it: %s', (_name, connectionParams) => {
  const request = { connectionParams, headers: { authorization: 'Bearer good' }, allowQueryToken: false };
  expect(() => tokenFrom(request)).toThrow('Invalid authentication token');
});

test("the development key is made once, for the owner's eyes only", async () => {
  await using temporary = await temporaryDirectory();
  const dataDir = path.join(temporary.directory, 'new', 'data');
  const secret = developmentSecret(dataDir);
  expect(secret.length).toBeGreaterThanOrEqual(32);
  expect(developmentSecret(dataDir)).toBe(secret);
  expect((await stat(path.join(dataDir, 'token.key'))).mode & 0o777).toBe(0o600);
  expect(fs.readdirSync(dataDir)).toEqual(['token.key']);
});

test('processes that start at once agree on the development key', async () => {
  await using temporary = await temporaryDirectory();
  const script = `import { developmentSecret } from ${JSON.stringify(import.meta.resolve('./keys.ts'))};
    process.stdout.write(developmentSecret(process.argv[1]));`;
  const start = () => run(process.execPath, ['--input-type=module', '--eval', script, temporary.directory]);
  const secrets = await Promise.all(Array.from({ length: 6 }, start));
  expect(new Set(secrets.map(({ stdout }) => stdout)).size).toBe(1);
  expect(secrets[0]?.stdout).toHaveLength(43);
});

test('a damaged key file is named in the error', async () => {
  await using temporary = await temporaryDirectory();
  await writeFile(path.join(temporary.directory, 'token.key'), 'short');
  expect(() => developmentSecret(temporary.directory)).toThrow(/token\.key holds no key/);
});

test('a data directory that cannot be written is named in the error', async () => {
  await using temporary = await temporaryDirectory();
  const file = path.join(temporary.directory, 'file');
  await writeFile(file, '');
  expect(() => developmentSecret(path.join(file, 'data'))).toThrow(/The key for tokens .* cannot be used/);
});

test('databases in memory have a key each, for this process', () => {
  expect(developmentSecret('memory:one')).toBe(developmentSecret('memory:one'));
  expect(developmentSecret('memory:one')).not.toBe(developmentSecret('memory:two'));
});
