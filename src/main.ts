import process from 'node:process';
import { type App, createApp } from './app.ts';
import { startDevelopment } from './development.ts';
import { environment, loadConfig } from './platform/config.ts';
import { StartupError } from './platform/errors.ts';
import { createLog } from './platform/log.ts';

/** Signals that end the process cleanly; a second one ends it at once. */
const signals = ['SIGINT', 'SIGTERM'] as const;

async function start(): Promise<void> {
  const config = loadConfig(environment());
  const log = createLog(config);
  process.on('unhandledRejection', (error) => log.fatal({ err: error }, 'unhandled rejection'));
  const app: App =
    config.mode === 'production' ? await createApp(config, { log }) : await startDevelopment(config, log);

  let stopping = false;
  for (const signal of signals) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      log.info({ signal }, 'stopping');
      app
        .drain()
        .finally(() => app[Symbol.asyncDispose]())
        .then(
          () => process.exit(0),
          (error: unknown) => {
            log.error({ err: error }, 'stopping failed');
            process.exit(1);
          },
        );
    });
  }
}

start().catch((error: unknown) => {
  // What the person can mend is told in one line, without a stack.
  process.stderr.write(
    `${error instanceof StartupError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
});
