import process from 'node:process';
import { type App, createApp } from './app.ts';
import type { Services } from './graphql/context.ts';
import type { Config } from './platform/config.ts';
import type { Log } from './platform/log.ts';
import { type SeededPerson, seed } from './seed.ts';

/**
 * Starts the server as a developer wants it: a small seeded world on an empty database, an explorer that opens with
 * a token, and the people with a ready-made token each on the terminal.
 */
export async function startDevelopment(config: Config, log: Log): Promise<App> {
  let people: readonly SeededPerson[] = [];
  const app = await createApp(config, {
    log,
    prepare: async (services: Services) => {
      people = await seed(services);
    },
    explorerToken: () => people[0]?.token,
  });
  if (config.mode === 'development') process.stdout.write(banner(app, people));
  return app;
}

function banner(app: App, people: readonly SeededPerson[]): string {
  const address = `http://localhost:${app.port}`;
  const names = people.map(({ name, externalId }) => `${name} (${externalId})`);
  const width = Math.max(0, ...names.map(({ length }) => length));
  const lines = people.map(({ role, token }, index) => `  ${names[index]?.padEnd(width)}  ${role.padEnd(6)}  ${token}`);
  return [
    '',
    `Belfry is listening on ${address}`,
    `GraphiQL: ${address}${app.config.graphqlPath}`,
    ...(app.services.mail.captured ? [`Mail: ${address}/dev/mail`] : []),
    ...(lines.length > 0 ? ['', 'People, with a token each:', ...lines] : []),
    '',
    '',
  ].join('\n');
}
