import process from 'node:process';
import { type App, createApp } from './app.ts';
import { developmentPages } from './developmentPages.ts';
import type { Services } from './graphql/context.ts';
import { shiftableClock, systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import type { Log } from './platform/log.ts';
import { type SeededPerson, seed } from './seed.ts';

/** Starts the server as a developer wants it, and shows the people with a ready-made token each on the terminal. */
export async function startDevelopment(config: Config, log: Log): Promise<App> {
  const { app, people } = await createDevelopmentApp(config, log);
  if (config.mode === 'development') process.stdout.write(banner(app, people));
  return app;
}

/**
 * A server with a small seeded world on an empty database, an explorer and a console that open with tokens, and a clock that
 * can be moved on.
 */
export async function createDevelopmentApp(
  config: Config,
  log: Log,
): Promise<{ app: App; people: readonly SeededPerson[] }> {
  let people: readonly SeededPerson[] = [];
  const clock = shiftableClock();
  const app = await createApp(config, {
    log,
    clock,
    tokenClock: systemClock,
    prepare: async (services: Services) => {
      people = await seed(services);
    },
    explorerToken: () => people[0]?.token,
    consolePeople: () => people,
    developmentPages: (services) => developmentPages(services, clock),
  });
  return { app, people };
}

function banner(app: App, people: readonly SeededPerson[]): string {
  const address = `http://localhost:${app.port}`;
  const names = people.map(({ name, externalId }) => `${name} (${externalId})`);
  const width = Math.max(0, ...names.map(({ length }) => length));
  const lines = people.map(({ role, token }, index) => `  ${names[index]?.padEnd(width)}  ${role.padEnd(6)}  ${token}`);
  return [
    '',
    `Belfry is listening on ${address}`,
    ...(app.config.console ? [`Console: ${address}/`] : []),
    `GraphiQL: ${address}${app.config.graphqlPath}`,
    ...(app.services.mail.captured ? [`Mail: ${address}/dev/mail`] : []),
    ...(lines.length > 0 ? ['', 'People, with a token each:', ...lines] : []),
    '',
    '',
  ].join('\n');
}
