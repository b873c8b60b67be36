// Once per test run: the servers come up before the first test and go down after the last one, however the run ends.
import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { dropRunDatabases } from './databases.ts';
import { ServicesMissingError, startServices } from './services.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of an account that may create databases. */
    databaseUrl: string;
    redisUrl: string;
    /** Distinguishes this run's databases from those of another run on the same server. */
    runId: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const services = await startServices(process.env, { browser: true }).catch((error: unknown) => {
    if (!(error instanceof ServicesMissingError)) throw error;
    console.error(error.message);
    process.exit(1);
  });
  // vitest ends with process.exit in several ways, on signals among them, and then nothing can be awaited.
  process.once('exit', services.kill);
  const runId = randomBytes(4).toString('hex');
  project.provide('databaseUrl', services.databaseUrl);
  project.provide('redisUrl', services.redisUrl);
  project.provide('runId', runId);
  return async () => {
    await dropRunDatabases(services.databaseUrl, runId);
    await services[Symbol.asyncDispose]();
    process.off('exit', services.kill);
  };
}
