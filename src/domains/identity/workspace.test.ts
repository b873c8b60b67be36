import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { manualClock } from '../../../test/support/clock.ts';
import { createTestDatabase } from '../../../test/support/database.ts';
import { loadConfig } from '../../platform/config.ts';
import { openDatabase } from '../../platform/database.ts';
import { lockDirectory } from '../../platform/lock.ts';
import { createLog } from '../../platform/log.ts';
import { createAuthenticator } from './auth.ts';
import { createWorkspace } from './workspace.ts';

const clock = manualClock();
const log = createLog({ logLevel: 'silent', debug: undefined });

async function openTestDatabase() {
  await using opened = new AsyncDisposableStack();
  const { url } = opened.use(await createTestDatabase());
  const config = loadConfig({ NODE_ENV: 'test', DATABASE_URL: url, JWT_SECRET: 'x'.repeat(32) });
  const database = opened.use(await openDatabase(config, log));
  const resources = opened.move();
  return { url, config, database, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

test('a new workspace has its first ADMIN, with a topic of their own', async () => {
  await using opened = await openTestDatabase();
  const { db } = opened.database;
  const created = await createWorkspace(
    { database: opened.database, clock },
    { slug: 'acme', name: 'Acme', admin: 'ada', adminName: 'Ada Novak' },
  );
  expect(await db.workspace.findMany()).toMatchObject([{ id: created.workspaceId, slug: 'acme', name: 'Acme' }]);
  expect(await db.user.findMany()).toMatchObject([{ externalId: 'ada', name: 'Ada Novak', role: 'ADMIN' }]);
  expect(await db.topic.findMany()).toMatchObject([{ id: created.adminId, kind: 'USER' }]);
});

test('a slug that is taken, also at this moment, changes nothing', async () => {
  await using opened = await openTestDatabase();
  const attempts = ['ada', 'grace', 'linus'].map((admin) =>
    createWorkspace({ database: opened.database, clock }, { slug: 'acme', admin }),
  );
  const results = await Promise.allSettled(attempts);
  const refusals = results.filter((result) => result.status === 'rejected');
  expect(refusals.map(({ reason }) => reason.code)).toEqual(['CONFLICT', 'CONFLICT']);
  expect(await opened.database.db.workspace.count()).toBe(1);
  expect(await opened.database.db.user.count()).toBe(1);
});

test.each([
  [{ slug: 'Acme', admin: 'ada' }, 'slug'],
  [{ slug: '-acme', admin: 'ada' }, 'slug'],
  [{ slug: '', admin: 'ada' }, 'slug'],
  [{ slug: 'a'.repeat(64), admin: 'ada' }, 'slug'],
  [{ slug: 'acme', admin: ' ' }, 'admin'],
  [{ slug: 'acme', admin: 'a'.repeat(201) }, 'admin'],
  [{ slug: 'acme', admin: 'ada', name: '' }, 'name'],
  [{ slug: 'acme', admin: 'ada', adminName: 'a\0' }, 'adminName'],
])('what cannot be stored is refused: %j', async (input, field) => {
  const database = { begin: () => Promise.reject(new Error('the database was asked')) };
  await expect(createWorkspace({ database, clock }, input)).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
    details: { field },
  });
});

/** Runs one of the scripts with these variables only. */
function script(name: string, args: string[], env: Record<string, string>) {
  const file = path.join(import.meta.dirname, '../../../scripts', name);
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [file, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

async function temporaryDirectory() {
  const directory = await mkdtemp(path.join(tmpdir(), 'belfry-scripts-'));
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}

test('npm run workspace makes the first workspace of a production installation, once', async () => {
  await using opened = await openTestDatabase();
  const env = { NODE_ENV: 'production', DATABASE_URL: opened.url, JWT_SECRET: 'x'.repeat(32) };
  const args = ['create', 'acme', '--admin', 'ada', '--name', 'Acme'];
  expect(await script('workspace.ts', args, env)).toMatchObject({ code: 0, stderr: '' });
  expect(await script('workspace.ts', args, env)).toEqual({
    code: 1,
    stdout: '',
    stderr: 'There is already a workspace acme; nothing was changed.\n',
  });
  const { stdout } = await script('token.ts', ['ada', '--ttl', '15m'], env);
  const authenticator = createAuthenticator({ config: opened.config, clock, database: opened.database, log });
  const session = {
    id: 'session',
    transport: 'http',
    connectedAt: clock.now(),
    tokenExpiresAt: undefined,
    ip: undefined,
    userAgent: undefined,
  } as const;
  expect(await authenticator.authenticate(stdout.trim(), session)).toMatchObject({ workspaceRole: 'ADMIN' });
});

test.each([
  [[]],
  [['create']],
  [['create', 'acme']],
  [['drop', 'acme', '--admin', 'ada']],
  [['create', 'acme', '--owner', 'ada']],
])('npm run workspace says how it is used: %j', async (args) => {
  const { code, stderr } = await script('workspace.ts', args, {});
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Usage: npm run workspace/);
});

test('npm run token works while a server holds the data directory, and tokens of two calls have one key', async () => {
  await using temporary = await temporaryDirectory();
  const env = { DATA_DIR: temporary.directory };
  using _server = lockDirectory(temporary.directory);
  const first = await script('token.ts', ['grace', '--ttl', '60s', '--workspace', 'acme'], env);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  const { iat = 0, ...claims } = decodeJwt(first.stdout.trim());
  expect(claims).toEqual({ sub: 'grace', externalUserId: 'grace', workspace: 'acme', exp: iat + 60 });
  const second = await script('token.ts', ['grace'], env);
  expect(decodeJwt(second.stdout.trim()).exp).toBeGreaterThan(iat + 86_000);
  const service = await script('token.ts', ['build-bot', '--service'], env);
  expect(decodeJwt(service.stdout.trim())).toMatchObject({ sub: 'build-bot', scope: 'events:publish' });
});

test('npm run token signs nothing where the keys are elsewhere, or there are none', async () => {
  await using temporary = await temporaryDirectory();
  const env = { DATA_DIR: temporary.directory, JWKS_URL: 'https://id.example/jwks' };
  expect((await script('token.ts', ['ada'], env)).stderr).toMatch(/identity provider behind JWKS_URL/);
  const production = { DATA_DIR: temporary.directory, NODE_ENV: 'production' };
  expect(await script('token.ts', ['ada'], production)).toMatchObject({ code: 1, stdout: '' });
});

test.each([[[]], [['ada', '--ttl', '0s']], [['ada', '--ttl', 'soon']], [['ada', 'grace']]])(
  'npm run token says how it is used: %j',
  async (args) => {
    const { code, stderr } = await script('token.ts', args, {});
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Usage: npm run --silent token/);
  },
);
