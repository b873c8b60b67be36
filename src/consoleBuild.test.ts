import { expect, test } from 'vitest';
import { createConsoleBuild } from './consoleBuild.ts';
import { loadConfig } from './platform/config.ts';
import { createLog } from './platform/log.ts';

const log = createLog({ ...loadConfig({ NODE_ENV: 'test', JWT_SECRET: 'x'.repeat(32) }), logLevel: 'silent' });

/** A build whose sources, outcome and clock are the test's. */
function scene({ watches = true } = {}) {
  const state = { version: 'one', fails: true, nowMs: 0, made: [] as string[] };
  const build = createConsoleBuild({
    async make(version) {
      state.made.push(version);
      await Promise.resolve();
      if (state.fails) throw new Error('a mistake in the sources');
      return new Map();
    },
    version: async () => state.version,
    retryMs: 60_000,
    watches,
    log,
    nowMs: () => state.nowMs,
  });
  return { state, build };
}

test('a build that failed is not tried again before its wait is over, however many ask', async () => {
  const { state, build } = scene();
  const answers = await Promise.all([build.files(), build.files(), build.files()]);
  expect(answers[2]).toMatchObject({ error: { message: 'a mistake in the sources' }, retryInMs: 60_000 });
  state.nowMs = 59_999;
  expect(await build.files()).toMatchObject({ retryInMs: 1 });
  expect(state.made).toEqual(['one']);
  state.fails = false;
  state.nowMs = 60_000;
  expect(await build.files()).toBe(build.built);
  expect(build.built).toBeDefined();
  await build.files();
  expect(state.made).toEqual(['one', 'one']);
});

test('it is tried again at once when the sources have changed, where they may', async () => {
  const { state, build } = scene();
  await build.files();
  state.version = 'two';
  state.fails = false;
  const answers = await Promise.all([build.files(), build.files()]);
  expect(answers).toEqual([build.built, build.built]);
  expect(state.made).toEqual(['one', 'two']);

  const fixed = scene({ watches: false });
  await fixed.build.files();
  fixed.state.version = 'two';
  expect(await fixed.build.files()).toMatchObject({ error: expect.any(Error) });
  expect(fixed.state.made).toEqual(['one']);
});

test('sources that cannot be read are a failure like others, and after the end nothing is begun', async () => {
  const { state, build } = scene();
  state.fails = false;
  const unreadable = createConsoleBuild({
    make: async () => new Map(),
    version: () => Promise.reject(new Error('no such folder')),
    retryMs: 60_000,
    watches: true,
    log,
  });
  expect(await unreadable.files()).toMatchObject({ error: { message: 'no such folder' } });
  await unreadable[Symbol.asyncDispose]();
  expect(await unreadable.files()).toMatchObject({ error: { message: 'no such folder' } });
  expect(await build.files()).toBe(build.built);
});
