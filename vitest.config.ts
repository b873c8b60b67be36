import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // vitest resolves our `graphql` apart from the one that packages in node_modules load, and two copies refuse each other.
    alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }],
    globalSetup: './test/support/globalSetup.ts',
    pool: 'forks',
    // Two cores are the smallest machine, and each file has servers and a database of its own to wait for.
    maxWorkers: 2,
    // For tests of leaks, which call gc() themselves.
    execArgv: ['--expose-gc'],
    testTimeout: 30_000,
    expect: { poll: { timeout: 8_000 } },
    hookTimeout: 30_000,
    teardownTimeout: 20_000,
    // A promise nobody waits for is a failure of the run, as it would be the end of the server's process.
    dangerouslyIgnoreUnhandledErrors: false,
    reporters: ['default', './scripts/closing-line.ts'],
  },
});
